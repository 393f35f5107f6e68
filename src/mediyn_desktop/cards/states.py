# SPDX-License-Identifier: MIT
"""The life of a card attempt, as data.

::

    planned ──► queued ──► creating ──► created ──► confirming ──┬─► succeeded
       │          │ ▲         │            │ ▲          │        ├─► processing ──► (read again)
       │          │ └─ busy ──┤            │ │          │        ├─► declined ──┬─► confirming
       ▼          ▼           ▼            ▼ │          ▼        │              └─► (policy: stop)
    canceled   canceled    unknown ◄───────┴─│──── no answer     ├─► needs_client
                              │              │                   └─► review
                              └── read back ─┴─► whatever the processor says

Each arrow is one committed transaction, written before the next call:

* ``queued`` to ``creating``: the account, the mode and the idempotency key are stored, from then
  on amount, card and parameters are frozen (a trigger holds them);
* ``creating`` to ``created``: the intent's id is stored, by the first writer only; no money can
  have moved, because an intent is created unconfirmed;
* ``created`` to ``confirming``: only a stored id is confirmed, and an intent succeeds once;
* ``unknown`` is left only by reading the intent back; where that shows the refusal before a retry,
  the bank is asked once more with the retry's own key; ``review`` is left only by a person;
* ``canceled`` of something that was sent means: read back as canceled. Only then may the same
  obligation be planned anew (``series``).
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where an attempt stands."""

    PLANNED = "planned"  # a row; nobody has approved it
    QUEUED = "queued"  # approved; nothing has been sent, or the processor was busy
    CREATING = "creating"  # the intent was asked for; its id is not stored yet
    CREATED = "created"  # the intent's id is stored; no money can have moved
    CONFIRMING = "confirming"  # the charge was asked for; the answer is not stored yet
    UNKNOWN = "unknown"  # no readable answer; must be read back before anything else
    PROCESSING = "processing"  # the processor says it will know later
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    NEEDS_CLIENT = "needs_client"  # the bank wants the client to confirm in person
    CANCELED = "canceled"
    REVIEW = "review"  # something does not match; a person must look


# What the processor may still be working on, or may have done without our knowing.
IN_FLIGHT = frozenset(
    {State.CREATING, State.CREATED, State.CONFIRMING, State.UNKNOWN, State.PROCESSING}
)
WAITING = frozenset({State.PLANNED, State.QUEUED})
# The bank said no, or wants the client; the intent still exists.
REFUSED = frozenset({State.DECLINED, State.NEEDS_CLIENT})
# No new attempt for the same obligation while the last one is in one of these.
HOLDS_OBLIGATION = frozenset(State) - {State.CANCELED}

_READ = {State.SUCCEEDED, State.PROCESSING, State.DECLINED, State.NEEDS_CLIENT, State.REVIEW}

TRANSITIONS: dict[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.QUEUED, State.CANCELED}),
    # Straight to an outcome: the processor's list shows it was made before, by a lost ledger.
    State.QUEUED: frozenset({State.CREATING, State.CREATED, State.CANCELED, *_READ}),
    State.CREATING: frozenset({State.CREATED, State.UNKNOWN, State.QUEUED, State.CANCELED, *_READ}),
    State.CREATED: frozenset({State.CONFIRMING, State.UNKNOWN, State.CANCELED, *_READ}),
    State.CONFIRMING: frozenset({State.CREATED, State.UNKNOWN, State.CANCELED, *_READ}),
    # Back to the bank only with the key it was asked with, for a retry that was read back first.
    State.UNKNOWN: frozenset(
        {State.CREATING, State.CREATED, State.CONFIRMING, State.QUEUED, State.CANCELED, *_READ}
    ),
    State.PROCESSING: frozenset({State.CREATED, State.UNKNOWN, State.CANCELED, *_READ}),
    # A decline may be tried again with the same intent, so it can still become anything.
    State.DECLINED: frozenset({State.CONFIRMING, State.CREATED, State.CANCELED, *_READ}),
    State.NEEDS_CLIENT: frozenset({State.CANCELED, *_READ}),
    State.REVIEW: frozenset({State.CANCELED, State.SUCCEEDED, State.QUEUED}),
    State.CANCELED: frozenset(),
    State.SUCCEEDED: frozenset(),
}

# Three inner steps are one thing to the user: it is being sent.
_PUBLIC = {State.CREATING: "sending", State.CREATED: "sending", State.CONFIRMING: "sending"}


def public_name(state: State) -> str:
    """Return the state's name in the command line's contract."""
    return _PUBLIC.get(state, state.value)


def assert_transition(old: State, new: State) -> None:
    """Fail loudly on an arrow the diagram does not have; staying put is always allowed."""
    assert old == new or new in TRANSITIONS[old], f"no arrow from {old} to {new}"
