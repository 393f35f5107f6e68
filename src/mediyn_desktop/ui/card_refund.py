# SPDX-License-Identifier: MIT
"""Paying a card payment back, from wherever it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from mediyn_desktop.cards.refunds.planning import plan
from mediyn_desktop.cards.refunds.sending import send
from mediyn_desktop.cards.refunds.states import RefundState
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ui.card_network import (
    NO_KEY,
    NetworkDialog,
    NoProcessor,
    NotDone,
    refuse_offline,
    will,
)
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.correcting import Foreseen, unfinished
from mediyn_desktop.ui.unlock.passphrase_field import PassphraseField
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.money_edit import MoneyEdit


@dataclass(frozen=True, slots=True)
class CardPaid:
    """A card payment by its ref, in words, and the cents of it that may still go back."""

    payment: str
    about: str
    most_cents: int


class CardRefundDialog(NetworkDialog):
    """Pays a card payment back, whole or in part. The passphrase unlocks the key that pays back."""

    busy = "Paying back…"

    def __init__(self, context: Context, paid: CardPaid, parent: QWidget | None = None) -> None:
        super().__init__(context, "Pay back to the card", "Pay back", parent)
        self._paid = paid
        self.body.addWidget(PlainLabel(paid.about, "strong", wrap=True))
        self.amount = MoneyEdit(required=True)
        self.amount.set_value(paid.most_cents)
        self.add_row(FormField("Amount", self.amount))
        self.why = self.add_reason("Charged for a session that was canceled in time", needed=True)
        self.passphrase = PassphraseField("Passphrase of this practice")
        self.body.addWidget(self.passphrase)
        self.passphrase.edited.connect(lambda _text: self.refresh())
        self.finish()
        self.amount.selectAll()
        self.amount.setFocus()

    def foresee(self) -> Foreseen:
        cents, most = self.amount.cents(), self._paid.most_cents
        if not cents:
            return unfinished("Enter an amount.")
        if cents > most:
            return Foreseen(f"Only {format_cents(most)} of this payment can be paid back.")
        if not self.passphrase.edit.text():
            return unfinished("Your passphrase unlocks the key that pays back.")
        return will(
            f"{format_cents(cents)} goes back to the card. What it had paid is owed again, the "
            "newest first. Stripe keeps its fee."
        )

    def prepare(self, why: str) -> Callable[[], str]:
        context, payment = self._context, self._paid.payment
        cents, passphrase = self.amount.cents() or 0, self.passphrase.edit.text()

        def pay_back() -> str:
            refuse_offline(context)
            with context.program.refunding(context.store, passphrase) as keys:
                if keys is None:
                    raise NoProcessor(NO_KEY)
                with context.store.write("Plan a refund") as uow:
                    ident = plan(uow, payment, cents, why)
                state = send(context.store, *keys, ident)
            return refund_words(state, cents)

        return pay_back


def refund_words(state: RefundState, cents: int) -> str:
    """Return what became of a refund.

    Raises:
        NotDone: nothing was paid back.
    """
    amount = format_cents(cents)
    if state is RefundState.SUCCEEDED:
        return f"{amount} was paid back to the card"
    if state is RefundState.PENDING:
        return f"{amount} is on its way back to the card; the bank takes a few days"
    if state in (RefundState.REFUSED, RefundState.FAILED, RefundState.DROPPED):
        raise NotDone(f"Stripe would not pay {amount} back. The payment stands as before.")
    return (
        f"Stripe gave no answer about paying {amount} back; it is asked again before anything else"
    )
