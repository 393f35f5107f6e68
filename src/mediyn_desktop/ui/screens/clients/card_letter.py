# SPDX-License-Identifier: MIT
"""A draft of what to write to a client whose bank refused a charge; nothing is sent from here."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from mediyn_desktop.delivery.card_messages import DeclineDraft
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel

_HEIGHT = 260
_NONE = (
    "No refused charge of this client needs a letter. What a bank refused only for the moment is "
    "asked for again by itself."
)


class LetterDialog(Dialog):
    """Shows the draft about the newest refused charge; Enter copies it."""

    def __init__(self, drafts: Sequence[DeclineDraft], parent: QWidget | None = None) -> None:
        super().__init__("A letter about a refused charge", parent, width=560)
        if not drafts:
            self.body.addWidget(PlainLabel(_NONE, wrap=True))
            good = PrimaryButton("OK", self.reject)
            self.set_buttons(good, default=good)
            good.setFocus()
            return
        found = drafts[-1]
        said = (
            "Nothing in it tells of care. Copy it into your own mail, and change what you like."
            if found.paying
            else "Make a payment link first and it is part of the letter. Copy it into your own "
            "mail, and change what you like."
        )
        self.body.addWidget(PlainLabel(said, "muted", wrap=True))
        self.to = _line(found.draft.to or "No address is on file")
        self.subject = _line(found.draft.subject)
        self.text = QPlainTextEdit(found.draft.body)
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(_HEIGHT)
        self.text.setAccessibleName("The letter")
        self.body.addWidget(FormField("To", self.to))
        self.body.addWidget(FormField("Subject", self.subject))
        self.body.addWidget(self.text)
        self.copy: Button = PrimaryButton("Copy the letter", self._copy)
        close = SecondaryButton("Close", self.accept)
        self.set_buttons(close, self.copy, default=self.copy)
        self.copy.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy.set_caption("Copied")


def _line(text: str) -> QLineEdit:
    edit = QLineEdit(text)
    edit.setProperty("field", "true")
    edit.setReadOnly(True)
    edit.setCursorPosition(0)
    return edit
