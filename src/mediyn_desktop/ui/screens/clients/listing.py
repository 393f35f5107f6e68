# SPDX-License-Identifier: MIT
"""The client list: typed words find, Enter opens."""

from __future__ import annotations

from array import array
from collections.abc import Hashable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mediyn_desktop.practice import queries
from mediyn_desktop.practice.queries import ClientRow
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.importing import CAPTION, IMPORT
from mediyn_desktop.ui.models.paged import PAGE, PagedTableModel
from mediyn_desktop.ui.models.record_model import Column
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.search_field import SearchField
from mediyn_desktop.ui.widgets.table import RecordTable

COLUMNS = (
    Column("Name", lambda row: row.name),
    Column("Ref", lambda row: row.ref, width=110, muted=True, spare=3),
    Column(
        "Pays by", lambda row: wording.named(wording.PAYMENT_TYPES, row.payment_type), width=130
    ),
    Column(
        "Card",
        lambda row: f"•{row.last4}" if row.last4 else "no card",
        width=90,
        muted=True,
        spare=2,
    ),
    Column("Owes", lambda row: wording.amount(row.balance.patient_cents), "right", width=110),
    Column(
        "Insurer owes", lambda row: wording.amount(row.balance.insurer_cents), "right", width=120
    ),
    Column(
        "Credit",
        lambda row: wording.amount(row.balance.credit_cents),
        "right",
        width=100,
        spare=1,
    ),
)


class ClientList(QWidget):
    """The first page is shown as soon as it is read; the other ids follow behind it."""

    opened = Signal(str)
    """The reference of the client to open."""

    counted = Signal(str)
    """How many clients there are, or were found, in words."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._asked = self._answered = 0
        self._entering = False
        self._whole: int | None = None  # how many there are without a search
        self.search = SearchField(
            "Find a client", "Find a client by name, reference or e-mail   (Ctrl+F)"
        )
        self.model = PagedTableModel(
            COLUMNS, _id_of, queries.client_rows, partial(context.read, label="Load clients")
        )
        self.table = RecordTable("Clients", self.model)
        self._empty = EmptyState(
            "clients", "", action=(CAPTION, lambda: context.actions.run(IMPORT))
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        self.table.link_search(self.search)
        self.table.opened.connect(self._open)
        self.search.searched.connect(lambda _text: self.reload())
        self.search.returnPressed.connect(self._enter)

    def reload(self) -> None:
        """Ask again who is found; an answer to an older question is dropped."""
        self._asked += 1
        self._entering = False
        text = self.search.text().strip()
        self._context.read(
            lambda read: queries.client_ids(read, text, limit=PAGE),
            partial(self._first, self._asked, text),
            label="Load clients",
        )

    def _enter(self) -> None:
        """Enter while searching: the only one found is opened, of several the first is chosen."""
        if self._asked != self._answered:
            self._entering = True  # once the answer to what was typed is here
            return
        self._entering = False
        if not self.model.rowCount():
            return
        if self.model.rowCount() == 1:
            self._open(self.model.ids[0])
        else:
            self.table.setFocus()

    def _open(self, client_id: Hashable) -> None:
        row = self.model.position(client_id)
        record: ClientRow | None = None if row is None else self.model.row_at(row)
        if record is not None:
            self.opened.emit(record.ref)

    def _first(self, asked: int, text: str, ids: array[int]) -> None:
        if asked != self._asked:
            return
        self._answered = asked
        if len(ids) < PAGE or list(self.model.ids[:PAGE]) != list(ids):
            self._show(ids)
        if self._entering:
            self._enter()
        if len(ids) < PAGE:
            self._told(text, len(ids))
            return
        self._context.read(
            lambda read: queries.client_ids(read, text),
            partial(self._all, asked, text),
            label="Load clients",
        )

    def _all(self, asked: int, text: str, ids: array[int]) -> None:
        if asked == self._asked:
            if self.model.ids == ids:
                self.model.refresh()
            else:
                self.model.extend_ids(ids)
            self._told(text, len(ids))

    def _show(self, ids: array[int]) -> None:
        if self.model.ids == ids:
            self.model.refresh()
        else:
            self.model.set_ids(ids)

    def _told(self, text: str, count: int) -> None:
        if not text:
            self._whole = count
        if count == 0:
            self._say_why_empty(text)
        if text and self._whole is not None:
            self.counted.emit(f"{count:,} of {wording.counted(self._whole, 'client')}")
        else:
            self.counted.emit(wording.counted(count, "client"))

    def _say_why_empty(self, text: str) -> None:
        self._empty.offer(offered=not text)
        if text:
            self._empty.set_text(
                "Nobody found",
                "No name, reference or e-mail holds all of these words. Press Escape to see all.",
            )
        else:
            self._empty.set_text(
                "No clients yet",
                "Your clients come from a practice folder: a few spreadsheet files. You see what "
                "is in it before anything is taken in.",
            )
        if self._empty.parent() is None:  # not before the first answer: nothing is known till then
            self.table.set_empty(self._empty)


def _id_of(row: ClientRow) -> int:
    return row.id
