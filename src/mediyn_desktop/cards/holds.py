# SPDX-License-Identifier: MIT
"""Holding every card charge of a client, such as while a dispute is open."""

from __future__ import annotations

from sqlalchemy import select

from mediyn_desktop.cards.tables import CardHold
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.store.uow import Reading, UnitOfWork


def held(read: Reading, client_id: int) -> str | None:
    """Return why no card of this client may be charged now, or None where one may."""
    return read.session.scalar(
        select(CardHold.reason)
        .where(CardHold.client_id == client_id, CardHold.lifted_at.is_(None))
        .order_by(CardHold.id)
        .limit(1)
    )


def place_hold(uow: UnitOfWork, client: Client, *, source: str, reason: str) -> bool:
    """Charge no card of ``client`` from now on; False where ``source`` was noted before.

    A hold that was lifted is not placed again by the same source: a person decided.
    """
    if uow.session.scalar(select(CardHold.id).where(CardHold.source == source)) is not None:
        return False
    uow.session.add(CardHold(client_id=client.id, source=source, reason=reason, since=uow.now))
    uow.session.flush()
    uow.changed("client", client.ref)
    return True


def lift_holds(uow: UnitOfWork, client: Client, *, reason: str) -> list[str]:
    """Let the client's cards be charged again, whatever held them; return the reasons there were.

    Args:
        reason: why, in words; it is kept.

    Raises:
        NotFound: nothing holds them.
    """
    rows = uow.session.scalars(
        select(CardHold)
        .where(CardHold.client_id == client.id, CardHold.lifted_at.is_(None))
        .order_by(CardHold.id)
    ).all()
    if not rows:
        raise NotFound("No hold stands on this client's cards. Nothing was changed.")
    for row in rows:
        row.lifted_at, row.lifted_reason = uow.now, reason
    uow.session.flush()
    uow.changed("client", client.ref)
    return [row.reason for row in rows]


def lift_hold(uow: UnitOfWork, source: str, *, reason: str) -> None:
    """Let the cards be charged again, as far as ``source`` is concerned; harmless without one.

    Args:
        reason: why, in words; it is kept.
    """
    row = uow.session.scalar(
        select(CardHold).where(CardHold.source == source, CardHold.lifted_at.is_(None))
    )
    if row is not None:
        row.lifted_at, row.lifted_reason = uow.now, reason
        uow.session.flush()
        uow.changed("client", uow.session.get_one(Client, row.client_id).ref)
