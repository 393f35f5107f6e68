# SPDX-License-Identifier: MIT
"""Copies a secret and takes it back: cleared after 30 seconds unless something else was copied."""

from __future__ import annotations

import hmac

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtGui import QGuiApplication

CLEAR_AFTER_MS = 30_000


class SecretClipboard(QObject):
    """Puts one secret at a time on the clipboard, marked so that clipboard histories skip it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ours = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(CLEAR_AFTER_MS)
        self._timer.timeout.connect(self.clear)

    def copy(self, secret: str) -> None:
        """Put ``secret`` on the clipboard for 30 seconds."""
        data = QMimeData()
        data.setText(secret)
        # Klipper, Windows clipboard history and macOS (nspasteboard.org) look for these marks.
        data.setData("x-kde-passwordManagerHint", b"secret")
        data.setData(
            'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"',
            b"\x01",
        )
        data.setData("org.nspasteboard.ConcealedType", b"")
        QGuiApplication.clipboard().setMimeData(data)
        self._ours = secret
        self._timer.start()

    def clear(self) -> None:
        """Empty the clipboard now if it still holds what ``copy`` put there."""
        self._timer.stop()
        clipboard = QGuiApplication.clipboard()
        if self._ours and hmac.compare_digest(clipboard.text().encode(), self._ours.encode()):
            clipboard.clear()
        self._ours = ""
