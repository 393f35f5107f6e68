# SPDX-License-Identifier: MIT
"""Expected and decided shares stay apart; a deductible that begins anew is told in January."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.ledger.insurance import Adjudication, adjudicate, reverse_adjudication
from mediyn_desktop.ledger.items import items_of_session
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.reports.alerts import alerts
from mediyn_desktop.reports.shares import client_shares, deductible_resets
from mediyn_desktop.store.uow import Store, UnitOfWork


@pytest.fixture
def uow(store: Store) -> Iterator[UnitOfWork]:
    """An insured client with a copay of $25.00."""
    with store.write("t") as uow:
        world.practice(uow)
        world.coverage(uow, world.client(uow, payment_type="in_network"))
        yield uow


def billed(uow: UnitOfWork, ref: str, day: date) -> None:
    bill_session(uow, world.session(uow, uow.session.query(Client).one(), ref, day=day))


def decide(uow: UnitOfWork, session: str, share: int) -> int:
    """The insurer allows $120.00 of $150.00 and leaves ``share`` to the client."""
    item = items_of_session(uow, session)[0].id
    decision = Adjudication(
        f"r-{session}-{share}", item, uow.today, "claim", paid_cents=12000 - share,
        client_cents=share, written_off={WriteOff.CONTRACTUAL: 3000},
    )  # fmt: skip
    return adjudicate(uow, decision).entry


def test_a_share_is_unknown_until_the_insurer_decided(uow: UnitOfWork) -> None:
    billed(uow, "s1", world.DAY)
    (before,) = client_shares(uow)
    assert (before.expected_cents, before.adjudicated_cents) == (2500, None)
    assert before.difference_cents is None
    entry = decide(uow, "s1", 12000)
    (after,) = client_shares(uow, "c1")
    assert (after.adjudicated_cents, after.difference_cents) == (12000, 9500)
    reverse_adjudication(uow, entry=entry, on=uow.today, reason="Wrong")
    assert client_shares(uow) == [before]
    decide(uow, "s1", 2500)
    assert [one.difference_cents for one in client_shares(uow)] == [0]


def test_sessions_no_insurer_hears_of_are_not_listed(uow: UnitOfWork) -> None:
    bill_session(uow, world.session(uow, world.client(uow, "c2"), "t1"))
    assert client_shares(uow) == []


def test_january_names_whose_deductible_begins_anew(uow: UnitOfWork, clock: FixedClock) -> None:
    for number, day in enumerate((date(2026, 1, 10), date(2026, 2, 10), date(2026, 6, 10))):
        billed(uow, f"s{number}", day)
        decide(uow, f"s{number}", 12000)
    (found,) = deductible_resets(uow, 2027)
    assert (found.client_ref, found.beyond_copay_cents) == ("c1", 19000)
    assert deductible_resets(uow, 2028) == []
    assert [one for one in alerts(uow) if one.kind == "deductible-reset"] == []


def test_it_is_an_alert_in_january_only(store: Store, clock: FixedClock) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        world.coverage(uow, world.client(uow, payment_type="in_network"))
        billed(uow, "s1", date(2026, 1, 10))
        decide(uow, "s1", 12000)
    for days, shown in ((38, 0), (39, 1), (69, 1), (70, 0)):
        later = FixedClock(clock.now() + timedelta(days=days))
        store.clock = later
        with store.read() as read:
            found = [one for one in alerts(read) if one.kind == "deductible-reset"]
        assert len(found) == shown, read.today
