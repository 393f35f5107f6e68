# SPDX-License-Identifier: MIT
"""The deposit slip on screen, to print, to save, or to copy into another program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from mediyn_desktop.ui.preview import PdfPreview
from mediyn_desktop.ui.widgets.announce import announce
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.labels import PlainLabel

if TYPE_CHECKING:  # ReportLab loads slowly and only printing needs it
    from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class Slip:
    """A rendered slip, the file name to offer, and the same list as text with tabs."""

    content: bytes
    name: str
    text: str


def slip_pdf(read: Reading, *, ref: str) -> Slip:
    """Return the slip of the deposit ``ref``; runs on a reader's thread."""
    from mediyn_desktop.delivery import deposits  # noqa: PLC0415
    from mediyn_desktop.documents.deposit_slip import render_deposit_slip  # noqa: PLC0415
    from mediyn_desktop.documents.deposit_slip_data import slip_text  # noqa: PLC0415

    data = deposits.slip_data(read, ref)
    name = f"deposit-{data.deposited_on.isoformat()}.pdf"
    return Slip(render_deposit_slip(data), name, slip_text(data))


class SlipDialog(Dialog):
    """Shows a slip; closing it lets the document go."""

    def __init__(self, slip: Slip, parent: QWidget | None = None) -> None:
        super().__init__("Deposit slip", parent, width=720)
        self._slip = slip
        self.preview = PdfPreview()
        self._said = PlainLabel("", "muted", wrap=True)
        self._said.hide()
        self.copy_button: Button = SecondaryButton("Copy as text", self.copy)
        self.body.addWidget(self.preview, 1)
        self.body.addWidget(self._said)
        close: Button = PrimaryButton("Close", self.accept)
        self.set_buttons(close, default=close, left=self.copy_button)
        self.resize(820, 760)
        self.preview.failed.connect(self._say)
        self.finished.connect(lambda _result: self.preview.close_document())
        self.preview.show_document(slip.content, slip.name)

    def copy(self) -> None:
        """Put the list and its total on the clipboard."""
        QGuiApplication.clipboard().setText(self._slip.text)
        self._say("Copied. Paste it where you keep your own records; it names your clients.")

    def _say(self, sentence: str) -> None:
        self._said.setText(sentence)
        self._said.show()
        announce(self, sentence)
