# SPDX-License-Identifier: MIT
"""F1: every command and its keys on one page."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from mediyn_desktop.ui.actions.registry import CommandRegistry, key_text
from mediyn_desktop.ui.widgets.buttons import PrimaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.labels import PlainLabel

_EVERYWHERE = (
    ("Move in a table", "↑  ↓  Page Up  Page Down"),
    ("First or last record", "Home  End"),
    ("Open the record", "Enter"),
    ("Next field or area", "Tab"),
    ("Today, yesterday, a date", "t   -1   3/10"),
    ("Back, close", "Esc"),
)


class HelpSheet(Dialog):
    """The keyboard on one page, made from the registry, so it is never out of date."""

    def __init__(self, registry: CommandRegistry, parent: QWidget | None = None) -> None:
        super().__init__("Keyboard", parent, width=520)
        page = QWidget()
        page.setProperty("role", "plain")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 16, 0)
        column.setSpacing(16)
        for group, commands in registry.groups().items():
            lines = tuple((c.title, key_text(c.shortcut)) for c in commands if c.shortcut)
            if lines:
                column.addLayout(self._section(group, lines))
        column.addLayout(self._section("Everywhere", _EVERYWHERE))
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setAccessibleName("Keyboard shortcuts")
        area.setMinimumHeight(380)
        self.body.addWidget(area)
        close = PrimaryButton("Close", self.accept)
        self.set_buttons(close, default=close)
        area.setFocus()

    @staticmethod
    def _section(title: str, lines: tuple[tuple[str, str], ...]) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        grid.addWidget(PlainLabel(title, "strong"), 0, 0, 1, 2)
        for row, (what, keys) in enumerate(lines, start=1):
            grid.addWidget(PlainLabel(what), row, 0)
            grid.addWidget(PlainLabel(keys, "muted"), row, 1, Qt.AlignmentFlag.AlignRight)
        return grid
