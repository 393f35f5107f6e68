# SPDX-License-Identifier: MIT
"""The life of a refund, as data.

::

    queued ──► sending ──┬─► succeeded ──► failed (the bank sent it back)
      ▲ │         │      ├─► pending ───► succeeded | failed
      │ ▼         ▼      └─► review
      │ dropped  unknown ──► (only by reading back) any of these
      └───────────┘ read back: it does not exist

Money is posted as gone back with ``succeeded`` and ``pending``, and comes back with ``failed``.
"""

from __future__ import annotations

from enum import StrEnum


class RefundState(StrEnum):
    """Where a refund stands."""

    QUEUED = "queued"  # a row; nothing was sent, or it was read back that nothing exists
    SENDING = "sending"  # asked for; the answer is not stored yet
    UNKNOWN = "unknown"  # no readable answer; must be read back before anything else
    PENDING = "pending"  # made; the bank has not delivered it yet
    SUCCEEDED = "succeeded"
    FAILED = "failed"  # the bank could not deliver it; the money is here again
    REFUSED = "refused"  # the processor refused to make it
    DROPPED = "dropped"  # given up before anything was made
    REVIEW = "review"  # something does not match; a person must look


OPEN = frozenset({RefundState.QUEUED, RefundState.SENDING, RefundState.UNKNOWN})
"""Not made yet, or not known to be: what holds money of the payment back for it."""
UNANSWERED = frozenset({RefundState.SENDING, RefundState.UNKNOWN})
"""Asked for, and nobody knows what became of it."""
MADE = frozenset({RefundState.PENDING, RefundState.SUCCEEDED})

_MADE = {RefundState.PENDING, RefundState.SUCCEEDED, RefundState.FAILED, RefundState.REVIEW}

TRANSITIONS: dict[RefundState, frozenset[RefundState]] = {
    RefundState.QUEUED: frozenset({RefundState.SENDING, RefundState.DROPPED, *_MADE}),
    RefundState.SENDING: frozenset(
        {RefundState.QUEUED, RefundState.UNKNOWN, RefundState.REFUSED, *_MADE}
    ),
    RefundState.UNKNOWN: frozenset({RefundState.QUEUED, RefundState.SENDING, *_MADE}),
    RefundState.PENDING: frozenset({RefundState.SUCCEEDED, RefundState.FAILED, RefundState.REVIEW}),
    RefundState.SUCCEEDED: frozenset({RefundState.FAILED, RefundState.REVIEW}),
    RefundState.REVIEW: frozenset({RefundState.PENDING, RefundState.SUCCEEDED, RefundState.FAILED}),
    # What nobody expected any more may still turn up: the processor's word goes before ours.
    RefundState.REFUSED: frozenset(_MADE),
    RefundState.DROPPED: frozenset(_MADE),
    RefundState.FAILED: frozenset(),
}


def assert_transition(old: RefundState, new: RefundState) -> None:
    """Fail loudly on an arrow the diagram does not have; staying put is always allowed."""
    assert old == new or new in TRANSITIONS[old], f"no arrow from {old} to {new}"
