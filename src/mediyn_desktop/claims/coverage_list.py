# SPDX-License-Identifier: MIT
"""Who comes next and whether an insurer said that it covers them, for people to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from mediyn_desktop.billing.charges import coverage_in_force
from mediyn_desktop.claims.eligibility import (
    ANSWERED,
    ASKED,
    FAILED,
    FIGURES,
    QUEUED,
    NoCoverage,
    coverage_of,
    last_answer,
)
from mediyn_desktop.claims.eligibility_tables import EligibilityCheck
from mediyn_desktop.codes.vocabulary import PaymentType, SessionStatus
from mediyn_desktop.practice.tables import Client, Coverage, Session
from mediyn_desktop.store.uow import Reading

AHEAD_DAYS = 14
WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One question about a coverage and what came of it; instants are in the practice's zone.

    ``standing``: active, inactive, unknown, queued, waiting (sent, no answer yet), failed. Figures
    nobody stated are None; ``asked_at`` is when it was sent.
    """

    id: int
    about: date
    made_at: datetime
    asked_at: datetime | None
    how: str
    standing: str
    as_of: date | None
    plan: str
    copay_cents: int | None
    coinsurance_bp: int | None
    deductible_cents: int | None
    deductible_left_cents: int | None
    out_of_pocket_left_cents: int | None
    authorization_needed: bool | None
    reference_number: str
    spoke_with: str
    message: str
    accepted: bool


@dataclass(frozen=True, slots=True)
class CoveredRow:
    """A client with insurance; ``coming`` is the next appointment, ``coverage`` 0 without one.

    ``answer`` is the newest answer, ``pending`` a later question that has none (yet).
    """

    client_ref: str
    client_name: str
    coming: datetime | None
    coverage: int
    payer: str
    member_id: str
    noted: dict[str, int | None]
    answer: CheckRow | None
    pending: CheckRow | None

    @property
    def standing(self) -> str:
        """As in ``CheckRow``, or ``never`` asked, or ``none`` to ask."""
        if not self.coverage:
            return "none"
        newest = self.pending or self.answer
        return newest.standing if newest is not None else "never"


def coming(read: Reading, *, days: int = AHEAD_DAYS) -> list[CoveredRow]:
    """Return whose insurer pays and who has an appointment today or within ``days``, by time."""
    today = read.today
    rows = read.session.scalars(
        select(Session)
        .where(Session.date_of_service >= today)
        .where(Session.date_of_service <= today + timedelta(days=days))
        .where(Session.status != SessionStatus.CANCELLED, Session.do_not_bill_insurer.is_(False))
        .order_by(Session.starts_at, Session.id)
    )
    found: dict[int, CoveredRow] = {}
    for session in rows:
        client = session.client
        if client.payment_type == PaymentType.IN_NETWORK and client.id not in found:
            at = session.starts_at.astimezone(read.zone)
            found[client.id] = _row(read, client, coverage_in_force(read, session), at)
    return list(found.values())


def everybody(read: Reading) -> list[CoveredRow]:
    """Return everybody whose insurer pays, by name, with or without an appointment."""
    times = {row.client_ref: row.coming for row in coming(read)}
    clients = read.session.scalars(
        select(Client)
        .where(Client.payment_type == PaymentType.IN_NETWORK)
        .order_by(Client.last_name, Client.first_name, Client.id)
    )
    found = []
    for client in clients:
        try:
            coverage: Coverage | None = coverage_of(read, client)
        except NoCoverage:
            coverage = None
        found.append(_row(read, client, coverage, times.get(client.ref)))
    return found


def checks_of(read: Reading, coverage: int) -> list[CheckRow]:
    """Return every question about the coverage with the id ``coverage``, the newest first."""
    rows = read.session.scalars(
        select(EligibilityCheck)
        .where(EligibilityCheck.coverage_id == coverage)
        .order_by(EligibilityCheck.id.desc())
    )
    return [_check(read, row) for row in rows]


def _row(
    read: Reading, client: Client, coverage: Coverage | None, at: datetime | None
) -> CoveredRow:
    answer = last_answer(read, coverage.id) if coverage is not None else None
    pending = _pending(read, coverage.id, answer) if coverage is not None else None
    return CoveredRow(
        client_ref=client.ref,
        client_name=client.full_name,
        coming=at,
        coverage=coverage.id if coverage is not None else 0,
        payer=coverage.payer.name if coverage is not None else "",
        member_id=coverage.member_id if coverage is not None else "",
        noted={name: getattr(coverage, name, None) for name in FIGURES},
        answer=_check(read, answer) if answer is not None else None,
        pending=_check(read, pending) if pending is not None else None,
    )


def pending_check(read: Reading, coverage: int) -> CheckRow | None:
    """Return the newest question about a coverage that has no answer, where no answer is newer."""
    row = _pending(read, coverage, last_answer(read, coverage))
    return _check(read, row) if row is not None else None


def _pending(
    read: Reading, coverage: int, answer: EligibilityCheck | None
) -> EligibilityCheck | None:
    """The newest question that has no answer, where it is newer than the last answer."""
    return read.session.scalar(
        select(EligibilityCheck)
        .where(EligibilityCheck.coverage_id == coverage)
        .where(EligibilityCheck.state.in_((QUEUED, ASKED, FAILED)))
        .where(EligibilityCheck.id > (answer.id if answer is not None else 0))
        .order_by(EligibilityCheck.id.desc())
        .limit(1)
    )


def _check(read: Reading, row: EligibilityCheck) -> CheckRow:
    pending = {QUEUED: "queued", ASKED: "queued", FAILED: "failed"}
    if row.state == ASKED and row.submission_id is not None:
        standing = WAITING
    elif row.state == ANSWERED:
        standing = row.status or "unknown"
    else:
        standing = pending[row.state]
    return CheckRow(
        id=row.id,
        about=row.about,
        made_at=row.made_at.astimezone(read.zone),
        asked_at=row.asked_at.astimezone(read.zone) if row.asked_at is not None else None,
        how=row.how,
        standing=standing,
        as_of=row.as_of,
        plan=row.plan,
        copay_cents=row.copay_cents,
        coinsurance_bp=row.coinsurance_bp,
        deductible_cents=row.deductible_cents,
        deductible_left_cents=row.deductible_left_cents,
        out_of_pocket_left_cents=row.out_of_pocket_left_cents,
        authorization_needed=row.authorization_needed,
        reference_number=row.reference_number,
        spoke_with=row.spoke_with,
        message=row.message,
        accepted=row.accepted_at is not None,
    )
