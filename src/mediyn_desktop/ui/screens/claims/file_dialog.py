# SPDX-License-Identifier: MIT
"""What stands in a file about a claim: each line in plain words, and as it was sent."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from mediyn_desktop.claims.story import FileLine
from mediyn_desktop.ui.models.record_model import Column
from mediyn_desktop.ui.screens.claims.table_dialog import TableDialog
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.labels import PlainLabel

_COLUMNS = (
    Column("Line", lambda line: f"{line.position:,}", "right", width=64, muted=True),
    Column("What it says", lambda line: line.says, least=300),
    Column("As it was sent", lambda line: line.segment, width=280, muted=True, spare=1),
)


class FileDialog(TableDialog):
    """Shows the lines of one file; the whole of the current one stands below."""

    def __init__(self, name: str, lines: Sequence[FileLine], parent: QWidget | None = None) -> None:
        super().__init__(
            "What the file says",
            "Lines of the file",
            _COLUMNS,
            lambda line: line.position,
            lines,
            parent,
            width=860,
            height=340,
        )
        self.whole = QPlainTextEdit()
        self.whole.setReadOnly(True)
        self.whole.setTabChangesFocus(True)
        self.whole.setAccessibleName("The current line, whole")
        self.whole.setFixedHeight(scaled(84))
        self.lay_out(above=[PlainLabel(name, "muted", wrap=True)], below=[self.whole])

    def show_current(self, row: FileLine | None) -> None:
        self.whole.setPlainText("" if row is None else f"{row.says}\n{row.segment}")
