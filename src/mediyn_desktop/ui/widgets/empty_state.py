# SPDX-License-Identifier: MIT
"""What stands where nothing is yet: why it is empty and what to do next."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mediyn_desktop.ui.theme import icons, tokens
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import SecondaryButton
from mediyn_desktop.ui.widgets.labels import PlainLabel

_PICTURE = 36


class _Picture(QWidget):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setFixedSize(QSize(_PICTURE, _PICTURE))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        icons.draw(painter, self._name, QPoint(0, 0), _PICTURE, tokens.active().muted)
        painter.end()


class EmptyState(QWidget):
    """A picture, a title, a sentence, and up to one button, in the middle of the space."""

    def __init__(
        self,
        icon_name: str,
        title: str,
        hint: str = "",
        *,
        action: tuple[str, Callable[[], object]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        middle = Qt.AlignmentFlag.AlignHCenter
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(_Picture(icon_name), alignment=middle)
        column.addSpacing(4)
        self._title = PlainLabel(title, "strong")
        column.addWidget(self._title, alignment=middle)
        self._hint = PlainLabel(hint, "muted", wrap=True)
        self._hint.setAlignment(middle)
        self._hint.setMaximumWidth(scaled(380))
        # Not an alignment: that would ignore how high a wrapped sentence becomes.
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(self._hint, 100)
        across.addStretch(1)
        column.addLayout(across)
        self._hint.setVisible(bool(hint))
        self.button = SecondaryButton(*action) if action is not None else None
        if self.button is not None:
            column.addSpacing(8)
            column.addWidget(self.button, alignment=middle)
        column.addStretch(3)
        self.setAccessibleName(title)

    def offer(self, *, offered: bool) -> None:
        """Show the button, or not: what it does may not be the next step now."""
        if self.button is not None:
            self.button.setVisible(offered)

    def set_text(self, title: str, hint: str = "") -> None:
        """Say something else, for example that a search found nothing."""
        self._title.setText(title)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.setAccessibleName(title)
