# SPDX-License-Identifier: MIT
"""Turns the pages of a PDF into pictures, off the GUI thread.

PDFium is not thread safe, not even across documents, so all previews of the program share one
worker thread. It lives as long as one of them is open, and the library is imported on it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QSizeF, Qt, Signal
from PySide6.QtGui import QImage

from mediyn_desktop.ui.workers import Workers

_log = logging.getLogger(__name__)


class _Shared:
    worker: Workers | None = None
    users = 0


class _Holder:
    """What outlives the Qt object: the document, and whether anybody still wants it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.closed = False
        self.document: Any = None  # touched on the worker's thread only

    def close(self) -> None:
        """Release the document; the last one to close ends the thread."""
        with self.lock:  # no answer can be on its way to a Qt object that is being deleted
            if self.closed:
                return
            self.closed = True
        worker = _Shared.worker
        assert worker is not None, "a document that is open holds the worker"
        worker.add(self._release)
        _Shared.users -= 1
        if _Shared.users == 0:
            _Shared.worker = None
            worker.stop(timeout=30)

    def _release(self) -> None:
        if self.document is not None:
            self.document.close()
            self.document = None


class PdfPages(QObject):
    """One open document. Call ``close`` when done; nothing is emitted after it."""

    opened = Signal(list)
    """The size of each page in points (1/72 inch), as a list of ``QSizeF``."""

    rendered = Signal(int, float, QImage)
    """Page number from 0, the scale asked for, and the picture."""

    broken = Signal()
    """The bytes are not a PDF that can be shown."""

    _arrived = Signal(object)

    def __init__(self, data: bytes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._held = _Holder()
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        if _Shared.worker is None:
            _Shared.worker = Workers("pdf", 1)
        _Shared.users += 1
        self.destroyed.connect(self._held.close)
        self._add(lambda: self._open(data))

    def render(self, page: int, scale: float) -> None:
        """Ask for ``page`` at ``scale`` pixels per point; ``rendered`` answers."""
        self._add(lambda: self._render(page, scale))

    def close(self) -> None:
        """Release the document. Safe to call twice, and done by itself on deletion."""
        self._held.close()

    def _add(self, job: Callable[[], None]) -> None:
        if not self._held.closed and _Shared.worker is not None:
            _Shared.worker.add(job)

    def _post(self, call: Callable[[], None]) -> None:
        with self._held.lock:
            if not self._held.closed:
                self._arrived.emit(call)

    def _deliver(self, call: Callable[[], None]) -> None:
        if not self._held.closed:
            call()

    # -- on the worker's thread

    def _open(self, data: bytes) -> None:
        import pypdfium2  # noqa: PLC0415 - heavy, and first needed here

        try:
            document = self._held.document = pypdfium2.PdfDocument(data)
            sizes = [QSizeF(*document.get_page_size(i)) for i in range(len(document))]
        except pypdfium2.PdfiumError:
            _log.warning("a document could not be opened for preview")
            self._post(self.broken.emit)
        else:
            self._post(lambda: self.opened.emit(sizes))

    def _render(self, number: int, scale: float) -> None:
        if self._held.document is None or self._held.closed:
            return
        import pypdfium2  # noqa: PLC0415 - loaded by now

        try:
            page = self._held.document[number]
            bitmap = page.render(scale=scale, prefer_bgrx=True)
            # BGRx in memory is Qt's RGB32 on little-endian machines, the only ones we ship for.
            image = QImage(
                bytes(bitmap.buffer),
                bitmap.width,
                bitmap.height,
                bitmap.stride,
                QImage.Format.Format_RGB32,
            ).copy()
            bitmap.close()
            page.close()
        except pypdfium2.PdfiumError:
            _log.warning("page %d could not be drawn", number)
            self._post(self.broken.emit)
        else:
            self._post(lambda: self.rendered.emit(number, scale, image))
