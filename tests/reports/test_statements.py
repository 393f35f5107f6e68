# SPDX-License-Identifier: MIT
"""A statement's sums hold and equal the ledger, on any day of any history."""

from __future__ import annotations

from datetime import timedelta

import pytest

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.receipts import take_payment
from mediyn_desktop.ledger import items
from mediyn_desktop.ledger.insurance import Adjudication, adjudicate
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.reports.statements import Standing, Statement, StatementRefused, statement
from mediyn_desktop.store.uow import Store


def holds(found: Statement) -> None:
    """Every sum of a statement."""
    taken = found.insurance_cents + found.adjustments_cents + found.payments_cents
    assert found.opening_cents + found.charges_cents - taken == found.closing_cents
    owed = found.client_cents + found.insurance_pending_cents
    assert found.closing_cents == owed - found.credit_cents
    assert sum(found.ages.values()) == found.client_cents
    balance = found.opening_cents
    for line in found.lines:
        balance += line.charges_cents - line.insurance_cents
        balance -= line.adjustments_cents + line.payments_cents
        assert line.balance_cents == balance


def test_self_pay_paid_in_part(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        bill_session(uow, world.session(uow, world.client(uow)))
        take_payment(uow, "c1", 10000, "check", world.DAY, "1042")
        found = statement(uow, "c1")
        holds(found)
        assert (found.charges_cents, found.payments_cents, found.due_cents) == (15000, 10000, 5000)
        assert found.standing is Standing.DUE
        (share,) = found.shares
        assert [(part.method, part.cents) for part in share.settled] == [("check", 10000)]
        assert found.lines[0].date_of_service == world.DAY


def test_what_the_insurer_owes_is_never_the_clients(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow, payment_type="in_network")
        world.coverage(uow, ana)
        assert isinstance(bill_session(uow, world.session(uow, ana)), Charge)
        waiting = statement(uow, "c1")
        holds(waiting)
        assert (waiting.standing, waiting.due_cents) == (Standing.INSURANCE_PENDING, 0)
        assert waiting.insurance_pending_cents == 15000
        (item,) = items.items_of_session(uow, "s1")
        adjudicate(
            uow,
            Adjudication(
                ref="era-1",
                source="era:1",
                item=item.id,
                on=world.DAY,
                paid_cents=8000,
                written_off={WriteOff.CONTRACTUAL: 4500},
                client_cents=2500,
            ),
        )
        found = statement(uow, "c1")
        holds(found)
        assert (
            found.charges_cents,
            found.insurance_cents,
            found.adjustments_cents,
            found.due_cents,
        ) == (15000, 8000, 4500, 2500)
        assert found.insurance_pending_cents == 0


def test_credit_and_packages_stand_apart(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        world.package(uow, world.client(uow), 4, 50000)
        take_payment(uow, "c1", 3000, "cash", world.DAY, None)
        found = statement(uow, "c1")
        holds(found)
        assert (found.standing, found.credit_cents, found.due_cents) == (Standing.CREDIT, 3000, 0)
        assert found.prepaid_cents == 50000


def test_a_period_opens_with_what_was_before(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow)
        before = world.DAY - timedelta(days=40)
        bill_session(uow, world.session(uow, ana, day=before))
        bill_session(uow, world.session(uow, ana, "s2"))
        found = statement(uow, "c1", since=world.DAY)
        holds(found)
        assert (found.opening_cents, found.charges_cents) == (15000, 15000)
        assert found.ages == {
            "0-30": 15000, "31-60": 15000, "61-90": 0, "91-120": 0, "over-120": 0
        }  # fmt: skip
        assert statement(uow, "c1", as_of=before).closing_cents == 15000


@pytest.mark.parametrize(("since", "as_of"), [(1, 0), (None, 1)])
def test_a_period_that_cannot_be_is_refused(store: Store, since: int | None, as_of: int) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        world.client(uow)
        with pytest.raises(StatementRefused):
            statement(
                uow,
                "c1",
                since=None if since is None else world.DAY + timedelta(days=since),
                as_of=world.DAY + timedelta(days=as_of),
            )
