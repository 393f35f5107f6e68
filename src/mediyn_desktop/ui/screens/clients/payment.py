# SPDX-License-Identifier: MIT
"""Records money a client handed over: cash, a check, a card elsewhere, or another way."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from mediyn_desktop.cards.receipts import LONGEST_REFERENCE
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.delivery.money import AccountMoney
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.correcting import CorrectingDialog, Foreseen, choice, unfinished
from mediyn_desktop.ui.screens.clients.correcting import PAID_BY, Current
from mediyn_desktop.ui.widgets.date_edit import DateEdit
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.money_edit import MoneyEdit
from mediyn_desktop.undo import doing

_REFERENCE = {
    "cash": "Note (optional)",
    "check": "Check number",
    "external_card": "Receipt number (optional)",
    "other": "Where from (optional)",
}


class PaymentDialog(CorrectingDialog):
    """Asks how much, how and when; the oldest session is settled first."""

    def __init__(
        self, context: Context, money: AccountMoney, _current: Current, parent: QWidget | None
    ) -> None:
        heading = f"Record a payment from {money.full_name}"
        super().__init__(context, heading, "Record payment", parent)
        self._money = money
        self._owed = [one for one in money.owed if one.debtor is None]
        self.amount = MoneyEdit(required=True)
        self.method = choice(list(PAID_BY))
        self.received = DateEdit(lambda: money.today, required=True)
        reference = self.add_text(_REFERENCE["cash"], "", longest=LONGEST_REFERENCE)
        assert isinstance(reference.editor, QLineEdit)
        self.reference = reference.editor
        self.add_row(FormField("Amount", self.amount), FormField("Paid by", self.method))
        self.add_row(FormField("Received on", self.received), reference)
        self.method.currentIndexChanged.connect(
            lambda _index: reference.set_label(_REFERENCE[self.method.currentData()])
        )
        self.received.set_value(money.today)
        self.finish()
        due = sum(one.open_cents for one in self._owed)
        if due:
            self.amount.set_value(due)
        self.amount.selectAll()
        self.amount.setFocus()

    def foresee(self) -> Foreseen:
        due = sum(one.open_cents for one in self._owed)
        cents, on = self.amount.cents(), self.received.date()
        if not cents:
            if due:
                return unfinished(f"{format_cents(due)} is due. Enter what was paid.")
            return unfinished("Nothing is due. What is paid now is kept as credit.")
        if on is None:
            return unfinished("Enter the day it was received.")
        if on > self._money.today:
            return Foreseen("The day it was received has not come yet.")
        ref, method = self._money.client_ref, self.method.currentData()
        reference = self.reference.text().strip()
        return Foreseen(
            self._settling(cents, due),
            lambda uow, _why: doing.take_payment(uow, ref, cents, method, on, reference),
            f"{format_cents(cents)} recorded",
        )

    def _settling(self, cents: int, due: int) -> str:
        """What the payment settles, the oldest session first, and what is left of either."""
        if not due:
            return f"{format_cents(cents)} is kept as credit; nothing is due."
        left, whole, parts = cents, 0, ""
        for one in self._owed:
            day = wording.day(one.date_of_service)
            if left >= one.open_cents:
                whole, left = whole + 1, left - one.open_cents
            elif left:
                parts = f"{format_cents(left)} of the session of {day}"
                left = 0
        settled = f"{wording.counted(whole, 'session')} in full" if whole else ""
        said = f"Settles {' and '.join(filter(None, (settled, parts)))}, the oldest first."
        if left:
            said += f" {format_cents(left)} is kept as credit."
        elif due > cents:
            said += f" {format_cents(due - cents)} stays due."
        return said
