# SPDX-License-Identifier: MIT
"""A search field that waits until the typing pauses."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from mediyn_desktop.ui.theme.icons import icon

PAUSE_MS = 150


class SearchField(QLineEdit):
    """Emits ``searched`` 150 ms after the last key, at once on Enter, and on Escape, cleared."""

    searched = Signal(str)

    def __init__(self, name: str, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setPlaceholderText(hint or f"{name}   (Ctrl+F)")
        self.setMinimumHeight(34)
        look = QAction(icon("search", "muted"), "Search now", self)
        look.triggered.connect(lambda _checked=False: self._emit())
        self.addAction(look, QLineEdit.ActionPosition.LeadingPosition)
        self._last = ""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._emit)
        self.textChanged.connect(lambda _text: self._pause.start())

    def _emit(self) -> None:
        self._pause.stop()
        text = self.text().strip()
        if text != self._last:
            self._last = text
            self.searched.emit(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._emit()
            self.returnPressed.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self._emit()
        else:
            super().keyPressEvent(event)
