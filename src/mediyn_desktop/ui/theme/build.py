# SPDX-License-Identifier: MIT
"""Turns tokens into a palette and a style sheet, and follows the system's light or dark."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from mediyn_desktop.ui.theme import fonts, tokens
from mediyn_desktop.ui.theme.tokens import DARK, LIGHT, Tokens

_SHEETS = ("base", "controls", "surfaces")


class Scheme(Enum):
    """Which colours to use; SYSTEM follows the desktop while the program runs."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


def style_sheet(now: Tokens) -> str:
    """Return the whole style sheet in the colours of ``now``.

    Raises:
        KeyError: a template names a colour that does not exist.
    """
    folder = Path(__file__).with_name("qss")
    text = "\n".join((folder / f"{name}.qss").read_text(encoding="utf-8") for name in _SHEETS)
    return Template(text).substitute(now._asdict())


def palette(now: Tokens) -> QPalette:
    """Return the palette of ``now``, for everything the style sheet does not reach."""
    role = QPalette.ColorRole
    made = QPalette()
    for which, color in {
        role.Window: now.page,
        role.WindowText: now.text,
        role.Base: now.raised,
        role.AlternateBase: now.surface,
        role.Text: now.text,
        role.PlaceholderText: now.muted,
        role.Button: now.raised,
        role.ButtonText: now.text,
        role.BrightText: now.bad,
        role.Highlight: now.tint,
        role.HighlightedText: now.text,
        role.Accent: now.accent,
        role.Link: now.accent,
        role.LinkVisited: now.accent,
        role.ToolTipBase: now.inverse,
        role.ToolTipText: now.on_inverse,
        role.Mid: now.hairline,
    }.items():
        made.setColor(which, QColor(color))
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(now.outline))
    return made


def make_app(arguments: list[str]) -> QApplication:
    """Return the one QApplication, with its style chosen before the platform's is loaded."""
    # Asked for in words: ``setStyle`` returns the style, and Python would build the hundreds of
    # names of its class before anything is painted.
    app = QApplication([*(arguments or ["mediyn"]), "-style", "fusion"])
    app.setApplicationName("Mediyn")
    return app


class Theme(QObject):
    """The look of the whole program, on what ``make_app`` returned.

    Create one before the first window and keep it.
    """

    changed = Signal()

    def __init__(self, app: QApplication, scheme: Scheme = Scheme.SYSTEM) -> None:
        super().__init__(app)
        self._app = app
        self._scheme = scheme
        # A chained app.styleHints().… call may outlive its wrapper: keep the object.
        self._hints = app.styleHints()
        self._accessibility = self._hints.accessibility()
        family = fonts.load()
        font = QFont(family) if family else QFont(app.font())
        font.setPointSizeF(fonts.points(fonts.Size.BODY))
        app.setFont(font)
        self._apply()
        self._hints.colorSchemeChanged.connect(self._apply)
        self._accessibility.contrastPreferenceChanged.connect(self._apply)

    @property
    def scheme(self) -> Scheme:
        """The scheme asked for, not the colours it led to."""
        return self._scheme

    def set_scheme(self, scheme: Scheme) -> None:
        """Use ``scheme`` from now on, in every open window."""
        self._scheme = scheme
        self._apply()

    def _wanted(self) -> Tokens:
        dark = self._scheme is Scheme.DARK or (
            self._scheme is Scheme.SYSTEM and self._hints.colorScheme() == Qt.ColorScheme.Dark
        )
        base = DARK if dark else LIGHT
        wish = self._accessibility.contrastPreference()
        return tokens.high_contrast(base) if wish == Qt.ContrastPreference.HighContrast else base

    def _apply(self) -> None:
        now = self._wanted()
        if now == tokens.active() and self._app.styleSheet():
            return  # a style sheet, even the same one, has every widget laid out and painted anew
        tokens.activate(now)
        self._app.setPalette(palette(now))
        self._app.setStyleSheet(style_sheet(now))
        self.changed.emit()
