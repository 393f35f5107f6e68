# SPDX-License-Identifier: MIT
"""Text on the screen, never read as markup: a client may be called ``<b>`` or ``A & B``."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from mediyn_desktop.ui.theme.fonts import Size, font

Role = Literal["body", "title", "heading", "strong", "muted", "small", "figure", "problem"]

_FONTS: dict[Role, tuple[Size, QFont.Weight]] = {
    "body": (Size.BODY, QFont.Weight.Normal),
    "title": (Size.TITLE, QFont.Weight.DemiBold),
    "heading": (Size.HEADING, QFont.Weight.DemiBold),
    "strong": (Size.BODY, QFont.Weight.DemiBold),
    "muted": (Size.BODY, QFont.Weight.Normal),
    "small": (Size.SMALL, QFont.Weight.Normal),
    "figure": (Size.HEADING, QFont.Weight.Medium),
    "problem": (Size.SMALL, QFont.Weight.Medium),
}


class PlainLabel(QLabel):
    """A label that shows its text literally, in one of the program's text styles."""

    def __init__(
        self,
        text: str = "",
        role: Role = "body",
        *,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        size, weight = _FONTS[role]
        self.setFont(font(size, weight, tabular=role == "figure"))
        self.setWordWrap(wrap)
        self.setText(text)


class ElidedLabel(PlainLabel):
    """One line that ends in an ellipsis where room is short; the tool tip then says it whole."""

    def minimumSizeHint(self) -> QSize:
        return QSize(40, super().minimumSizeHint().height())

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setToolTip(plain_tooltip(text))

    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        painter = QPainter(self)
        self.style().drawItemText(
            painter,
            self.rect(),
            self.alignment(),
            self.palette(),
            self.isEnabled(),
            shown,
            self.foregroundRole(),
        )
        painter.end()


def plain_tooltip(text: str) -> str:
    """Return ``text`` so that a tool tip shows it literally; Qt offers no plain-text tool tip."""
    # Not html.escape: its entity tables would be loaded before the first window is painted.
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<qt>{escaped}</qt>" if text else ""


def plain_caption(text: str) -> str:
    """Return ``text`` for a button or menu item: an ampersand is shown, not made a shortcut."""
    return text.replace("&", "&&")
