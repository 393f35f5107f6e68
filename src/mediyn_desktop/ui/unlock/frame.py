# SPDX-License-Identifier: MIT
"""The calm page that unlock and first run share: one card in the middle."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mediyn_desktop.ui.theme import icons, tokens
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.card import Card
from mediyn_desktop.ui.widgets.labels import PlainLabel

CARD_WIDTH = 420


class _Mark(QWidget):
    def __init__(self, icon_name: str) -> None:
        super().__init__()
        self._icon = icon_name
        self.setFixedSize(QSize(28, 28))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        icons.draw(painter, self._icon, QPoint(0, 0), 28, tokens.active().accent)
        painter.end()


class CardPage(QWidget):
    """A picture, a heading, a sentence, and ``body`` for the rest."""

    def __init__(self, icon_name: str, heading: str, sentence: str = "") -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setAccessibleName(heading)
        card = Card()
        card.setFixedWidth(scaled(CARD_WIDTH))
        self.body = card.body
        self.body.setContentsMargins(28, 24, 28, 20)
        self.body.setSpacing(12)
        self.body.addWidget(_Mark(icon_name))
        self.body.addWidget(PlainLabel(heading, "heading", wrap=True))
        self._sentence = PlainLabel(sentence, "muted", wrap=True)
        self.body.addWidget(self._sentence)
        self._sentence.setVisible(bool(sentence))
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        # Not an alignment: that would ignore how high wrapped sentences become.
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(card)
        row.addStretch(1)
        outer.addLayout(row)
        outer.addStretch(3)

    def set_sentence(self, text: str) -> None:
        """Say something else under the heading."""
        self._sentence.setText(text)
        self._sentence.setVisible(bool(text))
