# SPDX-License-Identifier: MIT
"""Following what happens at the processor: pages that are open, cards that are renewed or gone."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select

from mediyn_desktop.cards.on_file import requests
from mediyn_desktop.cards.on_file.looking import end, look
from mediyn_desktop.cards.on_file.removing import found_off, take_off, unfinished
from mediyn_desktop.cards.on_file.saving import renew
from mediyn_desktop.cards.on_file.states import RequestState
from mediyn_desktop.cards.stripe_api import Declined, MethodRead, Refused, StripeApi
from mediyn_desktop.cards.turns import Turn, taking_turns
from mediyn_desktop.practice.tables import Card
from mediyn_desktop.store.uow import Reading, Store, UnitOfWork


def has_work(read: Reading) -> bool:
    """Whether there is a page to be looked at, or a card to be taken off."""
    return bool(requests.under_way(read) or unfinished(read))


@taking_turns(Turn.CARDS)
def finish(store: Store, api: StripeApi) -> None:
    """Read every request under way back, and take off what is to be taken off.

    What is refused about one of them does not keep the others waiting.

    Raises: see ``stripe_api.outcomes``.
    """
    with store.read() as read:
        asked = [(one, requests.get(read, one).state) for one in requests.under_way(read)]
        off = unfinished(read)
    refused: list[Refused | Declined] = []
    for ident, state in asked:
        follow = end if state == RequestState.CLOSING else look
        try:
            follow(store, api, ident)
        except (Refused, Declined) as error:
            refused.append(error)
    for ident in off:
        try:
            take_off(store, api, ident)
        except (Refused, Declined) as error:
            refused.append(error)
    if refused:
        raise refused[0]


def known_methods(read: Reading, methods: Collection[str]) -> set[str]:
    """Return which of these saved cards are on file here."""
    return set(
        read.session.scalars(
            select(Card.stripe_payment_method).where(
                Card.stripe_payment_method.in_(methods), Card.removed_at.is_(None)
            )
        )
    )


def read_before(read: Reading) -> set[str]:
    """Return the cards on file that were read at the processor once, to be read again.

    Others came from a file and may be with another processor's account.
    """
    return set(
        read.session.scalars(
            select(Card.stripe_payment_method).where(
                Card.fingerprint.is_not(None), Card.removed_at.is_(None)
            )
        )
    )


def apply_methods(uow: UnitOfWork, methods: Mapping[str, MethodRead]) -> None:
    """Take over what saved cards, by the id that was asked for, show now.

    One that is with nobody is off file. One that is shown as another card, or with another
    customer, is left as it is: that cannot be true.
    """
    for asked, method in methods.items():
        if method.id != asked:
            continue
        card = uow.session.scalar(
            select(Card).where(Card.stripe_payment_method == method.id, Card.removed_at.is_(None))
        )
        if card is None:
            continue
        if method.customer is None:
            found_off(uow, card)
        elif method.customer == card.stripe_customer:
            renew(uow, card, method)
