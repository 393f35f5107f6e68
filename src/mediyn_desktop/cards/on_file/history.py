# SPDX-License-Identifier: MIT
"""What happened to a card on file, in order and in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from mediyn_desktop.cards.on_file.tables import CardChange
from mediyn_desktop.practice.tables import Card, Client
from mediyn_desktop.store.uow import Reading, UnitOfWork


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One thing that happened: when (UTC), what, and the last digits the card had since."""

    card_id: int
    at: datetime
    kind: str
    text: str
    last4: str


def tell(uow: UnitOfWork, card: Card, kind: str, text: str) -> None:
    """Add to a card's history, with what is printed on the card from now on."""
    uow.session.flush()
    uow.session.add(
        CardChange(
            card_id=card.id,
            at=uow.now,
            kind=kind,
            text=text,
            brand=card.brand,
            last4=card.last4,
            exp_month=card.exp_month,
            exp_year=card.exp_year,
        )
    )
    uow.session.flush()
    uow.changed("client", uow.session.get_one(Client, card.client_id).ref)


def history(read: Reading, client_ref: str) -> list[ChangeView]:
    """Return what happened to all cards a client ever had on file, the newest first."""
    rows = read.session.scalars(
        select(CardChange)
        .join(Card, Card.id == CardChange.card_id)
        .join(Client, Client.id == Card.client_id)
        .where(Client.ref == client_ref)
        .order_by(CardChange.id.desc())
    )
    return [ChangeView(row.card_id, row.at, row.kind, row.text, row.last4) for row in rows]


def named(brand: str, last4: str) -> str:
    """Return a card as a person knows it, such as “Visa ending 4242”."""
    return f"{brand.replace('_', ' ').capitalize() or 'Card'} ending {last4 or '····'}"
