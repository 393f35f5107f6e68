# SPDX-License-Identifier: MIT
"""The head of a page: title and subtitle at the left, what can be done at the right."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
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
        self._box = QWidget()
        self._row = QHBoxLayout(self._box)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(12)
        self._beside = QHBoxLayout()
        self._beside.setSpacing(12)
        self._beside.addLayout(words, 1)
        self._beside.addWidget(self._box, 0, Qt.AlignmentFlag.AlignBottom)
        self._below = QVBoxLayout(self)
        self._below.setContentsMargins(0, 0, 0, 0)
        self._below.setSpacing(12)
        self._below.addLayout(self._beside)
        self._is_below = False
        self._actions: list[QWidget] = []

    @property
    def title(self) -> str:
        """The title shown."""
        return self._title.text()

    def set_title(self, title: str) -> None:
        """Show another title, for example a client's name on their own page."""
        self._title.setText(title)
        self._arrange()

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
        self._arrange()

    @property
    def actions_below(self) -> bool:
        """Whether the actions stand under the title, which is too long to have them beside it."""
        return self._is_below

    def _arrange(self) -> None:
        """A title is a name, and whose page it is must be readable: the actions make room."""
        needed = self._title.sizeHint().width() + self._beside.spacing()
        below = bool(self._actions) and needed + self._box.sizeHint().width() > self.width()
        if below == self._is_below:
            return
        self._is_below = below
        here, there = (self._beside, self._below) if below else (self._below, self._beside)
        here.removeWidget(self._box)
        side = Qt.AlignmentFlag.AlignLeft if below else Qt.AlignmentFlag.AlignBottom
        there.addWidget(self._box, 0, side)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        # New actions have no size before they are laid out for the first time.
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._arrange()
        return done
