# SPDX-License-Identifier: MIT
"""Another amount for one session, with the reason."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.dayclose.review import Row
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.money_edit import MoneyEdit


class AmountDialog(Dialog):
    """Enter asks to save once both fields are good; the owner accepts or refuses it."""

    submitted = Signal(int, str)
    """The amount in cents and the reason; answer with ``accept`` or ``refuse``."""

    def __init__(self, row: Row, open_cents: int, parent: QWidget | None = None) -> None:
        super().__init__("Change the amount", parent)
        self.body.addWidget(
            PlainLabel(
                f"{row.client_name} is asked for {format_cents(open_cents)}. What you take off is "
                "kept as a courtesy with your reason.",
                wrap=True,
            )
        )
        self.amount = MoneyEdit(required=True)
        self.amount.set_value(open_cents)
        self.why = QLineEdit()
        self.why.setProperty("field", "true")
        self.why.setMaxLength(200)
        self.why.setPlaceholderText("Agreed on the phone")
        self._amount_field = FormField("Amount", self.amount)
        self._why_field = FormField("Reason", self.why)
        self.body.addWidget(self._amount_field)
        self.body.addWidget(self._why_field)
        self.cancel_button: Button = SecondaryButton("Cancel", self.reject)
        self.save_button: Button = PrimaryButton("Save amount", self.save)
        self.set_buttons(self.cancel_button, self.save_button, default=self.save_button)
        self.amount.setFocus()
        self.amount.selectAll()

    @property
    def problems(self) -> tuple[str, str]:
        """What is said beside the amount and beside the reason."""
        return self._amount_field.problem, self._why_field.problem

    def save(self) -> None:
        """Ask to save, or say beside the field what is missing."""
        reason = self.why.text().strip()
        good, cents = self.amount.check(), self.amount.cents()
        self._why_field.set_problem("" if reason else "Write a few words why.")
        if not good or cents is None:
            self.amount.setFocus()
            self.amount.selectAll()
        elif not reason:
            self.why.setFocus()
        else:
            self.save_button.setEnabled(False)
            self.submitted.emit(cents, reason)

    def refuse(self, sentence: str) -> None:
        """Say why it was not saved, beside the amount."""
        self.save_button.setEnabled(True)
        self._amount_field.set_problem(sentence)
        self.amount.setFocus()
        self.amount.selectAll()
