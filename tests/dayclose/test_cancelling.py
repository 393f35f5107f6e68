# SPDX-License-Identifier: MIT
"""One verb cancels a session: charge, card, claim and fee together, or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from evening import Evening
from sqlalchemy import select

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.package_sales import sell_package
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.claims.states import ClaimState
from mediyn_desktop.claims.submission import ClaimSent, make_claims
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.codes.vocabulary import SessionStatus
from mediyn_desktop.dayclose.close import close_day
from mediyn_desktop.dayclose.corrections import (
    CancelRefused,
    cancel_session,
    preview_cancel,
    status_for,
)
from mediyn_desktop.dayclose.review import review
from mediyn_desktop.ledger import queries
from mediyn_desktop.practice.tables import Session
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Store

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 10:00 in New York
LATE = START - timedelta(hours=2)


@pytest.mark.parametrize(
    ("before", "status"),
    [
        (timedelta(hours=24), SessionStatus.CANCELLED),
        (timedelta(hours=24, seconds=-1), SessionStatus.LATE_CANCEL),
        (timedelta(seconds=1), SessionStatus.LATE_CANCEL),
        (timedelta(0), SessionStatus.NO_SHOW),
        (timedelta(hours=-1), SessionStatus.NO_SHOW),
    ],
)
def test_the_notice_decides(before: timedelta, status: SessionStatus) -> None:
    assert status_for(START, START - before, 24) is status


def test_a_billed_session_becomes_its_fee(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        session = world.session(uow, world.client(uow))
        bill_session(uow, session)
        foreseen = preview_cancel(uow, "s1", at=LATE)
        assert queries.client_balances(uow)["c1"].patient_cents == 15000  # nothing is done yet
        done = cancel_session(uow, "s1", at=LATE, reason="Ill")
        assert done == foreseen
        assert (done.status, done.voided_cents, done.fee_cents) == ("late_cancel", 15000, 7500)
        assert "voided" in done.message
        assert queries.client_balances(uow)["c1"].patient_cents == 7500
        assert queries.trial_balance(uow) == 0
        with pytest.raises(CancelRefused, match="already"):
            cancel_session(uow, "s1", at=LATE, reason="Ill")


def test_in_time_leaves_nothing_due(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        bill_session(uow, world.session(uow, world.client(uow)))
        done = cancel_session(uow, "s1", at=START - timedelta(days=2), reason="Moved")
        assert (done.status, done.fee_cents) == ("cancelled", 0)
        assert queries.client_balances(uow)["c1"].patient_cents == 0
        live = select(Charge).where(Charge.voided_at.is_(None))
        assert uow.session.scalars(live).all() == []


def test_what_was_paid_settles_the_fee_and_stays_as_credit(evening: Evening) -> None:
    evening.client()
    evening.session()
    evening.close()
    with evening.store.write("t") as uow:
        done = cancel_session(uow, "s1", at=LATE, reason="Ill")
        assert "$150.00 paid for it settle that first" in done.message
        balance = queries.client_balances(uow)["c1"]
        assert (balance.patient_cents, balance.credit_cents) == (0, 7500)
        assert queries.trial_balance(uow) == 0
    evening.close()
    assert evening.taken() == [15000]  # the fee was covered: no card is asked again


def test_a_card_that_waits_is_not_charged(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow)
        world.card(uow, ana)
        world.session(uow, ana)
    close_day(store, world.DAY, api=None, offline=True)
    with store.write("t") as uow:
        done = cancel_session(uow, "s1", at=START - timedelta(days=3), reason="Moved")
        assert done.card_withdrawn
        assert uow.session.scalars(select(CardAttempt.state)).all() == [State.CANCELED]


def test_a_card_being_asked_stops_it(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow)
        world.card(uow, ana)
        world.session(uow, ana)
    close_day(store, world.DAY, api=None, offline=True)
    with store.write("t") as uow:
        uow.session.scalars(select(CardAttempt)).one().create_started_at = uow.now
        uow.session.flush()
        with pytest.raises(CancelRefused) as no:
            cancel_session(uow, "s1", at=LATE, reason="Ill")
        assert no.value.code == "charge-under-way"
        assert queries.client_balances(uow)["c1"].patient_cents == 15000


@pytest.mark.usefixtures("unchecked")
def test_an_unsent_claim_is_withdrawn_and_a_sent_one_stops_it(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        for ref in ("c1", "c2"):
            ana = world.client(uow, ref, payment_type="in_network")
            world.coverage(uow, ana)
            charge = bill_session(uow, world.session(uow, ana, f"s-{ref}"))
            assert isinstance(charge, Charge)
            make_claims(uow, [charge])
        sent = uow.session.scalars(select(Claim).order_by(Claim.id.desc())).first()
        assert sent is not None
        sent.state = ClaimState.SENT
        uow.session.flush()
        done = cancel_session(uow, "s-c1", at=LATE, reason="Ill")
        assert done.claim_withdrawn
        assert uow.session.scalars(select(Claim.state).order_by(Claim.id)).first() == "withdrawn"
        balance = queries.client_balances(uow)["c1"]
        assert (balance.insurer_cents, balance.patient_cents) == (0, 7500)
        with pytest.raises(ClaimSent, match="Nothing was changed"):
            cancel_session(uow, "s-c2", at=LATE, reason="Ill")
        assert queries.client_balances(uow)["c2"].insurer_cents == 15000


def test_the_fee_policy_holds_here_too(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        settings.set_value(uow, settings.POLICY_FIRST_WAIVED.key, "yes")
        settings.set_value(uow, settings.POLICY_NOTICE_HOURS.key, "48")
        world.session(uow, world.client(uow), signed=False)
        done = cancel_session(uow, "s1", at=START - timedelta(hours=30), reason="Ill")
        assert (done.status, done.fee_cents) == ("late_cancel", 0)
        assert "first missed session is free" in done.message
    with store.read() as read:
        (row,) = review(read, world.DAY).rows
        assert row.route == "waived"


@pytest.mark.parametrize(("reason", "status"), [(" ", None), ("Ill", SessionStatus.ATTENDED)])
def test_it_says_why_not(store: Store, reason: str, status: SessionStatus | None) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        world.session(uow, world.client(uow))
        with pytest.raises(CancelRefused, match="Nothing was changed"):
            cancel_session(uow, "s1", at=LATE, reason=reason, status=status)
        assert uow.session.scalars(select(Session.status)).all() == ["attended"]


def test_a_package_session_goes_back_to_its_package_and_pays_no_fee(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow)
        sell_package(
            uow, "c1", code="90834", sessions=4, price_cents=50000, on=world.DAY, method="check"
        )
        bill_session(uow, world.session(uow, ana))
        done = cancel_session(uow, "s1", at=LATE, reason="Ill")
        assert (done.paid_cents, done.to_package, done.fee_cents) == (0, True, 7500)
        assert "one session more again" in done.message
        assert "settle" not in done.message
        after = queries.client_balances(uow)["c1"]
        assert (after.patient_cents, after.deferred_cents, after.credit_cents) == (7500, 50000, 0)
