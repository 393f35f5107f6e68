# SPDX-License-Identifier: MIT
"""Disputes whole: the hold on the client's cards, and what they did to the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from mediyn_desktop.cards.clearing.disputes import hold_source, may_lift
from mediyn_desktop.cards.clearing.showing import DisputeView, view_disputes
from mediyn_desktop.cards.clearing.tables import CardDispute
from mediyn_desktop.cards.tables import CardHold
from mediyn_desktop.ledger.tables import EntryRow
from mediyn_desktop.practice import journal
from mediyn_desktop.store.uow import Reading

_KINDS = ("dispute-opened", "dispute-fee", "dispute-won", "dispute-lost")


@dataclass(frozen=True, slots=True)
class Hold:
    """Why no card of the client is charged, since when, and how it ended; practice-local."""

    reason: str
    since: datetime
    lifted_at: datetime | None
    lifted_reason: str | None


@dataclass(frozen=True, slots=True)
class DisputeEntry:
    """An entry of the journal: its number, day, and each posting in words (cents)."""

    id: int
    date: date
    kind: str
    postings: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class DisputeStory:
    """A dispute as a person needs it; ``may_lift``: the hold stands and the bank has decided."""

    view: DisputeView
    client_name: str
    hold: Hold | None
    may_lift: bool
    entries: tuple[DisputeEntry, ...]


def dispute_stories(read: Reading) -> list[DisputeStory]:
    """Return every dispute whole, the open ones first and of those the most urgent."""
    views = view_disputes(read)
    rows = {row.processor_id: row for row in read.session.scalars(select(CardDispute))}
    sources = [hold_source(row) for row in rows.values()]
    holds = {
        one.source: one
        for one in read.session.scalars(select(CardHold).where(CardHold.source.in_(sources)))
    }
    called = journal.names(read, {one.client_ref for one in views if one.client_ref})
    return [
        _story(read, one, rows[one.id], holds, called.get(one.client_ref or "", ""))
        for one in views
    ]


def _story(
    read: Reading, view: DisputeView, row: CardDispute, holds: dict[str, CardHold], name: str
) -> DisputeStory:
    found = holds.get(hold_source(row))
    hold = None
    if found is not None:
        lifted = found.lifted_at.astimezone(read.zone) if found.lifted_at is not None else None
        since = found.since.astimezone(read.zone)
        hold = Hold(found.reason, since, lifted, found.lifted_reason)
    stands = hold is not None and hold.lifted_at is None
    return DisputeStory(view, name, hold, stands and may_lift(row), _entries(read, view))


def _entries(read: Reading, view: DisputeView) -> tuple[DisputeEntry, ...]:
    """The entries of the dispute's payment that are of disputes, oldest first."""
    if view.payment is None:
        return ()
    numbers = read.session.scalars(
        select(EntryRow.id)
        .where(EntryRow.source == f"payment:{view.payment}", EntryRow.kind.in_(_KINDS))
        .order_by(EntryRow.id)
    )
    found = [journal.entry(read, number) for number in numbers]
    return tuple(
        DisputeEntry(
            one.row.line.id,
            one.row.line.date,
            one.row.kind,
            tuple((part.words, part.amount_cents) for part in one.postings),
        )
        for one in found
    )
