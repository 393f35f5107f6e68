# SPDX-License-Identifier: MIT
"""What is owed for a session after its part was paid: charged when a person says so, and once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from purse import Purse
from sqlalchemy import select
from till import CONFIRM, CREATE, READ, Till

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.approving import Line, approve, preview
from mediyn_desktop.cards.charging_now import NothingToCharge, chargeable_now
from mediyn_desktop.cards.choosing import BALANCE
from mediyn_desktop.cards.receipts import take_payment
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.claims import sending, submission
from mediyn_desktop.claims.answers import take_and_act
from mediyn_desktop.ledger.tables import PaymentRow
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.reports.alerts import alerts
from mediyn_desktop.reports.declined import declined
from mediyn_desktop.sandbox.clearinghouse import answer
from mediyn_desktop.sandbox.processor.faults import Fault
from mediyn_desktop.store import settings


@pytest.fixture
def insured(till: Till) -> Till:
    """One insured session whose copay of 25.00 is collected and whose claim is sent."""
    with till.store.write("t") as uow:
        world.practice(uow)
        settings.set_value(uow, settings.CLEARINGHOUSE_USAGE.key, "T")
        owner = world.client(uow, "c1", payment_type="in_network", autopay="full")
        world.card(uow, owner, "pm_good1")
        world.coverage(uow, owner, copay=2500, member_id="DED123456")
        charge = bill_session(uow, world.session(uow, owner, "s1", minutes=50))
        assert isinstance(charge, Charge)
        submission.queue_claims(uow, submission.make_claims(uow, [charge]))
    return till


def insurer_answers(till: Till, room: Path) -> None:
    (exported,) = sending.export_claims(till.store, room)
    text = exported.file.read_text("ascii")
    for kind, said in answer(text, till.store.clock.now()).items():
        take_and_act(till.store, said.encode("ascii"), kind)


def lines(till: Till, *named: str) -> list[Line]:
    with till.store.read() as read:
        return chargeable_now(read, "c1", named)


def charge_now(till: Till, *named: str) -> list[int]:
    with till.store.write("t") as uow:
        return approve(uow, chargeable_now(uow, "c1", named))


def owed(till: Till) -> int:
    with till.store.read() as read:
        return sum(one.amount_cents for one in alerts(read) if one.kind == "client-share")


def test_an_insurers_rest_waits_for_a_person_whatever_the_clients_rule_says(
    insured: Till, tmp_path: Path
) -> None:
    insured.queue()
    insured.run()
    insurer_answers(insured, tmp_path)
    rest = owed(insured)
    assert rest > 0
    with insured.store.read() as read:
        assert preview(read, list(read.session.scalars(select(Charge)))) == []
    insured.run()
    assert insured.states() == [State.SUCCEEDED]  # the copay
    (ident,) = charge_now(insured)
    insured.run()
    assert insured.row(ident).purpose == BALANCE
    assert (insured.state(ident), insured.row(ident).amount_cents) == (State.SUCCEEDED, rest)
    assert (owed(insured), lines(insured)) == (0, [])
    assert charge_now(insured) == []
    insured.agrees()


def test_a_copay_whose_outcome_is_unknown_holds_the_rest_back(
    insured: Till, tmp_path: Path
) -> None:
    (copay,) = insured.queue()
    insured.processor.faults.script(
        Fault("reset_after", method="POST", path=CONFIRM),
        Fault("reset_before", method="GET", path=READ, times=9),
    )
    insured.run()
    assert insured.state(copay) == State.UNKNOWN
    insurer_answers(insured, tmp_path)
    (line,) = lines(insured)
    assert line.refused is not None
    assert line.refused.code == "charge-unknown"
    assert charge_now(insured) == []
    insured.converge()
    assert insured.state(copay) == State.SUCCEEDED
    (line,) = lines(insured)
    assert line.due.cents == owed(insured)
    insured.agrees()


def test_what_was_paid_another_way_meanwhile_is_not_asked_of_the_card(
    insured: Till, tmp_path: Path
) -> None:
    insurer_answers(insured, tmp_path)
    (ident,) = charge_now(insured)
    with insured.store.write("t") as uow:
        take_payment(uow, "c1", insured.row(ident).amount_cents, "cash")
    insured.run()
    assert insured.state(ident) == State.CANCELED
    assert insured.intents() == []


def test_money_that_settles_nothing_yet_is_not_asked_for_again(
    insured: Till, tmp_path: Path
) -> None:
    with insured.store.write("t") as uow:
        take_payment(uow, "c1", 4000, "check")  # 25.00 of it is the copay
    insurer_answers(insured, tmp_path)
    (line,) = lines(insured)
    assert line.due.cents == 12000 - 4000 == owed(insured)


def test_a_lost_answer_about_the_rest_charges_it_once(insured: Till, tmp_path: Path) -> None:
    insurer_answers(insured, tmp_path)
    (ident,) = charge_now(insured)
    insured.processor.faults.script(
        *(Fault("reset_after", method="POST", path=where) for where in (CREATE, CONFIRM))
    )
    insured.run()
    insured.converge()
    assert insured.state(ident) == State.SUCCEEDED
    assert len(insured.intents("succeeded")) == 1
    insured.agrees()


def test_a_restored_ledger_takes_the_rest_over_and_does_not_charge_it_again(
    insured: Till, tmp_path: Path
) -> None:
    insurer_answers(insured, tmp_path)
    backup = insured.copy(tmp_path / "backup")
    charge_now(insured)
    insured.run()
    insured.restore(backup)
    charge_now(insured)
    assert insured.run().stopped == "frozen"
    insured.accept()
    insured.run()
    assert len(insured.intents("succeeded")) == 1
    assert lines(insured) == []
    insured.agrees()


def test_what_became_due_again_by_a_refund_is_charged_as_often_as_that_happens(
    purse: Purse,
) -> None:
    till = purse.till
    till.sell()
    till.run()
    for turn in (1, 2):
        with till.store.read() as read:
            payments = read.session.scalars(select(PaymentRow.ref).order_by(PaymentRow.id)).all()
        assert purse.pay_back(payments[-1], 2000) == "succeeded"
        (line,) = lines(till)
        assert (line.due.purpose, line.due.cents) == (BALANCE, 2000)
        charge_now(till)
        till.run()
        with till.store.read() as read:
            last = read.session.scalars(select(CardAttempt).order_by(CardAttempt.id.desc())).first()
        assert last is not None
        assert (last.state, last.obligation) == (
            State.SUCCEEDED,
            "session:s1:balance" + (f":{turn}" if turn > 1 else ""),
        )
    till.agrees()


def test_a_declined_rest_is_told_and_tried_again_as_any_charge(
    insured: Till, tmp_path: Path
) -> None:
    insurer_answers(insured, tmp_path)
    with insured.store.write("t") as uow:
        (card,) = get_client(uow, "c1").cards
        card.stripe_payment_method = "pm_1_insufficientFundsUntilTomorrow"
    (ident,) = charge_now(insured)
    insured.run()
    assert insured.state(ident) == State.DECLINED
    with insured.store.read() as read:
        assert [(due.purpose, row.id) for due, row in declined(read)] == [(BALANCE, ident)]
    insured.days_pass(1)
    insured.run()
    assert insured.state(ident) == State.SUCCEEDED
    insured.agrees()


def test_only_what_was_billed_to_the_client_can_be_named(till: Till) -> None:
    till.owe(autopay="ask")
    till.owe(autopay="ask")
    with pytest.raises(NothingToCharge, match="another client's"):
        lines(till, "s2")
    assert [one.due.ref for one in lines(till, "s1")] == ["s1"]


def test_an_old_balance_is_charged_only_when_it_is_named(till: Till) -> None:
    till.owe(autopay="ask", day=world.DAY - timedelta(days=200))
    assert lines(till) == []
    assert [one.due.cents for one in lines(till, "s1")] == [15000]
