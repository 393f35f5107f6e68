# SPDX-License-Identifier: MIT
"""The table of the day's sessions, with a box to tick for each card that may be charged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent

from mediyn_desktop.dayclose.outlook import choosable
from mediyn_desktop.dayclose.review import Row
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.models.record_model import Column, Index, status_column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.screens.today import words
from mediyn_desktop.ui.theme.tokens import CELL_PADDING
from mediyn_desktop.ui.widgets.check_box import BOX
from mediyn_desktop.ui.widgets.labels import plain_tooltip
from mediyn_desktop.ui.widgets.table import RecordTable
from mediyn_desktop.ui.widgets.tick_cell import TickCell

TONIGHT = 6


def _optional(title: str, found: Callable[[Any], Status | None], width: int, spare: int) -> Column:
    """Return a column of statuses where a row may have none."""

    def word(row: Row) -> str:
        status = found(row)
        return status.word if status is not None else ""

    # A status of None paints the text, which is then empty.
    return Column(title, word, width=width, status=found, spare=spare)  # type: ignore[arg-type]


class DayModel(RowsModel):
    """The rows of a review, and which of them were left out by hand."""

    chosen = Signal()
    """A box was ticked or cleared."""

    def __init__(self) -> None:
        self._left_out: set[str] = set()
        self.frozen = False
        super().__init__(
            (
                Column("Time", lambda row: wording.clock(row.starts_at), width=86),
                Column("Client", lambda row: row.client_name, least=120),
                Column("Min", lambda row: str(row.minutes), align="right", width=52, spare=5),
                Column("Code", words.code, width=112, spare=4),
                Column("Fee", words.fee, align="right", width=84, spare=2),
                Column("Road", words.road, width=114),
                Column("Tonight", words.tonight, align="right", width=116),
                _optional("Card", lambda row: words.card(row, ticked=self.ticked(row)), 160, 1),
                _optional("Claim", words.claim, 98, 3),
                status_column("Status", words.status, width=110),
            ),
            key=lambda row: row.session_ref,
        )

    def forget_choices(self) -> None:
        """Tick everything again, for another day."""
        self._left_out.clear()

    def ticked(self, row: Row) -> bool:
        """Whether the row's card is to be charged tonight."""
        return choosable(row) and row.session_ref not in self._left_out

    @property
    def left_out(self) -> frozenset[str]:
        """The refs of the sessions whose cards are not to be charged."""
        return frozenset(self._left_out)

    def toggle(self, position: int) -> bool:
        """Tick or clear the box of a row; False where there is no choice, or none any more."""
        row = self.row_at(position)
        if self.frozen or row is None or not choosable(row):
            return False
        self._left_out ^= {row.session_ref}
        last = len(self.columns) - 1
        self.dataChanged.emit(self.index(position, 0, QModelIndex()), self.index(position, last))
        self.chosen.emit()
        return True

    def spoken(self, record: Any) -> str:
        return words.spoken(record, ticked=self.ticked(record))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == TONIGHT:
            row = self.row_at(index.row())
            if row is None or not choosable(row):
                return None
            return Qt.CheckState.Checked if self.ticked(row) else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(str(super().data(index) or ""))
        return super().data(index, role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        found = super().flags(index)
        if self.data(index, Qt.ItemDataRole.CheckStateRole) is not None:
            return found | Qt.ItemFlag.ItemIsUserCheckable
        return found


class DayTable(RecordTable):
    """Space ticks the current row's box; a click on the box does the same."""

    def __init__(self, model: DayModel) -> None:
        super().__init__("Sessions of the day", model)
        self._day = model
        self._tick_cell = TickCell(self._cells, self)
        self.setItemDelegateForColumn(TONIGHT, self._tick_cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if event.key() == Qt.Key.Key_Space:
            self._day.toggle(self.currentIndex().row())
        elif alt and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.ignore()  # the screen goes to another day
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        at = event.position().toPoint()
        index = self.indexAt(at)
        within = at.x() - self.visualRect(index).left()
        if index.column() == TONIGHT and within <= CELL_PADDING + BOX + 4:
            self._day.toggle(index.row())
