# SPDX-License-Identifier: MIT
"""The enrollment checklist: what each payer must have approved before it answers by computer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select

from mediyn_desktop.claims.mail_tables import PayerEnrollment
from mediyn_desktop.core.errors import NotFound, UserFacingError
from mediyn_desktop.practice.tables import Payer
from mediyn_desktop.store.uow import Reading, UnitOfWork


class Exchange(StrEnum):
    """What is exchanged with a payer by computer."""

    CLAIMS = "claims"  # 837P
    REMITTANCE = "remittance"  # 835
    ELIGIBILITY = "eligibility"  # 270 and 271


class Enrolled(StrEnum):
    """Where an enrollment stands."""

    NOT_NEEDED = "not_needed"
    TO_DO = "to_do"
    SENT = "sent"
    APPROVED = "approved"


class BadEnrollment(UserFacingError):
    """The step does not fit: an impossible date."""

    code = "bad-enrollment"


@dataclass(frozen=True, slots=True)
class EnrollmentRow:
    """One line of the checklist. A payer nobody has looked into yet stands at ``to_do``."""

    payer_ref: str
    payer_name: str
    exchange: Exchange
    state: Enrolled
    sent_on: date | None
    approved_on: date | None
    note: str


def checklist(read: Reading) -> list[EnrollmentRow]:
    """Return a line for each payer and exchange, payers by name."""
    known = {
        (row.payer_id, row.exchange): row for row in read.session.scalars(select(PayerEnrollment))
    }
    found = []
    for payer in read.session.scalars(select(Payer).order_by(Payer.name, Payer.id)):
        for exchange in Exchange:
            row = known.get((payer.id, exchange))
            found.append(
                EnrollmentRow(
                    payer.ref,
                    payer.name,
                    exchange,
                    Enrolled(row.state) if row else Enrolled.TO_DO,
                    row.sent_on if row else None,
                    row.approved_on if row else None,
                    row.note if row else "",
                )
            )
    return found


def set_enrollment(
    uow: UnitOfWork,
    payer_ref: str,
    exchange: Exchange,
    state: Enrolled,
    *,
    on: date | None = None,
    note: str | None = None,
) -> EnrollmentRow:
    """Note where an enrollment stands; ``on`` is when it was sent or approved, today unless given.

    Going back to ``to_do`` or ``not_needed`` forgets both dates; ``sent`` forgets the approval.

    Raises:
        NotFound: no such payer.
        BadEnrollment: a date in the future, or approved before it was sent.
    """
    payer = uow.session.scalar(select(Payer).where(Payer.ref == payer_ref))
    if payer is None:
        raise NotFound(f"There is no payer “{payer_ref}”. Nothing was changed.")
    row = uow.session.scalar(
        select(PayerEnrollment).where(
            PayerEnrollment.payer_id == payer.id, PayerEnrollment.exchange == exchange
        )
    )
    if row is None:
        row = PayerEnrollment(payer_id=payer.id, exchange=exchange, state=state, note="")
        row.updated_at = uow.now
        uow.session.add(row)
    day = on or uow.today
    sent_on, approved_on = row.sent_on, row.approved_on
    match state:
        case Enrolled.NOT_NEEDED | Enrolled.TO_DO:
            sent_on = approved_on = None
        case Enrolled.SENT:
            sent_on, approved_on = day, None
        case Enrolled.APPROVED:
            approved_on = day
    if day > uow.today:
        raise BadEnrollment(f"{day} has not come yet. Nothing was changed. Give the day it was.")
    if sent_on and approved_on and approved_on < sent_on:
        raise BadEnrollment(
            f"It was sent on {sent_on}, so it cannot have been approved on {approved_on}. Nothing "
            "was changed."
        )
    row.state, row.sent_on, row.approved_on = state, sent_on, approved_on
    if note is not None:
        row.note = note.strip()
    row.updated_at = uow.now
    uow.session.flush()
    uow.changed("payer_enrollment", row.id)
    return EnrollmentRow(payer.ref, payer.name, exchange, state, sent_on, approved_on, row.note)
