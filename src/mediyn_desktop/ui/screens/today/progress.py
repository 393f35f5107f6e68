# SPDX-License-Identifier: MIT
"""How far the batch is, with the button that stops it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from mediyn_desktop.cards.tally import SoFar
from mediyn_desktop.ui.charging_words import so_far
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.announce import announce
from mediyn_desktop.ui.widgets.buttons import Button, SecondaryButton
from mediyn_desktop.ui.widgets.card import Card
from mediyn_desktop.ui.widgets.labels import PlainLabel


class ClosingBar(Card):
    """Words, a bar and Stop; hidden while nothing is being closed."""

    def __init__(self, stop: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._stop = stop
        self._words = PlainLabel("", "strong")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Closing the day")
        self.stop_button: Button = SecondaryButton("Stop", self._stopped)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self._words)
        row.addWidget(self._bar, 1)
        row.addWidget(self.stop_button)
        self.body.addLayout(row)
        self._words.setMinimumWidth(scaled(220))
        self.hide()

    def begin(self) -> None:
        """Show the bar at its start."""
        self.stop_button.setEnabled(True)
        self.stop_button.set_caption("Stop")
        self._last = ""
        self.step("Billing", 0, 0)
        self.show()
        self.stop_button.setFocus()

    def step(self, words: str, done: int, total: int) -> None:
        """Show where it is; a new step is also read out."""
        text = f"{words}, {done:,} of {total:,}" if total > 1 else words
        if words != self._last:
            announce(self, words)
            self._last = words
        if self.stop_button.isEnabled():
            self._words.setText(text)
        self._bar.setRange(0, total if total > 1 else 0)
        self._bar.setValue(done)
        self._bar.setAccessibleDescription(text)

    def tell(self, now: SoFar) -> None:
        """Show how charging cards goes: how many of how many, and what came of it so far."""
        text = f"Charging cards, {so_far(now)}"
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
        self._words.setText("Finishing what is being sent")
        self._stop()
