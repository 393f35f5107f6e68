# SPDX-License-Identifier: MIT
"""A payment link, to be given to the client: copied, or opened to look at."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from mediyn_desktop.cards.links.standing import LinkView
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel


class LinkSheet(Dialog):
    """Enter copies the address; nothing is sent to anybody from here."""

    def __init__(self, link: LinkView, parent: QWidget | None = None) -> None:
        super().__init__(f"Payment link for {format_cents(link.amount_cents)}", parent, width=540)
        said = (
            "Give this address to the client, by a way they agreed to. It can be paid once, and "
            "names neither the client nor the session."
        )
        self.body.addWidget(PlainLabel(said, "muted", wrap=True))
        self.address = QLineEdit(link.url or "")
        self.address.setProperty("field", "true")
        self.address.setReadOnly(True)
        self.address.setCursorPosition(0)
        self.body.addWidget(FormField("Address", self.address))
        self.body.addStretch(1)
        self.copy: Button = PrimaryButton("Copy", self._copy)
        self.look: Button = SecondaryButton("Open in the browser", self._look)
        close = SecondaryButton("Close", self.accept)
        self.set_buttons(close, self.copy, default=self.copy, left=self.look)
        self.copy.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.address.text())
        self.copy.set_caption("Copied")

    def _look(self) -> None:
        QDesktopServices.openUrl(QUrl(self.address.text()))
