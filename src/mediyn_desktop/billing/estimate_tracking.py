# SPDX-License-Identifier: MIT
"""What was billed against an estimate, how far the $400 line is, and who needs a new estimate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import func, select

from mediyn_desktop.billing.estimates import expected_charge, needs_estimate
from mediyn_desktop.billing.routing import Route
from mediyn_desktop.billing.tables import Charge, ChargeLine, Estimate
from mediyn_desktop.codes.business_days import estimate_due, revised_estimate_due
from mediyn_desktop.codes.vocabulary import Place, SessionStatus
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.ledger.tables import AllocationRow, PaymentRow
from mediyn_desktop.practice.tables import Client, Session
from mediyn_desktop.store.uow import Reading

DISPUTE_CENTS = 40_000
"""Billed so much or more above the estimate, the client may dispute (45 CFR 149.620(b)(2)(iii))."""
_NEAR_CENTS = DISPUTE_CENTS * 3 // 4
_PRIVATE = (Route.CARD.value, Route.SUPERBILL.value, Route.PACKAGE.value)
_TAKEN_OFF = (WriteOff.SLIDING.value, WriteOff.COURTESY.value)


class Against(StrEnum):
    """How what was billed stands against the estimate."""

    WITHIN = "within"
    NEXT_EXCEEDS = "next_exceeds"  # the next session goes beyond the estimate
    EXCEEDED = "exceeded"
    NEAR_LINE = "near_line"  # the next session reaches the $400 line, or three quarters are gone
    DISPUTABLE = "disputable"


@dataclass(frozen=True, slots=True)
class Tracking:
    """An estimate against what was billed in its time (cents)."""

    client_ref: str
    version: int
    starts_on: date
    ends_on: date
    total_cents: int
    billed_cents: int
    next_cents: int
    standing: Against

    @property
    def over_cents(self) -> int:
        """What was billed above the estimate; below zero while there is room."""
        return self.billed_cents - self.total_cents


@dataclass(frozen=True, slots=True)
class EstimateNeeded:
    """A client who needs a (new) estimate, why, and the last day to give it."""

    client_ref: str
    why: str
    service: date
    by: date
    changed: bool  # a fee changed since the one that was given


def standing(total_cents: int, billed_cents: int, next_cents: int) -> Against:
    """Return how ``billed_cents`` stands against an estimate of ``total_cents``. Pure.

    The line is inclusive: $400.00 above the estimate is disputable.
    """
    over = billed_cents - total_cents
    if over >= DISPUTE_CENTS:
        return Against.DISPUTABLE
    if over > 0 and (over >= _NEAR_CENTS or over + next_cents >= DISPUTE_CENTS):
        return Against.NEAR_LINE
    if over > 0:
        return Against.EXCEEDED
    return Against.NEXT_EXCEEDS if next_cents and over + next_cents > 0 else Against.WITHIN


def track(read: Reading, client_ref: str) -> list[Tracking]:
    """Return every estimate of the client against what was billed in its time, oldest first.

    An estimate's time ends where the next one's begins. Missed-session fees are no part of an
    estimate, and what an insurer is billed is not billed to the client.
    """
    rows = read.session.scalars(
        select(Estimate)
        .join(Client, Client.id == Estimate.client_id)
        .where(Client.ref == client_ref)
        .order_by(Estimate.version)
    ).all()
    return [_track(read, client_ref, row, rows[place + 1 :]) for place, row in enumerate(rows)]


def latest_tracked(read: Reading) -> list[Tracking]:
    """Return each client's latest estimate that has begun, against what was billed."""
    refs = read.session.scalars(
        select(Client.ref)
        .join(Estimate, Estimate.client_id == Client.id)
        .where(Estimate.starts_on <= read.today)
        .distinct()
        .order_by(Client.ref)
    ).all()
    begun = ([one for one in track(read, ref) if one.starts_on <= read.today] for ref in refs)
    return [found[-1] for found in begun]


