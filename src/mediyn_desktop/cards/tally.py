# SPDX-License-Identifier: MIT
"""How a pass over card attempts goes so far: what was charged, declined, or got no answer."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from mediyn_desktop.cards.states import IN_FLIGHT, REFUSED, State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class SoFar:
    """``done`` of ``total`` attempts were driven; cents. What waits or was stopped is neither."""

    done: int = 0
    total: int = 0
    charged: int = 0
    charged_cents: int = 0
    declined: int = 0
    unknown: int = 0


class Tally:
    """Counts what a pass tells (``worker.run_pass``); its threads may tell at the same time.

    ``amounts``: cents by the id of the attempt.
    """

    def __init__(self, amounts: Mapping[int, int]) -> None:
        self._amounts = amounts
        self._lock = threading.Lock()
        self._so_far = SoFar()

    def count(self, done: int, total: int, ident: int, state: State) -> SoFar:
        """Count one attempt that stands in ``state`` now; return the whole so far."""
        with self._lock:
            before = self._so_far
            cents = self._amounts.get(ident, 0) if state is State.SUCCEEDED else 0
            self._so_far = replace(
                before,
                done=max(done, before.done),
                total=total,
                charged=before.charged + (state is State.SUCCEEDED),
                charged_cents=before.charged_cents + cents,
                declined=before.declined + (state in REFUSED),
                unknown=before.unknown + (state in IN_FLIGHT),
            )
            return self._so_far


def tally(read: Reading) -> Tally:
    """Return a tally for the next pass."""
    rows = read.session.execute(
        select(CardAttempt.id, CardAttempt.amount_cents).where(
            CardAttempt.state.in_([*IN_FLIGHT, *REFUSED, State.QUEUED])
        )
    )
    return Tally({ident: cents for ident, cents in rows})  # noqa: C416 - rows are no pairs
