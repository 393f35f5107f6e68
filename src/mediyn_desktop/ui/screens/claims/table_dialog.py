# SPDX-License-Identifier: MIT
"""A table to be read, with what belongs to its current row, and a button that closes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from mediyn_desktop.ui.models.record_model import Column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.table import RecordTable


class TableDialog(Dialog):
    """Enter on a row closes it, as the button does.

    Args:
        name: the table's, for screen readers.
        height: the least height of the table, unscaled.
    """

    def __init__(
        self,
        heading: str,
        name: str,
        columns: Sequence[Column],
        key: Callable[[Any], int],
        rows: Sequence[Any] = (),
        parent: QWidget | None = None,
        *,
        width: int,
        height: int,
    ) -> None:
        super().__init__(heading, parent, width=width)
        self.model = RowsModel(columns, key, rows)
        self.table = RecordTable(name, self.model)
        self.table.setMinimumHeight(scaled(height))

    def lay_out(
        self, *, above: Sequence[QWidget] = (), below: Sequence[QWidget] = (), first: int = 0
    ) -> None:
        """Put the table between ``above`` and ``below``, choose its row ``first`` and show that."""
        for widget in above:
            self.body.addWidget(widget)
        self.body.addWidget(self.table, 1)
        for widget in below:
            self.body.addWidget(widget)
        close: Button = PrimaryButton("Close", self.accept)
        self.set_buttons(*self.other_buttons(), close, default=close)
        self.table.current_changed.connect(self._current)
        self.table.opened.connect(lambda _row: close.click())
        if self.model.rowCount():
            self.table.selectRow(first)
        self.table.setFocus()

    def other_buttons(self) -> Sequence[Button]:
        """Return what stands beside “Close”."""
        return ()

    def show_current(self, row: Any) -> None:
        """Show what belongs to the current row; None where there is none."""

    def _current(self, ident: object) -> None:
        place = self.model.position(ident) if isinstance(ident, int) else None
        self.show_current(None if place is None else self.model.row_at(place))
