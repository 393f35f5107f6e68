# SPDX-License-Identifier: MIT
"""Posting to the journal, and reversing what was posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select

from mediyn_desktop.core.errors import NotFound, UserFacingError
from mediyn_desktop.core.money import total
from mediyn_desktop.ledger.accounts import Account
from mediyn_desktop.ledger.tables import AccountRow, EntryRow, PostingRow
from mediyn_desktop.store.chain import GENESIS, seal
from mediyn_desktop.store.uow import UnitOfWork


class Unbalanced(AssertionError):
    """A bug: the lines of an entry do not sum to zero."""


class AlreadyReversed(UserFacingError):
    """The entry has been reversed before."""

    code = "already-reversed"


@dataclass(frozen=True, slots=True)
class Line:
    """One line to post: cents, debit positive."""

    account: Account
    cents: int


def post(
    uow: UnitOfWork,
    *,
    on: date,
    kind: str,
    source: str,
    key: str,
    lines: Sequence[Line],
    client: str | None = None,
    reason: str | None = None,
    reverses: int | None = None,
) -> int:
    """Post one entry and return its id. Lines of zero cents are left out.

    Args:
        on: the accounting date, local to the practice.
        source: where it came from, such as ``session:s12`` or ``attempt:9f…``.
        key: unique for ever; posting the same event twice violates it.
        client: the client's ref where the entry concerns one.

    Raises:
        Unbalanced: the lines do not sum to zero.
    """
    kept = [line for line in lines if line.cents]
    if len(kept) < 2 or total([line.cents for line in kept]) != 0:
        raise Unbalanced(f"{kind} {source}: lines do not balance")
    connection = uow.session.connection()
    last = connection.execute(
        select(EntryRow.id, EntryRow.seal).order_by(EntryRow.id.desc()).limit(1)
    ).first()
    number, previous = (last.id + 1, last.seal) if last else (1, GENESIS)
    numbered = [(account_id(uow, line.account), line.cents) for line in kept]
    connection.execute(
        insert(PostingRow),
        [
            {
                "entry_id": number,
                "account_id": account,
                "date": on,
                "client": client,
                "amount_cents": cents,
            }
            for account, cents in numbered
        ],
    )
    connection.execute(
        insert(EntryRow).values(
            id=number,
            date=on,
            kind=kind,
            source=source,
            key=key,
            client=client,
            reason=reason,
            reverses=reverses,
            recorded_at=uow.now,
            seal=entry_seal(
                uow.subkey("chain"),
                previous,
                number=number,
                on=on,
                kind=kind,
                source=source,
                key=key,
                client=client,
                reason=reason,
                reverses=reverses,
                recorded_at=uow.now,
                lines=numbered,
            ),
        )
    )
    uow.changed("entry", number)
    if client is not None:
        uow.changed("balance", client)
    return number


def reverse(uow: UnitOfWork, entry: int, *, on: date, reason: str) -> int:
    """Post the mirror image of ``entry`` and return the new entry's id.

    Raises:
        NotFound: no such entry.
        AlreadyReversed: it has been reversed before.
    """
    original = uow.session.get(EntryRow, entry)
    if original is None:
        raise NotFound(f"There is no journal entry {entry}. Nothing was changed.")
    if uow.session.scalar(select(EntryRow.id).where(EntryRow.reverses == entry)) is not None:
        raise AlreadyReversed(f"Journal entry {entry} was reversed before. Nothing was changed.")
    rows = uow.session.execute(
        select(AccountRow, PostingRow.amount_cents)
        .join(PostingRow, PostingRow.account_id == AccountRow.id)
        .where(PostingRow.entry_id == entry)
        .order_by(PostingRow.id)
    )
    return post(
        uow,
        on=on,
        kind="reversal",
        source=original.source,
        key=f"reversal:{entry}",
        lines=[Line(Account(row.name, row.role, row.party), -cents) for row, cents in rows],
        client=original.client,
        reason=reason,
        reverses=entry,
    )


def account_id(uow: UnitOfWork, account: Account) -> int:
    """Return the id of ``account``, opening it at its first use."""
    found = uow.session.scalar(select(AccountRow.id).where(AccountRow.name == account.name))
    if found is not None:
        return found
    row = AccountRow(name=account.name, role=account.role, party=account.party)
    uow.session.add(row)
    uow.session.flush()
    return row.id


def entry_seal(
    key_bytes: bytes,
    previous: str,
    *,
    number: int,
    on: date,
    kind: str,
    source: str,
    key: str,
    client: str | None,
    reason: str | None,
    reverses: int | None,
    recorded_at: datetime,
    lines: Sequence[tuple[int, int]],
) -> str:
    """Return the seal of one entry and its postings ``(account id, cents)``."""
    content: Mapping[str, object] = {
        "number": number,
        "on": on.isoformat(),
        "kind": kind,
        "source": source,
        "key": key,
        "client": client,
        "reason": reason,
        "reverses": reverses,
        "recorded_at": recorded_at.isoformat(),
        "lines": [list(line) for line in lines],
    }
    return seal(key_bytes, previous, ["entry", content])
