# SPDX-License-Identifier: MIT
"""The default card of a client, and the one for missed-session fees: at most one each."""

from __future__ import annotations

from mediyn_desktop.cards.on_file.consents import get_card
from mediyn_desktop.cards.on_file.history import named, tell
from mediyn_desktop.practice.tables import Card, Client
from mediyn_desktop.store.uow import UnitOfWork


def make_default(uow: UnitOfWork, card_id: int) -> None:
    """Let this card be charged before the client's others. What was approved keeps its card.

    Raises:
        NotFound: no such card on file.
    """
    card, others = _with_others(uow, card_id)
    for one in others:
        one.is_default = False
    card.is_default = True
    tell(uow, card, "default", f"{named(card.brand, card.last4)} is the default card now")


def keep_for_fees(uow: UnitOfWork, card_id: int, *, on: bool = True) -> None:
    """Let missed-session fees be charged to this card, or no longer to it in particular.

    Raises:
        NotFound: no such card on file.
    """
    card, others = _with_others(uow, card_id)
    for one in others:
        one.for_fees = False if on else one.for_fees
    card.for_fees = on
    text = "is kept for missed-session fees" if on else "is no longer kept for fees"
    tell(uow, card, "fees", f"{named(card.brand, card.last4)} {text}")


def _with_others(uow: UnitOfWork, card_id: int) -> tuple[Card, list[Card]]:
    card = get_card(uow, card_id)
    client = uow.session.get_one(Client, card.client_id)
    return card, [one for one in client.cards if one.id != card.id]
