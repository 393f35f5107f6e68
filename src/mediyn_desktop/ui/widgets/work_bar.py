# SPDX-License-Identifier: MIT
"""How far long work is, with the button that stops it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.announce import announce
from mediyn_desktop.ui.widgets.buttons import Button, SecondaryButton
from mediyn_desktop.ui.widgets.card import Card
from mediyn_desktop.ui.widgets.labels import PlainLabel


class WorkBar(Card):
    """Words, a bar and Stop; hidden while nothing is done.

    Args:
        name: what is done, for screen readers.
        first: the words it begins with.
        stopping: what is still done once Stop was pressed.
        stop: called when it was pressed.
        after_ms: how long work may last before the bar is shown; short work shows none.
    """

    def __init__(
        self,
        name: str,
        first: str,
        stopping: str,
        stop: Callable[[], object],
        parent: QWidget | None = None,
        *,
        after_ms: int = 0,
    ) -> None:
        super().__init__(parent=parent)
        self._first, self._stopping, self._stop = first, stopping, stop
        self._last = ""
        self._words = PlainLabel("", "strong")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(name)
        self.stop_button: Button = SecondaryButton("Stop", self._stopped)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self._words)
        row.addWidget(self._bar, 1)
        row.addWidget(self.stop_button)
        self.body.addLayout(row)
        self._words.setMinimumWidth(scaled(220))
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(after_ms)
        self._delay.timeout.connect(self._appear)
        self.hide()

    def begin(self) -> None:
        """Show the bar at its start."""
        self.stop_button.setEnabled(True)
        self.stop_button.set_caption("Stop")
        self._last = ""
        self.step(self._first, 0, 0)
        if self._delay.interval():
            self._delay.start()
        else:
            self._appear()

    def _appear(self) -> None:
        self.show()
        self.stop_button.setFocus()

    def finish(self) -> None:
        """Take the bar away."""
        self._delay.stop()
        self.hide()

    def step(self, words: str, done: int, total: int) -> None:
        """Show where it is; a new step is also read out."""
        if words != self._last:
            announce(self, words)
            self._last = words
        self.say(f"{words}, {done:,} of {total:,}" if total > 1 else words)
        self._bar.setRange(0, total if total > 1 else 0)
        self._bar.setValue(done)

    def say(self, text: str) -> None:
        """Show these words beside the bar, unless it is being stopped; they are not read out."""
        if self.stop_button.isEnabled():
            self._words.setText(text)
        self._bar.setAccessibleDescription(text)

    @property
    def words(self) -> str:
        """The words shown."""
        return self._words.text()

    def _stopped(self) -> None:
        self.stop_button.setEnabled(False)
        self.stop_button.set_caption("Stopping…")
        self._words.setText(self._stopping)
        self._stop()
