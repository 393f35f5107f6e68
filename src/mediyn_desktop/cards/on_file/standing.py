# SPDX-License-Identifier: MIT
"""Cards on file as shown: what is printed on them, what they may be charged, what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, or_, select

from mediyn_desktop.cards.choosing import FEES, is_expired
from mediyn_desktop.cards.declines import Refusal, kind_of
from mediyn_desktop.cards.on_file.tables import CardDetachment
from mediyn_desktop.cards.states import IN_FLIGHT, WAITING, State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.cards.wording import decline_sentence
from mediyn_desktop.practice.tables import Card, Client
from mediyn_desktop.store.uow import Reading

FEE_HINT = (
    "A fee for a missed session is no medical expense, so a health account's card (HSA or FSA) "
    "may refuse it. Ask the client for another card and keep that one for fees."
)
_REFUSED = frozenset({State.DECLINED, State.NEEDS_CLIENT, State.CANCELED})
_TOLD = frozenset(State) - IN_FLIGHT - WAITING - {State.CANCELED, State.REVIEW}


@dataclass(frozen=True, slots=True)
class CardView:
    """One card on file.

    ``expires`` is "expired", "this month", "next month" or nothing; ``failing`` says what its bank
    answered last, where that was a refusal for good; ``hint`` what may be behind a refused fee.
    """

    id: int
    client_ref: str
    client_name: str
    brand: str
    last4: str
    exp_month: int | None
    exp_year: int | None
    scopes: tuple[str, ...]
    consent_date: date | None
    revoked_on: date | None
    is_default: bool
    for_fees: bool
    removed_on: date | None
    being_removed: bool
    expires: str | None
    failing: str | None
    hint: str | None

    @property
    def needs_attention(self) -> bool:
        """Whether the client is to be asked for another card soon."""
        return self.removed_on is None and bool(self.expires or self.failing)


def view_cards(
    read: Reading, *, client: str | None = None, attention: bool = False, removed: bool = False
) -> list[CardView]:
    """Return cards, by client, the newest first.

    Args:
        attention: only those that expire or fail. ``removed``: also those taken off file.
    """
    query = (
        select(Card, Client)
        .join(Client, Client.id == Card.client_id)
        .order_by(Client.last_name, Client.first_name, Client.id, Card.id.desc())
    )
    if client is not None:
        query = query.where(Client.ref == client)
    if not removed:
        query = query.where(Card.removed_at.is_(None))
    rows = read.session.execute(query).all()
    leaving = set(
        read.session.scalars(
            select(CardDetachment.payment_method).where(CardDetachment.done_at.is_(None))
        )
    )
    told = _last_answers(read, [card for card, _ in rows])
    views = [_view(read, card, owner, leaving, told.get(card.id)) for card, owner in rows]
    return [one for one in views if one.needs_attention or not attention]


class _Answer(NamedTuple):
    """What a card was last asked for, and what its bank said."""

    state: str
    purpose: str
    decline_code: str | None


def _view(
    read: Reading, card: Card, owner: Client, leaving: set[str], last: _Answer | None
) -> CardView:
    refused = last if last is not None and last.state in _REFUSED else None
    hard = refused is not None and kind_of(refused.decline_code) is not Refusal.SOFT
    return CardView(
        id=card.id,
        client_ref=owner.ref,
        client_name=owner.full_name,
        brand=card.brand,
        last4=card.last4,
        exp_month=card.exp_month,
        exp_year=card.exp_year,
        scopes=tuple(one for one in card.consent_scope.split(";") if one),
        consent_date=card.consent_date,
        revoked_on=card.revoked_on,
        is_default=card.is_default,
        for_fees=card.for_fees,
        removed_on=card.removed_at.astimezone(read.zone).date() if card.removed_at else None,
        being_removed=card.removed_at is not None and card.stripe_payment_method in leaving,
        expires=_expires(card, read.today),
        failing=decline_sentence(refused.decline_code) if refused is not None and hard else None,
        hint=FEE_HINT if refused is not None and refused.purpose == FEES else None,
    )


def _last_answers(read: Reading, cards: Sequence[Card]) -> dict[int, _Answer]:
    """The last charge of each card to which its bank gave an answer.

    A refused charge that was stopped afterwards, or paid in another way, is one: the card was
    refused all the same.
    """
    by_method = {card.stripe_payment_method: card.id for card in cards}
    asked = func.coalesce(CardAttempt.confirm_with, CardAttempt.payment_method)
    stopped = (CardAttempt.state == State.CANCELED) & CardAttempt.decline_code.is_not(None)
    rows = read.session.execute(
        select(asked, CardAttempt.state, CardAttempt.purpose, CardAttempt.decline_code)
        .where(asked.in_(by_method), or_(CardAttempt.state.in_(_TOLD), stopped))
        .order_by(CardAttempt.updated_at, CardAttempt.id)
    )
    return {
        by_method[method]: _Answer(state, purpose, code) for method, state, purpose, code in rows
    }


def _expires(card: Card, today: date) -> str | None:
    if card.exp_year is None or card.exp_month is None:
        return None
    if is_expired(card, today):
        return "expired"
    ahead = (card.exp_year - today.year) * 12 + card.exp_month - today.month
    return {0: "this month", 1: "next month"}.get(ahead)
