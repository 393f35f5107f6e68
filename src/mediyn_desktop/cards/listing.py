# SPDX-License-Identifier: MIT
"""All card attempts, found by client, amount, card and standing, in pages."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.afterwards import NOTHING, Afterwards, afterwards
from mediyn_desktop.cards.states import IN_FLIGHT, REFUSED, WAITING, State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.core.money import AmountError, parse_cents
from mediyn_desktop.practice.searching import words
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.store.uow import Reading

_UNANSWERED = frozenset({State.CONFIRMING, State.UNKNOWN})
_BEING_SENT = frozenset({State.CREATING, State.CREATED, State.CONFIRMING})
UNCERTAIN = "uncertain"
_ANSWERED_WITHIN: Final = timedelta(minutes=3)
"""A pass has its answer by then, or wrote that it got none: with every time-out and back-off."""
_LAST4: Final = re.compile(r"[0-9]{4}")

GROUPS: Final[dict[str, Callable[[], ColumnElement[bool]]]] = {
    "needs_you": lambda: (
        or_(
            CardAttempt.state.in_((State.REVIEW, State.NEEDS_CLIENT)),
            and_(CardAttempt.state == State.DECLINED, CardAttempt.retry_on.is_(None)),
        )
        & CardAttempt.withdraw.is_(False)
    ),
    "waiting": lambda: or_(
        CardAttempt.state.in_((WAITING | IN_FLIGHT) - _UNANSWERED),
        and_(CardAttempt.state == State.DECLINED, CardAttempt.retry_on.is_not(None)),
    ),
    "unknown": lambda: CardAttempt.state.in_(_UNANSWERED),
    UNCERTAIN: lambda: CardAttempt.state.in_(_UNANSWERED | {State.REVIEW}),
    "declined": lambda: CardAttempt.state.in_(REFUSED),
    "done": lambda: CardAttempt.state.in_((State.SUCCEEDED, State.CANCELED)),
}
"""Where attempts stand, as people ask for it; some stand in two of them."""


@dataclass(frozen=True, slots=True)
class AttemptsAsked:
    """A search as it was typed. ``group`` is one of ``GROUPS``."""

    text: str = ""
    group: str | None = None

    def __bool__(self) -> bool:
        """Whether anything at all is asked for."""
        return bool(self.text.strip() or self.group)


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One line of the list: cents, ``planned_at`` in the practice's zone.

    ``about`` is the day of the session, or the one an installment fell due. ``withdraw``: it is to
    be stopped at the processor and was not read back as stopped yet. ``then``: what became of the
    money once it was paid.
    """

    id: int
    state: State
    client_ref: str
    client_name: str
    amount_cents: int
    last4: str
    purpose: str
    about: date | None
    planned_at: datetime
    retry_on: date | None
    withdraw: bool
    then: Afterwards = NOTHING


@dataclass(frozen=True, slots=True)
class Uncertain:
    """What nobody can say yet: how many attempts, their cents, and since when the oldest waits."""

    count: int
    cents: int
    since: datetime | None


def find_attempts(read: Reading, asked: AttemptsAsked) -> array[int]:
    """Return the ids of the attempts that fit, the newest first.

    Every word must fit: the client's name or ref, the amount, or the card's last four digits.
    """
    query = select(CardAttempt.id).order_by(CardAttempt.planned_at.desc(), CardAttempt.id.desc())
    if asked.group is not None:
        query = query.where(GROUPS[asked.group]())
    for word in words(asked.text):
        named = select(Client.id).where(Client.search.contains(word, autoescape=True))
        query = query.where(or_(CardAttempt.client_id.in_(named), _on_card(word), _of_amount(word)))
    return array("q", read.session.scalars(query))


def _on_card(word: str) -> ColumnElement[bool]:
    return CardAttempt.last4 == word if _LAST4.fullmatch(word) else false()


def _of_amount(word: str) -> ColumnElement[bool]:
    try:
        return CardAttempt.amount_cents == parse_cents(word)
    except AmountError:
        return false()


def attempt_rows(read: Reading, ids: Collection[int]) -> list[AttemptRow]:
    """Return the lines of the attempts ``ids``, in any order."""
    found = read.session.execute(
        select(CardAttempt, Client.ref, Client.last_name, Client.first_name, Charge.date_of_service)
        .join(Client, Client.id == CardAttempt.client_id)
        .outerjoin(Charge, Charge.id == CardAttempt.charge_id)
        .where(CardAttempt.id.in_(list(ids)))
    ).all()
    then = afterwards(read, [one.processor_id for one, *_ in found if one.processor_id])
    return [
        AttemptRow(
            id=one.id,
            state=State(one.state),
            client_ref=ref,
            client_name=", ".join(filter(None, (last, first))),
            amount_cents=one.amount_cents,
            last4=one.last4,
            purpose=one.purpose,
            about=day or one.due_on,
            planned_at=one.planned_at.astimezone(read.zone),
            retry_on=one.retry_on,
            withdraw=one.withdraw,
            then=then.get(one.processor_id or "", NOTHING),
        )
        for one, ref, last, first, day in found
    ]


def uncertain(read: Reading) -> Uncertain:
    """Return what was asked of the processor and has no readable answer.

    What was asked a moment ago is ``under_way``: only who was stopped in the middle of it, such as
    by a power cut, leaves it without an answer for longer.
    """
    asked = and_(CardAttempt.state == State.CONFIRMING, not_(_just_now(read)))
    return _summed(read, or_(CardAttempt.state == State.UNKNOWN, asked))


def under_way(read: Reading) -> Uncertain:
    """Return what the processor is being asked for right now."""
    return _summed(read, and_(CardAttempt.state.in_(_BEING_SENT), _just_now(read)))


def _just_now(read: Reading) -> ColumnElement[bool]:
    """Also where the clock was set back a little since; one that is far ahead says nothing."""
    begin, end = read.now - _ANSWERED_WITHIN, read.now + _ANSWERED_WITHIN
    return CardAttempt.updated_at.between(begin, end)


def needing_somebody(read: Reading) -> Uncertain:
    """Return the attempts that go no further before a person decided something."""
    return _sum_of(read, "needs_you")


def to_compare(read: Reading) -> Uncertain:
    """Return the attempts that wait for a person to compare them with what the processor holds."""
    return _summed(read, CardAttempt.state == State.REVIEW)


def _sum_of(read: Reading, group: str) -> Uncertain:
    return _summed(read, GROUPS[group]())


def _summed(read: Reading, which: ColumnElement[bool]) -> Uncertain:
    count, cents, since = read.session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(CardAttempt.amount_cents), 0),
            func.min(CardAttempt.updated_at),
        ).where(which)
    ).one()
    return Uncertain(count, cents, since)
