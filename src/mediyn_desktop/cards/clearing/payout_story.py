# SPDX-License-Identifier: MIT
"""Payouts in pages, and one whole: its sums, its entry in the books, and what does not add up."""

from __future__ import annotations

from array import array
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from mediyn_desktop.cards.clearing.movements import PAYOUTS
from mediyn_desktop.cards.clearing.payouts import PayoutView, view_payouts
from mediyn_desktop.cards.clearing.tables import CardMovement, CardPayout
from mediyn_desktop.cards.clearing.tie_out import Columns
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.practice import journal
from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """One line of the list: cents. ``posted``: it stands in the bank account of these books."""

    id: int
    processor_id: str
    amount_cents: int
    status: str
    arrives_on: date
    taken_apart: bool
    posted: bool


@dataclass(frozen=True, slots=True)
class PayoutStory:
    """A payout as a person needs it.

    ``sums`` are of what it took along; ``difference_cents`` is what it is more than that. ``entry``
    is its entry in the journal, ``returned`` the one that took it back. ``names`` of clients by
    ref. ``automatic``: the processor says which payments are in it.
    """

    row: PayoutRow
    view: PayoutView
    automatic: bool
    sums: Columns
    difference_cents: int
    entry: int | None
    returned: int | None
    names: dict[str, str]


def find_payouts(read: Reading) -> array[int]:
    """Return the ids of all payouts, the newest first."""
    newest = select(CardPayout.id).order_by(CardPayout.created.desc(), CardPayout.id.desc())
    return array("q", read.session.scalars(newest))


def payout_rows(read: Reading, ids: Collection[int]) -> list[PayoutRow]:
    """Return the lines of the payouts ``ids``, in any order."""
    rows = read.session.scalars(select(CardPayout).where(CardPayout.id.in_(list(ids))))
    return [_row(one) for one in rows]


def payout_story(read: Reading, ident: int) -> PayoutStory:
    """Return the payout ``ident`` whole.

    Raises:
        NotFound: there is none.
    """
    one = read.session.get(CardPayout, ident)
    if one is None:
        raise NotFound("There is no such payout.")
    (view,) = view_payouts(read, [ident])
    sums = Columns()
    for movement in read.session.scalars(
        select(CardMovement).where(CardMovement.payout_id == ident).order_by(CardMovement.id)
    ):
        if movement.kind not in PAYOUTS:
            sums.add(movement)
    return PayoutStory(
        row=_row(one),
        view=view,
        automatic=one.automatic,
        sums=sums,
        difference_cents=one.amount_cents - sums.net_cents,
        entry=one.entry_id,
        returned=one.returned_entry_id,
        names=journal.names(read, {line.client for line in view.lines if line.client}),
    )


def years(read: Reading) -> list[int]:
    """Return the calendar years a tie-out can be asked for, this one first."""
    first = read.session.scalar(select(func.min(CardMovement.available_on)))
    this = read.today.year
    return list(range(this, min(first.year, this) - 1 if first is not None else this - 1, -1))


def _row(one: CardPayout) -> PayoutRow:
    return PayoutRow(
        one.id,
        one.processor_id,
        one.amount_cents,
        one.status,
        one.arrives_on,
        one.taken_apart,
        one.entry_id is not None and one.returned_entry_id is None,
    )
