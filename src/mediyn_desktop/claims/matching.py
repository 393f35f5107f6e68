# SPDX-License-Identifier: MIT
"""Which of our claims an answer is about. Never a guess: no name ever decides.

Our own number as the insurer echoes it decides; then the insurer's number, where it was seen
before; then member id, date of service and charge together, where one claim alone fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Row, func, select
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims.states import LEFT
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.x12.model835 import RemitClaim
from mediyn_desktop.practice.tables import Client, Coverage, Payer, Session
from mediyn_desktop.store.uow import Reading

T = TypeVar("T")
_AT_ONCE = 500  # numbers in one query


class FoundBy(StrEnum):
    """What agreed."""

    OUR_NUMBER = "our-number"
    INSURERS_NUMBER = "insurers-number"
    MEMBER_DAY_CHARGE = "member-day-charge"


@dataclass(frozen=True, slots=True)
class Match:
    """The claim an answer is about and what agreed."""

    claim: Claim
    by: FoundBy


def claim_by_number(read: Reading, control_number: str) -> Claim | None:
    """Return the claim with our number ``control_number``.

    Neither case nor zeros in front matter: some insurers fill the number up, and none of ours
    begins with a zero.
    """
    number = control_number.strip().upper().lstrip("0")
    if not number:
        return None
    return read.session.scalar(select(Claim).where(Claim.control_number == number))


WithWhose = Row[Claim, Charge, Session, Client, Coverage, Payer]


def with_whose(
    read: Reading, column: InstrumentedAttribute[Any], values: Sequence[object]
) -> list[WithWhose]:
    """Return the claims whose ``column`` is one of ``values``, with whose they are, in few queries.

    The session by itself remembers only what somebody holds: keep what is returned for as long as
    these are worked on.
    """
    found: list[WithWhose] = []
    for some in in_portions(values):
        found += read.session.execute(
            select(Claim, Charge, Session, Client, Coverage, Payer)
            .join(Charge, Charge.id == Claim.charge_id)
            .join(Session, Session.id == Charge.session_id)
            .join(Client, Client.id == Claim.client_id)
            .join(Coverage, Coverage.id == Claim.coverage_id)
            .join(Payer, Payer.id == Coverage.payer_id)
            .options(selectinload(Client.coverages))
            .where(column.in_(some))
        )
    return found


def in_portions(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield ``values`` in portions that one query can ask for."""
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]


class NamedClaims:
    """The claims that many answers name by our number, loaded in few queries.

    It holds them, and whose they are, for as long as it lives.
    """

    def __init__(self, read: Reading, answers: Sequence[RemitClaim] = ()) -> None:
        numbers = list(dict.fromkeys(one.control_number.strip().upper() for one in answers))
        rows = with_whose(read, Claim.control_number, numbers)
        self._rows = {row[0].control_number: row for row in rows}

    def charges(self) -> set[int]:
        """Return the ids of the charges that the claims found are for."""
        return {row[0].charge_id for row in self._rows.values()}

    def get(self, number: str) -> Claim | None:
        """Return the claim with our number, where an answer named it so."""
        row = self._rows.get(number.strip().upper())
        return row[0] if row is not None else None


def match(read: Reading, answer: RemitClaim, looked_up: NamedClaims | None = None) -> Match | None:
    """Return the claim that ``answer`` decides, or None where it is not certain."""
    found = looked_up.get(answer.control_number) if looked_up is not None else None
    found = found or claim_by_number(read, answer.control_number)
    if found is not None:
        return Match(found, FoundBy.OUR_NUMBER)
    number = answer.payer_number.strip()
    if number:
        named = read.session.scalars(select(Claim).where(Claim.payer_number == number)).all()
        if len(named) == 1:
            return Match(named[0], FoundBy.INSURERS_NUMBER)
    member, day = answer.member_id.strip(), answer.service_from
    if not member or day is None:
        return None
    fitting = read.session.scalars(
        select(Claim)
        .join(Charge, Charge.id == Claim.charge_id)
        .join(Coverage, Coverage.id == Claim.coverage_id)
        .where(func.upper(Coverage.member_id) == member.upper(), Charge.date_of_service == day)
        .where(Claim.total_cents == abs(answer.charge_cents), Claim.state.in_(LEFT))
    ).all()
    return Match(fitting[0], FoundBy.MEMBER_DAY_CHARGE) if len(fitting) == 1 else None
