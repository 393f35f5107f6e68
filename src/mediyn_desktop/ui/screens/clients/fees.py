# SPDX-License-Identifier: MIT
"""The forms for a sliding fee: agree one, end it, look at it again later."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtWidgets import QLineEdit, QWidget

from mediyn_desktop.billing.estimates import months_later
from mediyn_desktop.billing.sliding import percent_of
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.delivery.agreements import FeeTalk
from mediyn_desktop.practice.sliding import (
    AgreementView,
    agree_sliding,
    end_agreement,
    review_later,
)
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.correcting import CorrectingDialog, Foreseen, choice, unfinished
from mediyn_desktop.ui.screens.clients.correcting import USUAL_CODE, Current
from mediyn_desktop.ui.widgets.combo_box import ComboBox
from mediyn_desktop.ui.widgets.count_edit import CountEdit
from mediyn_desktop.ui.widgets.date_edit import DateEdit
from mediyn_desktop.ui.widgets.form_field import FormField

_REVIEW_AFTER = 12  # months: income is looked at once a year


class SlidingDialog(CorrectingDialog):
    """Agrees a lower fee: what is left to pay of the list fee, from when, and why."""

    undoable = False

    def __init__(
        self, context: Context, talk: FeeTalk, _current: Current, parent: QWidget | None
    ) -> None:
        heading = f"A sliding fee for {talk.full_name}"
        super().__init__(context, heading, "Agree fee", parent)
        self._talk = talk
        if not talk.prices:
            self.explain("The fee schedule has no fee for a session yet. Add one first.")
            return
        self.percent = CountEdit("a percentage", least=0, most=100)
        tier = self.add_text("Called", "Tier B", longest=80)
        assert isinstance(tier.editor, QLineEdit)
        self.tier = tier.editor
        self.since = DateEdit(lambda: talk.today, required=True)
        self.review = DateEdit(lambda: talk.today)
        self.add_row(FormField("Percent of the list fee", self.percent), tier)
        self.add_row(
            FormField("From", self.since), FormField("Look at it again (optional)", self.review)
        )
        self.missed = self.add_tick("Lower the fees for missed sessions too")
        self.why = self.add_reason("Income reviewed in March", needed=True)
        self.finish()
        self.tier.setText("Sliding fee")
        self.since.set_value(talk.today)
        self.review.set_value(months_later(talk.today, _REVIEW_AFTER))
        self.percent.setFocus()

    def foresee(self) -> Foreseen:
        talk, percent, since = self._talk, self.percent.count(), self.since.date()
        review, tier, missed = self.review.date(), self.tier.text(), self.missed.isChecked()
        if percent is None:
            return unfinished("Enter how much of the list fee is left to pay, from 0 to 100.")
        if not tier.strip():
            return unfinished("Give it a name, for example “Tier B”.")
        if since is None:
            return unfinished("Enter the day it begins.")
        if review is not None and review < since:
            return Foreseen("The day to look at it again lies before it begins.")
        code, listed = next((one for one in talk.prices if one[0] == USUAL_CODE), talk.prices[0])
        lower = format_cents(percent_of(listed, percent))
        sentence = (
            f"From {wording.day(since)} a session of {code} costs {lower} in place of "
            f"{format_cents(listed)}. What was billed before stays as it is."
        )
        ending = open_on(talk.sliding, since)
        if ending is not None:
            sentence += f" “{ending.tier}” ends the day before."
        ref = talk.client_ref
        return Foreseen(
            sentence,
            lambda uow, why: agree_sliding(
                uow,
                ref,
                tier=tier,
                reason=why,
                effective_from=since,
                percent=percent,
                review_on=review,
                covers_missed=missed,
            ),
            f"Sliding fee of {percent}% agreed",
        )


class EndFeeDialog(CorrectingDialog):
    """Ends a sliding fee after a day."""

    undoable = False

    def __init__(
        self, context: Context, talk: FeeTalk, current: Current, parent: QWidget | None
    ) -> None:
        super().__init__(context, f"End a sliding fee of {talk.full_name}", "End fee", parent)
        going = [one for one in talk.sliding if is_open(one, talk.today)]
        if not going:
            self.explain("This client has no sliding fee that could end.")
            return
        self.fee = _fees(going, current)
        self.last = DateEdit(lambda: talk.today, required=True)
        self.add_row(FormField("Sliding fee", self.fee))
        self.add_row(FormField("Last day", self.last))
        self.finish()
        self.last.set_value(talk.today)
        self.last.setFocus()

    def foresee(self) -> Foreseen:
        fee: AgreementView = self.fee.currentData()
        last = self.last.date()
        if last is None:
            return unfinished("Enter its last day.")
        if last < fee.effective_from:
            return Foreseen(f"It began on {wording.day(fee.effective_from)} and cannot end before.")
        ident, after = fee.id, wording.day(last + timedelta(days=1))
        return Foreseen(
            f"From {after} sessions cost the list fee again. What was billed stays as it is.",
            lambda uow, _why: end_agreement(uow, ident, last_day=last),
            f"“{fee.tier}” ends",
        )


class ReviewFeeDialog(CorrectingDialog):
    """Keeps a sliding fee as it is, to be looked at again on a later day."""

    undoable = False

    def __init__(
        self, context: Context, talk: FeeTalk, current: Current, parent: QWidget | None
    ) -> None:
        heading = f"Keep the sliding fee of {talk.full_name}"
        super().__init__(context, heading, "Keep fee", parent)
        self._today = talk.today
        going = [one for one in talk.sliding if is_open(one, talk.today)]
        if not going:
            self.explain("This client has no sliding fee to look at.")
            return
        self.fee = _fees(going, current)
        self.review = DateEdit(lambda: talk.today, required=True)
        self.add_row(FormField("Sliding fee", self.fee))
        self.add_row(FormField("Look at it again on", self.review))
        self.finish()
        self.review.set_value(months_later(talk.today, _REVIEW_AFTER))
        self.review.setFocus()

    def foresee(self) -> Foreseen:
        fee: AgreementView = self.fee.currentData()
        review = self.review.date()
        if review is None:
            return unfinished("Enter the day.")
        if review <= self._today:
            return Foreseen("The day to look at it again must lie ahead.")
        ident = fee.id
        return Foreseen(
            f"“{fee.tier}” stays as it is. You are reminded on {wording.day(review)}.",
            lambda uow, _why: review_later(uow, ident, review_on=review),
            f"“{fee.tier}” stays",
        )


def is_open(fee: AgreementView, today: date) -> bool:
    """Whether a sliding fee holds today or begins later."""
    return fee.effective_to is None or fee.effective_to >= today


def open_on(fees: tuple[AgreementView, ...], day: date) -> AgreementView | None:
    """Return the fee without an end that began before ``day``: a new one ends it."""
    return next(
        (one for one in fees if one.effective_to is None and one.effective_from < day), None
    )


def _fees(going: list[AgreementView], current: Current) -> ComboBox:
    mine = next((one for one in going if one.id == current), None)
    since = wording.day
    return choice([(f"{one.tier}, since {since(one.effective_from)}", one) for one in going], mine)
