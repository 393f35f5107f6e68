# SPDX-License-Identifier: MIT
"""Keeping a card a client saved, and following what its network changes. Charges nothing.

The same number saved twice is one card: the processor gives it the same fingerprint. What is
superfluous at the processor is taken off there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from mediyn_desktop.cards.choosing import FEES
from mediyn_desktop.cards.on_file.consents import agree_on_page
from mediyn_desktop.cards.on_file.history import named, tell
from mediyn_desktop.cards.on_file.tables import CardDetachment, CardRequest
from mediyn_desktop.cards.receipts import lower_waiting
from mediyn_desktop.cards.stripe_api import MethodRead
from mediyn_desktop.practice.tables import Card, Client
from mediyn_desktop.store.uow import UnitOfWork


def save(
    uow: UnitOfWork,
    request: CardRequest,
    method: MethodRead,
    others: Mapping[str, MethodRead],
    *,
    on: date,
) -> Card:
    """Put a saved card on file, with what its request says the client agrees to.

    Args:
        others: what else is saved with the same customer, by id: older cards may be the same.
        on: the practice's day of the consent.
    """
    client = uow.session.get_one(Client, request.client_id)
    _learn_fingerprints(client, others)
    card = keep(
        uow, client, method, said="was saved by the client", alone_for_fees=request.scope == FEES
    )
    agree_on_page(uow, card, request, on)
    return card


def keep(
    uow: UnitOfWork, client: Client, method: MethodRead, *, said: str, alone_for_fees: bool = False
) -> Card:
    """Put a saved card on file, without any consent; the same number again is the same card.

    Args:
        said: what its history says of it, such as “was saved by the client”.
        alone_for_fees: it was asked for missed-session fees only: beside others it is kept for
            them.
    """
    same = next((one for one in client.cards if _is_same(one, method)), None)
    if same is not None:
        _save_again(uow, client, same, method)
        return same
    for_fees = bool(client.cards) and alone_for_fees
    for one in client.cards if for_fees else ():
        one.for_fees = False  # the newest takes its place
    card = Card(
        client_id=client.id,
        stripe_customer=str(method.customer),
        stripe_payment_method=method.id,
        brand=method.brand,
        last4=method.last4,
        exp_month=method.exp_month,
        exp_year=method.exp_year,
        fingerprint=method.fingerprint,
        is_default=not client.cards,
        for_fees=for_fees,
    )
    uow.session.add(card)
    tell(uow, card, "saved", f"{named(card.brand, card.last4)} {said}")
    uow.session.expire(client, ["cards"])
    return card


def renew(uow: UnitOfWork, card: Card, method: MethodRead) -> bool:
    """Take over what the card shows at the processor now; False where nothing changed."""
    before = (card.brand, card.last4, card.exp_month, card.exp_year)
    now = (method.brand, method.last4, method.exp_month, method.exp_year)
    card.fingerprint = method.fingerprint or card.fingerprint
    if before == now:
        return False
    was = named(card.brand, card.last4)
    card.brand, card.last4, card.exp_month, card.exp_year = now
    text = f"{was} is now {named(card.brand, card.last4)}, good through {_month(method)}"
    tell(uow, card, "renewed", text)
    return True


def want_off(uow: UnitOfWork, card: Card, method: str) -> None:
    """Have a saved card taken off its customer at the processor."""
    there = select(CardDetachment.id).where(CardDetachment.payment_method == method)
    if uow.session.scalar(there) is None:
        uow.session.add(CardDetachment(card_id=card.id, payment_method=method, wanted_at=uow.now))
        uow.session.flush()


def _save_again(uow: UnitOfWork, client: Client, card: Card, method: MethodRead) -> None:
    """The same number again: one card, with whichever of the two entries is newer."""
    old = card.stripe_payment_method
    if old == method.id:
        renew(uow, card, method)
        return
    if (card.exp_month, card.exp_year) == (method.exp_month, method.exp_year):
        want_off(uow, card, method.id)
        tell(uow, card, "saved", f"{named(card.brand, card.last4)} was saved once more")
        return
    card.stripe_payment_method = method.id
    if not renew(uow, card, method):
        tell(uow, card, "saved", f"{named(card.brand, card.last4)} was saved once more")
    want_off(uow, card, old)
    lower_waiting(uow, client, "The card was saved anew; the charge is asked for again with it")


def _learn_fingerprints(client: Client, others: Mapping[str, MethodRead]) -> None:
    for card in client.cards:
        found = others.get(card.stripe_payment_method)
        if card.fingerprint is None and found is not None:
            card.fingerprint = found.fingerprint


def _is_same(card: Card, method: MethodRead) -> bool:
    if card.stripe_customer != method.customer:
        return False
    if card.stripe_payment_method == method.id:
        return True
    return card.fingerprint is not None and card.fingerprint == method.fingerprint


def _month(method: MethodRead) -> str:
    return f"{method.exp_month:02d}/{method.exp_year}"
