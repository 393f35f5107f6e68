# SPDX-License-Identifier: MIT
"""Closing the books of a month, once nothing of it is left to do or with a reason why it may be.

What comes in later for a closed month, a late note or a remittance, is posted on its own day and
names the day it concerns: figures that were handed on stay what they were.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from mediyn_desktop.billing.charges import NotBilled, plan_charge
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.states import IN_FLIGHT, WAITING
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.codes.vocabulary import SessionStatus
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger.periods import close_period, is_covered
from mediyn_desktop.ledger.tables import EntryRow
from mediyn_desktop.practice.tables import Client, Session
from mediyn_desktop.store.uow import Reading, UnitOfWork

_NAMED = 3  # sessions a refusal names; the rest are counted


class MonthRefused(UserFacingError):
    """The books of the month cannot be closed; nothing was changed."""

    code = "month-refused"


@dataclass(frozen=True, slots=True)
class LeftToDo:
    """Something of a month that is not finished, and what finishes it."""

    session_ref: str
    client_ref: str
    date_of_service: date
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class MonthBooks:
    """A month that is over and has entries, from its first to its last day, and if it is closed."""

    first: date
    last: date
    closed: bool


@dataclass(frozen=True, slots=True)
class MonthState:
    """Where one month stands; ``names`` are the clients' of what is left, by ref."""

    closed: bool
    left: tuple[LeftToDo, ...]
    names: Mapping[str, str]


def months_over(read: Reading) -> list[MonthBooks]:
    """Return the months that are over since the first entry of the books, the oldest first."""
    begun = read.session.scalar(select(func.min(EntryRow.date)))
    found: list[MonthBooks] = []
    first = begun.replace(day=1) if begun is not None else read.today
    while (last := first.replace(day=monthrange(first.year, first.month)[1])) < read.today:
        found.append(MonthBooks(first, last, is_covered(read, first, last)))
        first = last + timedelta(days=1)
    return found


def month_state(read: Reading, first: date, last: date) -> MonthState:
    """Return what is left to do in a month, with the names of those it is about."""
    left = left_to_do(read, first, last)
    refs = {one.client_ref for one in left}
    clients = read.session.scalars(select(Client).where(Client.ref.in_(refs)))
    return MonthState(
        is_covered(read, first, last), tuple(left), {one.ref: one.full_name for one in clients}
    )


def left_to_do(read: Reading, first: date, last: date) -> list[LeftToDo]:
    """Return what is unsigned, unbilled or waits for a card, of sessions from ``first`` to ``last``
    (both included), oldest first.
    """
    billed = select(Charge.session_id).where(Charge.voided_at.is_(None))
    unbilled = read.session.scalars(
        select(Session)
        .where(Session.date_of_service.between(first, last))
        .where(Session.status != SessionStatus.CANCELLED, Session.id.not_in(billed))
    )
    found = [_unbilled(read, session) for session in unbilled]
    waiting = read.session.execute(
        select(CardAttempt, Session)
        .join(Charge, Charge.id == CardAttempt.charge_id)
        .join(Session, Session.id == Charge.session_id)
        .where(Session.date_of_service.between(first, last))
        .where(CardAttempt.state.in_([*IN_FLIGHT, *WAITING]))
    )
    found += [
        _left(
            session,
            "card-waiting",
            f"{format_cents(attempt.amount_cents)} waits for the card. Send it or take it back.",
        )
        for attempt, session in waiting
    ]
    return sorted(found, key=lambda one: (one.date_of_service, one.session_ref, one.code))


def close_month(
    uow: UnitOfWork, first: date, last: date, *, anyway: str | None = None
) -> list[LeftToDo]:
    """Close the books of the month from ``first`` to ``last``; return what was left open in it.

    Closing it again is harmless and changes nothing.

    Args:
        anyway: why it is closed although something is left; kept with the closing.

    Raises:
        MonthRefused: the month is not over, something is left and no reason is given, or a blank
            one.
    """
    if last >= uow.today:
        raise MonthRefused(
            f"{first:%Y-%m} is not over yet. Nothing was changed. Close it when it is.",
            code="month-not-over",
        )
    if anyway is not None and not anyway.strip():
        raise MonthRefused(
            "Closing a month with work left in it needs a reason. Nothing was changed."
        )
    if is_covered(uow, first, last):
        return []
    left = left_to_do(uow, first, last)
    if left and anyway is None:
        refs = list(dict.fromkeys(one.session_ref for one in left))
        more = f" and {len(refs) - _NAMED} more" if len(refs) > _NAMED else ""
        raise MonthRefused(
            f"Sessions of {first:%Y-%m} are not finished: {', '.join(refs[:_NAMED])}{more}. "
            "Nothing was changed. Finish them, or close the month anyway and say why.",
            code="month-unfinished",
        )
    close_period(uow, first, last, reason=" ".join(anyway.split()) if left and anyway else None)
    return left


def _unbilled(read: Reading, session: Session) -> LeftToDo:
    if session.note is None or session.note.signed_at is None:
        return _left(session, "unsigned-note", "The note is not signed. Sign it.")
    planned = plan_charge(read, session)
    if isinstance(planned, NotBilled):
        return _left(session, planned.code, planned.message)
    return _left(session, "not-billed", "It is signed and not billed. Close its day.")


def _left(session: Session, code: str, message: str) -> LeftToDo:
    return LeftToDo(session.ref, session.client.ref, session.date_of_service, code, message)
