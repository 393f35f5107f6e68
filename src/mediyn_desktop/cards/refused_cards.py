# SPDX-License-Identifier: MIT
"""Which of a client's cards the bank has refused for good, so that none asks them by itself again.

Card networks charge for asking on, and count it against the practice. A person may still ask: the
bank may have been talked to. A card is asked by itself again once it is saved anew, its network has
renewed it, or it has paid.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from mediyn_desktop.cards.choosing import FEES
from mediyn_desktop.cards.declines import MOST_RETRIES, WITHIN, refuses_card
from mediyn_desktop.cards.on_file.tables import CardChange
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.practice.tables import Card
from mediyn_desktop.store.uow import Reading

_MADE_GOOD: Final = ("saved", "renewed")
_ONE_DAY: Final = timedelta(days=1)


def refused_for_good(read: Reading, client_id: int, purpose: str) -> frozenset[str]:
    """Return the payment methods of a client no charge for ``purpose`` asks by itself.

    Missed-session fees stand alone: a card for health spending is refused for them and good for the
    rest.
    """
    fee = CardAttempt.purpose == FEES
    about = (CardAttempt.client_id == client_id) & (fee if purpose == FEES else ~fee)
    refused: dict[str, datetime] = {}
    for row in read.session.scalars(
        select(CardAttempt).where(about, CardAttempt.decline_code.is_not(None))
    ):
        if row.state != State.SUCCEEDED and _for_good(row):
            method, at = row.confirm_with or row.payment_method, _refused_at(row)
            refused[method] = max(at, refused.get(method, at))
    if not refused:
        return frozenset()
    asked = func.coalesce(CardAttempt.confirm_with, CardAttempt.payment_method)
    paid = read.session.execute(
        select(asked, CardAttempt.updated_at).where(
            about, asked.in_(refused), CardAttempt.state == State.SUCCEEDED
        )
    )
    made_good = read.session.execute(
        select(Card.stripe_payment_method, CardChange.at)
        .join(Card, Card.id == CardChange.card_id)
        .where(Card.stripe_payment_method.in_(refused), CardChange.kind.in_(_MADE_GOOD))
    )
    good = {method for rows in (paid, made_good) for method, at in rows if at > refused[method]}
    return frozenset(refused) - good


def _for_good(row: CardAttempt) -> bool:
    """By the code, or because it was not put off to another day although there was time."""
    if refuses_card(row.decline_code):
        return True
    begun = row.first_declined_at
    return (
        row.state == State.DECLINED
        and row.retry_on is None
        and not row.withdraw
        and row.declines <= MOST_RETRIES
        and begun is not None
        and row.updated_at - begun < WITHIN - _ONE_DAY
    )


def _refused_at(row: CardAttempt) -> datetime:
    """When it was; of what was withdrawn since, when the bank first said no."""
    if row.state == State.DECLINED and not row.withdraw:
        return row.updated_at
    return row.first_declined_at or row.updated_at
