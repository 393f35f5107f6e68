# SPDX-License-Identifier: MIT
"""Balances and the journal, read from postings."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, select, union_all

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger import accounts, kinds
from mediyn_desktop.ledger.journal import entry_seal
from mediyn_desktop.ledger.tables import (
    AccountRow,
    AllocationRow,
    EntryRow,
    OpenItemRow,
    PaymentReturnRow,
    PaymentRow,
    PostingRow,
)
from mediyn_desktop.store.chain import GENESIS
from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class ClientBalance:
    """One client's position in cents: owed by the client, owed by insurers, held for the client."""

    client: str
    patient_cents: int = 0
    insurer_cents: int = 0
    credit_cents: int = 0
    deferred_cents: int = 0


@dataclass(frozen=True, slots=True)
class PostingView:
    """One line: cents, debit positive."""

    account: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry as shown and exported."""

    id: int
    date: date
    kind: str
    source: str
    reason: str | None
    reverses: int | None
    postings: tuple[PostingView, ...]


def client_balances(read: Reading, client: str | None = None) -> dict[str, ClientBalance]:
    """Return the balance of each client with postings, or of ``client`` alone, by ref."""
    if client is not None:
        return balances_of(read, [client])
    of_clients = select(AccountRow.id).where(AccountRow.role.in_(accounts.OF_CLIENTS))
    return _balances(read.session.execute(_by_account(of_clients, PostingRow.client.is_not(None))))


def balances_of(read: Reading, clients: Collection[str]) -> dict[str, ClientBalance]:
    """Return the balances of those of ``clients`` (refs) that have postings; sums no others."""
    # Each account of a client's own holds that client's postings only; a payer's holds many's.
    own = (
        select(PostingRow.client, AccountRow.role, func.sum(PostingRow.amount_cents))
        .join(
            PostingRow,
            (PostingRow.account_id == AccountRow.id) & (PostingRow.client == AccountRow.party),
        )
        .where(AccountRow.party.in_(clients), AccountRow.role.in_(_OF_ONE_CLIENT))
        .group_by(PostingRow.client, AccountRow.role)
    )
    payers = select(AccountRow.id).where(AccountRow.role == accounts.PAYER_RECEIVABLE)
    theirs = _by_account(payers, PostingRow.client.in_(clients))
    return _balances([*read.session.execute(own), *read.session.execute(theirs)])


def credit_cents(read: Reading, client: str) -> int:
    """Return what the practice holds for ``client`` (a ref) as credit."""
    return read.session.scalar(_CREDIT_CENTS, {"client": client}) or 0


_CREDIT_CENTS = (
    select(-func.sum(PostingRow.amount_cents))
    .join(AccountRow, AccountRow.id == PostingRow.account_id)
    .where(AccountRow.party == bindparam("client"), AccountRow.role == accounts.CREDIT)
)
_OF_ONE_CLIENT = (accounts.CLIENT_RECEIVABLE, accounts.CREDIT, accounts.DEFERRED)


def _by_account(of: Select[int], whose: ColumnElement[bool]) -> Select[str, str, int]:
    # Grouped as the index lies, then joined: few rows are left when the role is looked up.
    sums = (
        select(
            PostingRow.account_id,
            PostingRow.client,
            func.sum(PostingRow.amount_cents).label("cents"),
        )
        .where(PostingRow.account_id.in_(of), whose)
        .group_by(PostingRow.account_id, PostingRow.client)
        .subquery()
    )
    return select(sums.c.client, AccountRow.role, sums.c.cents).join(
        AccountRow, AccountRow.id == sums.c.account_id
    )


def _balances(rows: Iterable[Row[str, str, int]]) -> dict[str, ClientBalance]:
    balances: dict[str, Counter[str]] = defaultdict(Counter)
    for ref, role, cents in rows:
        balances[ref][role] += cents
    return {
        ref: ClientBalance(
            ref,
            patient_cents=roles[accounts.CLIENT_RECEIVABLE],
            insurer_cents=roles[accounts.PAYER_RECEIVABLE],
            credit_cents=-roles[accounts.CREDIT],
            deferred_cents=-roles[accounts.DEFERRED],
        )
        for ref, roles in sorted(balances.items())
    }


def account_balances(read: Reading) -> dict[str, int]:
    """Return every account's balance in cents, by name."""
    # Grouped as the index lies, then named: few rows are left to join.
    sums = (
        select(PostingRow.account_id, func.sum(PostingRow.amount_cents).label("cents"))
        .group_by(PostingRow.account_id)
        .subquery()
    )
    rows = read.session.execute(
        select(AccountRow.name, func.coalesce(sums.c.cents, 0))
        .outerjoin(sums, sums.c.account_id == AccountRow.id)
        .order_by(AccountRow.name)
    )
    return {row.name: row[1] for row in rows}


