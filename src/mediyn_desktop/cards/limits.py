# SPDX-License-Identifier: MIT
"""How much may be taken from cards: what a day's limit still allows, and what is too old.

The limits bound the damage a mistake can do, ours or a mistyped fee's.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, or_, select

from mediyn_desktop.cards.states import HOLDS_OBLIGATION, REFUSED, WAITING
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading

_TAKEN = HOLDS_OBLIGATION - {*WAITING, *REFUSED}


def left_today(read: Reading) -> int:
    """Return how many cents the day's limit still allows; what was perhaps taken counts."""
    midnight = datetime.combine(read.today, time(), read.zone).astimezone(UTC)
    taken = read.session.scalar(
        select(func.sum(CardAttempt.amount_cents)).where(
            CardAttempt.updated_at >= midnight, CardAttempt.state.in_(_TAKEN)
        )
    )
    return settings.get(read, settings.CARDS_CAP_PER_DAY) - (taken or 0)


def waiting_elsewhere(read: Reading, charges: Collection[int]) -> int:
    """Return the cents approved for cards and not sent for all but ``charges``; plans count too."""
    cents = read.session.scalar(
        select(func.sum(CardAttempt.amount_cents)).where(
            CardAttempt.state.in_(WAITING),
            or_(CardAttempt.charge_id.is_(None), CardAttempt.charge_id.not_in(charges)),
        )
    )
    return cents or 0


def oldest_by_itself(read: Reading) -> date:
    """Return the first day whose balances a batch includes by itself.

    The day of the service where nobody has approved the charge, of the approval where somebody
    has. What is older is charged only when a person names it: somebody who forgot a bill for half
    a year should hear of it before the card does.
    """
    return read.today - timedelta(days=settings.get(read, settings.CARDS_OLDEST_DAYS))
