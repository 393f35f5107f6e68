# SPDX-License-Identifier: MIT
"""Every leak is seen while it is one, and no billed session is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.billing.voiding import void_charge
from mediyn_desktop.cards.attempts import plan_attempt
from mediyn_desktop.cards.due import due_on_card
from mediyn_desktop.cards.receipts import take_payment
from mediyn_desktop.cards.states import State
from mediyn_desktop.claims.states import ClaimState
from mediyn_desktop.claims.submission import make_claims
from mediyn_desktop.practice.tables import Fee
from mediyn_desktop.reports.leaks import forgotten_sessions, leaks
from mediyn_desktop.store.uow import Store, UnitOfWork


@pytest.fixture
def uow(store: Store) -> Iterator[UnitOfWork]:
    """A practice being written to."""
    with store.write("t") as uow:
        world.practice(uow)
        yield uow


def kinds(uow: UnitOfWork) -> list[tuple[str, str]]:
    return [(one.kind, one.ref) for one in leaks(uow)]


def test_done_and_not_billed_until_it_is(uow: UnitOfWork) -> None:
    ana = world.client(uow, autopay="none")
    unsigned = world.session(uow, ana, "s1", signed=False)
    short = world.session(uow, ana, "s2", hour=12, minutes=10)
    assert kinds(uow) == [("done-not-billed", unsigned.ref), ("done-not-billed", short.ref)]
    assert "not signed" in leaks(uow)[0].message
    assert "16 minutes" in leaks(uow)[1].message
    assert forgotten_sessions(uow) == []  # each has its reason


def test_a_session_that_could_be_billed_and_was_not_is_forgotten(uow: UnitOfWork) -> None:
    ana = world.client(uow, autopay="none")
    held = world.session(uow, ana)
    assert forgotten_sessions(uow) == ["s1"]
    for fee in uow.session.scalars(select(Fee)).all():
        uow.session.delete(fee)
    uow.session.flush()
    assert forgotten_sessions(uow) == []  # it has no fee: that is said where it is reviewed
    uow.session.add(Fee(code="90834", fee_cents=15000))
    uow.session.flush()
    bill_session(uow, held)
    assert forgotten_sessions(uow) == []
    void_charge(uow, held, reason="Billed by mistake")
    assert forgotten_sessions(uow) == []
    assert kinds(uow) == [("done-not-billed", "s1")]


def test_billed_and_not_collected(uow: UnitOfWork) -> None:
    bill_session(uow, world.session(uow, world.client(uow, autopay="none")))
    (leak,) = leaks(uow)
    assert (leak.kind, leak.cents) == ("charged-not-collected", 15000)
    take_payment(uow, "c1", 15000, "cash", world.DAY, None)
    assert leaks(uow) == []


@pytest.mark.usefixtures("unchecked")
def test_a_claim_from_made_to_answered(uow: UnitOfWork) -> None:
    ana = world.client(uow, payment_type="in_network", autopay="none")
    world.coverage(uow, ana, copay=None)
    charge = bill_session(uow, world.session(uow, ana))
    assert isinstance(charge, Charge)
    assert kinds(uow) == [("claim-not-sent", "s1")]
    assert "not made yet" in leaks(uow)[0].message
    (claim,) = make_claims(uow, [charge])
    for state in (ClaimState.BLOCKED, ClaimState.READY, ClaimState.QUEUED, ClaimState.WITHDRAWN):
        claim.state = state
        uow.session.flush()
        assert kinds(uow) == [("claim-not-sent", "s1")]
    claim.state = ClaimState.SENT
    uow.session.flush()
    assert kinds(uow) == [("sent-not-answered", "s1")]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"exp_year": 2026, "exp_month": 10}, "card-expired"),
        ({"exp_year": 2026, "exp_month": 11}, "card-expiring"),
        ({"exp_year": 2026, "exp_month": 12}, None),
        ({"exp_year": 2027, "exp_month": 1}, None),
        ({"exp_year": None, "exp_month": None}, None),
        ({"consent_date": None}, "card-without-consent"),
        ({"consent_date": date(2026, 1, 5)}, None),
        ({"consent_scope": "copays;fees"}, "card-without-consent"),
        ({"consent_scope": "copays;fees", "exp_year": 2020}, "card-without-consent"),
    ],
)
def test_cards_that_cannot_be_charged(
    uow: UnitOfWork, values: dict[str, object], kind: str | None
) -> None:
    ana = world.client(uow)
    assert kinds(uow) == [("card-missing", "c1")]
    world.card(uow, ana, **values)
    uow.session.expire_all()
    assert kinds(uow) == ([] if kind is None else [(kind, "c1")])


def test_an_insured_clients_card_needs_consent_to_copays(uow: UnitOfWork) -> None:
    ana = world.client(uow, payment_type="in_network")
    card = world.card(uow, ana, consent_scope="sessions")
    uow.session.expire_all()
    assert kinds(uow) == [("card-without-consent", "c1")]
    card.consent_scope = "copays"
    uow.session.flush()
    assert kinds(uow) == []


def test_a_declined_card_leaks_until_it_is_paid(uow: UnitOfWork) -> None:
    ana = world.client(uow)
    world.card(uow, ana)
    charge = bill_session(uow, world.session(uow, ana))
    assert isinstance(charge, Charge)
    due = due_on_card(uow, charge)
    assert due is not None
    attempt = plan_attempt(uow, due, ana.cards[0])
    assert kinds(uow) == [("charged-not-collected", "s1")]
    attempt.state = State.DECLINED
    uow.session.flush()
    assert kinds(uow) == [("charged-not-collected", "s1"), ("card-declined", "s1")]
    attempt.state = State.QUEUED
    uow.session.flush()
    take_payment(uow, "c1", 15000, "cash", world.DAY, None)
    assert kinds(uow) == []


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("state", "found"),
    [
        (ClaimState.RECEIVED, ["sent-not-answered"]),
        (ClaimState.ACCEPTED, ["sent-not-answered"]),
        (ClaimState.APPEALED, ["sent-not-answered"]),
        (ClaimState.CROSSED_OVER, ["sent-not-answered"]),
        (ClaimState.BILLED_ELSEWHERE, ["sent-not-answered"]),
        (ClaimState.REJECTED, ["claim-not-sent"]),
        (ClaimState.DENIED, ["refused-not-settled"]),
        (ClaimState.PARTLY_PAID, ["refused-not-settled"]),
        (ClaimState.PAID, []),
        (ClaimState.CLOSED, []),
        (ClaimState.VOIDED, []),
        (ClaimState.NEVER_BILL, []),
    ],
)
def test_where_each_state_of_a_claim_leaks(
    uow: UnitOfWork, state: ClaimState, found: list[str]
) -> None:
    ana = world.client(uow, payment_type="in_network", autopay="none")
    world.coverage(uow, ana, copay=None)
    charge = bill_session(uow, world.session(uow, ana))
    assert isinstance(charge, Charge)
    (claim,) = make_claims(uow, [charge])
    claim.state = state
    uow.session.flush()
    assert [one.kind for one in leaks(uow)] == found
