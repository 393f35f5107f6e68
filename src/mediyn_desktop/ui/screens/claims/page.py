# SPDX-License-Identifier: MIT
"""What the pages of the claims screen share: a list, and a panel about the chosen line."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.screens.claims.verbs import VERBS, Subject
from mediyn_desktop.ui.widgets.buttons import Button, SecondaryButton

_ACROSS = 2


class Page(QWidget):
    """One page. ``subject`` is what its verbs are about, ``offered`` which of them fit now."""

    counted = Signal(str)
    """What is on the page, in words, for the header."""

    verb_asked = Signal(str)
    """The name of a verb of ``VERBS`` that a button asked for."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 4, 0, 0)
        self.column.setSpacing(12)

    def reload(self) -> None:
        """Read again what is shown."""
        raise NotImplementedError

    def take_focus(self) -> None:
        """Give the keyboard to what people do first here."""
        raise NotImplementedError

    def subject(self) -> Subject | None:
        """Return what a verb would be about; None where nothing is chosen."""
        return None

    def offered(self) -> tuple[str, ...]:
        """Return the verbs that fit what is chosen, the usual one first."""
        return ()


class VerbButtons(QWidget):
    """The verbs that fit, two beside each other, the usual one first."""

    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, Button] = {
            name: SecondaryButton(verb.button, partial(self.asked.emit, name))
            for name, verb in VERBS.items()
        }
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)
        for button in self.buttons.values():
            self._grid.addWidget(button, 0, 0)
            button.hide()

    def offer(self, names: Iterable[str]) -> None:
        """Show the buttons of ``names``, in this order."""
        shown = [self.buttons[name] for name in names]
        for button in self.buttons.values():
            button.setVisible(button in shown)
        for place, button in enumerate(shown):
            row, column = divmod(place, _ACROSS)
            whole = 1 if place % _ACROSS or place < len(shown) - 1 else _ACROSS
            self._grid.addWidget(button, row, column, 1, whole, Qt.AlignmentFlag.AlignTop)
        self.setVisible(bool(shown))
        for earlier, later in pairwise(shown):
            QWidget.setTabOrder(earlier, later)
