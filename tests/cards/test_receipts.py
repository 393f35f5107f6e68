# SPDX-License-Identifier: MIT
"""Money handed over in person, and the card charge that must not ask for it again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.by_hand import give_up
from mediyn_desktop.cards.due import due_on_card
from mediyn_desktop.cards.receipts import (
    ChargeUnknown,
    PaymentRefused,
    give_back,
    recover,
    take_payment,
)
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.delivery.money import account_money
from mediyn_desktop.ledger import bank, payments
from mediyn_desktop.ledger.items import open_items
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.ledger.queries import client_balances
from mediyn_desktop.ledger.returns import RefundRefused
from mediyn_desktop.ledger.tables import PaymentRow
from mediyn_desktop.ledger.write_offs import RecoveryRefused, recoverable_cents
from mediyn_desktop.store.uow import Store

Queue = Callable[..., int]


def pay(store: Store, cents: int, **how: object) -> str:
    with store.write("Record payment") as uow:
        return take_payment(uow, "c1", cents, "cash", **how)


def attempt(store: Store, number: int) -> tuple[str, int]:
    with store.read() as read:
        row = read.session.get_one(CardAttempt, number)
        return row.state, row.amount_cents


def balance(store: Store) -> tuple[int, int]:
    with store.read() as read:
        found = client_balances(read, "c1")["c1"]
        return found.patient_cents, found.credit_cents


def test_a_payment_settles_what_is_owed_and_keeps_the_rest_as_credit(store: Store, queue: Queue):
    queue()
    ref = pay(store, 20000, reference="till 4")
    assert balance(store) == (0, 5000)
    with store.read() as read:
        row = read.session.query(PaymentRow).filter_by(ref=ref).one()
        assert (row.method, row.amount_cents, row.reference) == ("cash", 20000, "till 4")
        assert row.received_on == read.today


def test_a_waiting_card_charge_is_canceled_when_the_session_is_paid_in_cash(
    store: Store, queue: Queue
):
    number = queue()
    assert attempt(store, number) == (State.QUEUED, 15000)
    pay(store, 15000)
    assert attempt(store, number)[0] == State.CANCELED


def test_a_waiting_card_charge_asks_only_for_what_is_still_owed(store: Store, queue: Queue):
    number = queue()
    pay(store, 4000)
    assert attempt(store, number) == (State.QUEUED, 11000)


@pytest.mark.parametrize(
    "state", [State.CREATING, State.CREATED, State.CONFIRMING, State.UNKNOWN, State.PROCESSING]
)
def test_nothing_is_recorded_while_a_card_charge_has_no_known_outcome(
    store: Store, queue: Queue, state: State
):
    number = queue()
    with store.write("t") as uow:
        uow.session.get_one(CardAttempt, number).state = state
    with pytest.raises(ChargeUnknown) as refused:
        pay(store, 15000)
    assert refused.value.code == "charge-unknown"
    assert balance(store) == (15000, 0)


def test_a_charge_that_was_sent_once_may_still_arrive(store: Store, queue: Queue):
    number = queue()
    with store.write("t") as uow:
        uow.session.get_one(CardAttempt, number).create_started_at = uow.now
    with pytest.raises(ChargeUnknown):
        pay(store, 15000)


@pytest.mark.parametrize("cents", [0, -100])
def test_a_payment_is_more_than_zero(store: Store, queue: Queue, cents: int):
    queue()
    with pytest.raises(PaymentRefused):
        pay(store, cents)


def test_a_payment_needs_a_client(store: Store):
    with pytest.raises(NotFound):
        pay(store, 100)


@pytest.mark.parametrize("day", [date(2999, 1, 1), date(1, 1, 1), date(2026, 11, 25)])
def test_money_of_another_age_is_refused_and_nothing_is_saved(store: Store, day: date) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        world.client(uow)
        with pytest.raises(PaymentRefused, match="Check the date") as refused:
            take_payment(uow, "c1", 1000, "cash", day)
    assert refused.value.code == "bad-date"
    with store.read() as read:
        assert read.session.query(PaymentRow).count() == 0


def test_money_of_a_card_goes_back_through_the_processor_only(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        world.client(uow)
        payments.record_payment(
            uow, ref="p1", client="c1", cents=500, method="card", on=world.DAY, source="t"
        )
        with pytest.raises(RefundRefused, match="through the card processor") as refused:
            give_back(uow, "p1", 500, "Agreed")
    assert refused.value.code == "card-refund"


# -- what a payment is for, and when the money arrived


@pytest.fixture
def owing(store: Store) -> Store:
    """Ana owes 150 each for s1 (an older session) and s2 of today."""
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow)
        bill_session(uow, world.session(uow, ana, "s1", day=date(2026, 11, 20)))
        bill_session(uow, world.session(uow, ana, "s2"))
    return store


def still_open(store: Store) -> dict[str, int]:
    with store.read() as read:
        return {item.source: item.open_cents for item in open_items(read, "c1")}


def test_what_it_was_paid_for_comes_before_anything_older(owing: Store):
    pay(owing, 20000, session="s2")
    assert still_open(owing) == {"session:s1": 10000}


def test_a_copay_handed_over_for_its_session_settles_nothing_older(store: Store):
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow, payment_type="in_network")
        bill_session(uow, world.session(uow, ana, "s0", hour=8, do_not_bill_insurer=True))
        world.coverage(uow, ana, copay=2500)
        charge = bill_session(uow, world.session(uow, ana, "s1"))
        assert isinstance(charge, Charge)
        number = charge.id
    pay(store, 4000, session="s1")
    assert balance(store) == (13500, 2500)
    with store.read() as read:
        assert due_on_card(read, read.session.get_one(Charge, number)) is None


def test_the_session_of_another_client_is_refused(owing: Store):
    with owing.write("t") as uow:
        bill_session(uow, world.session(uow, world.client(uow, "c2"), "x1", hour=14))
    with pytest.raises(PaymentRefused) as refused:
        pay(owing, 100, session="x1")
    assert refused.value.code == "other-client"
    with pytest.raises(NotFound):
        pay(owing, 100, session="nope")


def test_a_card_charged_elsewhere_keeps_its_three_days_apart(owing: Store):
    with owing.write("t") as uow:
        ref = take_payment(
            uow, "c1", 15000, "external_card", date(2026, 11, 21), "T-118", session="s1",
            deposited_on=date(2026, 11, 23),
        )  # fmt: skip
    with owing.read() as read:
        (paid,) = account_money(read, "c1").paid
        assert (paid.ref, paid.method, paid.reference) == (ref, "external_card", "T-118")
        assert (paid.received_on, paid.deposited_on) == (date(2026, 11, 21), date(2026, 11, 23))
        assert [one.date_of_service for one in paid.settles] == [date(2026, 11, 20)]


def test_a_check_has_its_deposit_day_from_the_slip(owing: Store):
    with owing.write("t") as uow:
        ref = take_payment(uow, "c1", 15000, "check", date(2026, 11, 21), "1042")
        assert account_money(uow, "c1").paid[0].deposited_on is None
        bank.deposit(uow, ref="d1", payments=[ref], on=date(2026, 11, 22))
        assert account_money(uow, "c1").paid[0].deposited_on == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("method", "on", "deposited"),
    [
        ("external_card", date(2026, 11, 24), None),  # tomorrow
        ("cash", date(2026, 11, 24), None),
        ("cash", date(1999, 12, 31), None),
        ("check", date(2026, 11, 20), date(2026, 11, 23)),  # has a slip
        ("external_card", date(2026, 11, 21), date(2026, 11, 20)),
        ("external_card", date(2026, 11, 21), date(2026, 11, 24)),
    ],
)
def test_days_that_cannot_be_are_refused(owing: Store, method, on, deposited):
    with pytest.raises(PaymentRefused) as refused, owing.write("t") as uow:
        take_payment(uow, "c1", 100, method, on, deposited_on=deposited)
    assert refused.value.code == "bad-date"
    assert "Nothing was saved." in refused.value.message


def test_a_refund_for_one_session_takes_back_what_settles_that_one(owing: Store):
    ref = pay(owing, 30000)
    with owing.write("t") as uow:
        give_back(uow, ref, 5000, "Agreed", session="s1")
    assert still_open(owing) == {"session:s1": 5000}
    with pytest.raises(RefundRefused), owing.write("t") as uow:
        give_back(uow, ref, 10001, "x", session="s1")
    with pytest.raises(RefundRefused, match="settles nothing of session"), owing.write("t") as uow:
        give_back(uow, ref, 100, "x", session="s9")
    assert still_open(owing) == {"session:s1": 5000}


def test_only_what_was_given_up_as_bad_debt_is_recovered(owing: Store):
    with owing.write("t") as uow:
        give_up(uow, open_items(uow, "c1")[0].id, 15000, WriteOff.BAD_DEBT, "No answer")
    with pytest.raises(RecoveryRefused), owing.write("t") as uow:
        recover(uow, "c1", 15001, "cash")
    with owing.write("t") as uow:
        recover(uow, "c1", 8000, "check", reference="agency 7")
        assert recoverable_cents(uow, "c1") == 7000
    assert still_open(owing) == {"session:s2": 15000}
    assert balance(owing) == (15000, 0)
    for cents in (0, -1):
        with pytest.raises(PaymentRefused), owing.write("t") as uow:
            recover(uow, "c1", cents, "cash")
