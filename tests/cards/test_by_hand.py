# SPDX-License-Identifier: MIT
"""Corrections by hand move money between a client's own charges and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards import by_hand
from mediyn_desktop.cards.attempts import plan_attempt
from mediyn_desktop.cards.due import chargeable_card, due_on_card
from mediyn_desktop.cards.receipts import ChargeUnknown, take_payment
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ledger.items import items_of_session, open_cents
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.ledger.queries import client_balances, disagreements
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.tables import Card
from mediyn_desktop.store.uow import Store, UnitOfWork


@pytest.fixture
def uow(store: Store) -> Iterator[UnitOfWork]:
    """A client with two sessions of $150.00, s1 the older, and a card."""
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow)
        world.card(uow, ana)
        for number in (1, 2):
            bill_session(uow, world.session(uow, ana, f"s{number}", hour=8 + number))
        yield uow
        assert disagreements(uow) == []


def item(uow: UnitOfWork, session: str) -> int:
    return items_of_session(uow, session)[0].id


def queue(uow: UnitOfWork, session: str) -> CardAttempt:
    charge = uow.session.query(Charge).join(Charge.lines).all()[int(session[1]) - 1]
    due = due_on_card(uow, charge)
    assert due is not None
    card = chargeable_card(due, today=uow.today, cap_cents=10**6)
    assert isinstance(card, Card)
    return plan_attempt(uow, due, card)


def test_a_payment_settles_another_session(uow: UnitOfWork) -> None:
    ref = take_payment(uow, "c1", 15000, "check")
    by_hand.settle_another(uow, ref, item(uow, "s1"), item(uow, "s2"), 5000, "")
    assert (open_cents(uow, item(uow, "s1")), open_cents(uow, item(uow, "s2"))) == (5000, 10000)


def test_unused_credit_settles_and_lowers_the_waiting_card(uow: UnitOfWork) -> None:
    ref = take_payment(uow, "c1", 31000, "check")
    bill_session(uow, world.session(uow, get_client(uow, "c1"), "s3", hour=14))
    assert open_cents(uow, item(uow, "s3")) == 14000  # the credit was used by itself
    with pytest.raises(UserFacingError, match=r"Only \$0\.00"):
        by_hand.settle(uow, ref, item(uow, "s3"), 1, "")


def test_giving_up_lowers_or_cancels_the_waiting_card(uow: UnitOfWork) -> None:
    attempt = queue(uow, "s1")
    by_hand.give_up(uow, item(uow, "s1"), 5000, WriteOff.HARDSHIP, "Lost the job")
    assert attempt.amount_cents == 10000
    by_hand.give_up(uow, item(uow, "s1"), 10000, WriteOff.HARDSHIP, "Lost the job")
    assert attempt.state == State.CANCELED


def test_nothing_moves_while_a_card_has_no_answer(uow: UnitOfWork) -> None:
    ref = take_payment(uow, "c1", 15000, "check")
    queue(uow, "s2").state = State.UNKNOWN
    uow.session.flush()
    for act in (
        lambda: by_hand.settle(uow, ref, item(uow, "s2"), 1, ""),
        lambda: by_hand.settle_another(uow, ref, item(uow, "s1"), item(uow, "s2"), 1, ""),
        lambda: by_hand.give_up(uow, item(uow, "s2"), 1, WriteOff.HARDSHIP, "x"),
    ):
        with pytest.raises(ChargeUnknown):
            act()


def test_what_makes_no_sense_is_refused_and_changes_nothing(uow: UnitOfWork) -> None:
    ref = take_payment(uow, "c1", 20000, "check")
    world.client(uow, "c2")
    other = bill_session(uow, world.session(uow, get_client(uow, "c2"), "t1", hour=15))
    assert isinstance(other, Charge)
    before = client_balances(uow)
    for act in (
        lambda: by_hand.settle(uow, ref, item(uow, "s2"), 0, ""),
        lambda: by_hand.settle(uow, ref, item(uow, "s2"), -1, ""),
        lambda: by_hand.settle(uow, ref, item(uow, "s2"), 20000, ""),
        lambda: by_hand.settle(uow, ref, item(uow, "t1"), 1, ""),
        lambda: by_hand.settle(uow, ref, 999, 1, ""),
        lambda: by_hand.settle_another(uow, ref, item(uow, "s1"), item(uow, "s1"), 1, ""),
        lambda: by_hand.give_up(uow, item(uow, "s2"), 10**6, WriteOff.COURTESY, "x"),
        lambda: by_hand.give_up(uow, item(uow, "s2"), 1, WriteOff.COURTESY, " "),
        lambda: by_hand.give_up(uow, item(uow, "s2"), 1, WriteOff.CONTRACTUAL, "x"),
        lambda: by_hand.void(uow, ref, " "),
        lambda: by_hand.void(uow, "nobody", "x"),
    ):
        with pytest.raises(UserFacingError, match="Nothing was"):
            act()
    assert client_balances(uow) == before


def test_a_voided_payment_is_owed_again(uow: UnitOfWork) -> None:
    ref = take_payment(uow, "c1", 20000, "check")
    by_hand.void(uow, ref, "Bounced")
    assert client_balances(uow, "c1")["c1"].patient_cents == 30000
    with pytest.raises(UserFacingError):
        by_hand.void(uow, ref, "Again")
