# SPDX-License-Identifier: MIT
"""The frame all dialogs share: a heading, a body, and buttons on the right."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import Button
from mediyn_desktop.ui.widgets.labels import PlainLabel

WIDTH = 460


class Dialog(QDialog):
    """A window-modal dialog; its title bar names the program, never a client.

    Put the content into ``body`` and call ``set_buttons`` once, from left to right. Escape closes
    it as ``rejected``.
    """

    def __init__(self, heading: str, parent: QWidget | None = None, *, width: int = WIDTH) -> None:
        super().__init__(parent)
        self.setWindowTitle("Mediyn")
        self.setAccessibleName(heading)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        self._outer = outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 24, 24, 16)
        outer.setSpacing(12)
        outer.addWidget(PlainLabel(heading, "heading", wrap=True))
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        outer.addLayout(self.body, 1)
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 8, 0, 0)
        self._row.setSpacing(12)
        outer.addLayout(self._row)
        self.setMinimumWidth(scaled(width))

    def set_buttons(self, *buttons: Button, default: Button, left: Button | None = None) -> None:
        """Show ``buttons`` at the right and ``left`` at the left; Enter presses ``default``."""
        if left is not None:
            self._row.addWidget(left)
        self._row.addStretch(1)
        for button in buttons:
            self._row.addWidget(button)
        default.setAutoDefault(True)
        default.setDefault(True)

    def open_once(self) -> None:
        """Open it; it is gone once it is closed."""
        self.finished.connect(self.deleteLater)
        self.open()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            # A dialog's own least height does not count the lines a sentence wraps into.
            needed = self._outer.totalHeightForWidth(self.width())
            if self.height() < needed:
                self.resize(self.width(), needed)
        return done
