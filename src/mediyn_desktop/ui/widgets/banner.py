# SPDX-License-Identifier: MIT
"""A line across the top that stays until its reason is gone: sample data, offline, an error."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from mediyn_desktop.ui.theme import tokens
from mediyn_desktop.ui.theme.tokens import Tone
from mediyn_desktop.ui.widgets.announce import announce
from mediyn_desktop.ui.widgets.buttons import Button, IconButton
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.status_cell import SHAPE, paint_shape


class _Mark(QWidget):
    """The shape of a tone, so that the banner's meaning is not in its colour alone."""

    def __init__(self, tone: Tone, parent: QWidget) -> None:
        super().__init__(parent)
        self._tone = tone
        self.setFixedSize(SHAPE + 2, SHAPE + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = self.rect().toRectF().adjusted(1, 1, -1, -1)
        paint_shape(painter, self._tone, box, QColor(tokens.active().tone(self._tone)))
        painter.end()


class Banner(QFrame):
    """A lasting line of ``tone`` with up to one action; ``closable`` adds a button to hide it.

    ``strong`` sets it in heavier type, for what must never be overlooked.
    """

    closed = Signal()

    def __init__(
        self,
        sentence: str,
        tone: Tone = Tone.INFO,
        *,
        action: tuple[str, Callable[[], object]] | None = None,
        closable: bool = False,
        strong: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("banner", tone.value)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._label = PlainLabel(sentence, "strong" if strong else "body", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(28, 6, 20, 6)
        row.setSpacing(10)
        row.addWidget(_Mark(tone, self), alignment=Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._label, 1)
        if action is not None:
            row.addWidget(Button(action[0], action[1], kind="link"))
        if closable:
            row.addWidget(IconButton("close", "Close this message", self._close))
        self.setMinimumHeight(40)
        self.setAccessibleName(sentence)
        self._urgent = tone is Tone.BAD

    @property
    def sentence(self) -> str:
        """The text shown."""
        return self._label.text()

    def announce(self) -> None:
        """Have the sentence read out; called by the window when the banner appears."""
        announce(self, self.sentence, urgent=self._urgent)

    def _close(self) -> None:
        self.hide()
        self.closed.emit()
