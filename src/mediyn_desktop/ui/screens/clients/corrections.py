# SPDX-License-Identifier: MIT
"""The forms that correct a client's account: settle, pay back, give up, take back, sell ahead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QWidget

from mediyn_desktop.billing.package_sales import METHODS as PACKAGE_METHODS
from mediyn_desktop.cards import by_hand
from mediyn_desktop.codes import cpt
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.delivery.money import AccountMoney, Owed, Paid, Settles
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.screens.clients.correcting import (
    CorrectingDialog,
    Foreseen,
    charge_words,
    choice,
    payment_name,
)
from mediyn_desktop.ui.widgets.date_edit import DateEdit
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.money_edit import MoneyEdit
from mediyn_desktop.ui.widgets.parsed_edit import ParsedEdit
from mediyn_desktop.undo import doing

_MOST_SESSIONS = 200
_USUAL = "90837"  # what most packages are of
_WRITE_OFFS = {
    WriteOff.COURTESY: "Courtesy",
    WriteOff.SMALL_BALANCE: "Too small to ask for",
    WriteOff.HARDSHIP: "Hardship",
    WriteOff.BAD_DEBT: "Will not be paid",
    WriteOff.TIMELY_FILING: "Filed too late",
    WriteOff.DENIED: "Denied for good",
    WriteOff.CONTRACTUAL: "Not allowed by the contract",
}
_PAID_BY = (("Cash", "cash"), ("Check", "check"), ("Another way", "other"))
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
            return f"{payment_name(self.paid)}: {format_cents(self.cents)} not used"
        day = wording.day(self.settles.date_of_service)
        return f"{payment_name(self.paid)}: {format_cents(self.cents)} on the session of {day}"


class SettleDialog(CorrectingDialog):
    """Lets unused credit settle a charge, or a payment settle another charge than it does."""

    def __init__(
        self, context: Context, money: AccountMoney, entry: int | None, parent: QWidget | None
    ) -> None:
        super().__init__(context, f"Settle a charge of {money.full_name}", "Settle", parent)
        sources = [_Source(paid, None) for paid in money.paid if paid.unused_cents]
        sources += [_Source(paid, use) for paid in money.paid for use in paid.settles]
        owed = [one for one in money.owed if one.debtor is None]
        mine = next((one for one in sources if one.paid.entry == entry), None)
        target = next((one for one in owed if one.entry == entry), None)
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
        if source is not None and target is not None:
            self.amount.set_value(min(source.cents, target.open_cents))

    def foresee(self) -> Foreseen:
        source: _Source | None = self.source.currentData()
        target: Owed | None = self.target.currentData()
        if source is None:
            return Foreseen("No payment of this client can settle anything.")
        if target is None:
            return Foreseen("The client owes nothing, so there is nothing to settle.")
        cents = self.amount.cents()
        if not cents:
            return Foreseen(_NO_AMOUNT)
        if source.settles is not None and source.settles.item == target.item:
            return Foreseen("It settles that session already. Choose another one.")
        if cents > source.cents:
            return Foreseen(f"Only {format_cents(source.cents)} of this payment can be used.")
        if cents > target.open_cents:
            return Foreseen(f"Only {format_cents(target.open_cents)} of this session is open.")
        left = target.open_cents - cents
        day = wording.day(target.date_of_service)
        sentence = (
            f"{format_cents(cents)} will settle the session of {day}; "
            f"{format_cents(left)} of it stays open."
        )
        if source.settles is not None:
            was = wording.day(source.settles.date_of_service)
            sentence += f" {format_cents(cents)} of the session of {was} is owed again."
        return Foreseen(sentence, self._work(source, target, cents), f"{format_cents(cents)} moved")

    def _work(self, source: _Source, target: Owed, cents: int) -> Any:
        ref, why = source.paid.ref, self.why.text()
        if source.settles is None:
            return lambda uow: doing.settle(uow, ref, target.item, cents, why)
        old = source.settles.item
        return lambda uow: doing.settle_another(uow, ref, old, target.item, cents, why)


class RefundDialog(CorrectingDialog):
    """Pays money back that was not paid by card."""

    def __init__(
        self, context: Context, money: AccountMoney, entry: int | None, parent: QWidget | None
    ) -> None:
        super().__init__(context, f"Pay back money of {money.full_name}", "Pay back", parent)
        newest = list(reversed(money.paid))
        mine = next((one for one in newest if one.entry == entry), None)
        self.payment = choice(
            [(f"{payment_name(one)}: {format_cents(one.held_cents)}", one) for one in newest], mine
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
        paid: Paid | None = self.payment.currentData()
        if paid is not None:
            self.amount.set_value(paid.unused_cents or paid.held_cents)

    def foresee(self) -> Foreseen:
        paid: Paid | None = self.payment.currentData()
        if paid is None:
            return Foreseen("This client has paid nothing that could go back.")
        if paid.method == "card":
            return Foreseen(
                "A card's money goes back through the card processor only. Refund it on the "
                "processor's own page."
            )
        cents = self.amount.cents()
        if not cents:
            return Foreseen(_NO_AMOUNT)
        if cents > paid.held_cents:
            return Foreseen(f"At most {format_cents(paid.held_cents)} of this payment can go back.")
        again = max(0, cents - paid.unused_cents)
        sentence = f"{format_cents(cents)} goes back to the client."
        if again:
            sentence += f" {format_cents(again)} of what it settled is owed again."
        ref, why = paid.ref, self.why.text()
        return Foreseen(
            sentence,
            lambda uow: doing.give_back(uow, ref, cents, why),
            f"{format_cents(cents)} paid back",
        )


class WriteOffDialog(CorrectingDialog):
    """Gives up part or all of what is open, with the type and the reason."""

    def __init__(
        self, context: Context, money: AccountMoney, entry: int | None, parent: QWidget | None
    ) -> None:
        super().__init__(context, f"Write off for {money.full_name}", "Write off", parent)
        mine = next((one for one in money.owed if one.entry == entry), None)
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
        owed: Owed | None = self.charge.currentData()
        if owed is None:
            return
        kinds = by_hand.CLIENTS_KINDS if owed.debtor is None else by_hand.INSURERS_KINDS
        self.kind.clear()
        for kind in kinds:
            self.kind.addItem(_WRITE_OFFS[kind], kind)
        self.amount.set_value(owed.open_cents)

    def foresee(self) -> Foreseen:
        owed: Owed | None = self.charge.currentData()
        kind: WriteOff | None = self.kind.currentData()
        if owed is None or kind is None:
            return Foreseen("Nothing is open, so there is nothing to write off.")
        cents = self.amount.cents()
        if not cents:
            return Foreseen(_NO_AMOUNT)
        if cents > owed.open_cents:
            return Foreseen(f"Only {format_cents(owed.open_cents)} of this charge is open.")
        day = wording.day(owed.date_of_service)
        sentence = (
            f"{format_cents(cents)} of the session of {day} will be asked for no more; "
            f"{format_cents(owed.open_cents - cents)} stays open."
        )
        item, why = owed.item, self.why.text()
        return Foreseen(
            sentence,
            lambda uow: doing.give_up(uow, item, cents, WriteOff(kind), why),
            f"{format_cents(cents)} written off",
        )


class VoidDialog(CorrectingDialog):
    """Takes a payment back that was a mistake, or a check that bounced."""

    def __init__(
        self, context: Context, money: AccountMoney, entry: int | None, parent: QWidget | None
    ) -> None:
        super().__init__(context, f"Void a payment of {money.full_name}", "Void payment", parent)
        newest = list(reversed(money.paid))
        mine = next((one for one in newest if one.entry == entry), None)
        self.payment = choice(
            [(f"{payment_name(one)}: {format_cents(one.amount_cents)}", one) for one in newest],
            mine,
        )
        self.add_row(FormField("Payment", self.payment))
        self.why = self.add_reason("The check bounced", needed=True)
        self.finish()
        self.payment.setFocus()

    def foresee(self) -> Foreseen:
        paid: Paid | None = self.payment.currentData()
        if paid is None:
            return Foreseen("There is no payment to void.")
        if paid.method == "card":
            return Foreseen("A card payment was really made. Refund it on the processor's page.")
        if paid.held_cents < paid.amount_cents:
            return Foreseen("Part of this payment went back before, so it was really made.")
        settled = paid.amount_cents - paid.unused_cents
        sentence = f"The payment of {format_cents(paid.amount_cents)} is taken back."
        if settled:
            sentence += f" {format_cents(settled)} is owed again."
        sentence += " Both stay in the journal."
        ref, why = paid.ref, self.why.text()
        return Foreseen(
            sentence,
            lambda uow: doing.void(uow, ref, why),
            f"Payment of {format_cents(paid.amount_cents)} voided",
        )


class CountEdit(ParsedEdit):
    """A whole number of sessions."""

    def parse(self, text: str) -> int:
        if not text.strip().isdigit() or not 1 <= int(text) <= _MOST_SESSIONS:
            raise ValueError(f"Write a whole number from 1 to {_MOST_SESSIONS}")
        return int(text)

    def show_value(self, value: int) -> str:
        return str(value)


class PackageDialog(CorrectingDialog):
    """Sells sessions in advance; what is paid is kept until each is held."""

    def __init__(
        self, context: Context, money: AccountMoney, entry: int | None, parent: QWidget | None
    ) -> None:
        del entry  # a package hangs on no line of the account
        super().__init__(context, f"Sell a package to {money.full_name}", "Sell package", parent)
        self._money = money
        codes = [(f"{cpt.label(code)} · {code}", code) for code, _ in money.prices]
        self.code = choice(codes, _USUAL)
        self.sessions = CountEdit(required=True)
        self.price = MoneyEdit(required=True)
        ways = [(words, way) for words, way in _PAID_BY if way in PACKAGE_METHODS]
        self.method = choice([*ways, ("Not paid yet", None)])
        self.sold_on = DateEdit(lambda: money.today, required=True)
        self.sold_on.set_value(money.today)
        self.add_row(FormField("Sessions of", self.code))
        self.add_row(FormField("How many", self.sessions), FormField("Price", self.price))
        self.add_row(FormField("Paid by", self.method), FormField("Sold on", self.sold_on))
        self.sessions.value_changed.connect(lambda _value: self._propose())
        self.code.currentIndexChanged.connect(lambda _index: self._propose())
        self.finish()
        self.sessions.set_value(10)
        self.code.setFocus()

    def _propose(self) -> None:
        count, code = self.sessions.value(), self.code.currentData()
        if isinstance(count, int) and code is not None:
            self.price.set_value(dict(self._money.prices)[code] * count)

    def foresee(self) -> Foreseen:
        code, count, price = self.code.currentData(), self.sessions.value(), self.price.cents()
        on, method = self.sold_on.date(), self.method.currentData()
        if code is None:
            return Foreseen("The fee schedule has no code of a session yet.")
        if not isinstance(count, int):
            return Foreseen("Enter how many sessions.")
        if not price:
            return Foreseen("Enter the price of the package.")
        if on is None:
            return Foreseen("Enter the day it was sold.")
        if on > self._money.today:
            return Foreseen("The day it was sold has not come yet.")
        each, rest = divmod(price, count)
        about = f"{format_cents(each)} each" + (", the first ones a cent more" if rest else "")
        sentence = f"{wording.counted(count, 'session')} of {code} for {format_cents(price)}: "
        sentence += f"{about}. "
        sentence += (
            "It can be used once it is paid."
            if method is None
            else "The money is kept for the client until each session is held."
        )
        ref = self._money.client_ref
        return Foreseen(
            sentence,
            lambda uow: doing.sell_package(
                uow, ref, code=code, sessions=count, price_cents=price, on=on, method=method
            ),
            f"Package of {count} sold",
        )
