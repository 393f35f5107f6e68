# SPDX-License-Identifier: MIT
"""A payment plan says when what is owed already is asked for; no cent is added or lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.payment_plans import (
    PlanRefused,
    close_plan,
    open_plan,
    pause_plan,
    preview_plan,
    reopen_plan,
    resume_plan,
)
from mediyn_desktop.billing.plan_schedule import MOST_INSTALLMENTS, Stop, Terms, ahead, due_cents
from mediyn_desktop.billing.plan_views import (
    PlanState,
    items_under_plans,
    plan_view,
    plans_of,
    running_plan,
    under_plan,
)
from mediyn_desktop.billing.tables import PaymentPlan
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.ledger import payments, queries
from mediyn_desktop.ledger.items import Share, open_items
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.ledger.returns import refund
from mediyn_desktop.ledger.write_offs import write_off
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.store.uow import Store, UnitOfWork


@pytest.fixture
def uow(store: Store) -> Iterator[UnitOfWork]:
    """Ana owes 150 for s1 (20 November) and 150 for s2 (23 November); Ben owes 150."""
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow)
        world.card(uow, ana)
        bill_session(uow, world.session(uow, ana, "s1", day=date(2026, 11, 20)))
        bill_session(uow, world.session(uow, ana, "s2"))
        ben = world.client(uow, "c2")
        bill_session(uow, world.session(uow, ben, "b1", hour=14))
        yield uow
        assert queries.trial_balance(uow) == 0
        assert queries.disagreements(uow) == []


def start(uow: UnitOfWork, cents: int = 7000, day: int = 15, **how: object) -> str:
    return open_plan(uow, "c1", amount_cents=cents, day=day, **how).ref


def pay(uow: UnitOfWork, item: int, cents: int, ref: str = "p1") -> None:
    payments.record_payment(
        uow, ref=ref, client="c1", cents=cents, method="cash", on=uow.today,
        source=f"payment:{ref}", shares=[Share(item, cents)],
    )  # fmt: skip


# -- the schedule


def test_a_month_without_the_day_has_its_last_day_instead():
    terms = Terms(100, 31, date(2027, 1, 1))
    assert terms.fallen_due(date(2027, 4, 30)) == [
        date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30),
    ]  # fmt: skip
    assert Terms(100, 29, date(2028, 2, 1)).fallen_due(date(2028, 2, 29)) == [date(2028, 2, 29)]


def test_nothing_falls_due_before_the_plan_begins_and_the_first_day_counts():
    terms = Terms(100, 15, date(2026, 12, 15))
    assert terms.fallen_due(date(2026, 12, 14)) == []
    assert terms.fallen_due(date(2026, 12, 15)) == [date(2026, 12, 15)]


def test_what_would_have_fallen_due_while_it_stood_still_does_not():
    terms = Terms(100, 15, date(2026, 12, 1), (Stop(date(2027, 1, 15), date(2027, 3, 15)),))
    assert terms.fallen_due(date(2027, 3, 31)) == [date(2026, 12, 15), date(2027, 3, 15)]
    still = Terms(100, 15, date(2026, 12, 1), (Stop(date(2026, 12, 1)),))
    assert still.fallen_due(date(2030, 1, 1)) == []
    assert ahead(still, paid_cents=0, left_cents=100, on=date(2026, 12, 1)) == []


def test_the_last_installment_is_what_is_left_to_the_cent():
    plan = ahead(Terms(3334, 1, date(2026, 12, 1)), paid_cents=0, left_cents=10000,
                 on=date(2026, 11, 30))  # fmt: skip
    assert [one.cents for one in plan] == [3334, 3334, 3332]


def test_what_was_paid_in_advance_makes_the_next_installments_smaller():
    terms = Terms(5000, 15, date(2026, 12, 1))
    plan = ahead(terms, paid_cents=7000, left_cents=13000, on=date(2026, 11, 30))
    assert [one.cents for one in plan] == [3000, 5000, 5000]
    assert plan[0].due_on == date(2027, 1, 15)


@settings(deadline=None)
@given(
    amount=st.integers(1, 5000),
    total=st.integers(1, 50_000),
    paid=st.integers(0, 50_000),
    day=st.integers(1, 31),
    months=st.integers(0, 40),
)
def test_every_cent_is_asked_for_once_whatever_was_paid(amount, total, paid, day, months):
    total = min(total, amount * MOST_INSTALLMENTS)
    paid = min(paid, total)
    terms = Terms(amount, day, date(2026, 12, 1))
    today = date(2026, 12, 1) + timedelta(days=31 * months)
    left = total - paid
    to_come = ahead(terms, paid_cents=paid, left_cents=left, on=today)
    assert sum(one.cents for one in to_come) == left
    assert all(0 < one.cents <= amount for one in to_come)
    assert [one.due_on for one in to_come] == sorted({one.due_on for one in to_come})
    assert 0 <= due_cents(terms, paid_cents=paid, left_cents=left, on=today) <= left


# -- starting


def test_everything_owed_is_put_under_the_plan_with_what_is_open_of_it(uow: UnitOfWork):
    first, second = open_items(uow, "c1")
    pay(uow, first.id, 2000)
    view = plan_view(uow, start(uow))
    assert (view.state, view.total_cents, view.left_cents) == (PlanState.ACTIVE, 28000, 28000)
    assert (view.paid_cents, view.due_cents, view.last_due_on) == (0, 0, None)
    assert [(one.session_ref, one.cents) for one in view.charges] == [("s1", 13000), ("s2", 15000)]
    assert [one.cents for one in view.ahead] == [7000] * 4
    assert view.ahead[0].due_on == date(2026, 12, 15)
    assert items_under_plans(uow) == {first.id, second.id}
    assert not under_plan(uow, open_items(uow, "c2")[0].id)


def test_a_plan_moves_no_money(uow: UnitOfWork):
    before = queries.client_balances(uow)
    entries = len(queries.journal(uow))
    start(uow)
    assert queries.client_balances(uow) == before
    assert len(queries.journal(uow)) == entries


def test_one_charge_can_be_put_under_a_plan_by_itself(uow: UnitOfWork):
    item = open_items(uow, "c1")[1].id
    view = plan_view(uow, start(uow, items=[item, item]))
    assert (view.total_cents, len(view.charges)) == (15000, 1)


def test_a_preview_says_the_same_and_keeps_nothing(uow: UnitOfWork):
    found = preview_plan(uow, "c1", amount_cents=7000, day=15)
    assert (found.total_cents, [one.cents for one in found.installments]) == (
        30000, [7000, 7000, 7000, 7000, 2000],
    )  # fmt: skip
    assert "Truth in Lending" in (found.caution or "")
    assert preview_plan(uow, "c1", amount_cents=7500, day=15).caution is None
    assert plans_of(uow, "c1") == []


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"cents": 0}, "plan-amount"),
        ({"cents": -100}, "plan-amount"),
        ({"cents": 30001}, "plan-amount"),
        ({"cents": 249}, "plan-amount"),  # 121 months
        ({"day": 0}, "plan-day"),
        ({"day": 32}, "plan-day"),
        ({"begins_on": date(2026, 11, 22)}, "plan-refused"),
        ({"items": []}, "plan-charge"),
        ({"items": [999]}, "plan-charge"),
        ({"card": 1}, "plan-consent"),
        ({"card": 1, "agreed_on": date(2026, 11, 24)}, "plan-consent"),
        ({"card": 77, "agreed_on": date(2026, 11, 23)}, "plan-card"),
    ],
)
def test_what_cannot_be_agreed_on_is_refused_with_a_sentence(uow: UnitOfWork, how, code):
    with pytest.raises(PlanRefused) as refused:
        start(uow, **how)
    assert refused.value.code == code
    assert "Nothing was changed." in refused.value.message
    assert plans_of(uow, "c1") == []


def test_the_longest_plan_has_a_hundred_and_twenty_installments(uow: UnitOfWork):
    assert len(plan_view(uow, start(uow, cents=250)).ahead) == 120


def test_the_charge_of_another_client_is_refused(uow: UnitOfWork):
    with pytest.raises(PlanRefused) as refused:
        start(uow, items=[open_items(uow, "c2")[0].id])
    assert refused.value.code == "plan-charge"


def test_a_client_who_owes_nothing_has_no_plan(uow: UnitOfWork):
    world.client(uow, "c3")
    with pytest.raises(PlanRefused) as refused:
        open_plan(uow, "c3", amount_cents=100, day=1)
    assert refused.value.code == "plan-nothing-owed"


def test_a_client_has_one_plan_at_a_time(uow: UnitOfWork):
    start(uow, items=[open_items(uow, "c1")[0].id])
    with pytest.raises(PlanRefused) as refused:
        start(uow)
    assert refused.value.code == "plan-exists"


def test_strangers_are_not_found(uow: UnitOfWork):
    with pytest.raises(NotFound):
        open_plan(uow, "nobody", amount_cents=100, day=1)
    with pytest.raises(NotFound):
        plan_view(uow, "plan-none")


# -- what becomes of it


def test_what_fell_due_and_is_not_paid_is_due(uow: UnitOfWork):
    ref = start(uow)
    first = open_items(uow, "c1")[0].id
    for day, due in (
        (date(2026, 12, 14), 0),
        (date(2026, 12, 15), 7000),
        (date(2027, 1, 15), 14000),
    ):
        assert plan_view(uow, ref, on=day).due_cents == due
    pay(uow, first, 7000)
    view = plan_view(uow, ref, on=date(2027, 1, 15))
    assert (view.due_cents, view.paid_cents, view.left_cents) == (7000, 7000, 23000)
    # What was missed makes the plan longer, not an installment larger.
    assert [one.cents for one in view.ahead] == [7000, 7000, 7000, 2000]


def test_a_write_off_shortens_the_plan_and_pays_no_installment(uow: UnitOfWork):
    ref = start(uow)
    item = open_items(uow, "c1")[1].id
    write_off(uow, ref="w", item=item, cents=15000, kind=WriteOff.HARDSHIP, on=uow.today,
              source="s", reason="Lost the job")  # fmt: skip
    view = plan_view(uow, ref, on=date(2026, 12, 15))
    assert (view.left_cents, view.paid_cents, view.due_cents) == (15000, 0, 7000)
    assert sum(one.cents for one in view.ahead) == 15000


def test_a_refund_makes_the_installment_due_again(uow: UnitOfWork):
    ref = start(uow)
    pay(uow, open_items(uow, "c1")[0].id, 7000)
    assert plan_view(uow, ref, on=date(2026, 12, 15)).due_cents == 0
    refund(uow, ref="r", payment="p1", cents=7000, on=uow.today, reason="Bounced")
    assert plan_view(uow, ref, on=date(2026, 12, 15)).due_cents == 7000


def test_it_is_finished_when_everything_under_it_is_settled(uow: UnitOfWork):
    ref = start(uow)
    for number, item in enumerate(open_items(uow, "c1")):
        pay(uow, item.id, 15000, f"p{number}")
    view = plan_view(uow, ref)
    assert (view.state, view.left_cents, view.ahead) == (PlanState.FINISHED, 0, ())
    assert running_plan(uow, "c1") is None
    for change in (pause_plan, resume_plan):
        with pytest.raises(PlanRefused, match="is paid off"):
            change(uow, ref)


def test_paused_and_resumed(uow: UnitOfWork):
    ref = start(uow)
    with pytest.raises(PlanRefused):
        resume_plan(uow, ref)
    paused = pause_plan(uow, ref, reason="Abroad")
    assert (paused.state, paused.ahead, paused.running) == (PlanState.PAUSED, (), True)
    with pytest.raises(PlanRefused, match="is paused"):
        pause_plan(uow, ref)
    assert resume_plan(uow, ref).ahead[0].due_on == date(2026, 12, 15)


def test_ended_gives_everything_back_to_the_usual_way(uow: UnitOfWork):
    ref = start(uow)
    with pytest.raises(PlanRefused) as refused:
        close_plan(uow, ref, reason="  ")
    assert refused.value.code == "plan-reason"
    assert close_plan(uow, ref, reason="Pays at once").state is PlanState.ENDED
    assert items_under_plans(uow) == frozenset()
    again = start(uow)
    with pytest.raises(PlanRefused) as refused:
        reopen_plan(uow, ref, reason="x")
    assert refused.value.code == "plan-exists"
    assert [view.ref for view in plans_of(uow, "c1")] == [again, ref]


def test_an_ending_taken_back_leaves_a_paused_plan_paused(uow: UnitOfWork):
    ref = start(uow)
    pause_plan(uow, ref)
    close_plan(uow, ref, reason="x")
    assert reopen_plan(uow, ref, reason="y").state is PlanState.PAUSED
    resume_plan(uow, ref)
    close_plan(uow, ref, reason="x")
    assert reopen_plan(uow, ref, reason="y").state is PlanState.ACTIVE


def test_what_was_agreed_is_never_changed(uow: UnitOfWork):
    start(uow)
    uow.session.query(PaymentPlan).one().amount_cents = 1
    with pytest.raises(DBAPIError, match="payment plans are never changed"):
        uow.session.flush()
    uow.session.rollback()


def test_the_card_agreed_on_is_kept_with_its_day(uow: UnitOfWork):
    card = get_client(uow, "c1").cards[0]
    view = plan_view(uow, start(uow, card=card.id, agreed_on=date(2026, 11, 23)))
    assert (view.card_last4, view.agreed_on) == ("4242", date(2026, 11, 23))
