# SPDX-License-Identifier: MIT
"""A dispute is opened once, closed once and for what it is about; meanwhile nothing is refunded."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.ledger import payments, queries
from mediyn_desktop.ledger.disputes import (
    DisputeRefused,
    dispute_lost,
    dispute_opened,
    dispute_won,
)
from mediyn_desktop.ledger.items import Share, open_items
from mediyn_desktop.ledger.returns import RefundRefused, disputed_cents, refund, refund_credit
from mediyn_desktop.store.uow import Store, UnitOfWork


@pytest.fixture
def uow(store: Store) -> Iterator[UnitOfWork]:
    """Ana paid 150 by card for s1."""
    with store.write("t") as uow:
        world.practice(uow)
        bill_session(uow, world.session(uow, world.client(uow), "s1"))
        payments.record_payment(
            uow, ref="p1", client="c1", cents=15000, method="card", on=uow.today,
            source="attempt:1", shares=[Share(open_items(uow, "c1")[0].id, 15000)],
        )  # fmt: skip
        yield uow
        assert queries.trial_balance(uow) == 0
        assert queries.disagreements(uow) == []


def opened(uow: UnitOfWork, cents: int = 15000, ref: str = "d1") -> None:
    dispute_opened(uow, ref=ref, payment="p1", cents=cents, fee_cents=1500, on=uow.today)


def won(uow: UnitOfWork, cents: int = 15000) -> None:
    dispute_won(uow, ref="d1", payment="p1", cents=cents, fee_returned_cents=0, on=uow.today)


def lost(uow: UnitOfWork, cents: int = 15000) -> None:
    dispute_lost(uow, ref="d1", payment="p1", cents=cents, on=uow.today, still_owed=True)


@pytest.mark.parametrize("close", [won, lost])
def test_what_was_not_opened_is_not_closed(uow: UnitOfWork, close: Callable[..., None]):
    with pytest.raises(DisputeRefused):
        close(uow)


@pytest.mark.parametrize("close", [won, lost])
@pytest.mark.parametrize("cents", [0, -1, 14999, 15001])
def test_it_is_closed_for_what_it_is_about(uow: UnitOfWork, close: Callable[..., None], cents: int):
    opened(uow)
    with pytest.raises(DisputeRefused):
        close(uow, cents)
    assert disputed_cents(uow, "p1") == 15000


@pytest.mark.parametrize(("close", "again"), [(won, lost), (lost, won), (lost, lost)])
def test_it_is_closed_once(uow: UnitOfWork, close: Callable[..., None], again: Callable[..., None]):
    opened(uow)
    close(uow)
    with pytest.raises(DisputeRefused):
        again(uow)


def test_the_same_money_is_not_disputed_twice(uow: UnitOfWork):
    opened(uow, 10000)
    with pytest.raises(DisputeRefused):
        opened(uow, 5001, "d2")
    opened(uow, 5000, "d2")
    assert disputed_cents(uow, "p1") == 15000


def test_what_the_bank_holds_is_not_paid_back(uow: UnitOfWork):
    opened(uow, 10000)
    with pytest.raises(RefundRefused, match="held by the client's bank in a dispute"):
        refund(uow, ref="r1", payment="p1", cents=5001, on=uow.today, reason="x")
    refund(uow, ref="r2", payment="p1", cents=5000, on=uow.today, reason="x")
    lost(uow, 10000)
    assert queries.client_balances(uow, "c1")["c1"].patient_cents == 15000


def test_credit_the_bank_holds_is_not_paid_back_either(uow: UnitOfWork):
    payments.record_payment(
        uow, ref="p2", client="c1", cents=5000, method="card", on=uow.today, source="attempt:2"
    )
    dispute_opened(uow, ref="d2", payment="p2", cents=4000, fee_cents=1500, on=uow.today)
    with pytest.raises(RefundRefused):
        refund_credit(uow, ref="f", client="c1", cents=1001, on=uow.today, reason="x")
    refund_credit(uow, ref="f", client="c1", cents=1000, on=uow.today, reason="x")
    dispute_lost(uow, ref="d2", payment="p2", cents=4000, on=uow.today, still_owed=True)
    assert queries.client_balances(uow, "c1")["c1"].credit_cents == 0
