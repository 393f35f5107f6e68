# SPDX-License-Identifier: MIT
"""An installment of a payment plan on its way through everything a card charge can meet."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from purse import Purse
from sqlalchemy import select
from till import CONFIRM, CREATE, Till

from mediyn_desktop.billing.plan_views import PlanView, plan_view
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards import plans
from mediyn_desktop.cards.approving import Line, approve, preview
from mediyn_desktop.cards.due import NotChargeable
from mediyn_desktop.cards.findings import Kind
from mediyn_desktop.cards.holds import place_hold
from mediyn_desktop.cards.installments import chargeable_plan_card, installment_due
from mediyn_desktop.cards.links.offering import LinkRefused, plan_link
from mediyn_desktop.cards.links.standing import open_link, shares_of
from mediyn_desktop.cards.on_file.consents import agree, revoke
from mediyn_desktop.cards.receipts import lower_waiting, take_payment
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.codes.vocabulary import Autopay
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.tables import Card
from mediyn_desktop.sandbox.processor.faults import Fault
from mediyn_desktop.store import settings

PAYS_TOMORROW = "pm_x_insufficientFundsUntilTomorrow"


def start(till: Till, method: str | None = None, *, cents: int = 4000) -> str:
    """Put the 150 of a new client under a plan whose first installment is due tomorrow."""
    till.owe(method, autopay="none")
    tomorrow = till.clock.now().date() + timedelta(days=1)
    with till.store.write("t") as uow:
        card = uow.session.scalars(select(Card).order_by(Card.id.desc())).first()
        assert card is not None
        client = get_client(uow, f"c{till._made}")
        view = plans.start_plan(
            uow, client.ref, amount_cents=cents, day=tomorrow.day, begins_on=tomorrow,
            card=card.id, agreed_on=uow.today,
        )  # fmt: skip
    till.days_pass(1)
    return view.ref


def evening(till: Till) -> list[Line]:
    with till.store.read() as read:
        return preview(read, [], evening=read.today)


def ask(till: Till) -> list[int]:
    """Approve what plans ask this evening."""
    with till.store.write("t") as uow:
        return approve(uow, preview(uow, [], evening=uow.today))


def view(till: Till, ref: str) -> PlanView:
    with till.store.read() as read:
        return plan_view(read, ref)


def test_a_declined_installment_is_asked_again_the_next_day_and_settles_the_plan(
    till: Till,
) -> None:
    plan = start(till, PAYS_TOMORROW)
    (ident,) = ask(till)
    till.run()
    row = till.row(ident)
    assert (row.state, row.charge_id, row.decline_code) == (
        State.DECLINED, None, "insufficient_funds",
    )  # fmt: skip
    till.run()
    assert till.row(ident).declines == 1  # not twice on one day
    till.days_pass(1)
    till.run()
    assert till.state(ident) == State.SUCCEEDED
    assert [one["amount"] for one in till.intents("succeeded")] == [4000]
    found = view(till, plan)
    assert (found.paid_cents, found.left_cents, found.due_cents) == (4000, 11000, 0)
    till.agrees()


@pytest.mark.parametrize("how", ["cash", "paused", "ended", "never", "by-hand", "later", "revoked"])
def test_a_declined_installment_that_is_not_to_be_asked_for_is_withdrawn(
    till: Till, how: str
) -> None:
    plan = start(till, PAYS_TOMORROW)
    (ident,) = ask(till)
    till.run()
    assert till.state(ident) == State.DECLINED
    with till.store.write("t") as uow:
        if how == "cash":
            take_payment(uow, "c1", 4000, "cash")
        elif how == "paused":
            plans.pause_plan(uow, plan)
        elif how == "ended":
            plans.end_plan(uow, plan, reason="Agreed")
        elif how == "never":
            get_client(uow, "c1").autopay = Autopay.NEVER
        elif how == "by-hand":
            plans.change_card(uow, plan, card=None)
        elif how == "revoked":
            revoke(uow, get_client(uow, "c1").cards[0].id, reason="Asked")
    till.days_pass(35 if how == "later" else 1)
    till.run()
    assert till.state(ident) == State.CANCELED
    assert till.intents("succeeded") == []
    assert [one["status"] for one in till.intents()] == ["canceled"]
    till.agrees()


def test_a_later_consent_to_other_charges_brings_no_plan_back(till: Till) -> None:
    start(till)
    assert [one.card is not None for one in evening(till)] == [True]
    with till.store.write("t") as uow:
        (card,) = get_client(uow, "c1").cards
        revoke(uow, card.id, reason="Asked")
        agree(uow, card.id, ["copays"], how="paper")
    (line,) = evening(till)
    assert line.refused is not None
    assert line.refused.code == "plan-no-card"


def test_after_a_month_the_later_installment_is_asked_for_alone(till: Till) -> None:
    start(till, PAYS_TOMORROW)
    (first,) = ask(till)
    till.run()
    till.days_pass(35)
    (second,) = ask(till)
    till.run()
    assert (till.state(first), till.state(second)) == (State.CANCELED, State.SUCCEEDED)
    assert [one["amount"] for one in till.intents("succeeded")] == [4000]
    till.agrees()


@pytest.mark.parametrize("path", [CREATE, CONFIRM])
@pytest.mark.parametrize("kind", ["reset_after", "500_after", "500_before", "reset_before"])
def test_a_lost_answer_charges_an_installment_once(till: Till, path: str, kind: str) -> None:
    plan = start(till)
    (ident,) = ask(till)
    till.processor.faults.script(Fault(kind, method="POST", path=path))
    till.run()
    till.processor.faults.clear()
    till.run()
    till.days_pass(2)
    ask(till)
    till.run()
    assert till.state(ident) == State.SUCCEEDED
    assert [one["amount"] for one in till.intents("succeeded")] == [4000]
    assert view(till, plan).paid_cents == 4000
    till.agrees()


@pytest.mark.parametrize("planned", [False, True])
@pytest.mark.parametrize("days", [0, 3, 40])
def test_a_restored_ledger_takes_an_installment_over_and_does_not_ask_again(
    till: Till, tmp_path: Path, days: int, planned: bool
) -> None:
    plan = start(till)
    if planned:
        ask(till)
    backup = till.copy(tmp_path / "backup")
    ask(till)
    till.run()
    till.agrees()
    till.days_pass(days)
    till.restore(backup)
    assert till.run(only=ask(till)).stopped == "frozen"
    (found,) = till.compare().findings
    assert (found.kind, found.client_ref, found.amount_cents) == (Kind.ADOPTED, "c1", 4000)
    till.accept()
    (first,) = [one for one in _attempts(till) if one.processor_id == found.processor_id]
    assert first.obligation == f"plan:{plan}:{_begins(till, plan).isoformat()}"
    assert (first.state, first.charge_id) == (State.SUCCEEDED, None)
    assert view(till, plan).paid_cents == 4000
    assert till.compare().findings == ()
    ask(till)
    assert till.run().stopped is None
    till.agrees()
    taken = 2 if days == 40 else 1  # by then the next one is due
    assert [one["amount"] for one in till.intents("succeeded")] == [4000] * taken


def test_a_plan_entered_again_after_a_restore_gets_its_payment(till: Till, tmp_path: Path) -> None:
    """Another plan under another ref, the same client and day: a person compares."""
    till.owe(autopay="none")
    backup = till.copy(tmp_path / "backup")
    _again(till)
    till.days_pass(1)
    ask(till)
    till.run()
    till.clock.advance(timedelta(days=-1))
    till.restore(backup)
    plan = _again(till)
    till.days_pass(1)
    (found,) = till.compare().findings
    assert (found.kind, found.client_ref, found.plan_ref) == (Kind.REVIEW, "c1", plan)
    till.accept()
    assert view(till, plan).paid_cents == 4000
    assert [line for line in evening(till) if line.card is not None] == []
    till.run()
    assert [one["amount"] for one in till.intents("succeeded")] == [4000]
    till.agrees()


def test_a_dispute_holds_the_plans_card_too(till: Till) -> None:
    start(till)
    with till.store.write("t") as uow:
        place_hold(uow, get_client(uow, "c1"), source="dispute:pi_1", reason="Disputed.")
    (line,) = evening(till)
    assert line.refused is not None
    assert line.refused.code == "card-held"
    assert ask(till) == []


def test_a_hold_that_came_after_the_approval_keeps_an_installment_waiting(till: Till) -> None:
    start(till)
    (ident,) = ask(till)
    with till.store.write("t") as uow:
        place_hold(uow, get_client(uow, "c1"), source="dispute:pi_1", reason="Disputed.")
    till.run()
    assert till.state(ident) == State.QUEUED
    assert till.intents() == []


def test_one_limit_for_sessions_and_installments_the_oldest_first(till: Till) -> None:
    start(till)
    till.owe(day=till.clock.now().date() - timedelta(days=2))
    with till.store.write("t") as uow:
        settings.set_value(uow, settings.CARDS_CAP_PER_DAY.key, "15000")
    with till.store.read() as read:
        charges = list(read.session.scalars(select(Charge)))
        lines = preview(read, charges, evening=read.today)
        shown = [(line.due.cents, line.card is not None) for line in lines]
    assert shown == [(15000, True), (4000, False)]
    assert lines[1].refused is not None
    assert lines[1].refused.code == "over-day-cap"


def test_a_waiting_installment_counts_towards_the_limit(till: Till) -> None:
    start(till)
    ask(till)
    till.owe()
    with till.store.write("t") as uow:
        settings.set_value(uow, settings.CARDS_CAP_PER_DAY.key, "15000")
    assert till.queue() == []  # 40 wait already, 150 more would be above it


def test_a_refund_of_an_installment_makes_it_due_again_and_asks_no_card_by_itself(
    purse: Purse,
) -> None:
    plan = start(purse.till)
    (ident,) = ask(purse.till)
    purse.till.run()
    payment = purse.payment(str(purse.till.row(ident).processor_id))
    assert purse.owes() == (11000, 0)
    assert purse.pay_back(payment, 4000) == "succeeded"
    assert purse.owes() == (15000, 0)
    found = view(purse.till, plan)
    assert (found.paid_cents, found.left_cents) == (0, 15000)
    assert [line.card for line in evening(purse.till)] == [None]  # asked for and paid on this day
    ask(purse.till)
    purse.till.run()
    assert len(purse.till.intents("succeeded")) == 1
    purse.poll(sweep=True)
    purse.agrees()


def test_a_dispute_of_an_installment_holds_the_plan_and_lost_it_is_owed_again(
    purse: Purse,
) -> None:
    plan = start(purse.till)
    (ident,) = ask(purse.till)
    purse.till.run()
    purse.dispute(str(purse.till.row(ident).processor_id))
    purse.poll()
    assert purse.account("Assets:Disputed") == 4000
    assert purse.owes() == (11000, 0)
    purse.till.days_pass(35)  # nobody answered, and the next installment is due
    purse.poll()
    purse.poll(sweep=True)
    assert purse.account("Assets:Disputed") == 0
    assert purse.owes() == (15000, 0)
    assert view(purse.till, plan).paid_cents == 0
    with purse.till.store.read() as read:
        due = installment_due(read, plan, read.today)
        assert due is not None
        refused = chargeable_plan_card(read, due)
    assert isinstance(refused, NotChargeable)
    assert refused.code == "card-held"
    assert ask(purse.till) == []
    purse.till.run()
    assert len(purse.till.intents("succeeded")) == 1
    purse.agrees()


def test_a_link_asks_for_the_installment_that_is_due_and_takes_its_place(till: Till) -> None:
    start(till)
    (ident,) = ask(till)
    with till.store.write("t") as uow:
        plan_link(uow, "c1")
        client = get_client(uow, "c1")
        link = open_link(uow, client.id)
        assert link is not None
        assert [share.cents for share in shares_of(uow, link)] == [4000]
        state = uow.session.get_one(CardAttempt, ident).state
    assert state == State.CANCELED
    with till.store.write("t") as uow:
        take_payment(uow, "c1", 4000, "cash")
        link = open_link(uow, get_client(uow, "c1").id)
        assert link is not None
        assert link.state == "closing"  # nothing is due any more


def test_no_link_asks_for_what_is_not_due_yet_under_a_plan(till: Till) -> None:
    start(till)
    with till.store.write("t") as uow:
        take_payment(uow, "c1", 4000, "cash")
        lower_waiting(uow, get_client(uow, "c1"))
        with pytest.raises(LinkRefused):
            plan_link(uow, "c1")


def _again(till: Till) -> str:
    tomorrow: date = till.clock.now().date() + timedelta(days=1)
    with till.store.write("t") as uow:
        card = get_client(uow, "c1").cards[0]
        return plans.start_plan(
            uow, "c1", amount_cents=4000, day=tomorrow.day, begins_on=tomorrow, card=card.id,
            agreed_on=uow.today,
        ).ref  # fmt: skip


def _begins(till: Till, plan: str) -> date:
    return view(till, plan).begins_on


def _attempts(till: Till) -> list[CardAttempt]:
    with till.store.read() as read:
        rows = list(read.session.scalars(select(CardAttempt).order_by(CardAttempt.id)))
        for row in rows:
            read.session.expunge(row)
        return rows
