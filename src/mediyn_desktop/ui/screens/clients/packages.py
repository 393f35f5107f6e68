# SPDX-License-Identifier: MIT
"""The forms for packages: sell one, record its payment, pay back what was not used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from mediyn_desktop.billing.package_sales import METHODS, pay_package, refund_preview
from mediyn_desktop.billing.prepaid import PackageView
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.delivery.money import AccountMoney
from mediyn_desktop.delivery.queries import ClientSheet
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.correcting import (
    CorrectingDialog,
    Foreseen,
    LookingDialog,
    choice,
    unfinished,
)
from mediyn_desktop.ui.screens.clients.correcting import PAID_BY, Current, code_choice
from mediyn_desktop.ui.widgets.combo_box import ComboBox
from mediyn_desktop.ui.widgets.count_edit import CountEdit
from mediyn_desktop.ui.widgets.date_edit import DateEdit
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.money_edit import MoneyEdit
from mediyn_desktop.undo import doing

if TYPE_CHECKING:
    from mediyn_desktop.store.uow import Reading

_WAYS = [(words, way) for words, way in PAID_BY if way in METHODS]


def package_name(package: PackageView) -> str:
    """Return what a package is called in a sentence or a choice."""
    sold = wording.day(package.sold_on)
    return f"{wording.counted(package.sessions, 'session')} of {package.code}, sold {sold}"


class PackageDialog(CorrectingDialog):
    """Sells sessions in advance; what is paid is kept until each is held."""

    def __init__(
        self, context: Context, money: AccountMoney, _current: Current, parent: QWidget | None
    ) -> None:
        super().__init__(context, f"Sell a package to {money.full_name}", "Sell package", parent)
        self._money = money
        if not money.prices:
            self.explain("The fee schedule has no fee for a session yet. Add one first.")
            return
        self.code = code_choice(code for code, _ in money.prices)
        self.sessions = CountEdit("a whole number")
        self.price = MoneyEdit(required=True)
        self.method = choice([*_WAYS, ("Not paid yet", None)])
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
        count = self.sessions.count()
        if count is not None:
            self.price.set_value(dict(self._money.prices)[self.code.currentData()] * count)

    def foresee(self) -> Foreseen:
        code, count, price = self.code.currentData(), self.sessions.count(), self.price.cents()
        on, method = self.sold_on.date(), self.method.currentData()
        if count is None:
            return unfinished("Enter how many sessions.")
        if not price:
            return unfinished("Enter the price of the package.")
        if on is None:
            return unfinished("Enter the day it was sold.")
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
            lambda uow, _why: doing.sell_package(
                uow, ref, code=code, sessions=count, price_cents=price, on=on, method=method
            ),
            f"Package of {count} sold",
        )


class PayPackageDialog(CorrectingDialog):
    """Records that a package sold before was paid; from then on it can be used."""

    undoable = False

    def __init__(
        self, context: Context, sheet: ClientSheet, current: Current, parent: QWidget | None
    ) -> None:
        heading = f"Record that {sheet.full_name} paid a package"
        super().__init__(context, heading, "Record payment", parent)
        self._today = sheet.today
        waiting = [one for one in sheet.agreements.packages if not one.paid]
        if not waiting:
            self.explain("No package of this client waits to be paid.")
            return
        self.package = package_choice(waiting, current)
        self.method = choice(list(_WAYS))
        self.on = DateEdit(lambda: sheet.today, required=True)
        self.on.set_value(sheet.today)
        self.add_row(FormField("Package", self.package))
        self.add_row(FormField("Paid by", self.method), FormField("Received on", self.on))
        self.finish()
        self.method.setFocus()

    def foresee(self) -> Foreseen:
        package: PackageView = self.package.currentData()
        on, method = self.on.date(), self.method.currentData()
        if on is None:
            return unfinished("Enter the day it was paid.")
        if on > self._today:
            return Foreseen("The day it was paid has not come yet.")
        if on < package.sold_on:
            return Foreseen("That is before the package was sold.")
        ident, price = package.id, format_cents(package.price_cents)
        return Foreseen(
            f"{price} is recorded, and its {wording.counted(package.sessions, 'session')} can be "
            "used from now on.",
            lambda uow, _why: pay_package(uow, ident, method=method, on=on),
            f"{price} recorded",
        )


class RefundPackageDialog(LookingDialog):
    """Pays back the share of a package's sessions that were not held, and ends it."""

    undoable = False  # the money is in the client's hand

    def __init__(
        self, context: Context, sheet: ClientSheet, current: Current, parent: QWidget | None
    ) -> None:
        heading = f"Refund a package of {sheet.full_name}"
        super().__init__(context, heading, "Refund the rest", parent)
        paid = [one for one in reversed(sheet.agreements.packages) if one.left_cents]
        if not paid:
            self.explain("No package of this client has anything left to pay back.")
            return
        self.package = package_choice(paid, current)
        self.add_row(FormField("Package", self.package))
        self.why = self.add_reason("Moves away", needed=True)
        self.finish()
        (self.package if len(paid) > 1 else self.why).setFocus()

    def look(self) -> Callable[[Reading], Foreseen] | Foreseen:
        ident = self.package.currentData().id

        def ask(read: Reading) -> Foreseen:
            found = refund_preview(read, ident)
            return Foreseen(
                f"{found.message} The package then ends.",
                lambda uow, why: doing.refund_package(uow, ident, on=uow.today, reason=why),
                f"{format_cents(found.cents)} paid back",
            )

        return ask


def package_choice(packages: Sequence[PackageView], current: Current) -> ComboBox:
    """Return a choice of ``packages``; ``current`` is the id of the one to begin with."""
    mine = next((one for one in packages if str(one.id) == str(current)), None)
    return choice([(package_name(one), one) for one in packages], mine)
