# SPDX-License-Identifier: MIT
"""A thin bar and a few words for work that takes longer than a moment."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from mediyn_desktop.ui.widgets.labels import PlainLabel


class ProgressStrip(QWidget):
    """Shows how far work is; ``step`` fits ``Ops.run(progress=…)``. Hidden while nothing runs."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = PlainLabel("", "small")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(120)
        self._bar.setAccessibleName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self._words)
        row.addWidget(self._bar)
        self.hide()

    def begin(self, words: str) -> None:
        """Show ``words`` and a bar without a figure."""
        self._words.setText(words)
        self._bar.setRange(0, 0)
        self._bar.setAccessibleDescription(words)
        self.show()

    def step(self, done: int, total: int) -> None:
        """Show ``done`` of ``total``; a total of 0 means that nobody knows."""
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        words = f"{done:,} of {total:,}" if total else ""
        self._words.setText(words)
        self._bar.setAccessibleDescription(words)
        self.show()

    def finish(self) -> None:
        """Take the strip away."""
        self._bar.reset()
        self.hide()

    @property
    def words(self) -> str:
        """The words shown beside the bar."""
        return self._words.text()
