# SPDX-License-Identifier: MIT
"""Closed books: no entry is dated into a closed day or month any more.

What concerns a closed period is posted today and says which period it concerns.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ledger.tables import ClosedPeriodRow
from mediyn_desktop.store.uow import Reading, UnitOfWork


class PeriodRefused(UserFacingError):
    """The period cannot be closed."""

    code = "period-refused"


@dataclass(frozen=True, slots=True)
class PostingDate:
    """The day to post on; ``concerns`` names the closed day that was meant, if another."""

    on: date
    concerns: str | None = None


def close_period(uow: UnitOfWork, first: date, last: date, *, reason: str | None = None) -> None:
    """Close the books of ``first`` to ``last``, both included; closing twice is harmless.

    A day that is not over may be closed: until midnight it still takes entries. ``reason`` is kept
    where something was left open on purpose.

    Raises:
        PeriodRefused: the period has not begun or is the wrong way round.
    """
    if last < first or first > uow.today:
        raise PeriodRefused(
            f"The books of {first} to {last} cannot be closed: the period lies ahead or ends "
            "before it begins. Nothing was changed."
        )
    if is_covered(uow, first, last):
        return
    uow.session.add(ClosedPeriodRow(first=first, last=last, reason=reason, closed_at=uow.now))
    uow.session.flush()
    uow.changed("period", first)


def is_covered(read: Reading, first: date, last: date) -> bool:
    """Whether one closing covers all days from ``first`` to ``last``, both included."""
    covered = select(ClosedPeriodRow.id).where(
        ClosedPeriodRow.first <= first, ClosedPeriodRow.last >= last
    )
    return read.session.scalar(covered.limit(1)) is not None


def is_closed(read: Reading, day: date) -> bool:
    """Whether the books of ``day`` are closed. Today's never are: the day is not over."""
    if day >= read.today:
        return False
    return (
        read.session.scalar(
            select(ClosedPeriodRow.id)
            .where(ClosedPeriodRow.last >= day, ClosedPeriodRow.first <= day)
            .limit(1)
        )
        is not None
    )


def posting_date(read: Reading, meant: date) -> PostingDate:
    """Return the day to post on what belongs to ``meant``: itself, or today if it is closed."""
    if not is_closed(read, meant):
        return PostingDate(meant)
    return PostingDate(read.today, f"Concerns {meant.isoformat()}, whose books are closed")
