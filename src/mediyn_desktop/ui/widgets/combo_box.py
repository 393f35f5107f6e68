# SPDX-License-Identifier: MIT
"""A choice of a few words; the arrow is our own, so that it is the same on every system."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from mediyn_desktop.ui.models.record_model import Index
from mediyn_desktop.ui.theme import icons, tokens
from mediyn_desktop.ui.theme.fonts import scaled

_ARROW = 16  # pixels
_MOST_LINES = 12


class _Lines(QStyledItemDelegate):
    """Lines as far apart as a menu's; a style sheet cannot ask for it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(super().sizeHint(option, index).width(), scaled(30))


class ComboBox(QComboBox):
    """A combo box; a ``FormField`` around it gives it its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setView(QListView())
        self.setItemDelegate(_Lines(self))
        self.setMaxVisibleItems(_MOST_LINES)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        at = QPoint(self.width() - _ARROW - 8, (self.height() - _ARROW) // 2)
        painter = QPainter(self)
        icons.draw(painter, "chevron-down", at, _ARROW, tokens.active().muted)
