# SPDX-License-Identifier: MIT
"""A saved document, page by page, as it will be printed."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from mediyn_desktop.ui.preview import PdfPreview
from mediyn_desktop.ui.widgets.buttons import PrimaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog


class PdfDialog(Dialog):
    """Shows the PDF ``data``; ``name`` is offered when it is saved elsewhere."""

    def __init__(self, data: bytes, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent, width=760)
        self.resize(820, 720)
        self.preview = PdfPreview()
        self.preview.show_document(data, name)
        self.body.addWidget(self.preview, 1)
        close = PrimaryButton("Close", self.accept)
        self.set_buttons(close, default=close)
        self.finished.connect(self.preview.close_document)
