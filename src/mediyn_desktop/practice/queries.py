# SPDX-License-Identifier: MIT
"""The client list: who is shown, in which order, and one page of rows at a time.

A page costs the same in a practice of a hundred clients and of a hundred thousand: ids come from
one index in its own order, rows and balances are read for the page's clients only.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from mediyn_desktop.ledger.queries import ClientBalance, balances_of
from mediyn_desktop.practice.searching import words
from mediyn_desktop.practice.tables import Card, Client
from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One line of the client list; the balance in cents, ``last4`` of the newest card on file."""

    id: int
    ref: str
    first_name: str
    last_name: str
    preferred_name: str
    payment_type: str
    last4: str | None
    balance: ClientBalance

    @property
    def name(self) -> str:
        """``Last, First (Preferred)``, as lists are read."""
        name = ", ".join(part for part in (self.last_name, self.first_name) if part)
        return f"{name} ({self.preferred_name})" if self.preferred_name else name


def client_ids(
    read: Reading, search: str = "", *, after: int | None = None, limit: int | None = None
) -> array[int]:
    """Return the ids of the clients found, by last name, then first name.

    Args:
        search: words that must all occur in the name, preferred name, reference or e-mail; case
            and accents do not matter, and no character is a wildcard.
        after: leave out everything up to this client.
        limit: at most so many.
    """
    query = _found(select(Client.id), search).order_by(Client.search, Client.id)
    if after is not None:
        place = select(Client.search).where(Client.id == after).scalar_subquery()
        later = (Client.search > place) | ((Client.search == place) & (Client.id > after))
        # The plain comparison lets SQLite begin in the middle of the index.
        query = query.where(Client.search >= place, later)
    if limit is not None:
        query = query.limit(limit)
    # The connection, not the session: no object is made for each of a hundred thousand ids.
    return array("q", (row[0] for row in read.session.connection().execute(query)))


def client_count(read: Reading, search: str = "") -> int:
    """Return how many clients ``client_ids`` would find."""
    return read.session.scalar(_found(select(func.count()).select_from(Client), search)) or 0


def client_rows(read: Reading, ids: Collection[int]) -> list[ClientRow]:
    """Return the rows of ``ids``, in any order; ids of nobody are left out."""
    wanted = list(ids)
    clients = read.session.execute(
        select(
            Client.id,
            Client.ref,
            Client.first_name,
            Client.last_name,
            Client.preferred_name,
            Client.payment_type,
        ).where(Client.id.in_(wanted))
    ).all()
    cards = read.session.execute(
        select(Card.client_id, Card.last4)
        .where(Card.client_id.in_(wanted), Card.removed_at.is_(None))
        .order_by(Card.is_default, Card.for_fees.desc(), Card.id)
    )
    last4 = dict(cards.all())  # the one that is charged is the last to be seen
    balances = balances_of(read, [ref for _, ref, *_ in clients])
    return [
        ClientRow(
            number,
            ref,
            first,
            last,
            preferred,
            payment_type,
            last4=last4.get(number),
            balance=balances.get(ref) or ClientBalance(ref),
        )
        for number, ref, first, last, preferred, payment_type in clients
    ]


def _found(query: Select[int], search: str) -> Select[int]:
    for word in words(search):
        # Not LIKE: an underscore or a per cent sign in a name is just that character.
        query = query.where(func.instr(Client.search, word) > 0)
    return query
