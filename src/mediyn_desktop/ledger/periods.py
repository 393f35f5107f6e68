# SPDX-License-Identifier: MIT
"""Closed books: no entry is dated into a closed day or month any more.

What concerns a closed period is posted today and says which period it concerns.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ledger.tables import ClosedPeriodRow, EntryRow
from mediyn_desktop.store.uow import Reading, UnitOfWork

_CONCERNS, _CLOSED = "Concerns ", ", whose books are closed"
_ISO = 10  # characters of a day


class PeriodRefused(UserFacingError):
    """The period cannot be closed."""

    code = "period-refused"


@dataclass(frozen=True, slots=True)
class PostingDate:
    """The day to post on; ``concerns`` names the closed day that was meant, if another."""

    on: date
    concerns: str | None = None


def close_period(
    uow: UnitOfWork, first: date, last: date, *, reason: str | None = None
) -> int | None:
    """Close the books of ``first`` to ``last``, both included; return the closing's id.

    Closing twice is harmless and returns None.

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
        return None
    row = ClosedPeriodRow(first=first, last=last, reason=reason, closed_at=uow.now)
    uow.session.add(row)
    uow.session.flush()
    uow.changed("period", first)
    return row.id


def named_since(read: Reading, closing: int) -> bool:
    """Whether an entry was posted on another day because of the closing with id ``closing``."""
    row = read.session.get_one(ClosedPeriodRow, closing)
    named = select(EntryRow.reason).where(
        EntryRow.recorded_at >= row.closed_at, EntryRow.reason.contains(_CLOSED)
    )
    days = [
        date.fromisoformat(part[len(_CONCERNS) :][:_ISO])
        for reason in read.session.scalars(named)
        for part in (reason or "").split("; ")
        if part.startswith(_CONCERNS) and part.endswith(_CLOSED)
    ]
    return any(row.first <= day <= row.last for day in days)


def reopen_period(uow: UnitOfWork, closing: int) -> None:
    """Take the closing with id ``closing`` back, which was made by mistake.

    Raises:
        PeriodRefused: an entry was posted on another day because of it.
    """
    row = uow.session.get_one(ClosedPeriodRow, closing)
    if named_since(uow, closing):
        raise PeriodRefused(
            f"Entries that concern {row.first} to {row.last} were posted since. The books stay "
            "closed; what comes in for them is posted on its own day and names the day it "
            "concerns. Nothing was changed."
        )
    row.reopened_at = uow.now
    uow.session.flush()
    uow.changed("period", row.first)


def is_covered(read: Reading, first: date, last: date) -> bool:
    """Whether one closing covers all days from ``first`` to ``last``, both included."""
    covered = select(ClosedPeriodRow.id).where(
        ClosedPeriodRow.first <= first,
        ClosedPeriodRow.last >= last,
        ClosedPeriodRow.reopened_at.is_(None),
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
            .where(ClosedPeriodRow.reopened_at.is_(None))
            .limit(1)
        )
        is not None
    )


def posting_date(read: Reading, meant: date) -> PostingDate:
    """Return the day to post on what belongs to ``meant``: itself, or today if it is closed."""
    if not is_closed(read, meant):
        return PostingDate(meant)
    return PostingDate(read.today, f"{_CONCERNS}{meant.isoformat()}{_CLOSED}")
