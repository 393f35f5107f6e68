# SPDX-License-Identifier: MIT
"""Which open link asks for what, and links that ask for something paid another way."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from mediyn_desktop.billing.plan_views import running_plan
from mediyn_desktop.cards.links.states import OPEN, LinkState
from mediyn_desktop.cards.links.tables import PaymentLink, PaymentLinkItem
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.core.ids import keyed_id
from mediyn_desktop.ledger.items import Share, open_cents
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.store.uow import Reading, UnitOfWork

_FORGOTTEN = 10  # links made for one client after a backup and forgotten by restoring it


@dataclass(frozen=True, slots=True)
class LinkView:
    """One link as shown; ``url`` is given to the client while the link is active."""

    id: int
    client_ref: str
    amount_cents: int
    state: str
    url: str | None
    message: str | None
    made_at: datetime


def get(read: Reading, ident: int) -> PaymentLink:
    """Return the link ``ident``.

    Raises:
        NotFound: there is none.
    """
    row = read.session.get(PaymentLink, ident)
    if row is None:
        raise NotFound(f"There is no payment link {ident}. Nothing was changed.")
    return row


def link_mark(secret: bytes, client: str, number: int) -> str:
    """Return the opaque mark of a client's n-th link: the same after every restore."""
    return keyed_id(secret, "link", client, str(number))


def marks(read: Reading, secret: bytes) -> dict[str, str]:
    """Return every mark a link of these books has or may have had, with its client's ref.

    A ledger restored from a backup may have forgotten the newest links; their marks it still knows.
    """
    counts = read.session.execute(
        select(Client.ref, func.count(PaymentLink.id))
        .outerjoin(PaymentLink, PaymentLink.client_id == Client.id)
        .group_by(Client.ref)
    )
    return {
        link_mark(secret, ref, number): ref
        for ref, made in counts
        for number in range(1, made + _FORGOTTEN + 1)
    }


def open_link(read: Reading, client_id: int) -> PaymentLink | None:
    """Return the client's open link, if there is one."""
    return read.session.scalar(select(PaymentLink).where(PaymentLink.open_for == client_id))


def links_on(read: Reading, items: Collection[int]) -> list[int]:
    """Return the ids of open links that ask for one of these open items."""
    return list(
        read.session.scalars(
            select(PaymentLink.id)
            .join(PaymentLinkItem, PaymentLinkItem.link_id == PaymentLink.id)
            .where(PaymentLinkItem.item_id.in_(items), PaymentLink.state.in_(OPEN))
            .distinct()
        )
    )


def shares_of(read: Reading, link: PaymentLink) -> list[Share]:
    """Return which open items a link asks for, and how much of each."""
    rows = read.session.execute(
        select(PaymentLinkItem.item_id, PaymentLinkItem.amount_cents)
        .where(PaymentLinkItem.link_id == link.id)
        .order_by(PaymentLinkItem.id)
    )
    return [Share(item, cents) for item, cents in rows]


def open_links(read: Reading) -> list[int]:
    """Return the ids of all links that are not over."""
    return list(
        read.session.scalars(
            select(PaymentLink.id).where(PaymentLink.state.in_(OPEN)).order_by(PaymentLink.id)
        )
    )


def close_outdated(uow: UnitOfWork, client: Client) -> None:
    """Have the client's open link closed where part of what it asks for was settled otherwise."""
    link = open_link(uow, client.id)
    if link is None or link.state not in (LinkState.PLANNED, LinkState.CREATING, LinkState.ACTIVE):
        return
    shares = shares_of(uow, link)
    plan = running_plan(uow, client.ref)
    under = {one.item for one in plan.charges} if plan is not None else set()
    installments = sum(share.cents for share in shares if share.item in under)
    if all(open_cents(uow, share.item) >= share.cents for share in shares) and (
        plan is None or installments <= plan.due_cents
    ):
        return
    move(uow, link, LinkState.CLOSING, "Settled another way; the link is being closed")


def move(uow: UnitOfWork, link: PaymentLink, state: LinkState, text: str) -> None:
    """Bring a link into ``state``; one that is over frees its client for another."""
    link.state = state
    link.message = text
    link.updated_at = uow.now
    link.open_for = link.client_id if state in OPEN else None
    uow.session.flush()
    uow.changed("payment_link", link.id)


def view_links(read: Reading, *, client: str | None = None) -> list[LinkView]:
    """Return links, the newest first."""
    query = (
        select(PaymentLink, Client.ref)
        .join(Client, Client.id == PaymentLink.client_id)
        .order_by(PaymentLink.id.desc())
    )
    if client is not None:
        query = query.where(Client.ref == client)
    return [
        LinkView(
            row.id,
            ref,
            row.amount_cents,
            row.state,
            row.url if row.state == LinkState.ACTIVE else None,
            row.message,
            row.made_at,
        )
        for row, ref in read.session.execute(query)
    ]
