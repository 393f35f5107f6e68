# SPDX-License-Identifier: MIT
"""The forms that correct a client's account: settle, pay back, give up, take back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QWidget

from mediyn_desktop.cards import by_hand
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.delivery.money import AccountMoney, Owed, Paid, Settles
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.correcting import CorrectingDialog, Foreseen, choice, unfinished
from mediyn_desktop.ui.screens.clients.correcting import Current, charge_words, payment_label
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.money_edit import MoneyEdit
from mediyn_desktop.undo import doing

_WRITE_OFFS = {
    WriteOff.COURTESY: "Courtesy",
    WriteOff.SMALL_BALANCE: "Too small to ask for",
    WriteOff.HARDSHIP: "Hardship",
    WriteOff.BAD_DEBT: "Will not be paid",
    WriteOff.TIMELY_FILING: "Filed too late",
    WriteOff.DENIED: "Denied for good",
    WriteOff.CONTRACTUAL: "Not allowed by the contract",
}
_NO_AMOUNT = "Enter an amount."


@dataclass(frozen=True, slots=True)
class _Source:
    """Where an allocation comes from: a payment's unused money, or what settles another charge."""

    paid: Paid
    settles: Settles | None

    @property
    def cents(self) -> int:
        return self.paid.unused_cents if self.settles is None else self.settles.cents

    @property
    def words(self) -> str:
        if self.settles is None:
            return f"{payment_label(self.paid)}: {format_cents(self.cents)} not used"
        day = wording.day(self.settles.date_of_service)
        return f"{payment_label(self.paid)}: {format_cents(self.cents)} on the session of {day}"


class SettleDialog(CorrectingDialog):
    """Lets unused credit settle a charge, or a payment settle another charge than it does."""

    def __init__(
        self, context: Context, money: AccountMoney, current: Current, parent: QWidget | None
    ) -> None:
        super().__init__(context, f"Settle a charge of {money.full_name}", "Settle", parent)
        sources = [_Source(paid, None) for paid in money.paid if paid.unused_cents]
        sources += [_Source(paid, use) for paid in money.paid for use in paid.settles]
        owed = [one for one in money.owed if one.debtor is None]
        if not sources:
            self.explain(
                f"{money.full_name} has paid nothing yet that could settle a session. Record a "
                "payment first."
            )
            return
        if not owed:
            self.explain("Nothing is owed, so there is nothing to settle.")
            return
        mine = next((one for one in sources if current in (one.paid.entry, one.paid.ref)), None)
        target = next((one for one in owed if current in (one.entry, one.session)), None)
        self.source = choice([(one.words, one) for one in sources], mine)
        self.target = choice([(charge_words(one), one) for one in owed], target)
        self.amount = MoneyEdit(required=True)
        self.add_row(FormField("From", self.source))
        self.add_row(FormField("Settles", self.target))
        self.add_row(FormField("Amount", self.amount))
        self.why = self.add_reason("Meant for this session", needed=False)
        self.source.currentIndexChanged.connect(lambda _index: self._propose())
        self.target.currentIndexChanged.connect(lambda _index: self._propose())
        self.finish()
        self._propose()
        self.source.setFocus()

    def _propose(self) -> None:
        source, target = self.source.currentData(), self.target.currentData()
        self.amount.set_value(min(source.cents, target.open_cents))

    def foresee(self) -> Foreseen:
        source: _Source = self.source.currentData()
        target: Owed = self.target.currentData()
        cents = self.amount.cents()
        if not cents:
            return unfinished(_NO_AMOUNT)
        if source.settles is not None and source.settles.item == target.item:
            return Foreseen("It settles that session already. Choose another one.")
        if cents > source.cents:
            return Foreseen(f"Only {format_cents(source.cents)} of this payment can be used.")
        if cents > target.open_cents:
            return Foreseen(f"Only {format_cents(target.open_cents)} of this session is open.")
        left = target.open_cents - cents
        day = wording.day(target.date_of_service)
        rest = f"; {format_cents(left)} of it stays open" if left else " in full"
        sentence = f"{format_cents(cents)} will settle the session of {day}{rest}."
        if source.settles is not None:
            was = wording.day(source.settles.date_of_service)
            sentence += f" {format_cents(cents)} of the session of {was} is owed again."
        return Foreseen(sentence, self._work(source, target, cents), f"{format_cents(cents)} moved")

    def _work(self, source: _Source, target: Owed, cents: int) -> Any:
        ref = source.paid.ref
        if source.settles is None:
            return lambda uow, why: doing.settle(uow, ref, target.item, cents, why)
        old = source.settles.item
        return lambda uow, why: doing.settle_another(uow, ref, old, target.item, cents, why)


