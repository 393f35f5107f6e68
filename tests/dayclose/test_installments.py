# SPDX-License-Identifier: MIT
"""A card is asked once for an installment, and for nothing else that is under a payment plan."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from evening import Evening, codes
from sqlalchemy import select

import world
from mediyn_desktop.billing.plan_views import PlanState, PlanView, plan_view
from mediyn_desktop.cards import plans
from mediyn_desktop.cards.amounts import AmountRefused, set_amount
from mediyn_desktop.cards.receipts import ChargeUnknown, take_payment
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.dayclose.close import Closed, close_day
from mediyn_desktop.dayclose.outlook import outlook
from mediyn_desktop.dayclose.review import review
from mediyn_desktop.ledger.items import open_items
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.tables import Card
from mediyn_desktop.reports.alerts import alerts

SIGNED = date(2026, 11, 23)
FIRST = date(2026, 12, 15)
SECOND = date(2027, 1, 15)


@pytest.fixture
def plan(evening: Evening) -> str:
    """Ana owes 150 for s1 of the day, put under a plan of 40 on day 15 with her card."""
    evening.client(autopay="none")
    evening.session()
    evening.close(api=None, offline=True)
    return start(evening)


def start(evening: Evening, cents: int = 4000, *, card: bool = True) -> str:
    with evening.store.write("t") as uow:
        found = get_client(uow, "c1").cards[0].id if card else None
        view = plans.start_plan(
            uow, "c1", amount_cents=cents, day=15, card=found, agreed_on=SIGNED if card else None
        )
        return view.ref


def view(evening: Evening, ref: str) -> PlanView:
    with evening.store.read() as read:
        return plan_view(read, ref)


def close(evening: Evening, clock: FixedClock, day: date, **how: Any) -> Closed:
    clock.advance(datetime(day.year, day.month, day.day, 22, tzinfo=UTC) - clock.now())
    return close_day(evening.store, day, **{"api": evening.api, **how})


def asked(evening: Evening) -> list[tuple[str, int, str]]:
    with evening.store.read() as read:
        rows = read.session.scalars(select(CardAttempt).order_by(CardAttempt.id))
        return [(row.obligation, row.amount_cents, row.state) for row in rows]


def kinds(evening: Evening) -> list[tuple[str, int]]:
    with evening.store.read() as read:
        return [(one.kind, one.amount_cents) for one in alerts(read) if one.ref == "c1"]


def test_the_evening_asks_nothing_of_a_card_for_what_is_under_a_plan(evening: Evening):
    evening.client()
    evening.session()
    evening.close(api=None, offline=True)
    assert [state for _, _, state in asked(evening)] == [State.QUEUED]
    start(evening)
    assert [state for _, _, state in asked(evening)] == [State.CANCELED]
    evening.close()
    assert evening.taken() == []
    assert evening.balance().patient_cents == 15000


def test_a_session_after_the_plan_began_goes_its_usual_way(evening: Evening):
    evening.client()
    evening.session()
    evening.close(api=None, offline=True)
    start(evening)
    evening.session("s2", hour=13)
    evening.close()
    assert evening.taken() == [15000]


def test_an_installment_is_charged_once_on_its_day_and_settles_what_is_under_the_plan(
    evening: Evening, plan: str, clock: FixedClock
):
    assert close(evening, clock, date(2026, 12, 14)).review.installments == ()
    closed = close(evening, clock, FIRST)
    (one,) = closed.review.installments
    assert (one.plan_ref, one.due_on, one.amount_cents, one.state) == (
        plan,
        FIRST,
        4000,
        "succeeded",
    )
    close(evening, clock, FIRST)
    close(evening, clock, date(2026, 12, 16))
    assert evening.taken() == [4000]
    assert asked(evening) == [(f"plan:{plan}:2026-12-15", 4000, State.SUCCEEDED)]
    assert evening.balance().patient_cents == 11000
    assert evening.balance().credit_cents == 0
    found = view(evening, plan)
    assert (found.paid_cents, found.left_cents, found.due_cents) == (4000, 11000, 0)


def test_month_by_month_until_nothing_is_left(evening: Evening, plan: str, clock: FixedClock):
    for year, month in ((2026, 12), (2027, 1), (2027, 2), (2027, 3), (2027, 4)):
        close(evening, clock, date(year, month, 15))
    assert evening.taken() == [3000, 4000, 4000, 4000]
    assert view(evening, plan).state is PlanState.FINISHED
    assert evening.balance().patient_cents == 0


def test_a_day_that_was_not_closed_is_made_up_for_once_and_not_added_up(
    evening: Evening, plan: str, clock: FixedClock
):
    close(evening, clock, date(2027, 2, 20))  # two installments were missed, and the third is late
    assert evening.taken() == [4000]
    assert kinds(evening) == [("plan-due", 8000)]
    close(evening, clock, date(2027, 2, 21))
    assert evening.taken() == [4000]


def test_a_declined_installment_stays_due_and_is_said(evening: Evening, clock: FixedClock):
    evening.client(card="pm_card_visa_chargeDeclined", autopay="none")
    evening.session()
    evening.close(api=None, offline=True)
    ref = start(evening)
    closed = close(evening, clock, FIRST)
    assert codes(closed) == [(ref, "card-declined")]
    assert view(evening, ref).due_cents == 4000
    assert kinds(evening) == [("plan-due", 4000)]


def test_without_a_card_an_installment_is_an_alert(evening: Evening, clock: FixedClock):
    evening.client(card=None, autopay="none")
    evening.session()
    evening.close(api=None, offline=True)
    ref = start(evening, card=False)
    closed = close(evening, clock, FIRST)
    assert codes(closed) == [(ref, "plan-no-card")]
    assert evening.taken() == []
    assert kinds(evening) == [("plan-due", 4000)]
    assert codes(close(evening, clock, date(2026, 12, 16))) == []
    with evening.store.write("t") as uow:
        plans.pay_installment(uow, ref, 4000, "check", reference="77")
    assert kinds(evening) == []
    assert view(evening, ref).left_cents == 11000


def test_a_plan_that_is_kept_is_no_old_balance(evening: Evening, plan: str, clock: FixedClock):
    close(evening, clock, FIRST)
    close(evening, clock, SECOND)
    clock.advance(datetime(2027, 2, 10, 22, tzinfo=UTC) - clock.now())
    assert kinds(evening) == []


def test_an_expired_card_is_not_charged(evening: Evening, plan: str, clock: FixedClock):
    with evening.store.write("t") as uow:
        uow.session.query(Card).one().exp_year = 2025
    assert codes(close(evening, clock, FIRST)) == [(plan, "card-expired")]
    assert evening.taken() == []
    assert kinds(evening) == [("plan-due", 4000)]


def test_the_limits_for_one_charge_and_one_day_hold(evening: Evening, plan: str, clock: FixedClock):
    evening.set("cards.cap_per_charge_cents", 3999)
    assert codes(close(evening, clock, FIRST)) == [(plan, "over-cap")]
    evening.set("cards.cap_per_charge_cents", 4000)
    evening.set("cards.cap_per_day_cents", 3999)
    assert codes(close(evening, clock, FIRST)) == [(plan, "over-day-cap")]
    assert evening.taken() == []


def test_a_waiting_installment_counts_towards_the_limit_of_a_day(
    evening: Evening, plan: str, clock: FixedClock
):
    close(evening, clock, FIRST, api=None, offline=True)
    evening.client("c2")
    evening.session("s9", "c2", day=FIRST)
    evening.set("cards.cap_per_day_cents", 18999)
    assert ("s9", "over-day-cap") in codes(close(evening, clock, FIRST))
    assert evening.taken() == [4000]


def test_it_can_be_left_out_of_an_evening_and_comes_the_next(
    evening: Evening, plan: str, clock: FixedClock
):
    clock.advance(datetime(2026, 12, 15, 22, tzinfo=UTC) - clock.now())
    with evening.store.read() as read:
        shown = review(read, FIRST)
    figures = outlook(shown, [], [])
    assert (figures.cards, figures.cards_cents, figures.left) == (1, 4000, 0)
    figures = outlook(shown, [plan], [])
    assert (figures.cards, figures.left, figures.left_cents) == (0, 1, 4000)
    close(evening, clock, FIRST, skip=[plan])
    assert asked(evening) == []
    close(evening, clock, date(2026, 12, 16))
    assert evening.taken() == [4000]


def test_cash_in_advance_is_not_asked_of_the_card_again(
    evening: Evening, plan: str, clock: FixedClock
):
    with evening.store.write("t") as uow:
        plans.pay_installment(uow, plan, 2500, "cash")
    close(evening, clock, FIRST)
    assert evening.taken() == [1500]


def test_cash_lowers_an_installment_that_waits(evening: Evening, plan: str, clock: FixedClock):
    close(evening, clock, FIRST, api=None, offline=True)
    with evening.store.write("t") as uow:
        plans.pay_installment(uow, plan, 2500, "cash")
    assert asked(evening)[-1][1:] == (1500, State.QUEUED)
    with evening.store.write("t") as uow:
        plans.pay_installment(uow, plan, 1500, "cash")
    assert asked(evening)[-1][2] == State.CANCELED
    close(evening, clock, FIRST)
    assert evening.taken() == []


def test_a_payment_for_todays_session_leaves_the_plan_alone(evening: Evening, plan: str):
    evening.session("s2", hour=13)
    evening.close(api=None, offline=True)
    with evening.store.write("t") as uow:
        take_payment(uow, "c1", 15000, "cash")
        assert [item.source for item in open_items(uow, "c1")] == ["session:s1"]
    assert view(evening, plan).paid_cents == 0


@pytest.mark.parametrize("held", ["pause", "end", "card"])
def test_what_waits_is_taken_back_when_the_plan_is_held(
    evening: Evening, plan: str, clock: FixedClock, held: str
):
    close(evening, clock, FIRST, api=None, offline=True)
    with evening.store.write("t") as uow:
        match held:
            case "pause":
                plans.pause_plan(uow, plan)
            case "end":
                plans.end_plan(uow, plan, reason="Agreed")
            case "card":
                plans.change_card(uow, plan, card=None)
    assert asked(evening)[-1][2] == State.CANCELED
    close(evening, clock, FIRST)
    assert evening.taken() == []


@pytest.mark.parametrize("state", [State.CREATING, State.CONFIRMING, State.UNKNOWN])
def test_nothing_changes_while_the_outcome_of_a_charge_is_not_known(
    evening: Evening, plan: str, clock: FixedClock, state: State
):
    close(evening, clock, FIRST, api=None, offline=True)
    with evening.store.write("t") as uow:
        uow.session.query(CardAttempt).one().state = state
    for change in (
        lambda uow: plans.pause_plan(uow, plan),
        lambda uow: plans.end_plan(uow, plan, reason="x"),
        lambda uow: plans.change_card(uow, plan, card=None),
        lambda uow: plans.pay_installment(uow, plan, 100, "cash"),
    ):
        with pytest.raises(ChargeUnknown), evening.store.write("t") as uow:
            change(uow)


def test_ended_what_is_left_is_asked_for_as_before(evening: Evening, clock: FixedClock):
    evening.client()
    evening.session()
    evening.close(api=None, offline=True)
    ref = start(evening)
    close(evening, clock, FIRST)
    with evening.store.write("t") as uow:
        plans.end_plan(uow, ref, reason="Wants to pay at once")
    close_day(evening.store, world.DAY, api=evening.api)
    assert evening.taken() == [4000, 11000]
    assert evening.balance().patient_cents == 0


def test_the_amount_of_one_session_under_a_plan_is_not_changed_alone(evening: Evening, plan: str):
    with pytest.raises(AmountRefused) as refused, evening.store.write("t") as uow:
        set_amount(uow, "s1", 100, "x")
    assert refused.value.code == "under-plan"


def test_the_day_report_names_the_installment(
    evening: Evening, plan: str, clock: FixedClock, tmp_path
):
    from pypdf import PdfReader

    closed = close(evening, clock, FIRST, out=tmp_path)
    (report,) = [file for file in closed.files if file.name.startswith("day-report")]
    text = PdfReader(report).pages[0].extract_text()
    assert "Payment plan" in text
    assert "$40.00 paid" in text
