# SPDX-License-Identifier: MIT
"""Posting to the journal, and reversing what was posted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from mediyn_desktop.core.errors import NotFound, UserFacingError
from mediyn_desktop.core.money import total
from mediyn_desktop.ledger.accounts import Account
from mediyn_desktop.ledger.periods import posting_date
from mediyn_desktop.ledger.tables import AccountRow, EntryRow, PostingRow
from mediyn_desktop.store.base import stored_instant
from mediyn_desktop.store.chain import GENESIS, seal
from mediyn_desktop.store.uow import UnitOfWork

# Run at every posting, so they are written out: composing them costs more than running them.
_LAST_ENTRY = "SELECT id, seal FROM entry ORDER BY id DESC LIMIT 1"
_ACCOUNT_ID = "SELECT id FROM account WHERE name = ?"
_INSERT_ACCOUNT = "INSERT INTO account (name, role, party) VALUES (?, ?, ?) RETURNING id"
_INSERT_POSTING = (
    "INSERT INTO posting (entry_id, line, account_id, date, client, amount_cents) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)
_INSERT_ENTRY = (
    "INSERT INTO entry (id, date, kind, source, key, client, reason, reverses, recorded_at, seal) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_CLOSED_ON = (
    "SELECT 1 FROM closed_period WHERE last >= ? AND first <= ? AND reopened_at IS NULL LIMIT 1"
)


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
        on: the accounting date, local to the practice. Where the books of that day are closed,
            the entry is posted today and its reason names the day it concerns.
        source: where it came from, such as ``session:s12`` or ``attempt:9f…``.
        key: unique for ever; posting the same event twice violates it.
        client: the client's ref where the entry concerns one.

    Raises:
        Unbalanced: the lines do not sum to zero.
    """
    kept = [line for line in lines if line.cents]
    if len(kept) < 2 or total([line.cents for line in kept]) != 0:
        raise Unbalanced(f"{kind} {source}: lines do not balance")
    if uow.direct(_CLOSED_ON, (on.isoformat(), on.isoformat())).fetchone() is not None:
        on, reason = _open_date(uow, on, reason)
    last = uow.direct(_LAST_ENTRY, ()).fetchone()
    number, previous = (last[0] + 1, last[1]) if last else (1, GENESIS)
    numbered = [(account_id(uow, line.account), line.cents) for line in kept]
    date_text = on.isoformat()
    uow.direct_many(
        _INSERT_POSTING,
        [
            (number, line, account, date_text, client, cents)
            for line, (account, cents) in enumerate(numbered, 1)
        ],
    )
    seal = entry_seal(
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
    )
    recorded = stored_instant(uow.now)
    uow.direct(
        _INSERT_ENTRY,
        (number, date_text, kind, source, key, client, reason, reverses, recorded, seal),
    )
    uow.changed("entry", number)
    if client is not None:
        uow.changed("balance", client)
    return number


def _open_date(uow: UnitOfWork, meant: date, reason: str | None) -> tuple[date, str | None]:
    found = posting_date(uow, meant)
    return found.on, "; ".join(part for part in (reason, found.concerns) if part) or None


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
        .order_by(PostingRow.line)
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
    found = uow.direct(_ACCOUNT_ID, (account.name,)).fetchone()
    if found is None:
        values = (account.name, account.role, account.party)
        found = uow.direct(_INSERT_ACCOUNT, values).fetchone()
    return int(found[0])


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
    content = (
        "entry",
        number,
        on.isoformat(),
        kind,
        source,
        key,
        client,
        reason,
        reverses,
        recorded_at.isoformat(),
        lines,
    )
    return seal(key_bytes, previous, content)
