# SPDX-License-Identifier: MIT
"""Where a claim stands, and what is written down when that changes."""

from __future__ import annotations

from enum import StrEnum

from mediyn_desktop.claims.tables import Claim, ClaimEvent
from mediyn_desktop.store.uow import UnitOfWork


class ClaimState(StrEnum):
    """Where a claim stands."""

    BLOCKED = "blocked"  # something is missing; it cannot be queued
    READY = "ready"
    QUEUED = "queued"
    SENT = "sent"  # its file was handed over
    WITHDRAWN = "withdrawn"  # taken back before it was in any file
    BILLED_ELSEWHERE = "billed_elsewhere"  # on paper, on the payer's site, by somebody else
    NEVER_BILL = "never_bill"  # decided, with a reason: no insurer will be asked


# Nothing is sent any more, and nothing is forgotten: each was decided and says why.
SET_ASIDE = frozenset({ClaimState.BILLED_ELSEWHERE, ClaimState.NEVER_BILL})
# Nobody but this practice has seen it.
UNSENT = frozenset({ClaimState.BLOCKED, ClaimState.READY, ClaimState.QUEUED})


def move(uow: UnitOfWork, claim: Claim, state: ClaimState, text: str) -> None:
    """Change the state of ``claim`` and write down why."""
    claim.state = state
    claim.updated_at = uow.now
    tell(uow, claim, text)


def tell(uow: UnitOfWork, claim: Claim, text: str) -> None:
    """Write down what happened to ``claim``."""
    uow.session.add(ClaimEvent(claim_id=claim.id, at=uow.now, state=claim.state, text=text))
    uow.changed("claim", claim.control_number)
