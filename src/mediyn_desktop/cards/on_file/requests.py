# SPDX-License-Identifier: MIT
"""Requests for a card as rows: which is under way, each step it takes, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from mediyn_desktop.cards.on_file.states import UNDER_WAY, RequestState, assert_transition
from mediyn_desktop.cards.on_file.tables import CardCustomer, CardRequest
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.core.ids import keyed_id
from mediyn_desktop.practice.tables import Card, Client
from mediyn_desktop.store.uow import Reading, UnitOfWork


@dataclass(frozen=True, slots=True)
class RequestView:
    """One request as shown; ``url`` is given to the client while the page is open."""

    id: int
    client_ref: str
    state: str
    scopes: tuple[str, ...]
    how: str
    text: str
    url: str | None
    expires_at: datetime | None
    card_id: int | None
    card_last4: str | None
    message: str | None
    made_at: datetime


def get(read: Reading, ident: int) -> CardRequest:
    """Return the request ``ident``.

    Raises:
        NotFound: there is none.
    """
    row = read.session.get(CardRequest, ident)
    if row is None:
        raise NotFound(f"There is no request for a card {ident}. Nothing was changed.")
    return row


def request_under_way(read: Reading, client_id: int) -> CardRequest | None:
    """Return the client's request that is not over, if there is one."""
    return read.session.scalar(select(CardRequest).where(CardRequest.open_for == client_id))


def under_way(read: Reading) -> list[int]:
    """Return the ids of all requests for which a page may exist or be wanted."""
    return list(
        read.session.scalars(
            select(CardRequest.id)
            .where(CardRequest.state.in_(UNDER_WAY - {RequestState.PLANNED}))
            .order_by(CardRequest.id)
        )
    )


def request_mark(
    uow: UnitOfWork, client: Client, scope: str, text: str, how: str, number: int
) -> str:
    """Return the opaque mark of a client's n-th request.

    What is agreed to is part of it: a ledger that was restored and forgot a request finds the page
    again only for the very same agreement.
    """
    secret = uow.subkey("identity")
    return keyed_id(secret, "card-request", client.ref, scope, text, how, str(number))


def count(read: Reading, client_id: int) -> int:
    """Return how many requests were made for a client."""
    return (
        read.session.scalar(
            select(func.count()).select_from(CardRequest).where(CardRequest.client_id == client_id)
        )
        or 0
    )


def customer_mark(secret: bytes, client_ref: str) -> str:
    """Return the opaque mark of the client's customer: the same after every restore."""
    return keyed_id(secret, "card-customer", client_ref)


def customer_row(uow: UnitOfWork, client: Client) -> CardCustomer:
    """Return what the processor knows the client by; the row is made where there is none."""
    row = uow.session.scalar(select(CardCustomer).where(CardCustomer.client_id == client.id))
    if row is None:
        mark = customer_mark(uow.subkey("identity"), client.ref)
        row = CardCustomer(client_id=client.id, mark=mark, keys=1)
        uow.session.add(row)
        uow.session.flush()
    return row


def move(uow: UnitOfWork, row: CardRequest, state: RequestState, text: str) -> None:
    """Take one arrow of the diagram; a request that is over frees its client for another."""
    assert_transition(RequestState(row.state), state)
    if (row.state, row.message) == (state, text):
        return
    row.state = state
    row.message = text
    row.updated_at = uow.now
    row.open_for = row.client_id if state in UNDER_WAY else None
    uow.session.flush()
    uow.changed("card_request", row.id)


def view_requests(
    read: Reading, *, client: str | None = None, ident: int | None = None
) -> list[RequestView]:
    """Return requests, the newest first."""
    query = (
        select(CardRequest, Client.ref, Card.last4)
        .join(Client, Client.id == CardRequest.client_id)
        .outerjoin(Card, Card.id == CardRequest.card_id)
        .order_by(CardRequest.id.desc())
    )
    if client is not None:
        query = query.where(Client.ref == client)
    if ident is not None:
        query = query.where(CardRequest.id == ident)
    return [
        RequestView(
            id=row.id,
            client_ref=ref,
            state=row.state,
            scopes=tuple(row.scope.split(";")),
            how=row.how,
            text=row.text,
            url=row.url if row.state == RequestState.OPEN else None,
            expires_at=row.expires_at,
            card_id=row.card_id,
            card_last4=last4,
            message=row.message,
            made_at=row.made_at,
        )
        for row, ref, last4 in read.session.execute(query)
    ]
