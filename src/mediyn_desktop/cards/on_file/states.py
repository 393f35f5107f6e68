# SPDX-License-Identifier: MIT
"""The life of a request for a card, as data.

::

    planned ──► unknown ──► open ──► completed
       │           │         │ └───► expired
       ▼           │         ▼
    closed ◄───────┴───── closing ──► closed (or completed: the client was faster)

``unknown`` is written before the page is asked for, and left only by reading pages back; a page
lives a day at most. ``review`` can be entered from anywhere: what was read is not what was asked
for, and nothing was taken from it. Reading the right thing later leaves it again.
"""

from __future__ import annotations

from enum import StrEnum


class RequestState(StrEnum):
    """Where a request for a card stands."""

    PLANNED = "planned"  # a row; nothing was sent
    UNKNOWN = "unknown"  # the page was asked for; its id is not stored yet
    OPEN = "open"  # the client may save a card
    CLOSING = "closing"  # to be ended at the processor; not yet read back as ended
    COMPLETED = "completed"  # the card is on file
    EXPIRED = "expired"  # the page's day is over
    CLOSED = "closed"
    REVIEW = "review"  # what was read does not match; a person must look


OVER = frozenset({RequestState.COMPLETED, RequestState.EXPIRED, RequestState.CLOSED})
UNDER_WAY = frozenset(RequestState) - OVER
"""In these a page may exist, so the client is not given another."""

_ANY = frozenset({RequestState.OPEN, RequestState.REVIEW, *OVER})
TRANSITIONS: dict[RequestState, frozenset[RequestState]] = {
    RequestState.PLANNED: frozenset({RequestState.UNKNOWN, RequestState.CLOSED}),
    RequestState.UNKNOWN: _ANY | {RequestState.CLOSING},
    RequestState.OPEN: _ANY | {RequestState.CLOSING},
    RequestState.CLOSING: _ANY - {RequestState.OPEN},
    RequestState.REVIEW: _ANY | {RequestState.CLOSING},
    **dict.fromkeys(OVER, frozenset()),
}


def assert_transition(old: RequestState, new: RequestState) -> None:
    """Fail loudly on an arrow the diagram does not have; staying put is always allowed."""
    assert old == new or new in TRANSITIONS[old], f"no arrow from {old} to {new}"
