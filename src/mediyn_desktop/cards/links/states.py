# SPDX-License-Identifier: MIT
"""The life of a payment link, as data.

::

    planned ──► creating ──► active ──► closing ──► closed
       │            │           │          │
       ▼            ▼           └──────────┴──► paying ──► paid
     closed     (read back)                        └─────► review ──► paid

While a link is open, or in review, its balance is asked of no card. ``closed`` means: the processor
shows the link inactive, every page opened from it ended, and no payment made on any of them.
"""

from __future__ import annotations

from enum import StrEnum


class LinkState(StrEnum):
    """Where a link stands."""

    PLANNED = "planned"  # a row; nothing was sent
    CREATING = "creating"  # asked for; its id is not stored yet
    ACTIVE = "active"  # the client may pay
    CLOSING = "closing"  # to be closed at the processor; not yet read back as closed
    PAYING = "paying"  # a client finished the page and the bank decides later
    PAID = "paid"
    CLOSED = "closed"
    REVIEW = "review"  # what was paid is not what was asked; a person must look


OPEN = frozenset(LinkState) - {LinkState.PAID, LinkState.CLOSED}
"""In these its balance is asked of nothing else: somebody may have paid, or may still pay."""
MADE = OPEN - {LinkState.PLANNED, LinkState.REVIEW}
"""Of these one may exist at the processor whose end was not read yet."""
