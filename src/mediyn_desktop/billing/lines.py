# SPDX-License-Identifier: MIT
"""The lines of a charge before it is written: what is charged, and what is taken off at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from mediyn_desktop.billing.pricing import Price, price
from mediyn_desktop.billing.sliding import agreed_price
from mediyn_desktop.billing.tables import Courtesy
from mediyn_desktop.codes.cpt import Coded
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.practice.tables import Session, SlidingAgreement
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading

_GROSS = "gross"


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One line of a charge before it is written: the line's total in cents.

    ``sliding_cents`` of it are written off at once, where agreements stand gross in the books.
    """

    code: str
    modifiers: tuple[str, ...]
    units: int
    fee_cents: int
    fee_rule: str
    sliding_cents: int = 0


@dataclass(frozen=True, slots=True)
class Reduction:
    """What is taken off a charge in the transaction that makes it (cents), and why."""

    kind: WriteOff
    cents: int
    reason: str


@dataclass(frozen=True, slots=True)
class NoFee:
    """The schedule has no fee for ``code`` on the day."""

    code: str


def waived_lines(coded: Coded, modifiers: tuple[str, ...], reason: str) -> list[PlannedLine]:
    """Return the lines of a session nobody is asked to pay for."""
    return [PlannedLine(code, modifiers, units, 0, reason) for code, units in _wanted(coded)]


def price_lines(
    read: Reading,
    session: Session,
    coded: Coded,
    modifiers: tuple[str, ...],
    *,
    payer: int | None,
    agreement: SlidingAgreement | None = None,
    prepaid: Price | None = None,
) -> list[PlannedLine] | NoFee:
    """Return the lines of ``session`` with their fees, or the first code that has none.

    Args:
        payer: id of the payer that hears of the session, whose fees apply.
        agreement: lowers the fees; None where it does not apply to this road.
        prepaid: what a package asks for the session's main code instead of the fee.
    """
    gross = agreement is not None and settings.get(read, settings.BILLING_SLIDING) == _GROSS
    lines: list[PlannedLine] = []
    for code, units in _wanted(coded):
        if prepaid is not None and code == coded.code:
            lines.append(
                PlannedLine(code, modifiers, units, prepaid.cents * units, prepaid.rule),
            )
            continue
        listed = price(
            read,
            code,
            on=session.date_of_service,
            client=session.client_id,
            payer=payer,
            modifiers=modifiers,
        )
        if listed is None:
            return NoFee(code)
        agreed = agreed_price(agreement, code, listed) if agreement is not None else None
        if agreed is None:
            lines.append(PlannedLine(code, modifiers, units, listed.cents * units, listed.rule))
            continue
        off = (listed.cents - agreed.cents) * units
        charged = listed if gross else agreed
        lines.append(
            PlannedLine(
                code,
                modifiers,
                units,
                charged.cents * units,
                agreed.rule,
                sliding_cents=off if gross else 0,
            )
        )
    return lines


def reductions(
    read: Reading,
    session: Session,
    lines: Sequence[PlannedLine],
    agreement: SlidingAgreement | None,
) -> tuple[Reduction, ...]:
    """Return what is taken off a charge the client owes: the sliding scale, then a courtesy."""
    left = sum(line.fee_cents for line in lines)
    found: list[Reduction] = []
    off = sum(line.sliding_cents for line in lines)
    if agreement is not None and off:
        tier = f"Sliding fee “{agreement.tier}”: {agreement.reason}"
        found.append(Reduction(WriteOff.SLIDING, off, tier))
        left -= off
    courtesy = read.session.scalar(select(Courtesy).where(Courtesy.session_id == session.id))
    if courtesy is not None and (cents := min(courtesy.cents, left)) > 0:
        found.append(Reduction(WriteOff.COURTESY, cents, courtesy.reason))
    return tuple(found)


def _wanted(coded: Coded) -> list[tuple[str, int]]:
    wanted = [(coded.code, coded.units)]
    if coded.add_on is not None:
        wanted.append((coded.add_on, coded.add_on_units))
    return wanted
