# SPDX-License-Identifier: MIT
"""Late cancellations and missed sessions: whether a fee may be asked, and when it is waived.

A fee for a missed session is the practice's own: no service was rendered, so it reaches neither a
claim nor a superbill. Medicare allows it where everybody pays it; Medicaid does not allow it, for
people with both neither; a contract may forbid it (the payer's ``missed_fee_allowed``).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from mediyn_desktop.billing.tables import Charge, FeeWaiver
from mediyn_desktop.codes.vocabulary import SessionStatus
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.practice.tables import Payer, Session
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading, UnitOfWork

MEDICAID_FILING_CODE = "MC"  # claim filing indicator of Medicaid plans
MISSED = frozenset({SessionStatus.LATE_CANCEL, SessionStatus.NO_SHOW})
FIRST_WAIVED = "The client's first missed session is free under your policy"


class WaiverRefused(UserFacingError):
    """The fee cannot be waived so."""

    code = "waiver-refused"


def fee_barred(payer: Payer) -> str | None:
    """Return why ``payer`` allows no fee for a missed session, or None where it does."""
    if payer.missed_fee_allowed is None:
        if payer.claim_filing_code == MEDICAID_FILING_CODE:
            return "Medicaid does not allow a fee for a missed session"
        return None
    if payer.missed_fee_allowed:
        return None
    return f"{payer.name} does not allow a fee for a missed session"


def waived_because(read: Reading, session: Session) -> str | None:
    """Return why the fee of a missed session is not asked for: by hand, or the client's first.

    The first is the earliest of the client's missed sessions. A session told of late is free only
    if no other has been.
    """
    by_hand = read.session.scalar(
        select(FeeWaiver.reason).where(FeeWaiver.session_id == session.id)
    )
    if by_hand is not None:
        return f"Waived: {by_hand}"
    if not settings.get(read, settings.POLICY_FIRST_WAIVED):
        return None
    earlier = (
        select(func.count())
        .select_from(Session)
        .where(Session.client_id == session.client_id, Session.id != session.id)
        .where(Session.status.in_(MISSED), _before(session.starts_at, session.id))
    )
    used = (
        select(func.count())
        .select_from(Charge)
        .where(Charge.client_id == session.client_id, Charge.session_id != session.id)
        .where(Charge.voided_at.is_(None), Charge.reason == FIRST_WAIVED)
    )
    missed_before = (read.session.scalar(earlier) or 0) + (read.session.scalar(used) or 0)
    return None if missed_before else FIRST_WAIVED


def record_waiver(uow: UnitOfWork, session: Session, *, reason: str) -> None:
    """Write down that the fee of ``session`` is not asked for; the caller settles what was billed.

    Raises:
        WaiverRefused: no reason, or it was waived before.
    """
    why = " ".join(reason.split())
    if not why:
        raise WaiverRefused("Waiving a fee needs a reason. Nothing was changed.")
    known = select(FeeWaiver.id).where(FeeWaiver.session_id == session.id)
    if uow.session.scalar(known) is not None:
        raise WaiverRefused("The fee of this session was waived before. Nothing was changed.")
    uow.session.add(FeeWaiver(session_id=session.id, reason=why, waived_at=uow.now))
    uow.session.flush()
    uow.changed("fee_waiver", session.ref)


def _before(starts_at: datetime, number: int) -> ColumnElement[bool]:
    return or_(
        Session.starts_at < starts_at, and_(Session.starts_at == starts_at, Session.id < number)
    )
