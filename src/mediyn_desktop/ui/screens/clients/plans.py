# SPDX-License-Identifier: MIT
"""The forms for payment plans: agree one, record an installment, pause, change the card, end it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from mediyn_desktop.billing.payment_plans import preview_plan
from mediyn_desktop.billing.plan_schedule import Installment
from mediyn_desktop.billing.plan_views import PlanState, PlanView
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.delivery.cards_on_file import CardOnFile
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
from mediyn_desktop.ui.models.record_model import Column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.screens.clients.correcting import PAID_BY, Current
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.combo_box import ComboBox
from mediyn_desktop.ui.widgets.count_edit import CountEdit
from mediyn_desktop.ui.widgets.date_edit import DateEdit
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.money_edit import MoneyEdit
from mediyn_desktop.ui.widgets.table import RecordTable
from mediyn_desktop.undo import doing

if TYPE_CHECKING:
    from mediyn_desktop.store.uow import Reading

_LAST_DAY_OF_ALL = 31
_USUAL_MONTHS = 4  # more can count as consumer credit
_BY_HAND = "By hand, no card"
_NO_PLAN = "This client has no payment plan that runs."


class PlanDialog(LookingDialog):
    """Agrees on a monthly amount and a day; every installment is shown before it is agreed."""

    def __init__(
        self, context: Context, sheet: ClientSheet, _current: Current, parent: QWidget | None
    ) -> None:
        heading = f"A payment plan for {sheet.full_name}"
        super().__init__(context, heading, "Agree plan", parent)
        self._sheet = sheet
        owed = sheet.balance.patient_cents
        if running(sheet):
            self.explain(
                f"{sheet.full_name} is paying off a plan already. End it first, then agree on one "
                "for everything that is left."
            )
            return
        if owed <= 0:
            self.explain(f"{sheet.full_name} owes nothing, so there is nothing to pay off.")
            return
        self.amount = MoneyEdit(required=True)
        self.day = CountEdit("a day of the month", most=_LAST_DAY_OF_ALL)
        self.begins = DateEdit(lambda: sheet.today, required=True)
        self.card = card_choice(sheet.cards, None)
        self.agreed = DateEdit(lambda: sheet.today, required=True)
        self._agreed_field = FormField("Client signed on", self.agreed)
        self.add_row(FormField("Each month", self.amount), FormField("On day", self.day))
        self.add_row(FormField("Not before", self.begins), FormField("Paid by", self.card))
        self.add_row(self._agreed_field)
        self.model = RowsModel(_INSTALLMENTS, lambda one: one.due_on)
        self.table = RecordTable("Installments", self.model)
        self.table.setFixedHeight(scaled(4 * 36 + 44))
        self.body.addWidget(self.table)
        self.card.currentIndexChanged.connect(lambda _index: self._ask_consent())
        self.finish()
        self.amount.set_value(-(-owed // _USUAL_MONTHS))
        self.day.set_value(1)
        self.begins.set_value(sheet.today + timedelta(days=1))
        self._ask_consent()
        self.amount.setFocus()
        self.amount.selectAll()

    def _ask_consent(self) -> None:
        self._agreed_field.setVisible(self.card.currentData() is not None)

    def look(self) -> Callable[[Reading], Foreseen] | Foreseen:
        cents, day, begins = self.amount.cents(), self.day.count(), self.begins.date()
        card, agreed = self.card.currentData(), self.agreed.date()
        if not cents:
            return unfinished("Enter what is paid each month.")
        if day is None:
            return unfinished("Enter the day of the month it is due.")
        if begins is None:
            return unfinished("Enter the day before which nothing is due.")
        if card is not None and agreed is None:
            return unfinished("Enter the day the client signed; a card needs it.")
        ref = self._sheet.ref

        def ask(read: Reading) -> Foreseen:
            found = preview_plan(read, ref, amount_cents=cents, day=day, begins_on=begins)
            said = schedule_words(found.installments)
            return Foreseen(
                f"{said} {found.caution}" if found.caution else said,
                lambda uow, _why: doing.start_plan(
                    uow,
                    ref,
                    amount_cents=cents,
                    day=day,
                    begins_on=begins,
                    card=card,
                    agreed_on=agreed if card is not None else None,
                ),
                "Payment plan agreed",
                details=found.installments,
            )

        return ask

    def show_foreseen(self, found: Foreseen) -> None:
        super().show_foreseen(found)
        self.model.set_rows(found.details)


class InstallmentDialog(CorrectingDialog):
    """Records an installment paid by hand."""

    def __init__(
        self, context: Context, sheet: ClientSheet, _current: Current, parent: QWidget | None
    ) -> None:
        heading = f"Record an installment of {sheet.full_name}"
        super().__init__(context, heading, "Record payment", parent)
        found = running(sheet)
        if found is None:
            self.explain(_NO_PLAN)
            return
        self._plan, self._today = found, sheet.today
        self.amount = MoneyEdit(required=True)
        self.method = choice(list(PAID_BY))
        self.on = DateEdit(lambda: sheet.today, required=True)
        self.add_row(FormField("Amount", self.amount), FormField("Paid by", self.method))
        self.add_row(FormField("Received on", self.on))
        self.on.set_value(sheet.today)
        self.finish()
        self.amount.set_value(found.due_cents or min(found.amount_cents, found.left_cents))
        self.amount.selectAll()
        self.amount.setFocus()

    def foresee(self) -> Foreseen:
        cents, on, method = self.amount.cents(), self.on.date(), self.method.currentData()
        if not cents:
            return unfinished("Enter what was paid.")
        if on is None:
            return unfinished("Enter the day it was received.")
        if on > self._today:
            return Foreseen("The day it was received has not come yet.")
        ref, left = self._plan.ref, self._plan.left_cents - cents
        said = f"{format_cents(left)} of the plan is left." if left > 0 else "The plan is paid off."
        if left < 0:
            said += f" {format_cents(-left)} settles what else is due, or is kept as credit."
        return Foreseen(
            said,
            lambda uow, _why: doing.pay_installment(uow, ref, cents, method, on),
            f"{format_cents(cents)} recorded",
        )


class PausePlanDialog(CorrectingDialog):
    """Lets nothing fall due for a while, or lets it fall due again."""

    def __init__(
        self, context: Context, sheet: ClientSheet, _current: Current, parent: QWidget | None
    ) -> None:
        found = running(sheet)
        verb = "Resume" if found is not None and found.state is PlanState.PAUSED else "Pause"
        heading = f"{verb} the payment plan of {sheet.full_name}"
        super().__init__(context, heading, f"{verb} plan", parent)
        if found is None:
            self.explain(_NO_PLAN)
            return
        self._plan = found
        self.why = self.add_reason("Between jobs until spring", needed=False)
        self.finish()
        self.why.setFocus()

    def foresee(self) -> Foreseen:
        ref = self._plan.ref
        if self._plan.state is PlanState.PAUSED:
            return Foreseen(
                "Installments fall due again from today on. What would have been due meanwhile is "
                "not asked for at once.",
                lambda uow, why: doing.resume_plan(uow, ref, reason=why),
                "Payment plan resumed",
            )
        return Foreseen(
            "Nothing falls due until it is resumed, and nothing is asked of the card.",
            lambda uow, why: doing.pause_plan(uow, ref, reason=why),
            "Payment plan paused",
        )


class PlanCardDialog(CorrectingDialog):
    """Lets the installments to come be asked of another card, or of none."""

    def __init__(
        self, context: Context, sheet: ClientSheet, _current: Current, parent: QWidget | None
    ) -> None:
        heading = f"How {sheet.full_name} pays the plan"
        super().__init__(context, heading, "Save", parent)
        found = running(sheet)
        if found is None:
            self.explain(_NO_PLAN)
            return
        self._plan, self._today = found, sheet.today
        self.card = card_choice(sheet.cards, found.card_id)
        self.agreed = DateEdit(lambda: sheet.today, required=True)
        self._agreed_field = FormField("Client signed on", self.agreed)
        self.add_row(FormField("Paid by", self.card), self._agreed_field)
        self.card.currentIndexChanged.connect(
            lambda _index: self._agreed_field.setVisible(self.card.currentData() is not None)
        )
        self._agreed_field.setVisible(found.card_id is not None)
        self.agreed.set_value(found.agreed_on)
        self.finish()
        self.card.setFocus()

    def foresee(self) -> Foreseen:
        card, agreed, ref = self.card.currentData(), self.agreed.date(), self._plan.ref
        if card is not None and agreed is None:
            return unfinished("Enter the day the client signed; a card needs it.")
        if agreed is not None and agreed > self._today:
            return Foreseen("The day the client signed has not come yet.")
        said = (
            "The installments to come are asked of this card, as the client agreed."
            if card is not None
            else "No card is asked; an alert reminds you when an installment is due."
        )
        return Foreseen(
            said,
            lambda uow, _why: doing.change_plan_card(
                uow, ref, card=card, agreed_on=agreed if card is not None else None
            ),
            "Payment plan changed",
        )


class EndPlanDialog(CorrectingDialog):
    """Ends a plan: what is left is owed as before."""

    def __init__(
        self, context: Context, sheet: ClientSheet, _current: Current, parent: QWidget | None
    ) -> None:
        heading = f"End the payment plan of {sheet.full_name}"
        super().__init__(context, heading, "End plan", parent)
        self._cancel.set_caption("Keep it")
        found = running(sheet)
        if found is None:
            self.explain(_NO_PLAN)
            return
        self._plan = found
        self.why = self.add_reason("Pays the rest at once", needed=True)
        self.finish()
        self.why.setFocus()

    def foresee(self) -> Foreseen:
        ref = self._plan.ref
        return Foreseen(
            f"{format_cents(self._plan.left_cents)} that is left is owed as before, and is asked "
            "for as it was before the plan.",
            lambda uow, why: doing.end_plan(uow, ref, reason=why),
            "Payment plan ended",
        )


def running(sheet: ClientSheet) -> PlanView | None:
    """Return the client's plan that is active or paused; there is at most one."""
    return next((one for one in sheet.agreements.plans if one.running), None)


def card_choice(cards: Sequence[CardOnFile], chosen: int | None) -> ComboBox:
    """Return a choice of the cards on file that have not expired, and of none."""
    views = [one.view for one in cards if one.view.expires != "expired"]
    named = [(wording.card(one.brand, one.last4), one.id) for one in views]
    return choice([(_BY_HAND, None), *named], chosen)


def schedule_words(installments: Sequence[Installment]) -> str:
    """Return what is due when, in a sentence."""
    first, last = installments[0], installments[-1]
    total = format_cents(sum(one.cents for one in installments))
    if len(installments) == 1:
        return f"{total} on {wording.day(first.due_on)}, and it is paid off."
    many = wording.counted(len(installments), "installment")
    rest = "" if last.cents == first.cents else f", the last one {format_cents(last.cents)}"
    return (
        f"{many} of {format_cents(first.cents)}{rest}: {total}, paid off on "
        f"{wording.day(last.due_on)}."
    )


_INSTALLMENTS = (
    Column("Due on", lambda one: wording.day(one.due_on)),
    Column("Amount", lambda one: format_cents(one.cents), "right", width=140),
)
