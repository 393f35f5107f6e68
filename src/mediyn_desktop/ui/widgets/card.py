# SPDX-License-Identifier: MIT
"""A raised panel that groups what belongs together."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mediyn_desktop.ui.widgets.labels import PlainLabel


class Card(QFrame):
    """A white panel with rounded corners; put things into ``body``."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(16, 12, 16, 12)
        self.body.setSpacing(4)
        if title:
            self.body.addWidget(PlainLabel(title, "muted"))
            self.setAccessibleName(title)

    def add_top(self, left: QWidget, right: QWidget) -> None:
        """Put ``right`` at the right of ``left``, which gets the room that is left: the heading."""
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(left, 1)
        row.addWidget(right)
        self.body.addLayout(row)
