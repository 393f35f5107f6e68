# SPDX-License-Identifier: MIT
"""A table model over a short list that is loaded whole."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QObject

from mediyn_desktop.ui.models.record_model import Column, Index, RecordModel


class RowsModel(RecordModel):
    """Shows ``rows`` in the order given; ``key`` tells a row's id. For under 2,000 rows."""

    def __init__(
        self,
        columns: Sequence[Column],
        key: Callable[[Any], Hashable],
        rows: Sequence[Any] = (),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(columns, parent)
        self._key = key
        self._rows: list[Any] = list(rows)

    def set_rows(self, rows: Sequence[Any]) -> None:
        """Show ``rows`` instead; a table keeps its current record if it is still there."""
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def row_at(self, row: int) -> Any | None:
        return self._rows[row]

    def id_at(self, row: int) -> Hashable:
        return self._key(self._rows[row])

    def position(self, record_id: Hashable) -> int | None:
        return next((i for i, row in enumerate(self._rows) if self._key(row) == record_id), None)

    def update(self, record: Any) -> None:
        """Replace the row that has ``record``'s id and repaint it; unknown ids are ignored."""
        row = self.position(self._key(record))
        if row is not None:
            self._rows[row] = record
            self.dataChanged.emit(
                self.index(row, 0, QModelIndex()), self.index(row, len(self.columns) - 1)
            )