def movements(read: Reading, first: date, last: date) -> dict[str, int]:
    """Return what each account moved from ``first`` to ``last`` (both included), in cents.

    Accounts that did not move are left out. An index holds the postings by their day, so the cost
    grows with the period and not with the years.
    """
    sums = (
        select(PostingRow.account_id, func.sum(PostingRow.amount_cents).label("cents"))
        .where(PostingRow.date >= first, PostingRow.date <= last)
        .group_by(PostingRow.account_id)
        .subquery()
    )
    rows = read.session.execute(
        select(AccountRow.name, sums.c.cents)
        .join(sums, sums.c.account_id == AccountRow.id)
        .order_by(AccountRow.name)
    )
    return {name: found for name, found in rows if found}


def journal(
    read: Reading, *, client: str | None = None, source: str | None = None
) -> list[EntryView]:
    """Return entries in the order they were posted, of one client or one source where asked."""
    query = select(EntryRow).order_by(EntryRow.id)
    if client is not None:
        query = query.where(EntryRow.id.in_(_entries_of(client)))
    if source is not None:
        query = query.where(EntryRow.source == source)
    entries = read.session.scalars(query).all()
    lines = defaultdict(list)
    rows = (
        select(PostingRow.entry_id, AccountRow.name, PostingRow.amount_cents)
        .join(AccountRow, AccountRow.id == PostingRow.account_id)
        .order_by(PostingRow.entry_id, PostingRow.line)
    )
    if client is not None:
        rows = rows.where(PostingRow.entry_id.in_(_entries_of(client)))
    for entry, name, cents in read.session.execute(rows):
        lines[entry].append(PostingView(name, cents))
    return [
        EntryView(e.id, e.date, e.kind, e.source, e.reason, e.reverses, tuple(lines[e.id]))
        for e in entries
    ]


def _entries_of(client: str) -> Select[int]:
    """The numbers of a client's entries; naming the accounts lets the one index find them."""
    return select(PostingRow.entry_id).where(
        PostingRow.account_id.in_(select(AccountRow.id)), PostingRow.client == client
    )


def trial_balance(read: Reading) -> int:
    """Return the sum of all postings, which is zero in a sound ledger."""
    return read.session.scalar(select(func.coalesce(func.sum(PostingRow.amount_cents), 0))) or 0


def broken_entries(read: Reading, chain_key: bytes) -> Iterator[str]:
    """Yield a sentence for each entry whose number, balance or seal is not as it was posted."""
    previous, expected = GENESIS, 0
    entries = select(EntryRow).order_by(EntryRow.id).execution_options(yield_per=1000)
    postings = _lines_by_entry(read)
    number, lines = next(postings, _NO_MORE)
    for entry in read.session.scalars(entries):
        expected += 1
        if entry.id != expected:
            yield f"entry {expected} is missing"
            expected = entry.id
        while number < entry.id:
            yield f"postings of entry {number} have no entry"
            number, lines = next(postings, _NO_MORE)
        own: list[tuple[int, int]] = []
        if number == entry.id:
            own = lines
            number, lines = next(postings, _NO_MORE)
        if sum(cents for _, cents in own) != 0 or len(own) < 2:
            yield f"entry {entry.id} does not balance"
        if _seal_of(entry, own, previous, chain_key) != entry.seal:
            yield f"entry {entry.id} was changed after it was posted"
        previous = entry.seal
    while number != _NO_MORE[0]:
        yield f"postings of entry {number} have no entry"
        number, lines = next(postings, _NO_MORE)


