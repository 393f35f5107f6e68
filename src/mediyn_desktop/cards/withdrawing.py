# SPDX-License-Identifier: MIT
"""Taking back charges that were approved and not sent."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.attempts import move
from mediyn_desktop.cards.states import WAITING, State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.practice.tables import Session
from mediyn_desktop.store.uow import UnitOfWork


def withdraw_unsent(uow: UnitOfWork, session_refs: Collection[str]) -> int:
    """Take back the waiting charges of these sessions and return how many; the rest is left.

    A charge the processor was asked about, however long ago, stays: only reading it back from the
    processor may settle it.
    """
    rows = uow.session.scalars(
        select(CardAttempt)
        .join(Charge, Charge.id == CardAttempt.charge_id)
        .join(Session, Session.id == Charge.session_id)
        .where(Session.ref.in_(session_refs), CardAttempt.state.in_(WAITING))
        .where(CardAttempt.create_started_at.is_(None))
    ).all()
    for row in rows:
        move(uow, row, State.CANCELED, "Taken back before anything was sent")
    return len(rows)
