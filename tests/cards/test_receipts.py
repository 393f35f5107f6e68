# SPDX-License-Identifier: MIT
"""Money handed over in person, and the card charge that must not ask for it again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

import world
from mediyn_desktop.cards.receipts import (
    ChargeUnknown,
    PaymentRefused,
    give_back,
    take_payment,
)
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.ledger import payments
from mediyn_desktop.ledger.queries import client_balances
from mediyn_desktop.ledger.returns import RefundRefused
from mediyn_desktop.ledger.tables import PaymentRow
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
