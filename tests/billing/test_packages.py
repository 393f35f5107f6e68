# SPDX-License-Identifier: MIT
"""Packages: sold, paid, used up to the last cent, warned about, refunded, never misused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.explaining import SessionFee, explain_session
from mediyn_desktop.billing.package_sales import (
    PackageRefundRefused,
    SaleRefused,
    pay_package,
    refund_package,
    refund_preview,
    sell_package,
)
from mediyn_desktop.billing.prepaid import PackageState, package_state, packages_of, view_package
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.billing.voiding import void_charge
from mediyn_desktop.ledger import queries
from mediyn_desktop.practice.tables import Client, Payer, Session
from mediyn_desktop.store.uow import Store, UnitOfWork

SOLD = date(2026, 11, 2)


def sell(uow: UnitOfWork, **values: object) -> int:
    """Sell four sessions of 90834 for 500.01, paid by check."""
    terms: dict[str, Any] = {
        "code": "90834",
        "sessions": 4,
        "price_cents": 50001,
        "on": SOLD,
        "method": "check",
        **values,
    }
    return sell_package(uow, "c1", **terms).id


def hold(uow: UnitOfWork, day: int) -> Charge:
    """Hold and bill a session ``day`` days after the sale."""
    ana = uow.session.scalars(select(Client).where(Client.ref == "c1")).one()
    held = world.session(uow, ana, f"s{day}", day=SOLD + timedelta(days=day))
    charge = bill_session(uow, held)
    assert isinstance(charge, Charge)
    return charge


@pytest.fixture
def practice(store: Store) -> Store:
    """A practice with one self-pay client."""
    with store.write("t") as uow:
        world.practice(uow)
        world.client(uow)
    return store


def test_what_is_paid_is_owed_until_each_session_is_held(practice: Store) -> None:
    with practice.write("t") as uow:
        number = sell(uow)
        assert queries.client_balances(uow)["c1"].deferred_cents == 50001
        earned = []
        for session in range(1, 5):
            before = view_package(uow, number)
            charge = hold(uow, session)
            after = view_package(uow, number)
            assert charge.route == "package"
            earned.append(charge.total_cents)
            assert before.left_cents - after.left_cents == charge.total_cents
            assert (after.left, after.running_low) == (4 - session, session in (2, 3))
        assert sorted(earned) == [12500, 12500, 12500, 12501]
        assert view_package(uow, number).state is PackageState.EXHAUSTED
        balance = queries.client_balances(uow)["c1"]
        assert (balance.deferred_cents, balance.patient_cents) == (0, 0)
        assert hold(uow, 6).route == "card"


def test_an_unpaid_package_pays_for_nothing_until_it_is_paid(practice: Store) -> None:
    with practice.write("t") as uow:
        number = sell(uow, method=None)
        assert view_package(uow, number).state is PackageState.PENDING
        assert hold(uow, 1).route == "card"
        pay_package(uow, number, method="cash", on=SOLD)
        assert view_package(uow, number).state is PackageState.ACTIVE
        assert hold(uow, 2).route == "package"
        with pytest.raises(SaleRefused, match="paid already"):
            pay_package(uow, number, method="cash", on=SOLD)


def test_it_serves_neither_before_it_begins_nor_after_it_ends(practice: Store) -> None:
    with practice.write("t") as uow:
        number = sell(uow, starts_on=SOLD + timedelta(days=3), expires_on=SOLD + timedelta(days=5))
        assert [hold(uow, day).route for day in (2, 3, 5, 6)] == [
            "card", "package", "package", "card"
        ]  # fmt: skip
        (view,) = packages_of(uow, "c1", on=SOLD + timedelta(days=6))
        assert (view.id, view.state) == (number, PackageState.EXPIRED)


def test_a_voided_session_gives_its_share_back(practice: Store) -> None:
    with practice.write("t") as uow:
        number = sell(uow)
        charge = hold(uow, 1)
        void_charge(uow, uow.session.get_one(Session, charge.session_id), reason="Wrong day")
        assert view_package(uow, number).left_cents == 50001
        assert sum(hold(uow, day).total_cents for day in (2, 3, 4, 5)) == 50001


def test_a_refund_pays_back_exactly_what_was_not_used(practice: Store) -> None:
    with practice.write("t") as uow:
        number = sell(uow)
        used = hold(uow, 1).total_cents
        preview = refund_preview(uow, number)
        assert (preview.sessions_left, preview.cents) == (3, 50001 - used)
        assert refund_package(uow, number, on=uow.today, reason="Moving away") == 50001 - used
        assert view_package(uow, number).state is PackageState.REFUNDED
        assert queries.client_balances(uow)["c1"].deferred_cents == 0
        assert queries.trial_balance(uow) == 0
        assert hold(uow, 2).route == "card"
        with pytest.raises(PackageRefundRefused, match="refunded before"):
            refund_package(uow, number, on=uow.today, reason="Again")


def test_a_refund_says_why_it_cannot_be(practice: Store) -> None:
    with practice.write("t") as uow:
        unpaid = sell(uow, method=None)
        with pytest.raises(PackageRefundRefused, match="was not paid"):
            refund_preview(uow, unpaid)
        paid = sell(uow)
        with pytest.raises(PackageRefundRefused, match="needs a reason"):
            refund_package(uow, paid, on=uow.today, reason="  ")
        with pytest.raises(PackageRefundRefused, match="lies ahead"):
            refund_package(uow, paid, on=uow.today + timedelta(days=1), reason="x")


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"code": "90840"}, "package-wrong-code"),
        ({"code": "NO_SHOW"}, "package-wrong-code"),
        ({"sessions": 0}, "package-refused"),
        ({"sessions": 4, "price_cents": 3}, "package-refused"),
        ({"on": world.DAY + timedelta(days=1)}, "package-refused"),
        ({"expires_on": SOLD - timedelta(days=1)}, "package-refused"),
        ({"method": "card"}, "package-refused"),
    ],
)
def test_an_unsound_sale_is_refused(practice: Store, terms: dict[str, object], code: str) -> None:
    with practice.write("t") as uow, pytest.raises(SaleRefused, match="Nothing was changed") as no:
        sell(uow, **terms)
    assert no.value.code == code


@pytest.mark.parametrize("allowed", [False, True])
def test_an_insurer_that_does_not_allow_it_keeps_packages_out(store: Store, allowed: bool) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow, payment_type="in_network")
        world.coverage(uow, ana)
        uow.session.query(Payer).one().packages_allowed = allowed
        uow.session.flush()
        if allowed:
            sell(uow)
        else:
            with pytest.raises(SaleRefused) as no:
                sell(uow)
            assert no.value.code == "package-insurer"
            world.package(uow, ana, 4, 50000)  # sold while she still paid herself
        assert (hold(uow, 1).route == "package") is allowed


@given(
    paid=st.booleans(),
    refunded=st.booleans(),
    left=st.integers(0, 3),
    on=st.integers(-2, 12),
    expires=st.none() | st.integers(0, 10),
)
def test_every_package_stands_somewhere(
    paid: bool, refunded: bool, left: int, on: int, expires: int | None
) -> None:
    state = package_state(
        on=SOLD + timedelta(days=on),
        paid=paid,
        refunded=refunded,
        left=left,
        starts_on=SOLD,
        expires_on=None if expires is None else SOLD + timedelta(days=expires),
    )
    usable = paid and not refunded and left > 0 and on >= 0 and (expires is None or on <= expires)
    assert (state is PackageState.ACTIVE) is usable


def test_what_a_package_session_cost_is_told_as_it_was_billed(practice: Store) -> None:
    with practice.write("t") as uow:
        sell(uow, sessions=3, price_cents=100000)
        for day in (1, 2, 3):
            hold(uow, day)
    with practice.read() as read:
        for number in (1, 2, 3):
            found = explain_session(read, f"s{number}")
            assert isinstance(found, SessionFee)
            assert (found.road, found.asked_cents) == ("package", found.billed_cents)
            assert found.asked_cents == (33334 if number == 1 else 33333)
            assert (found.rule,) == found.billed_rules
            assert found.rule.startswith(f"session {number} of 3 ")
