# SPDX-License-Identifier: MIT
"""The journal as a table: all of it by number alone, or what a search finds, as it is found."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable
from datetime import date
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger.searching import Found, last_entry
from mediyn_desktop.practice import journal
from mediyn_desktop.practice.journal import Asked, JournalRow
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.models.paged import PagedTableModel
from mediyn_desktop.ui.models.record_model import Column
from mediyn_desktop.ui.screens.ledger.filters import JournalFilters
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.table import RecordTable


def what(row: JournalRow) -> str:
    """Return what happened, and whether it still holds."""
    return f"{row.kind}, reversed" if row.line.reversed_by is not None else row.kind


COLUMNS = (
    Column("Date", lambda row: wording.day(row.line.date), width=112),
    Column("Client", lambda row: row.client_name or wording.NOTHING, least=120),
    Column("What", what, width=182, spare=1),
    Column("Reference", lambda row: row.line.reference or "", width=124, muted=True, spare=2),
    Column("Amount", lambda row: format_cents(row.line.amount_cents), "right", width=104),
    Column("No.", lambda row: f"{row.line.id:,}", "right", width=76, muted=True, spare=3),
)


class JournalModel(PagedTableModel):
    """Entries are numbered without a gap, so the whole journal is a ``range``: nothing is read."""

    def position(self, record_id: Hashable) -> int | None:
        ids = self.ids
        if isinstance(ids, range):
            number = record_id if isinstance(record_id, int) else 0  # entries count from 1
            return ids.index(number) if number in ids else None
        return super().position(record_id)


class JournalList(QWidget):
    """The newest entry first; a search shows its first hits while it goes on.

    ``today`` is asked by the fields for days; ``beside`` stands at the right of the table.
    """

    counted = Signal(str)
    """How many entries there are, or were found so far, in words."""

    def __init__(
        self,
        context: Context,
        today: Callable[[], date],
        beside: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._asked = 0
        self._fresh = False  # whether something else is looked for than what is shown
        self._found: array[int] = array("q")
        self._wanted: int | None = None  # the entry to choose once it is listed
        self.filters = JournalFilters(today)
        self.model = JournalModel(
            COLUMNS, lambda row: row.line.id, journal.rows, partial(context.read, label="Load")
        )
        self.table = RecordTable("Journal entries", self.model)
        self._empty = EmptyState("ledger", "")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.filters)
        across = QHBoxLayout()
        across.setSpacing(16)
        across.addWidget(self.table, 2)
        across.addWidget(beside, 1)
        column.addLayout(across, 1)
        self.table.link_search(self.filters.search)
        self.filters.changed.connect(self._ask)

    def _ask(self) -> None:
        self._fresh = True
        self.reload()

    def reload(self) -> None:
        """Ask again what is found; an answer to an older question is dropped."""
        self._asked += 1
        asked = self.filters.asked()
        if asked:
            self._found = array("q")
            self._look(self._asked, asked, None)
        else:
            self._context.read(
                last_entry, partial(self._whole, self._asked), label="Load the journal"
            )

    def show_entry(self, number: int) -> None:
        """Choose the entry ``number``; what was searched for makes way for it if need be."""
        if not self.table.select_id(number):
            self._wanted = number
            self.filters.clear()

    def _whole(self, asked: int, count: int) -> None:
        if asked != self._asked:
            return
        self._show(range(count, 0, -1))
        self._empty.set_text(
            "Nothing is booked yet", "Sign a note or record a payment, and it is listed here."
        )
        self._settle()
        self._wanted = None
        self.counted.emit(wording.counted(count, "entry", "entries"))

    def _look(self, asked: int, wanted: Asked, below: int | None) -> None:
        self._context.read(
            lambda read: journal.find(read, wanted, below=below),
            partial(self._looked, asked, wanted),
            label="Search the journal",
        )

    def _looked(self, asked: int, wanted: Asked, found: Found) -> None:
        if asked != self._asked:
            return
        self._found = self._found + found.ids
        count, more = len(self._found), found.below is not None
        if self._fresh or not more or list(self._found) != list(self.model.ids[:count]):
            self._show(self._found)
        self._empty.set_text(
            "Looking…" if more else "Nothing found",
            "" if more else "No entry fits all of this. Clear the search to see every entry.",
        )
        self._settle()
        words = f"{wording.counted(count, 'entry', 'entries')} found"
        self.counted.emit(f"{words} so far…" if more else words)
        if more:
            self._look(asked, wanted, found.below)

    def _show(self, ids: range | array[int]) -> None:
        self._fresh = False
        if self.model.ids == ids:
            self.model.refresh()
        elif isinstance(ids, array):
            self.model.extend_ids(ids)
        else:
            self.model.set_ids(ids)

    def _settle(self) -> None:
        if self._empty.parent() is None:  # not before the first answer: nothing is known till then
            self.table.set_empty(self._empty)
        if self._wanted is not None and self.table.select_id(self._wanted):
            self._wanted = None
        elif self.table.current_id() is None and self.model.rowCount():
            self.table.selectRow(0)
