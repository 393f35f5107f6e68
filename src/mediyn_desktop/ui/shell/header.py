# SPDX-License-Identifier: MIT
"""The head of a page: title and subtitle at the left, what can be done at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mediyn_desktop.ui.widgets.labels import ElidedLabel


class PageHeader(QWidget):
    """Title, subtitle and actions; the primary button comes last, at the far right."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = ElidedLabel(title, "title")
        self._subtitle = ElidedLabel("", "muted")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._subtitle)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(12)
        self._row.addLayout(words, 1)
        self._actions: list[QWidget] = []

    @property
    def title(self) -> str:
        """The title shown."""
        return self._title.text()

    def set_title(self, title: str) -> None:
        """Show another title, for example a client's name on their own page."""
        self._title.setText(title)

    @property
    def subtitle(self) -> str:
        """The line under the title."""
        return self._subtitle.text()

    def set_subtitle(self, text: str) -> None:
        """Say how much there is, or for which time: ``12 sessions · 9 November``."""
        self._subtitle.setText(text)

    def set_actions(self, *widgets: QWidget) -> None:
        """Show ``widgets`` from left to right, replacing those shown before."""
        for old in self._actions:
            self._row.removeWidget(old)
            old.deleteLater()
        self._actions = list(widgets)
        for widget in widgets:
            self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignBottom)
