# SPDX-License-Identifier: MIT
"""Whatever happened, every client's statement adds up and says what the ledger says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from histories import History

from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.ledger import queries
from mediyn_desktop.reports.leaks import forgotten_sessions
from mediyn_desktop.reports.statements import statement
from mediyn_desktop.store.uow import Store


class _RollBack(Exception):
    """Ends a history without keeping it."""


@pytest.mark.parametrize("seed", range(20))
def test_statements_add_up_on_any_day(store: Store, clock: FixedClock, seed: int) -> None:
    with pytest.raises(_RollBack), store.write("A random history") as uow:
        history = History(uow, 5000 + seed)
        for _ in range(120):
            history.step(history.random.choice(history.verbs))
        clock.advance(timedelta(days=3650))  # all of it lies behind
        balances = queries.client_balances(uow)
        for client in history.clients:
            for days in (0, 30, 90, 200):
                as_of = history.day - timedelta(days=days)
                found = statement(uow, client.ref, as_of=as_of)
                taken = found.insurance_cents + found.adjustments_cents + found.payments_cents
                assert found.charges_cents - taken == found.closing_cents
                owed = found.client_cents + found.insurance_pending_cents
                assert found.closing_cents == owed - found.credit_cents
            whole = statement(uow, client.ref)
            assert sum(whole.ages.values()) == whole.client_cents
            balance = balances.get(client.ref, queries.ClientBalance(client.ref))
            assert (whole.client_cents, whole.insurance_pending_cents, whole.credit_cents) == (
                balance.patient_cents,
                balance.insurer_cents,
                balance.credit_cents,
            )
            assert whole.prepaid_cents == balance.deferred_cents
        assert forgotten_sessions(uow) == []
        raise _RollBack
