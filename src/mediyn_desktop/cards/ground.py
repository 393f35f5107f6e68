# SPDX-License-Identifier: MIT
"""Whether cards may be charged at all now: what the screens say before anything else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mediyn_desktop.cards.listing import Uncertain, to_compare, uncertain, under_way
from mediyn_desktop.cards.tables import CardAnchor, CardFreeze
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class Ground:
    """What charging stands on; instants in the practice's zone.

    ``frozen`` is the code of the freeze, None where charging is not frozen. ``compared_at``: until
    when everything at the processor was compared and accepted, None before the first time.
    """

    connected: bool
    frozen: str | None
    frozen_since: datetime | None
    compared_at: datetime | None
    unknown: Uncertain
    to_compare: Uncertain
    under_way: Uncertain


def ground(read: Reading) -> Ground:
    """Return what charging stands on now."""
    freeze = read.session.get(CardFreeze, 1)
    anchor = read.session.get(CardAnchor, 1)
    swept = anchor.swept_until if anchor is not None else None
    return Ground(
        connected=bool(settings.read_secret(read, settings.STRIPE_KEY.key)),
        frozen=freeze.code if freeze is not None else None,
        frozen_since=freeze.since.astimezone(read.zone) if freeze is not None else None,
        compared_at=swept.astimezone(read.zone) if swept is not None else None,
        unknown=uncertain(read),
        to_compare=to_compare(read),
        under_way=under_way(read),
    )