class RefundDialog(CorrectingDialog):
    """Pays money back that was not paid by card."""

    undoable = False  # the money is in the client's hand; Ctrl+Z names what brings it back

    def __init__(
        self, context: Context, money: AccountMoney, current: Current, parent: QWidget | None
    ) -> None:
        super().__init__(context, f"Pay money back to {money.full_name}", "Pay back", parent)
        newest = list(reversed(money.paid))
        if not newest:
            self.explain("This client has paid nothing that could go back.")
            return
        mine = _chosen(newest, current)
        self.payment = choice(
            [(f"{payment_label(one)}: {format_cents(one.held_cents)}", one) for one in newest], mine
        )
        self.amount = MoneyEdit(required=True)
        self.add_row(FormField("Payment", self.payment))
        self.add_row(FormField("Amount", self.amount))
        self.why = self.add_reason("Paid twice", needed=True)
        self.payment.currentIndexChanged.connect(lambda _index: self._propose())
        self.finish()
        self._propose()
        self.payment.setFocus()

    def _propose(self) -> None:
        paid: Paid = self.payment.currentData()
        self.amount.set_value(paid.unused_cents or paid.held_cents)

    def foresee(self) -> Foreseen:
        paid: Paid = self.payment.currentData()
        if paid.method == "card":
            return Foreseen(
                "A card's money goes back to the card. Choose this payment's line in the account, "
                "then ask to pay back."
            )
        cents = self.amount.cents()
        if not cents:
            return unfinished(_NO_AMOUNT)
        if cents > paid.held_cents:
            return Foreseen(f"At most {format_cents(paid.held_cents)} of this payment can go back.")
        again = max(0, cents - paid.unused_cents)
        sentence = f"{format_cents(cents)} goes back to the client."
        if again:
            sentence += f" {format_cents(again)} of what it settled is owed again."
        ref = paid.ref
        return Foreseen(
            sentence,
            lambda uow, why: doing.give_back(uow, ref, cents, why),
            f"{format_cents(cents)} paid back",
        )


def _chosen(newest: list[Paid], current: Current) -> Paid | None:
    """The payment asked about, else the newest that is not the card processor's to return."""
    asked = next((one for one in newest if current in (one.entry, one.ref)), None)
    return asked or next((one for one in newest if one.method != "card"), None)


class WriteOffDialog(CorrectingDialog):
    """Gives up part or all of what is open, with the type and the reason."""

    def __init__(
        self, context: Context, money: AccountMoney, current: Current, parent: QWidget | None
    ) -> None:
        super().__init__(context, f"Write off for {money.full_name}", "Write off", parent)
        if not money.owed:
            self.explain("Nothing is open, so there is nothing to write off.")
            return
        mine = next((one for one in money.owed if current in (one.entry, one.session)), None)
        self.charge = choice([(charge_words(one), one) for one in money.owed], mine)
        self.kind = choice([])
        self.amount = MoneyEdit(required=True)
        self.add_row(FormField("Charge", self.charge))
        self.add_row(FormField("Why it is given up", self.kind), FormField("Amount", self.amount))
        self.why = self.add_reason("Agreed on the phone", needed=True)
        self.charge.currentIndexChanged.connect(lambda _index: self._propose())
        self._propose()
        self.finish()
        self.charge.setFocus()

    def _propose(self) -> None:
        owed: Owed = self.charge.currentData()
        kinds = by_hand.CLIENTS_KINDS if owed.debtor is None else by_hand.INSURERS_KINDS
        self.kind.clear()
        for kind in kinds:
            self.kind.addItem(_WRITE_OFFS[kind], kind)
        self.amount.set_value(owed.open_cents)

    def foresee(self) -> Foreseen:
        owed: Owed = self.charge.currentData()
        kind: WriteOff | None = self.kind.currentData()
        if kind is None:
            return unfinished("Choose why it is given up.")
        cents = self.amount.cents()
        if not cents:
            return unfinished(_NO_AMOUNT)
        if cents > owed.open_cents:
            return Foreseen(f"Only {format_cents(owed.open_cents)} of this charge is open.")
        day = wording.day(owed.date_of_service)
        left = owed.open_cents - cents
        rest = f"{format_cents(left)} stays open" if left else "nothing of it stays open"
        sentence = (
            f"{format_cents(cents)} of the session of {day} will be asked for no more; {rest}."
        )
        item = owed.item
        return Foreseen(
            sentence,
            lambda uow, why: doing.give_up(uow, item, cents, WriteOff(kind), why),
            f"{format_cents(cents)} written off",
        )


class VoidDialog(CorrectingDialog):
    """Takes a payment back that was a mistake, or a check that bounced."""

    def __init__(
        self, context: Context, money: AccountMoney, current: Current, parent: QWidget | None
    ) -> None:
        super().__init__(context, f"Void a payment of {money.full_name}", "Void payment", parent)
        newest = list(reversed(money.paid))
        if not newest:
            self.explain("There is no payment to void.")
            return
        mine = _chosen(newest, current)
        self.payment = choice(
            [(f"{payment_label(one)}: {format_cents(one.amount_cents)}", one) for one in newest],
            mine,
        )
        self.add_row(FormField("Payment", self.payment))
        self.why = self.add_reason("The check bounced", needed=True)
        self.finish()
        self.payment.setFocus()

    def foresee(self) -> Foreseen:
        paid: Paid = self.payment.currentData()
        if paid.method == "card":
            return Foreseen("A card payment was really made. Use “Pay back…” instead.")
        if paid.held_cents < paid.amount_cents:
            return Foreseen("Part of this payment went back before, so it was really made.")
        settled = paid.amount_cents - paid.unused_cents
        sentence = f"The payment of {format_cents(paid.amount_cents)} is taken back."
        if settled:
            sentence += f" {format_cents(settled)} is owed again."
        sentence += " Both stay in the journal."
        ref = paid.ref
        return Foreseen(
            sentence,
            lambda uow, why: doing.void(uow, ref, why),
            f"Payment of {format_cents(paid.amount_cents)} voided",
        )
