# SPDX-License-Identifier: MIT
"""A short notice at the lower right: what the user just did, with a way back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from mediyn_desktop.ui.widgets.announce import announce
from mediyn_desktop.ui.widgets.buttons import Button
from mediyn_desktop.ui.widgets.labels import PlainLabel

SHOWN_MS = 6000
_MARGIN = 12


class Toast(QFrame):
    """One notice at a time over ``host``, for six seconds; it stays while pointed at or focused.

    Never for a failure that concerns money: that is a lasting item, not a passing one.
    """

    def __init__(self, host: QWidget, *, bottom: int = 0) -> None:
        super().__init__(host)
        self.setProperty("surface", "toast")
        self._host, self._bottom = host, bottom
        self._undo: Callable[[], object] | None = None
        self._label = PlainLabel()
        self._button = Button("Undo", self._use, kind="inverse")
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self._label)
        row.addWidget(self._button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self._fade)
        host.installEventFilter(self)
        self.hide()

    def show_notice(
        self, sentence: str, *, undo: Callable[[], object] | None = None, verb: str = "Undo"
    ) -> None:
        """Show ``sentence``, with a button ``verb`` if ``undo`` is given; read it out."""
        self._label.setText(sentence)
        self._undo = undo
        self._button.set_caption(verb)
        self._button.setVisible(undo is not None)
        self._row.setContentsMargins(16, 6, 8 if undo else 16, 6)
        self._label.setMinimumHeight(self._button.sizeHint().height())
        self.setAccessibleName(sentence)
        self._place()
        self.show()
        self.raise_()
        self._timer.start()
        announce(self, sentence)

    @property
    def sentence(self) -> str:
        """The text of the last notice."""
        return self._label.text()

    def _use(self) -> None:
        undo, self._undo = self._undo, None
        self.dismiss()
        if undo is not None:
            undo()

    def dismiss(self) -> None:
        """Take the notice away now."""
        self._timer.stop()
        self.hide()

    def _fade(self) -> None:
        if self.underMouse() or self._button.hasFocus():
            self._timer.start()
        else:
            self.dismiss()

    def _place(self) -> None:
        self.adjustSize()
        host = self._host
        self.move(
            host.width() - self.width() - _MARGIN - 28,
            host.height() - self.height() - 2 * _MARGIN - self._bottom,
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)
