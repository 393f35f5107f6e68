# SPDX-License-Identifier: MIT
"""A document in a window of its own, with print and save."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from mediyn_desktop.ui.preview import PdfPreview
from mediyn_desktop.ui.superbill_pdf import Pdf
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.labels import PlainLabel


class PreviewDialog(Dialog):
    """Shows ``pdf``; closing it lets the document go."""

    def __init__(self, heading: str, pdf: Pdf, parent: QWidget | None = None) -> None:
        super().__init__(heading, parent, width=720)
        self.preview = PdfPreview()
        self._problem = PlainLabel("", "problem", wrap=True)
        self._problem.hide()
        self.body.addWidget(self.preview, 1)
        self.body.addWidget(self._problem)
        close: Button = PrimaryButton("Close", self.accept)
        self.set_buttons(close, default=close)
        self.resize(820, 760)
        self.preview.failed.connect(self._say)
        self.finished.connect(lambda _result: self.preview.close_document())
        self.preview.show_document(pdf.content, pdf.name)

    def _say(self, sentence: str) -> None:
        self._problem.setText(sentence)
        self._problem.show()
