# SPDX-License-Identifier: MIT
"""What a card did not pay and is still due."""

from __future__ import annotations

from sqlalchemy import select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.attempts import attempts_for
from mediyn_desktop.cards.due import Due, due_on_card
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.store.uow import Reading


def declined(read: Reading) -> list[tuple[Due, CardAttempt]]:
    """Return what is still due although a card was asked and declined, with the last attempt."""
    asked = select(CardAttempt.charge_id).where(CardAttempt.state == State.DECLINED)
    charges = read.session.scalars(
        select(Charge)
        .where(Charge.id.in_(asked), Charge.voided_at.is_(None))
        .order_by(Charge.date_of_service, Charge.id)
    ).all()
    latest = attempts_for(read, [charge.id for charge in charges])
    found = []
    for charge in charges:
        due = due_on_card(read, charge)
        if due is not None and latest[charge.id].state == State.DECLINED:
            found.append((due, latest[charge.id]))
    return found
