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
from mediyn_desktop.claims.decision_tables import RemittancePayment
from mediyn_desktop.claims.unposting import undo_payment
from mediyn_desktop.ledger.tables import PaymentRow
from mediyn_desktop.practice import sessions
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.tables import Clinician, Fee
from mediyn_desktop.reports.alerts import alerts
from mediyn_desktop.reports.declined import declined
from mediyn_desktop.sandbox.clearinghouse import answer
from mediyn_desktop.sandbox.processor.faults import Fault
from mediyn_desktop.store import settings
from mediyn_desktop.undo.returning import unsign


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


def test_a_balance_paid_by_card_covers_the_copay_once_the_decision_is_taken_back(
    insured: Till, tmp_path: Path
) -> None:
    insurer_answers(insured, tmp_path)
    (ident,) = charge_now(insured)
    insured.run()
    assert insured.state(ident) == State.SUCCEEDED
    with insured.store.write("t") as uow:
        undo_payment(uow, uow.session.scalars(select(RemittancePayment.id)).one())
    assert insured.queue() == []  # the evening asks for no copay
    assert lines(insured) == []
    assert len(insured.intents()) == 1


def test_a_balance_that_waits_for_the_card_is_asked_no_more_once_the_decision_is_taken_back(
    insured: Till, tmp_path: Path
) -> None:
    insurer_answers(insured, tmp_path)
    (ident,) = charge_now(insured)
    with insured.store.write("t") as uow:
        undo_payment(uow, uow.session.scalars(select(RemittancePayment.id)).one())
    assert insured.state(ident) == State.CANCELED
    insured.run()
    assert insured.intents() == []


def test_what_waits_is_never_raised_above_what_a_person_approved(purse: Purse) -> None:
    till = purse.till
    payment = purse.sold()
    assert purse.pay_back(payment, 2000) == "succeeded"
    (ident,) = charge_now(till)
    assert purse.pay_back(payment, 5000) == "succeeded"  # now 70.00 is due again
    with till.store.write("t") as uow:
        take_payment(uow, "c1", 100, "cash")
    assert till.row(ident).amount_cents == 2000
    till.run()
    assert (till.state(ident), till.processor_total()) == (State.SUCCEEDED, 15000 - 7000 + 2000)
    assert [one.due.cents for one in lines(till)] == [4900]


def test_a_restored_ledger_knows_a_balance_that_was_charged_a_second_time(
    purse: Purse, tmp_path: Path
) -> None:
    till = purse.till
    payment = purse.sold()
    backup = till.copy(tmp_path / "backup")
    for _ in range(2):
        assert purse.pay_back(payment, 2000) == "succeeded"
        till.clock.advance(timedelta(minutes=1))
        (ident,) = charge_now(till)
        till.run()
        payment = purse.payment(str(till.row(ident).processor_id))
        till.clock.advance(timedelta(minutes=1))
    till.restore(backup)
    found = till.accept()
    assert [one.kind.value for one in found.findings] == ["refund", "adopted", "refund", "adopted"]
    assert (purse.owes(), lines(till)) == ((0, 0), [])
    till.agrees()
    assert purse.pay_back(payment, 2000) == "succeeded"
    (ident,) = charge_now(till)
    till.run()
    assert till.row(ident).obligation == "session:s1:balance:3"
    assert till.state(ident) == State.SUCCEEDED
    till.agrees()


def test_a_copay_waits_while_the_balance_of_its_session_may_have_been_paid(
    insured: Till, tmp_path: Path
) -> None:
    insurer_answers(insured, tmp_path)
    (balance,) = charge_now(insured)
    insured.processor.faults.script(
        Fault("reset_after", method="POST", path=CONFIRM),
        Fault("reset_before", method="GET", path=READ, times=99),
    )
    insured.run()
    assert insured.state(balance) == State.UNKNOWN
    with insured.store.write("t") as uow:
        undo_payment(uow, uow.session.scalars(select(RemittancePayment.id)).one())
    (copay,) = insured.queue()
    insured.run()
    assert insured.state(copay) == State.QUEUED
    insured.converge()
    assert (insured.state(balance), insured.state(copay)) == (State.SUCCEEDED, State.CANCELED)
    assert len(insured.intents("succeeded")) == 1
    insured.agrees()


def bill_anew(till: Till, fee: int) -> None:
    """Take the session's charge back and bill it with another fee, as after a wrong price."""
    with till.store.write("t") as uow:
        unsign(uow, {"session": "s1"})
        sessions.sign(
            uow,
            sessions.get(uow, "s1"),
            by=uow.session.scalars(select(Clinician)).one(),
            at=uow.now,
        )
        for row in uow.session.scalars(select(Fee)):
            row.fee_cents = fee
        assert isinstance(bill_session(uow, sessions.get(uow, "s1")), Charge)


def test_what_is_left_of_a_session_billed_anew_is_charged_only_by_a_person(till: Till) -> None:
    till.sell()
    till.run()
    bill_anew(till, 20000)
    with till.store.read() as read:
        (line,) = preview(read, list(read.session.scalars(select(Charge))))
    assert (line.due.cents, line.card) == (5000, None)
    assert line.refused is not None
    assert line.refused.code == "charged-before"
    (line,) = lines(till)
    assert (line.due.purpose, line.due.cents) == (BALANCE, 5000)
    charge_now(till)
    till.run()
    assert [one["amount"] for one in till.intents("succeeded")] == [5000, 15000]
    bill_anew(till, 21000)
    charge_now(till)
    till.run()
    assert [one["amount"] for one in till.intents("succeeded")] == [1000, 5000, 15000]
    assert lines(till) == []
    till.agrees()


def test_a_session_billed_anew_after_a_decline_is_charged_once_the_old_charge_is_withdrawn(
    till: Till,
) -> None:
    till.sell("pm_1_chargeDeclinedLostCard")
    till.run()
    assert till.states() == [State.DECLINED]
    bill_anew(till, 20000)
    with till.store.write("t") as uow:
        (card,) = get_client(uow, "c1").cards
        card.stripe_payment_method = "pm_good1"
    till.run()
    assert till.states() == [State.CANCELED]
    (ident,) = till.queue()
    till.run()
    assert (till.state(ident), till.processor_total()) == (State.SUCCEEDED, 20000)
    till.agrees()


def test_a_collected_copay_stays_its_sessions_own_until_the_insurer_has_decided(
    insured: Till,
) -> None:
    insured.queue()
    insured.run()
    insured.owe_again("c1", "s2", hour=17)
    (line,) = lines(insured)
    assert (line.due.ref, line.due.cents) == ("s2", 2500)
