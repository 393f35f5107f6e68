# SPDX-License-Identifier: MIT
"""Finding journal entries: the newest first, a stretch of the journal at a time.

Entries are numbered without a gap, so the number is the key to page by. A search looks through one
stretch of numbers per read and says where to go on: the first hits are there at once however long
the journal is, and a search nobody waits for any more ends after its stretch.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.ledger.tables import AccountRow, EntryRow, PaymentRow, PostingRow
from mediyn_desktop.store.uow import Reading

STRETCH: Final = 10_000
"""Entries looked through in one read."""

_DEBIT = func.max(PostingRow.amount_cents, 0)  # the larger of the two, with two arguments


@dataclass(frozen=True, slots=True)
class Term:
    """One typed word and all it may mean; an entry fits that one of the meanings is true of.

    Args:
        text: looked for, in lower case, in check numbers and reasons, and at the start of a source
            such as ``session:s12`` or of the reference after its colon.
        cents: an amount of the entry or of one of its lines.
        number: an entry's own number.
        kinds: the kinds of entry that are called so.
        clients: selects the refs of the clients that are called so.
    """

    text: str = ""
    cents: int | None = None
    number: int | None = None
    kinds: frozenset[str] = frozenset()
    clients: Select[str] | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to find: every term fits, the kind is this one, the date lies within both days."""

    terms: tuple[Term, ...] = ()
    kind: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Numbers of entries, newest first; go on with those ``below``, unless it is None."""

    ids: array[int]
    below: int | None


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry as a list shows it; ``amount_cents`` is the sum of its debits.

    ``reference`` is the check's or the processor's number where the entry took in a payment.
    """

    id: int
    date: date
    kind: str
    client: str | None
    source: str
    reference: str | None
    amount_cents: int
    reverses: int | None
    reversed_by: int | None


@dataclass(frozen=True, slots=True)
class PostedLine:
    """One line of an entry: cents, debit positive; ``party`` is a client's or payer's ref."""

    account: str
    role: str
    party: str | None
    amount_cents: int


@dataclass(frozen=True, slots=True)
class PostedEntry:
    """One entry whole; ``recorded_at`` is when it was written down (UTC)."""

    line: EntryLine
    reason: str | None
    recorded_at: datetime
    postings: tuple[PostedLine, ...]


def last_entry(read: Reading) -> int:
    """Return the newest entry's number, which is how many there are."""
    return read.session.scalar(select(func.max(EntryRow.id))) or 0


def find_entries(
    read: Reading, wanted: Wanted, *, below: int | None = None, stretch: int = STRETCH
) -> Found:
    """Look through the ``stretch`` entries numbered under ``below``, or through the newest."""
    top = (last_entry(read) if below is None else below - 1) or 0
    low = max(top - stretch + 1, 1)
    query = select(EntryRow.id).where(EntryRow.id.between(low, top)).order_by(EntryRow.id.desc())
    if wanted.kind is not None:
        query = query.where(EntryRow.kind == wanted.kind)
    if wanted.since is not None:
        query = query.where(EntryRow.date >= wanted.since)
    if wanted.until is not None:
        query = query.where(EntryRow.date <= wanted.until)
    for term in wanted.terms:
        query = query.where(_fits(term, low, top))
    # The connection, not the session: no object is made for each of ten thousand numbers.
    ids = array("q", (row[0] for row in read.session.connection().execute(query)))
    return Found(ids, low if low > 1 else None)


def _fits(term: Term, low: int, top: int) -> ColumnElement[bool]:
    ways: list[ColumnElement[bool]] = []
    if term.text:
        source = func.lower(EntryRow.source)
        called = (
            select(PaymentRow.id)
            .where(PaymentRow.entry_id == EntryRow.id)
            .where(_holds(PaymentRow.reference, term.text))
        )
        ways += [
            func.instr(source, term.text) == 1,
            func.instr(source, f":{term.text}") > 0,
            _holds(EntryRow.reason, term.text),
            called.exists(),
        ]
    if term.cents is not None:
        ways.append(EntryRow.id.in_(_of_amount(term.cents, low, top)))
    if term.number is not None:
        ways.append(EntryRow.id == term.number)
    if term.kinds:
        ways.append(EntryRow.kind.in_(sorted(term.kinds)))
    if term.clients is not None:
        ways.append(EntryRow.client.in_(term.clients))
    return or_(*ways)


def _holds(column: InstrumentedAttribute[str | None], text: str) -> ColumnElement[bool]:
    # Not LIKE: an underscore or a per cent sign in a reference is just that character.
    return func.instr(func.lower(func.coalesce(column, "")), text) > 0


def _of_amount(cents: int, low: int, top: int) -> Select[int]:
    """The entries of a stretch with a line of ``cents`` on either side, or that sum to it."""
    return (
        select(PostingRow.entry_id)
        .where(PostingRow.entry_id.between(low, top))
        .group_by(PostingRow.entry_id)
        .having(
            or_(
                func.max(func.abs(PostingRow.amount_cents) == cents),
                func.sum(_DEBIT) == cents,
            )
        )
    )


def entry_lines(read: Reading, ids: Collection[int]) -> list[EntryLine]:
    """Return the entries numbered ``ids``, in any order; numbers of none are left out."""
    wanted = list(ids)
    debits = dict(
        read.session.execute(
            select(PostingRow.entry_id, func.sum(_DEBIT))
            .where(PostingRow.entry_id.in_(wanted))
            .group_by(PostingRow.entry_id)
        ).all()
    )
    undone_by = dict(
        read.session.execute(
            select(EntryRow.reverses, EntryRow.id).where(EntryRow.reverses.in_(wanted))
        ).all()
    )
    references = dict(
        read.session.execute(
            select(PaymentRow.entry_id, PaymentRow.reference)
            .where(PaymentRow.entry_id.in_(wanted), PaymentRow.reference.is_not(None))
            .order_by(PaymentRow.id.desc())
        ).all()
    )
    entries = read.session.scalars(select(EntryRow).where(EntryRow.id.in_(wanted)))
    return [
        EntryLine(
            id=entry.id,
            date=entry.date,
            kind=entry.kind,
            client=entry.client,
            source=entry.source,
            reference=references.get(entry.id) or None,
            amount_cents=debits[entry.id],
            reverses=entry.reverses,
            reversed_by=undone_by.get(entry.id),
        )
        for entry in entries
    ]


def posted_entry(read: Reading, number: int) -> PostedEntry:
    """Return the entry ``number`` with its lines.

    Raises:
        NotFound: there is none.
    """
    lines = entry_lines(read, [number])
    if not lines:
        raise NotFound(f"There is no journal entry {number:,}.")
    entry = read.session.get_one(EntryRow, number)
    rows = read.session.execute(
        select(AccountRow.name, AccountRow.role, AccountRow.party, PostingRow.amount_cents)
        .join(PostingRow, PostingRow.account_id == AccountRow.id)
        .where(PostingRow.entry_id == number)
        .order_by(PostingRow.line)
    )
    postings = tuple(PostedLine(*row) for row in rows)
    return PostedEntry(lines[0], entry.reason, entry.recorded_at, postings)
