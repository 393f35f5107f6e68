# SPDX-License-Identifier: MIT
"""What stands in a file about a claim: each line in plain words, and as it was sent."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from mediyn_desktop.claims.story import FileLine
from mediyn_desktop.ui.models.record_model import Column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.table import RecordTable

_COLUMNS = (
    Column("Line", lambda line: f"{line.position:,}", "right", width=64, muted=True),
    Column("What it says", lambda line: line.says, least=300),
    Column("As it was sent", lambda line: line.segment, width=280, muted=True, spare=1),
)


class FileDialog(Dialog):
    """Shows the lines of one file; the whole of the current one stands below."""

    def __init__(self, name: str, lines: Sequence[FileLine], parent: QWidget | None = None) -> None:
        super().__init__("What the file says", parent, width=860)
        self.model = RowsModel(_COLUMNS, lambda line: line.position, lines)
        self.table = RecordTable("Lines of the file", self.model)
        self.table.setMinimumHeight(scaled(340))
        self.whole = QPlainTextEdit()
        self.whole.setReadOnly(True)
        self.whole.setTabChangesFocus(True)
        self.whole.setAccessibleName("The current line, whole")
        self.whole.setFixedHeight(scaled(84))
        self.body.addWidget(PlainLabel(name, "muted", wrap=True))
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.whole)
        close: Button = PrimaryButton("Close", self.accept)
        self.set_buttons(close, default=close)
        self.table.current_changed.connect(self._show)
        self.table.opened.connect(lambda _row: close.click())
        self.table.selectRow(0)
        self.table.setFocus()

    def _show(self, position: object) -> None:
        row = self.model.position(position) if isinstance(position, int) else None
        line: FileLine | None = None if row is None else self.model.row_at(row)
        self.whole.setPlainText("" if line is None else f"{line.says}\n{line.segment}")