def estimates_needed(read: Reading, *, within_days: int = 60) -> list[EstimateNeeded]:
    """Return who has a session ahead that no estimate covers, or one at another fee than given.

    The last day to give one counts from the day the session was booked, where that is known, and is
    a business day before the session at the latest; a day that has passed already says: today. Who
    books fewer than three business days ahead is owed none unless asked for.
    """
    ahead = read.session.execute(
        select(Client, Session)
        .join(Session, Session.client_id == Client.id)
        .where(Session.status == SessionStatus.ATTENDED)
        .where(Session.date_of_service > read.today)
        .where(Session.date_of_service <= read.today + timedelta(days=within_days))
        .order_by(Session.date_of_service, Client.ref, Session.id)
    ).all()
    found: dict[str, EstimateNeeded] = {}
    for client, session in ahead:
        if client.ref in found or not needs_estimate(client):
            continue
        why, changed = _lacking(read, client, session.date_of_service)
        by = _give_by(session, changed=changed)
        if why is not None and by is not None:
            found[client.ref] = EstimateNeeded(
                client.ref, why, session.date_of_service, max(by, read.today), changed
            )
    return list(found.values())


def _give_by(session: Session, *, changed: bool) -> date | None:
    """The last day to give an estimate for ``session``; None where it was booked too late."""
    latest = revised_estimate_due(session.date_of_service)
    if changed or session.booked_on is None:
        return latest
    due = estimate_due(session.booked_on, session.date_of_service)
    return None if due is None else min(due, latest)


def _lacking(read: Reading, client: Client, service: date) -> tuple[str | None, bool]:
    """Why the session on ``service`` needs a new estimate, or None; whether for a changed fee."""
    given = read.session.scalar(
        select(Estimate)
        .where(Estimate.client_id == client.id, Estimate.starts_on <= service)
        .order_by(Estimate.version.desc())
        .limit(1)
    )
    if given is None:
        return "No estimate was given", False
    if given.ends_on < service:
        return f"The estimate ended on {given.ends_on.isoformat()}", False
    for item in given.items:
        now = expected_charge(read, client, item.code, on=service, place=Place(item.place))
        if now is not None and now.cents != item.unit_cents:
            return f"The fee for {item.code} is not the one of the estimate", True
    return None, False


def _track(read: Reading, client_ref: str, row: Estimate, later: Iterable[Estimate]) -> Tracking:
    following = min((one.starts_on for one in later), default=date.max)
    last = min(row.ends_on, following - timedelta(days=1) if following > date.min else following)
    billed = _billed(read, row.client_id, row.starts_on, last)
    after = row.items[-1].unit_cents if row.items and last >= read.today else 0
    return Tracking(
        client_ref=client_ref,
        version=row.version,
        starts_on=row.starts_on,
        ends_on=last,
        total_cents=row.total_cents,
        billed_cents=billed,
        next_cents=after,
        standing=standing(row.total_cents, billed, after),
    )


def _billed(read: Reading, client_id: int, first: date, last: date) -> int:
    """What the client was asked to pay for sessions in a time: charges less what came off."""
    charges = (
        select(Charge.id, Charge.open_item_id)
        .where(Charge.client_id == client_id, Charge.voided_at.is_(None))
        .where(Charge.date_of_service.between(first, last), Charge.route.in_(_PRIVATE))
        .subquery()
    )
    fees = read.session.scalar(
        select(func.coalesce(func.sum(ChargeLine.fee_cents), 0)).where(
            ChargeLine.charge_id.in_(select(charges.c.id))
        )
    )
    off = read.session.scalar(
        select(func.coalesce(func.sum(AllocationRow.amount_cents), 0))
        .join(PaymentRow, PaymentRow.id == AllocationRow.payment_id)
        .where(AllocationRow.item_id.in_(select(charges.c.open_item_id)))
        .where(PaymentRow.method.in_(_TAKEN_OFF))
    )
    return (fees or 0) - (off or 0)
