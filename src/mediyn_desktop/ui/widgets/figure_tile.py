# SPDX-License-Identifier: MIT
"""One figure that matters, with what it is called and what it means."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from mediyn_desktop.ui.widgets.card import Card
from mediyn_desktop.ui.widgets.labels import PlainLabel


class FigureTile(Card):
    """A card with a caption, a figure and a line of explanation."""

    def __init__(self, caption: str, parent: QWidget | None = None) -> None:
        super().__init__(caption, parent)
        self._caption = caption
        self._figure = PlainLabel("", "figure")
        self._hint = PlainLabel("", "small")
        self.body.addWidget(self._figure)
        self.body.addWidget(self._hint)

    def set_figure(self, figure: str, hint: str = "") -> None:
        """Show ``figure``; ``hint`` says in a few words what it is about."""
        self._figure.setText(figure)
        self._hint.setText(hint)
        self.setAccessibleName(f"{self._caption}: {figure}")

    @property
    def figure(self) -> str:
        """The figure shown."""
        return self._figure.text()
