# SPDX-License-Identifier: MIT
"""What a step would do: it is done for real in a transaction that is then rolled back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select

from mediyn_desktop.ledger import accounts
from mediyn_desktop.ledger.tables import AccountRow, EntryRow, PostingRow
from mediyn_desktop.practice.journal import account_words
from mediyn_desktop.store.uow import Reading, Store, UnitOfWork

# What lowers income is booked under it and grows like an expense.
_GROWS_BY_DEBIT = (
    "Assets:",
    "Expenses:",
    *(one.name for one in (accounts.CONTRACTUAL, accounts.SLIDING)),
    *(one.name for one in (accounts.COURTESY, accounts.DENIED)),
)


@dataclass(frozen=True, slots=True)
class Moved:
    """How one account changes: ``words`` names it; ``cents`` is positive where it grows."""

    words: str
    cents: int


class Rehearsed(Exception):
    """Rolls a rehearsal back."""


def foresee(store: Store, label: str, work: Callable[[UnitOfWork], object]) -> list[Moved]:
    """Return how the ledger would change if ``work`` were done; nothing of it is kept.

    Raises:
        UserFacingError: ``work`` refuses, with its reason.
    """
    moved: list[Moved] = []
    try:
        with store.write(label) as uow:
            last = last_entry(uow)
            work(uow)
            uow.session.flush()
            moved = in_words(uow, moved_since(uow, last))
            raise Rehearsed
    except Rehearsed:
        return moved


def last_entry(read: Reading) -> int:
    """Return the number of the newest entry of the journal, 0 where it is empty."""
    return read.session.scalar(select(func.max(EntryRow.id))) or 0


def moved_since(read: Reading, last: int) -> dict[str, int]:
    """Return the cents each account moved by since the entry ``last``; debits are positive."""
    rows = read.session.execute(
        select(AccountRow.name, func.sum(PostingRow.amount_cents))
        .join(PostingRow, PostingRow.account_id == AccountRow.id)
        .where(PostingRow.entry_id > last)
        .group_by(AccountRow.name)
        .order_by(AccountRow.name)
    )
    return {name: cents for name, cents in rows if cents}


def in_words(read: Reading, moved: dict[str, int]) -> list[Moved]:
    """Return ``moved`` as people read it: each account by its words, growing or shrinking."""
    called = account_words(read, moved)
    return [
        Moved(called.get(name, name), cents if name.startswith(_GROWS_BY_DEBIT) else -cents)
        for name, cents in moved.items()
    ]
