# SPDX-License-Identifier: MIT
"""Push buttons in the program's kinds; at most one primary button per screen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton, QToolButton, QWidget

from mediyn_desktop.ui.theme.fonts import Size, font
from mediyn_desktop.ui.theme.icons import Ink, icon
from mediyn_desktop.ui.widgets.labels import plain_caption, plain_tooltip


class Button(QPushButton):
    """A push button of a ``kind`` the style sheet knows; its caption is plain text."""

    def __init__(
        self,
        text: str,
        clicked: Callable[[], object] | None = None,
        *,
        kind: str = "secondary",
        icon_name: str = "",
        ink: Ink = "text",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(plain_caption(text), parent)
        self.setProperty("kind", kind)
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFont(font(Size.BODY, QFont.Weight.Medium))
        self.setAutoDefault(False)
        if icon_name:
            self.setIcon(icon(icon_name, ink))
            self.setIconSize(QSize(16, 16))
        if clicked is not None:
            self.clicked.connect(lambda _checked=False: clicked())

    def set_caption(self, text: str) -> None:
        """Change what the button says, and is called."""
        self.setText(plain_caption(text))
        self.setAccessibleName(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not _pressed_by_enter(self, event):
            super().keyPressEvent(event)


class PrimaryButton(Button):
    """The one thing a screen is for."""

    def __init__(
        self,
        text: str,
        clicked: Callable[[], object] | None = None,
        *,
        icon_name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            text, clicked, kind="primary", icon_name=icon_name, ink="on_accent", parent=parent
        )


class SecondaryButton(Button):
    """Everything else that can be done here."""


class IconButton(QToolButton):
    """A button that is only a picture; ``name`` is its accessible name and its tool tip."""

    def __init__(
        self,
        icon_name: str,
        name: str,
        clicked: Callable[[], object] | None = None,
        *,
        ink: Ink = "muted",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setIcon(icon(icon_name, ink))
        self.setIconSize(QSize(18, 18))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.set_name(name)
        if clicked is not None:
            self.clicked.connect(lambda _checked=False: clicked())

    def set_name(self, name: str) -> None:
        """Change what the button is called."""
        self.setAccessibleName(name)
        self.setToolTip(plain_tooltip(name))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not _pressed_by_enter(self, event):
            super().keyPressEvent(event)


def _pressed_by_enter(button: QAbstractButton, event: QKeyEvent) -> bool:
    """Press the button that has the keyboard and say whether Enter asked for it.

    Qt would let Enter press a dialog's default instead: somebody who went to Cancel would charge.
    A key that is held down presses nothing twice.
    """
    plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or plain:
        return False
    if not event.isAutoRepeat():
        button.click()
    return True
