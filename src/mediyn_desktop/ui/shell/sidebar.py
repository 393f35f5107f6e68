# SPDX-License-Identifier: MIT
"""The column at the left: one line per screen."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QVBoxLayout, QWidget

from mediyn_desktop.ui.theme.tokens import SIDEBAR
from mediyn_desktop.ui.widgets.buttons import Button


class _Line(Button):
    clicked_by_mouse = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clicked_by_mouse = True
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.clicked_by_mouse = False
        super().keyPressEvent(event)


class Sidebar(QFrame):
    """Emits ``chosen`` with the id of the screen; arrow keys move between the lines."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "sidebar")
        self.setAccessibleName("Screens")
        self.setFixedWidth(SIDEBAR)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, _Line] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 12, 8, 12)
        self._column.setSpacing(2)
        self._column.addStretch(1)

    def add(self, screen_id: str, title: str, icon_name: str) -> None:
        """Add a line at the end."""
        button = _Line(title, lambda: self.chosen.emit(screen_id), kind="nav", icon_name=icon_name)
        button.setFont(self.font())
        button.setCheckable(True)
        button.setIconSize(QSize(18, 18))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._group.addButton(button)
        self._buttons[screen_id] = button
        self._column.insertWidget(self._column.count() - 1, button)

    def mark(self, screen_id: str) -> None:
        """Show that ``screen_id`` is the screen on view."""
        self._buttons[screen_id].setChecked(True)

    def walked(self) -> bool:
        """Whether the keyboard is here and chose the line on view, not the mouse."""
        return any(
            button.hasFocus() and not button.clicked_by_mouse for button in self._buttons.values()
        )

    def titles(self) -> list[str]:
        """Return the lines from top to bottom."""
        return [button.accessibleName() for button in self._buttons.values()]
