# SPDX-License-Identifier: MIT
"""Closing links for good, before their balance may be asked of anything else.

The link is made inactive, every page opened from it is ended, and then all of it is read again:
what a client paid at the last moment is posted, and only a link with nothing left open is closed.
"""

from __future__ import annotations

import logging
from collections.abc import Collection

from sqlalchemy import select

from mediyn_desktop.cards.accounts import prove_absence
from mediyn_desktop.cards.links.recording import LinkSeen, record_seen
from mediyn_desktop.cards.links.standing import get, links_on, move
from mediyn_desktop.cards.links.states import OPEN, LinkState
from mediyn_desktop.cards.links.tables import PaymentLink
from mediyn_desktop.cards.recording import asked_items
from mediyn_desktop.cards.refunds.planning import LATE
from mediyn_desktop.cards.stripe_api import NO_ANSWER, LinkRead, Refused, StripeApi
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.cards.turns import Turn, taking_turns
from mediyn_desktop.store.uow import Store

log = logging.getLogger(__name__)

UNFINISHED = frozenset({LinkState.CREATING, LinkState.CLOSING, LinkState.PAYING})
"""What goes on by itself with the next poll."""


@taking_turns(Turn.LINKS)
def close(store: Store, api: StripeApi, ident: int) -> LinkState:
    """Close a link, and return where it stands: ``closed``, ``paid``, or not yet.

    Raises: see ``stripe_api.outcomes``; the link stays ``closing`` and is tried again.
    """
    with store.write("Close a payment link") as uow:
        row = get(uow, ident)
        if row.state not in OPEN:
            return LinkState(row.state)
        if row.state == LinkState.PLANNED:
            move(uow, row, LinkState.CLOSED, "Closed before it was made")
            return LinkState.CLOSED
        if row.state in (LinkState.CREATING, LinkState.ACTIVE):
            move(uow, row, LinkState.CLOSING, "Being closed")
    link = _link_of(store, api, ident)
    if link is None:
        return _never_made(store, api, ident)
    if link.active:
        api.links.deactivate(link.id)
    for page in api.links.opened(link.id):
        if page.status == "open":
            try:
                api.links.expire(page.id)
            except Refused:
                log.info("a page of link %s ended by itself", ident)  # read again below
    return look(store, api, ident)


@taking_turns(Turn.LINKS)
def look(store: Store, api: StripeApi, ident: int) -> LinkState:
    """Read a link with everything on it and apply that; return where it stands.

    Raises: see ``stripe_api.outcomes``.
    """
    link = _link_of(store, api, ident)
    if link is None:
        return _never_made(store, api, ident)
    seen = read_link(api, link.id)
    with store.write("Record a payment link") as uow:
        return record_seen(uow, get(uow, ident), seen)


def read_link(api: StripeApi, link: str) -> LinkSeen:
    """Read a link, every page opened from it and every intent made on them.

    The pages are read after the link: while it is inactive none can be added.

    Raises: see ``stripe_api.outcomes``.
    """
    read_back = api.links.read(link)
    pages = api.links.opened(link)
    intents = [api.intents.read(page.intent) for page in pages if page.intent is not None]
    return LinkSeen(read_back, pages, intents)


def clear_the_way(store: Store, api: StripeApi, attempts: Collection[int]) -> None:
    """Close the links that ask for what these attempts are about to charge.

    One that cannot be closed stays open, and its attempts wait.
    """
    with store.read() as read:
        rows = read.session.scalars(select(CardAttempt).where(CardAttempt.id.in_(attempts)))
        items = {item for row in rows for item in asked_items(read, row)}
        links = links_on(read, items) if items else []
    for ident in links:
        try:
            close(store, api, ident)
        except NO_ANSWER:
            log.warning("payment link %s could not be closed; its charges wait", ident)


@taking_turns(Turn.LINKS)
def finish(store: Store, api: StripeApi) -> None:
    """Go on with links that are being made, closed or paid.

    Raises: see ``stripe_api.outcomes``.
    """
    with store.read() as read:
        rows = read.session.execute(
            select(PaymentLink.id, PaymentLink.state).where(PaymentLink.state.in_(UNFINISHED))
        ).all()
    for ident, state in rows:
        if state == LinkState.CLOSING:
            close(store, api, ident)
        else:
            look(store, api, ident)


def _link_of(store: Store, api: StripeApi, ident: int) -> LinkRead | None:
    """Return the link as the processor holds it, found by our mark where its id was lost."""
    with store.read() as read:
        row = get(read, ident)
        known, iid = row.link_id, row.iid
    if known is not None:
        return api.links.read(known)
    for page in api.links.active_pages():
        for link in page:
            if link.iid == iid:
                _adopt(store, ident, link)
                return link
    return None


def _adopt(store: Store, ident: int, link: LinkRead) -> None:
    with store.write("Store a payment link") as uow:
        row = get(uow, ident)
        if row.link_id is None:
            row.link_id, row.url = link.id, link.url
        if row.state == LinkState.CREATING:
            move(uow, row, LinkState.ACTIVE, "The client can pay with this link")


def _never_made(store: Store, api: StripeApi, ident: int) -> LinkState:
    """Give up a link of which nothing exists, once a lost request can no longer make it.

    Only the account it was asked for in can say so.

    Raises:
        OtherAccount, stripe_api.outcomes: it cannot; the link stays as it is.
    """
    with store.read() as read:
        row = get(read, ident)
        account, livemode = row.account, row.livemode
    prove_absence(store, api, account=account, livemode=livemode)
    with store.write("Close a payment link") as uow:
        row = get(uow, ident)
        if uow.now - row.updated_at >= LATE or uow.now - row.made_at >= LATE:
            move(uow, row, LinkState.CLOSED, "It was never made; nothing can be paid on it")
        return LinkState(row.state)
