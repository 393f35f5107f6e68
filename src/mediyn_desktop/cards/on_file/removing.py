# SPDX-License-Identifier: MIT
"""Taking a card off file: at once here, then at the processor, and done once that was read back."""

from __future__ import annotations

from sqlalchemy import select

from mediyn_desktop.cards.accounts import prove_absence
from mediyn_desktop.cards.on_file.consents import get_card
from mediyn_desktop.cards.on_file.history import named, tell
from mediyn_desktop.cards.on_file.saving import want_off
from mediyn_desktop.cards.on_file.tables import CardDetachment
from mediyn_desktop.cards.receipts import lower_waiting
from mediyn_desktop.cards.states import IN_FLIGHT, State
from mediyn_desktop.cards.stripe_api import MethodRead, OutcomeUnknown, Refused, StripeApi
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.cards.turns import Turn, taking_turns
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.practice.tables import Card, Client
from mediyn_desktop.store.uow import Reading, Store, UnitOfWork


class CardBusy(UserFacingError):
    """A charge on the card has no final answer yet; nothing was changed."""

    code = "card-busy"


def remove(uow: UnitOfWork, card_id: int, *, reason: str = "") -> Card:
    """Take a card off file; it is charged no more from this very transaction on.

    At the processor it is taken off by the next pass (``finish``).

    Raises:
        NotFound: no such card on file.
        CardBusy: a charge on it is being sent, or its outcome is unknown.
    """
    card = get_card(uow, card_id)
    if in_flight(uow, card.stripe_payment_method):
        raise CardBusy(
            f"A charge on the card ending {card.last4} has no final answer yet. Nothing was "
            "changed. Ask the processor first (“mediyn cards sync”), then remove the card."
        )
    _take_off(uow, card, "removed", " ".join(reason.split()) or "Removed by hand")
    want_off(uow, card, card.stripe_payment_method)
    return card


def in_flight(read: Reading, method: str) -> bool:
    """Whether the processor may still be charging this saved card."""
    asked = CardAttempt.confirm_with.is_(None) & (CardAttempt.payment_method == method)
    return (
        read.session.scalar(
            select(CardAttempt.id)
            .where(CardAttempt.state.in_([*IN_FLIGHT, State.REVIEW]))
            .where(CardAttempt.create_started_at.is_not(None))
            .where(asked | (CardAttempt.confirm_with == method))
            .limit(1)
        )
        is not None
    )


def found_off(uow: UnitOfWork, card: Card) -> None:
    """Follow what somebody did elsewhere: the card is no longer with its customer."""
    if card.removed_at is None:
        _take_off(uow, card, "removed", "Taken off at the card processor; it cannot be charged")


def unfinished(read: Reading) -> list[int]:
    """Return the ids of what is still to be taken off at the processor."""
    return list(
        read.session.scalars(
            select(CardDetachment.id)
            .where(CardDetachment.done_at.is_(None))
            .order_by(CardDetachment.id)
        )
    )


@taking_turns(Turn.CARDS)
def take_off(store: Store, api: StripeApi, ident: int) -> bool:
    """Take one saved card off its customer; True once it was read back as taken off.

    Raises: see ``stripe_api.outcomes``; it is tried again by the next pass.
    """
    with store.write("Take a saved card off at the processor") as uow:
        row = uow.session.get_one(CardDetachment, ident)
        if row.done_at is not None:
            return True
        if in_flight(uow, row.payment_method):
            return False
        row.asked_at = uow.now
        method = row.payment_method
    if _still_on(store, api, method):
        try:
            api.methods.detach(method)
        except Refused as error:
            if not error.missing and _still_on(store, api, method):
                raise
        if _still_on(store, api, method):
            raise OutcomeUnknown("the card is still with its customer")
    with store.write("Note that a saved card was taken off") as uow:
        row = uow.session.get_one(CardDetachment, ident)
        row.done_at = uow.now
        owner = uow.session.get_one(Card, row.card_id).client_id
        uow.changed("client", uow.session.get_one(Client, owner).ref)
    return True


def _still_on(store: Store, api: StripeApi, method: str) -> bool:
    try:
        found: MethodRead = api.methods.read(method)
    except (Refused, OutcomeUnknown) as error:
        if api.connection.lacks(error):
            prove_absence(store, api)
            return False
        raise
    return found.customer is not None


def _take_off(uow: UnitOfWork, card: Card, kind: str, why: str) -> None:
    card.removed_at = uow.now
    card.is_default = card.for_fees = False
    tell(uow, card, kind, f"{named(card.brand, card.last4)}: {why}")
    client = uow.session.get_one(Client, card.client_id)
    uow.session.expire(client, ["cards"])
    lower_waiting(uow, client, "The card was taken off file; not charged")
