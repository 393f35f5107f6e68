# SPDX-License-Identifier: MIT
"""Records money a client handed over: cash, a check, or another way."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from mediyn_desktop.cards.receipts import LONGEST_REFERENCE
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.delivery.queries import ClientSheet
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.combo_box import ComboBox
from mediyn_desktop.ui.widgets.date_edit import DateEdit
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.money_edit import MoneyEdit
from mediyn_desktop.undo.doing import take_payment

_METHODS = (("Cash", "cash"), ("Check", "check"), ("Another way", "other"))
_REFERENCE = {"cash": "Note (optional)", "check": "Check number", "other": "Where from (optional)"}


class PaymentDialog(Dialog):
    """Asks how much, how, when; saves; stays open with the reason when it is refused."""

    recorded = Signal(str)
    """A sentence about what was saved."""

    def __init__(self, context: Context, sheet: ClientSheet, parent: QWidget | None = None) -> None:
        super().__init__(f"Record a payment of {sheet.full_name}", parent)
        self._context, self._sheet = context, sheet
        owed = sheet.balance.patient_cents
        self.amount = MoneyEdit(required=True)
        self.method = ComboBox()
        for words, method in _METHODS:
            self.method.addItem(words, method)
        self.received = DateEdit(lambda: sheet.today, required=True)
        self.reference = QLineEdit()
        self.reference.setProperty("field", "true")
        self.reference.setMaxLength(LONGEST_REFERENCE)
        self._lay_out(owed)
        if owed > 0:
            self.amount.set_value(owed)
        self.received.set_value(sheet.today)
        self.amount.selectAll()
        self.amount.setFocus()

    def _lay_out(self, owed: int) -> None:
        due = f"{format_cents(owed)} is due. " if owed > 0 else "Nothing is due. "
        words = due + "The oldest session is settled first; what is left over is kept as credit."
        self.body.addWidget(PlainLabel(words, "muted", wrap=True))
        self.body.addSpacing(4)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row, fields in (
            (first, (FormField("Amount", self.amount), FormField("Paid by", self.method))),
            (second, (FormField("Received on", self.received), self._reference_field())),
        ):
            row.setSpacing(12)
            for field in fields:
                row.addWidget(field, 1)
            self.body.addLayout(row)
        self._problem = PlainLabel("", "problem", wrap=True)
        self._problem.hide()
        self.body.addWidget(self._problem)
        self._cancel: Button = SecondaryButton("Cancel", self.reject)
        self.save: Button = PrimaryButton("Record payment", self._save)
        self.set_buttons(self._cancel, self.save, default=self.save)

    def _reference_field(self) -> FormField:
        field = FormField(_REFERENCE["cash"], self.reference)
        self.method.currentIndexChanged.connect(
            lambda _index: field.set_label(_REFERENCE[self.method.currentData()])
        )
        return field

    @property
    def problem(self) -> str:
        """Why it was refused, as shown."""
        return self._problem.text() if self._problem.isVisibleTo(self) else ""

    def _save(self) -> None:
        self._problem.hide()
        sound = [field.check() for field in (self.amount, self.received)]
        cents, on = self.amount.cents(), self.received.date()
        if not all(sound) or cents is None or on is None:
            return
        method, reference = self.method.currentData(), self.reference.text().strip()
        ref = self._sheet.ref
        self.save.setEnabled(False)
        self._context.write(
            "Record payment",
            lambda uow: take_payment(uow, ref, cents, method, on, reference),
            done=lambda _payment: self._saved(cents),
            failed=self._refused,
        )

    def _saved(self, cents: int) -> None:
        self.recorded.emit(f"{format_cents(cents)} recorded")
        self.accept()

    def _refused(self, error: Exception) -> bool:
        self.save.setEnabled(True)
        if not isinstance(error, UserFacingError):
            return False
        self._problem.setText(error.message)
        self._problem.show()
        return True
