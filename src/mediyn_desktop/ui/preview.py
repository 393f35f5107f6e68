# SPDX-License-Identifier: MIT
"""Shows the very file that will be printed, saved or sent: page by page, with zoom."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QRect, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QImage, QKeyEvent, QPainter, QPixmap, QResizeEvent
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mediyn_desktop.ui.pdf_pages import PdfPages
from mediyn_desktop.ui.widgets.buttons import Button, IconButton, SecondaryButton
from mediyn_desktop.ui.widgets.labels import PlainLabel

_ZOOMS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
_PIXELS_PER_POINT = 96 / 72
_PRINT_DPI = 300


class PdfPreview(QWidget):
    """Give it ``show_document(pdf, name)``; ``name`` is the file name offered on saving.

    Keys: Page Up/Down turn pages at the end of the view, Ctrl+Plus and Ctrl+Minus zoom, Ctrl+0
    fits the width. Call ``close_document`` (or close the widget) to let the document go.
    """

    page_shown = Signal(int, int)
    """The page on view, from 1, and how many there are, once its picture is there."""

    printed = Signal()
    failed = Signal(str)
    """A sentence: the document cannot be shown, saved or printed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data, self._name = b"", "document.pdf"
        self._pages: PdfPages | None = None
        self._sizes: list[QSizeF] = []
        self._page = 0
        self._zoom: float | None = None  # None fits the width
        self._printing: tuple[QPainter, QPrinter] | None = None
        self._paper = PlainLabel()
        self._paper.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._area = QScrollArea()
        self._area.setProperty("surface", "paper")
        self._area.setWidget(self._paper)
        self._area.setWidgetResizable(True)
        self._area.setAccessibleName("Preview of the document")
        self._lay_out()
        self._enable()
        self._area.installEventFilter(self)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(60)
        self._settle.timeout.connect(self._ask)

    def _lay_out(self) -> None:
        self._where = PlainLabel("", "muted")
        self._previous = IconButton("arrow-up", "Previous page", lambda: self.go_to(self._page - 1))
        self._next = IconButton("arrow-down", "Next page", lambda: self.go_to(self._page + 1))
        self._smaller = IconButton("minus", "Smaller", lambda: self.zoom_by(-1))
        self._larger = IconButton("plus", "Larger", lambda: self.zoom_by(1))
        self._fit = IconButton("fit-width", "Fit the width", self.fit_width)
        self._save: Button = SecondaryButton("Save as…", self.ask_save, icon_name="save")
        self._print: Button = SecondaryButton("Print…", self.ask_print, icon_name="print")
        bar = QHBoxLayout()
        bar.setSpacing(4)
        for widget in (self._previous, self._next, self._where):
            bar.addWidget(widget)
        bar.addSpacing(16)
        for widget in (self._smaller, self._larger, self._fit):
            bar.addWidget(widget)
        bar.addStretch(1)
        bar.addWidget(self._save)
        bar.addSpacing(8)
        bar.addWidget(self._print)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(bar)
        column.addWidget(self._area, 1)

    # -- the document

    def show_document(self, data: bytes, name: str) -> None:
        """Show the PDF in ``data`` from its first page."""
        self.close_document()
        self._data, self._name = data, name
        self._paper.setText("Opening the document…")
        self._pages = PdfPages(data, self)
        self._pages.opened.connect(self._opened)
        self._pages.rendered.connect(self._rendered)
        self._pages.broken.connect(self._broken)

    def close_document(self) -> None:
        """Let the document go and show nothing."""
        if self._pages is not None:
            self._pages.close()
            self._pages.deleteLater()
            self._pages = None
        if self._printing is not None:
            self._printing[0].end()
            self._printing = None
        self._data, self._sizes, self._page = b"", [], 0
        self._settle.stop()
        self._paper.clear()
        self._enable()

    def _opened(self, sizes: list[QSizeF]) -> None:
        self._sizes = sizes
        self.go_to(0)

    def _broken(self) -> None:
        sentence = "This document cannot be shown. The file itself was not changed."
        self._paper.setText(sentence)
        self._enable()
        self.failed.emit(sentence)

    def focus_document(self) -> None:
        """Give the keyboard to the pages."""
        self._area.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- pages and zoom

    @property
    def page(self) -> int:
        """The page on view, from 0."""
        return self._page

    def go_to(self, page: int) -> None:
        """Show ``page``, from 0; a number beyond the ends is ignored."""
        if 0 <= page < len(self._sizes):
            self._page = page
            self._area.verticalScrollBar().setValue(0)
            self._enable()
            self._ask()

    def zoom_by(self, steps: int) -> None:
        """Go ``steps`` larger (or, if negative, smaller)."""
        now = self._scale() / _PIXELS_PER_POINT
        nearest = min(range(len(_ZOOMS)), key=lambda i: abs(_ZOOMS[i] - now))
        self._zoom = _ZOOMS[max(0, min(nearest + steps, len(_ZOOMS) - 1))]
        self._ask()

    def fit_width(self) -> None:
        """Make the page as wide as the view, now and when it is resized."""
        self._zoom = None
        self._ask()

    def _scale(self) -> float:
        """Pixels per point, before the screen's own ratio."""
        if self._zoom is not None:
            return self._zoom * _PIXELS_PER_POINT
        width = self._sizes[self._page].width() if self._sizes else 612.0
        fit = (self._area.viewport().width() - 24) / max(width, 1.0)
        return max(0.3, min(fit, 2 * _PIXELS_PER_POINT))

    def _ask(self) -> None:
        if self._pages is not None and self._sizes:
            self._pages.render(self._page, self._scale() * self.devicePixelRatio())

    def _rendered(self, page: int, scale: float, image: QImage) -> None:
        if self._printing is not None and scale == _PRINT_DPI / 72:
            self._print_page(page, image)
        elif page == self._page and scale == self._scale() * self.devicePixelRatio():
            picture = QPixmap.fromImage(image)
            picture.setDevicePixelRatio(self.devicePixelRatio())
            self._paper.setPixmap(picture)
            self._paper.setAccessibleName(f"Page {page + 1} of {len(self._sizes)}")
            self.page_shown.emit(page + 1, len(self._sizes))

    def _enable(self) -> None:
        count = len(self._sizes)
        self._where.setText(f"{self._page + 1} of {count}" if count else "")
        self._previous.setEnabled(self._page > 0)
        self._next.setEnabled(self._page + 1 < count)
        for widget in (self._smaller, self._larger, self._fit, self._save, self._print):
            widget.setEnabled(bool(count))

    # -- saving and printing

    def save_to(self, target: Path) -> bool:
        """Write the file whole or not at all, readable by this user; False says it failed."""
        part = target.with_name(f".{target.name}.part")
        try:
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(self._data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
        except OSError as error:
            part.unlink(missing_ok=True)
            reason = error.strerror or "no reason given"
            self.failed.emit(f"The document was not saved: {reason}. Choose another place.")
            return False
        return True

    def ask_save(self) -> None:
        """Ask where to, and save."""
        if not self._sizes:
            return
        name, _kind = QFileDialog.getSaveFileName(self, "Save as", self._name, "PDF (*.pdf)")
        if name:
            self.save_to(Path(name))

    def ask_print(self) -> None:
        """Ask which printer, and print."""
        if not self._sizes:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        if QPrintDialog(printer, self).exec() == QDialog.DialogCode.Accepted:
            self.print_to(printer)

    def print_to(self, printer: QPrinter) -> None:
        """Print every page, as large as the paper allows; ``printed`` or ``failed`` answers."""
        if self._pages is None or self._printing is not None or not self._sizes:
            return
        # The spool's title is visible to others on the network: no client in it.
        printer.setDocName("Document")
        painter = QPainter()
        if not painter.begin(printer):
            self.failed.emit("The printer did not answer. Nothing was printed; try again.")
            return
        self._printing = (painter, printer)
        self._pages.render(0, _PRINT_DPI / 72)

    def _print_page(self, page: int, image: QImage) -> None:
        assert self._printing is not None
        painter, printer = self._printing
        room = printer.pageLayout().paintRectPixels(printer.resolution())
        size = image.size().scaled(
            QSize(room.width(), room.height()), Qt.AspectRatioMode.KeepAspectRatio
        )
        painter.drawImage(QRect((room.width() - size.width()) // 2, 0, *size.toTuple()), image)
        if page + 1 < len(self._sizes) and self._pages is not None:
            printer.newPage()
            self._pages.render(page + 1, _PRINT_DPI / 72)
            return
        painter.end()
        self._printing = None
        self.printed.emit()

    # -- Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._area and isinstance(event, QKeyEvent):
            return event.type() == QEvent.Type.KeyPress and self._key(event)
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        key, control = event.key(), event.modifiers() & Qt.KeyboardModifier.ControlModifier
        bar = self._area.verticalScrollBar()
        if key == Qt.Key.Key_PageDown and bar.value() >= bar.maximum():
            self.go_to(self._page + 1)
        elif key == Qt.Key.Key_PageUp and bar.value() <= 0:
            self.go_to(self._page - 1)
        elif control and key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(1)
        elif control and key == Qt.Key.Key_Minus:
            self.zoom_by(-1)
        elif control and key == Qt.Key.Key_0:
            self.fit_width()
        else:
            return False
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._zoom is None and self._sizes:
            self._settle.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.close_document()
        super().closeEvent(event)
