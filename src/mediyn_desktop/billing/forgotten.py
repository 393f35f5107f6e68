# SPDX-License-Identifier: MIT
"""Sessions whose note is signed and that nobody billed: none may stay so.

Signing bills at once. What could not be billed then, because a fee was missing or the session had
not been held, is billed when the fee is imported or the session's day is closed.
"""

from __future__ import annotations

from sqlalchemy import exists, select

from mediyn_desktop.billing.charges import NotBilled, bill_session, plan_charge
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.codes.vocabulary import SessionStatus
from mediyn_desktop.practice.tables import Note, Session
from mediyn_desktop.store.uow import Reading, UnitOfWork


def forgotten(read: Reading) -> list[Session]:
    """Return signed sessions up to today that could be billed, were not, and nobody says why.

    A charge that was voided says why; so does each rule under which ``plan_charge`` bills nothing.
    """
    charged = exists().where(Charge.session_id == Session.id)
    rows = read.session.scalars(
        select(Session)
        .join(Note, Note.session_id == Session.id)
        .where(Note.signed_at.is_not(None), Session.date_of_service <= read.today, ~charged)
        .where(Session.status != SessionStatus.CANCELLED)
        .order_by(Session.starts_at, Session.id)
    )
    return [row for row in rows if not isinstance(plan_charge(read, row), NotBilled)]


def bill_forgotten(uow: UnitOfWork) -> list[Charge]:
    """Bill every such session and return the charges, oldest first."""
    made = [bill_session(uow, session) for session in forgotten(uow)]
    return [one for one in made if isinstance(one, Charge)]
