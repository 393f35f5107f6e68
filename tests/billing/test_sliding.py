# SPDX-License-Identifier: MIT
"""A lower fee agreed with a client: half cents, both ways to book it, and where it stops."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.sliding import percent_of
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.ledger import queries
from mediyn_desktop.practice.sliding import (
    AgreementRefused,
    agree_sliding,
    agreement_in_force,
    due_for_review,
    end_agreement,
    review_later,
)
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Store, UnitOfWork

BEGAN = date(2026, 3, 1)


def agree(uow: UnitOfWork, **values: object) -> int:
    """Agree on 60 per cent with the client ``c1``."""
    terms: dict[str, Any] = {
        "tier": "B",
        "reason": "Income",
        "effective_from": BEGAN,
        "percent": 60,
        **values,
    }
    return agree_sliding(uow, "c1", **terms).id


def postings(uow: UnitOfWork) -> dict[str, dict[str, int]]:
    """Every entry's lines by its kind."""
    return {
        entry.kind: {line.account: line.amount_cents for line in entry.postings}
        for entry in queries.journal(uow)
    }


@pytest.mark.parametrize(
    ("cents", "percent", "left"),
    [
        (15000, 60, 9000),
        (15001, 50, 7501),
        (333, 50, 167),
        (1, 49, 0),
        (999, 0, 0),
        (999, 100, 999),
    ],
)
def test_half_a_cent_is_rounded_up(cents: int, percent: int, left: int) -> None:
    assert percent_of(cents, percent) == left


def test_net_charges_the_agreed_amount(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow)
        agree(uow)
        charge = bill_session(uow, world.session(uow, ana))
        assert isinstance(charge, Charge)
        assert charge.lines[0].fee_rule.startswith("sliding fee “B”")
        assert postings(uow) == {
            "charge": {"Assets:Receivable:Client:c1": 9000, "Income:Services": -9000}
        }


def test_gross_charges_the_list_fee_and_writes_the_rest_off_at_once(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        settings.set_value(uow, settings.BILLING_SLIDING.key, "gross")
        ana = world.client(uow)
        agree(uow)
        bill_session(uow, world.session(uow, ana))
        made = postings(uow)
        assert made.pop("charge") == {
            "Assets:Receivable:Client:c1": 15000,
            "Income:Services": -15000,
        }
        ((_, off),) = made.items()
        assert sorted(off.values()) == [-6000, 6000]
        assert any("Sliding" in account for account in off), off
        assert queries.client_balances(uow)["c1"].patient_cents == 9000


def test_an_amount_of_its_own_comes_before_the_percentage_and_never_raises_a_fee(
    store: Store,
) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow)
        agree(uow, amounts={"90834": 5000, "90853": 9900})
        first = bill_session(uow, world.session(uow, ana))
        second = bill_session(uow, world.session(uow, ana, "s2", hour=12, kind="group"))
        assert isinstance(first, Charge)
        assert isinstance(second, Charge)
        assert (first.total_cents, second.total_cents) == (5000, 6000)


@pytest.mark.parametrize(("covers", "cents"), [(False, 8000), (True, 4800)])
def test_a_missed_session_is_lowered_only_where_agreed(
    store: Store, covers: bool, cents: int
) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow)
        agree(uow, covers_missed=covers)
        charge = bill_session(uow, world.session(uow, ana, status="no_show"))
        assert isinstance(charge, Charge)
        assert charge.total_cents == cents


def test_an_insurer_hears_the_list_fee(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow, payment_type="in_network")
        world.coverage(uow, ana)
        agree(uow)
        charge = bill_session(uow, world.session(uow, ana))
        assert isinstance(charge, Charge)
        assert charge.total_cents == 15000


def test_a_billed_session_keeps_its_price(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow)
        session = world.session(uow, ana)
        before = bill_session(uow, session)
        agree(uow)
        after = bill_session(uow, session)
        assert isinstance(after, Charge)
        assert after is before
        assert after.total_cents == 15000


def test_a_new_agreement_ends_the_open_one_the_day_before(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow)
        agree(uow)
        newer = agree(uow, tier="C", percent=40, effective_from=date(2026, 9, 1))
        for day, tier in ((date(2026, 8, 31), "B"), (date(2026, 9, 1), "C")):
            found = agreement_in_force(uow, ana.id, day)
            assert found is not None
            assert found.tier == tier
        assert agreement_in_force(uow, ana.id, BEGAN - timedelta(days=1)) is None
        end_agreement(uow, newer, last_day=date(2026, 10, 31))
        assert agreement_in_force(uow, ana.id, date(2026, 11, 1)) is None


def test_reviews_come_due_and_can_be_set_on(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        world.client(uow)
        number = agree(uow, review_on=date(2026, 11, 1))
        (due,) = due_for_review(uow, world.DAY)
        assert (due.agreement_id, due.client_ref, due.tier) == (number, "c1", "B")
        assert due_for_review(uow, date(2026, 10, 31)) == []
        review_later(uow, number, review_on=date(2027, 5, 1))
        assert due_for_review(uow, world.DAY) == []


@pytest.mark.parametrize(
    "terms",
    [
        {"reason": " "},
        {"tier": ""},
        {"percent": None},
        {"percent": 101},
        {"percent": None, "amounts": {"90834": -1}},
        {"percent": None, "amounts": {"yes": 100}},
        {"effective_to": date(2026, 2, 1)},
        {"review_on": date(2026, 2, 1)},
    ],
)
def test_an_unsound_agreement_is_refused(store: Store, terms: dict[str, object]) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        world.client(uow)
        with pytest.raises(AgreementRefused, match="Nothing was changed"):
            agree(uow, **terms)


def test_two_agreements_never_hold_on_one_day(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        world.client(uow)
        agree(uow, effective_to=date(2026, 12, 31))
        with pytest.raises(AgreementRefused, match="Another agreement"):
            agree(uow, effective_from=date(2026, 12, 31))
