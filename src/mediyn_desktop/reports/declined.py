# SPDX-License-Identifier: MIT
"""What a card did not pay and is still due."""

from __future__ import annotations

from sqlalchemy import select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.attempts import attempts_for, of_balances
from mediyn_desktop.cards.due import Due, balance_due, due_on_card
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
    balances = of_balances(read, [charge.id for charge in charges])
    found = []
    for charge in charges:
        for due, last in (
            (due_on_card(read, charge), latest.get(charge.id)),
            (balance_due(read, charge), balances.get(charge.id)),
        ):
            if due is not None and last is not None and last.state == State.DECLINED:
                found.append((due, last))
    return found
