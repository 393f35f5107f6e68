# SPDX-License-Identifier: MIT
"""A courtesy promised before billing comes off once, with its reason."""

from __future__ import annotations

import pytest

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.courtesy import CourtesyRefused, promise_courtesy, withdraw_courtesy
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.ledger import queries
from mediyn_desktop.store.uow import Store


def test_it_comes_off_with_its_reason(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        session = world.session(uow, world.client(uow), signed=True)
        promise_courtesy(uow, "s1", cents=9000, reason="x")
        promise_courtesy(uow, "s1", cents=4000, reason="Long wait")  # replaces, never adds up
        charge = bill_session(uow, session)
        assert isinstance(charge, Charge)
        assert charge.total_cents == 15000
        assert queries.client_balances(uow)["c1"].patient_cents == 11000
        (off,) = [one for one in queries.journal(uow) if one.reason == "Long wait"]
        assert sorted(line.amount_cents for line in off.postings) == [-4000, 4000]
        with pytest.raises(CourtesyRefused) as no:
            promise_courtesy(uow, "s1", cents=1, reason="y")
        assert no.value.code == "already-billed"


def test_a_withdrawn_promise_is_forgotten(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        session = world.session(uow, world.client(uow))
        promise_courtesy(uow, "s1", cents=4000, reason="Long wait")
        withdraw_courtesy(uow, "s1")
        bill_session(uow, session)
        assert queries.client_balances(uow)["c1"].patient_cents == 15000


@pytest.mark.parametrize(("cents", "reason"), [(0, "x"), (-1, "x"), (15001, "x"), (100, " ")])
def test_an_impossible_promise_is_refused(store: Store, cents: int, reason: str) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        world.session(uow, world.client(uow))
        with pytest.raises(CourtesyRefused, match="Nothing was changed"):
            promise_courtesy(uow, "s1", cents=cents, reason=reason)


def test_what_an_insurer_pays_is_not_the_therapists_to_lower(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow, payment_type="in_network")
        world.coverage(uow, ana)
        world.session(uow, ana)
        with pytest.raises(CourtesyRefused, match="insurer"):
            promise_courtesy(uow, "s1", cents=100, reason="x")
