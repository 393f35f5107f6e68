# SPDX-License-Identifier: MIT
"""What can be done on a page of a client's sheet: a sentence at the left, buttons at the right."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mediyn_desktop.ui.widgets.buttons import Button, SecondaryButton
from mediyn_desktop.ui.widgets.labels import ElidedLabel


class VerbBar(QWidget):
    """One button for each of ``verbs`` (its name, and what it says), from left to right."""

    asked = Signal(str)
    """The name of the verb asked for."""

    def __init__(self, about: str, verbs: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._about = ElidedLabel(about, "muted")
        self.buttons: dict[str, Button] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addWidget(self._about, 1)
        for name, words in verbs.items():
            self.buttons[name] = SecondaryButton(words, partial(self.asked.emit, name))
            self._row.addWidget(self.buttons[name])

    def say(self, about: str) -> None:
        """Change the sentence at the left."""
        self._about.setText(about)

    def add(self, button: Button) -> None:
        """Add a button of one's own at the right."""
        self._row.addWidget(button)
