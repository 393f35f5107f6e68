# SPDX-License-Identifier: MIT
"""Cash and checks: in hand until they are taken to the bank, once, on a possible day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.ledger import bank, payments, returns
from mediyn_desktop.ledger.bank import DepositRefused
from mediyn_desktop.ledger.queries import account_balances

TODAY = date(2026, 11, 23)


def pay(uow, ref: str, cents: int, method: str = "check", on: date = TODAY) -> None:
    payments.record_payment(
        uow,
        ref=ref,
        client="c1",
        cents=cents,
        method=method,
        on=on,
        source=f"payment:{ref}",
        reference=f"No. {ref}" if method == "check" else None,
    )


@pytest.fixture
def purse(store):
    """Two checks, cash, and a card payment."""
    with store.write("t") as uow:
        pay(uow, "a", 5000, on=TODAY - timedelta(days=3))
        pay(uow, "b", 2500)
        pay(uow, "c", 4000, "cash", on=TODAY - timedelta(days=9))
        pay(uow, "d", 9900, "card")
    return store


def in_hand(store) -> list[tuple[str, int]]:
    with store.read() as read:
        return [(one.ref, one.amount_cents) for one in bank.in_hand(read)]


def test_cash_and_checks_are_in_hand_the_oldest_first(purse):
    assert in_hand(purse) == [("c", 4000), ("a", 5000), ("b", 2500)]


def test_money_that_went_back_is_not_in_hand(purse):
    with purse.write("t") as uow:
        for ref, cents in (("a", 2000), ("c", 4000)):
            returns.refund(
                uow, ref=f"r-{ref}", payment=ref, cents=cents, on=TODAY, reason="Paid twice"
            )
    assert in_hand(purse) == [("a", 3000), ("b", 2500)]


def test_a_deposit_moves_the_money_and_its_slip_lists_cash_first(purse):
    with purse.write("t") as uow:
        bank.deposit(uow, ref="dep-1", payments=["b", "a", "c"], on=TODAY)
    assert in_hand(purse) == []
    with purse.read() as read:
        balances = account_balances(read)
        slip = bank.deposit_slip(read, "dep-1")
    assert (balances["Assets:Bank"], balances["Assets:Undeposited"]) == (11500, 0)
    assert [(one.ref, one.reference) for one in slip.lines] == [
        ("c", None),
        ("a", "No. a"),
        ("b", "No. b"),
    ]
    assert (slip.cents(), slip.cents("cash"), slip.cents("check")) == (11500, 4000, 7500)
    assert slip.deposited_on == TODAY


@pytest.mark.parametrize(
    ("names", "on", "why"),
    [
        (["d"], TODAY, "cash and checks in hand"),
        (["a", "a"], TODAY, "each once"),
        ([], TODAY, "cash and checks in hand"),
        (["a"], TODAY + timedelta(days=1), "in the future"),
        (["c", "b"], TODAY - timedelta(days=1), r"\$25.00 was received on 11/23/2026"),
    ],
)
def test_an_impossible_deposit_is_refused_and_changes_nothing(purse, names, on, why):
    with purse.write("t") as uow, pytest.raises(DepositRefused, match=why):
        bank.deposit(uow, ref="dep-1", payments=names, on=on)
    assert len(in_hand(purse)) == 3


def test_a_slip_that_is_not_there_is_said_to_be_missing(store):
    with store.read() as read, pytest.raises(NotFound, match="dep-9"):
        bank.deposit_slip(read, "dep-9")
