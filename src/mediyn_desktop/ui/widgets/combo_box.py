# SPDX-License-Identifier: MIT
"""A choice of a few words; the arrow is our own, so that it is the same on every system."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox

from mediyn_desktop.ui.theme import icons, tokens

_ARROW = 16  # pixels


class ComboBox(QComboBox):
    """A combo box; a ``FormField`` around it gives it its name."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        at = QPoint(self.width() - _ARROW - 8, (self.height() - _ARROW) // 2)
        painter = QPainter(self)
        icons.draw(painter, "chevron-down", at, _ARROW, tokens.active().muted)
