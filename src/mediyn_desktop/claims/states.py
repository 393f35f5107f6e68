# SPDX-License-Identifier: MIT
"""The life of a claim, as data, and the one function that moves a claim along it.

::

    blocked ⇄ ready ─ queued ─ sent ─ received ─ accepted ─┬─ paid ──────────┐
       │        │       │        │        │          │     ├─ partly_paid ───┤
       │        └── withdrawn    └────────┴─ rejected│     ├─ denied ─ appealed
       │                                     │       │     └─ crossed_over   │
       └── billed_elsewhere, never_bill      │       └─ (answers may come in any order)
                                             └─ corrected: a new claim was made in its place

Answers arrive late, twice and out of order, so any state after ``sent`` may follow any other; what
never happens is that a claim that left is taken for one that did not. ``rejected`` was never filed:
its deadline keeps running and it is sent again as an original. ``denied`` was decided: it is
replaced (7) or voided (8) with the payer's own number. Each move is written down with its cause.
"""

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
    RECEIVED = "received"  # the file was taken; nobody has looked at the claim yet
    ACCEPTED = "accepted"  # taken into processing
    REJECTED = "rejected"  # refused at the door: it was never filed
    PAID = "paid"
    PARTLY_PAID = "partly_paid"  # paid, and something of it waits for a person
    DENIED = "denied"
    APPEALED = "appealed"
    CROSSED_OVER = "crossed_over"  # the first insurer passed it on itself
    CORRECTED = "corrected"  # another claim took its place
    VOIDED = "voided"  # the insurer was asked to forget it
    BILLED_ELSEWHERE = "billed_elsewhere"  # on paper, on the payer's site, by somebody else
    NEVER_BILL = "never_bill"  # decided, with a reason: no insurer will be asked
    WITHDRAWN = "withdrawn"  # taken back before it was in any file
    CLOSED = "closed"  # nothing more is expected of it


_S = ClaimState
# Nothing is sent any more, and nothing is forgotten: each was decided and says why.
SET_ASIDE = frozenset({_S.BILLED_ELSEWHERE, _S.NEVER_BILL})
# Nobody but this practice has seen it.
UNSENT = frozenset({_S.BLOCKED, _S.READY, _S.QUEUED})
# With an insurer or on the way there; silence from here on raises an alarm.
WITH_INSURER = frozenset({_S.SENT, _S.RECEIVED, _S.ACCEPTED, _S.APPEALED, _S.CROSSED_OVER})
DECIDED = frozenset({_S.PAID, _S.PARTLY_PAID, _S.DENIED})
ENDED = frozenset(
    {_S.CORRECTED, _S.VOIDED, _S.BILLED_ELSEWHERE, _S.NEVER_BILL, _S.WITHDRAWN, _S.CLOSED}
)
# A claim in one of these went out at least once.
LEFT = frozenset(_S) - UNSENT - SET_ASIDE - {_S.WITHDRAWN}

_ANSWERS = WITH_INSURER | DECIDED | {_S.REJECTED, _S.CORRECTED, _S.VOIDED, _S.CLOSED}
_OUTSIDE = frozenset({_S.BILLED_ELSEWHERE, _S.NEVER_BILL, _S.WITHDRAWN})
# An insurer may answer what these books do not know to be sent: a file that was handed over before
# a crash or a restored backup, or one that was said to be refused and was taken in after all.
_ANSWERED = frozenset({_S.ACCEPTED, _S.CROSSED_OVER, *DECIDED})

TRANSITIONS: dict[ClaimState, frozenset[ClaimState]] = {
    _S.BLOCKED: frozenset({_S.READY, *_ANSWERED, *_OUTSIDE}),
    _S.READY: frozenset({_S.BLOCKED, _S.QUEUED, *_ANSWERED, *_OUTSIDE}),
    _S.QUEUED: frozenset({_S.BLOCKED, _S.READY, _S.SENT, _S.REJECTED, *_ANSWERED, *_OUTSIDE}),
    **dict.fromkeys(_ANSWERS, _ANSWERS),
    # Sent again as never filed.
    _S.REJECTED: _ANSWERS | {_S.READY, *_OUTSIDE},
    _S.BILLED_ELSEWHERE: frozenset({_S.READY, _S.BLOCKED}),
    _S.NEVER_BILL: frozenset({_S.READY, _S.BLOCKED}),
    _S.WITHDRAWN: frozenset(),
}


def move(
    uow: UnitOfWork,
    claim: Claim,
    state: ClaimState,
    text: str,
    *,
    inbound: int | None = None,
    segments: tuple[int, int] | None = None,
) -> None:
    """Put ``claim`` into ``state`` and write down why.

    Args:
        text: a sentence of our own.
        inbound: the file from outside that caused it.
        segments: where in that file it stands, first and last, counted from 1.
    """
    old = ClaimState(claim.state)
    assert old == state or state in TRANSITIONS[old], f"no arrow from {old} to {state}"
    claim.state = state
    claim.updated_at = uow.now
    tell(uow, claim, text, inbound=inbound, segments=segments)


def tell(
    uow: UnitOfWork,
    claim: Claim,
    text: str,
    *,
    inbound: int | None = None,
    segments: tuple[int, int] | None = None,
) -> None:
    """Write down what happened to ``claim`` without moving it."""
    first, last = segments or (None, None)
    uow.session.add(
        ClaimEvent(
            claim_id=claim.id,
            at=uow.now,
            state=claim.state,
            text=text,
            inbound_id=inbound,
            first_segment=first,
            last_segment=last,
        )
    )
    uow.changed("claim", claim.control_number)