_NO_MORE: Final[tuple[int, list[tuple[int, int]]]] = (sys.maxsize, [])


def _lines_by_entry(read: Reading) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Yield each entry's number and its lines ``(account id, cents)``, in order of number."""
    rows = read.session.execute(
        select(PostingRow.entry_id, PostingRow.account_id, PostingRow.amount_cents)
        .order_by(PostingRow.entry_id, PostingRow.line)
        .execution_options(yield_per=1000)
    )
    for number, lines in groupby(rows, key=lambda row: row.entry_id):
        yield number, [(row.account_id, row.amount_cents) for row in lines]


def _seal_of(entry: EntryRow, lines: list[tuple[int, int]], previous: str, chain_key: bytes) -> str:
    return entry_seal(
        chain_key,
        previous,
        number=entry.id,
        on=entry.date,
        kind=entry.kind,
        source=entry.source,
        key=entry.key,
        client=entry.client,
        reason=entry.reason,
        reverses=entry.reverses,
        recorded_at=entry.recorded_at,
        lines=lines,
    )


def disagreements(read: Reading) -> list[str]:
    """Return a sentence for each account of a client or payer that its open items do not explain.

    A client's receivable is what is open of the client's items, a payer's what is open of the
    payer's, a credit what is left of the client's payments, deferred income what is left of the
    packages. Corrections that took two steps in one transaction are judged after both.
    """
    explained: Counter[tuple[str, str]] = Counter()
    settled = (
        select(AllocationRow.item_id, func.sum(AllocationRow.amount_cents).label("cents"))
        .group_by(AllocationRow.item_id)
        .subquery()
    )
    rows = read.session.execute(
        select(
            OpenItemRow.client,
            OpenItemRow.debtor,
            func.sum(OpenItemRow.amount_cents - func.coalesce(settled.c.cents, 0)),
        )
        .outerjoin(settled, settled.c.item_id == OpenItemRow.id)
        .group_by(OpenItemRow.client, OpenItemRow.debtor)
    )
    for client, debtor, cents in rows:
        if debtor is None:
            explained[accounts.CLIENT_RECEIVABLE, client] += cents
        else:
            explained[accounts.PAYER_RECEIVABLE, debtor] += cents
    for client, method, cents in read.session.execute(_left_of_payments()):
        role = accounts.DEFERRED if method == kinds.PACKAGE else accounts.CREDIT
        explained[role, client] -= cents
    booked: Counter[tuple[str, str]] = Counter()
    for role, party, cents in read.session.execute(
        select(AccountRow.role, AccountRow.party, func.sum(PostingRow.amount_cents))
        .join(PostingRow, PostingRow.account_id == AccountRow.id)
        .where(AccountRow.role.in_(accounts.OF_CLIENTS))
        .group_by(AccountRow.role, AccountRow.party)
    ):
        booked[role, party or ""] += cents
    return [
        f"{role.replace('_', ' ')} of {party}: the account says {format_cents(booked[role, party])}"
        f", its items {format_cents(explained[role, party])}"
        for role, party in sorted(explained.keys() | booked.keys())
        if explained[role, party] != booked[role, party]
    ]


def _left_of_payments() -> Select[str, str, int]:
    used = union_all(
        select(AllocationRow.payment_id, AllocationRow.amount_cents),
        select(PaymentReturnRow.payment_id, PaymentReturnRow.amount_cents),
    ).subquery()
    totals = (
        select(used.c.payment_id, func.sum(used.c.amount_cents).label("cents"))
        .group_by(used.c.payment_id)
        .subquery()
    )
    return (
        select(
            PaymentRow.client,
            PaymentRow.method,
            func.sum(PaymentRow.amount_cents - func.coalesce(totals.c.cents, 0)),
        )
        .outerjoin(totals, totals.c.payment_id == PaymentRow.id)
        .where(PaymentRow.method.in_((*kinds.CLIENT_MONEY, kinds.PACKAGE)))
        .group_by(PaymentRow.client, PaymentRow.method)
    )
