# SPDX-License-Identifier: MIT
"""What every table model here has in common: typed columns and the roles a cell answers."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from mediyn_desktop.ui.models.status import Status

Index = QModelIndex | QPersistentModelIndex
STATUS_ROLE = Qt.ItemDataRole.UserRole + 1
MUTED_ROLE = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True, slots=True)
class Column:
    """How one column shows a row.

    Args:
        title: the header.
        text: the cell's text, from a row.
        align: ``right`` for amounts and counts.
        width: pixels at the usual text size; None takes what the other columns leave.
        least: how narrow a column without ``width`` may become before spare ones are hidden.
        spare: 0 is always shown; of the others the highest is hidden first where room is short.
        status: word and shape in place of plain text; ``text`` is then only spoken.
        sort_key: what ``sort_requested`` sends; None: the column cannot be sorted.
        muted: shown in the secondary colour.
    """

    title: str
    text: Callable[[Any], str]
    align: Literal["left", "right"] = "left"
    width: int | None = None
    status: Callable[[Any], Status] | None = None
    sort_key: str | None = None
    muted: bool = False
    least: int = 140
    spare: int = 0


def status_column(
    title: str,
    status: Callable[[Any], Status],
    *,
    width: int | None = None,
    sort_key: str | None = None,
    spare: int = 0,
) -> Column:
    """Return a column of statuses; the word is what is read out."""
    return Column(
        title,
        lambda row: status(row).word,
        width=width,
        status=status,
        sort_key=sort_key,
        spare=spare,
    )


class RecordModel(QAbstractTableModel):
    """A table of rows known by an id. Subclasses say which row stands where.

    The first cell's accessible text is the whole row, so a screen reader hears the record.
    """

    sort_requested = Signal(str, bool)
    """A column's ``sort_key`` and whether to go from last to first; the owner reorders in SQL."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)

    def row_at(self, row: int) -> Any | None:
        """Return the record at ``row``, or None while it is not loaded."""
        raise NotImplementedError

    def id_at(self, row: int) -> Hashable:
        """Return the id at ``row``, loaded or not."""
        raise NotImplementedError

    def position(self, record_id: Hashable) -> int | None:
        """Return the row that shows ``record_id``, or None."""
        raise NotImplementedError

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(self.columns[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == MUTED_ROLE:
            return column.muted
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, STATUS_ROLE):
            return self._of_record(index, role)
        return None

    def _of_record(self, index: Index, role: int) -> Any:
        column, record = self.columns[index.column()], self.row_at(index.row())
        spoken = role == Qt.ItemDataRole.AccessibleTextRole
        if record is None:
            return "Loading" if spoken else None
        if role == STATUS_ROLE:
            return column.status(record) if column.status else None
        return self.spoken(record) if spoken and index.column() == 0 else column.text(record)

    def spoken(self, record: Any) -> str:
        """Return the whole of ``record`` as one phrase, column by column."""
        return ", ".join(filter(None, (column.text(record) for column in self.columns)))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if 0 <= column < len(self.columns) and (key := self.columns[column].sort_key):
            self.sort_requested.emit(key, order == Qt.SortOrder.DescendingOrder)


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.align == "right" else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
