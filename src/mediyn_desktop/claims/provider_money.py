# SPDX-License-Identifier: MIT
"""Money of a payment that settles no claim: held answers, take-backs, balances carried, interest.

What an insurer sent or kept beside its claims rests in ``Liabilities:PayerDue``, so that the bank
entry of a payment is always the deposit itself. A debit there is money the insurer took without our
knowing why.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select

from mediyn_desktop.claims.x12.model835 import ProviderAdjustment
from mediyn_desktop.claims.x12.plb835 import Concerns, kind_of
from mediyn_desktop.ledger import accounts
from mediyn_desktop.ledger.accounts import Account
from mediyn_desktop.ledger.journal import Line, post
from mediyn_desktop.ledger.tables import AccountRow, PostingRow
from mediyn_desktop.store.uow import Reading, UnitOfWork

ADJUSTED = "payer-adjustment"
HELD = "payer-held"
RELEASED = "payer-held-moved"


def post_adjustment(
    uow: UnitOfWork, adjustment: ProviderAdjustment, *, payer: str, key: str, source: str, on: date
) -> int:
    """Post one provider adjustment; a positive one lowered the payment. Return the entry's id."""
    kind = kind_of(adjustment)
    other = accounts.INTEREST if kind.concerns is Concerns.INTEREST else accounts.payer_due(payer)
    words = " ".join(part for part in (kind.label, adjustment.reference) if part)
    return post(
        uow,
        on=on,
        kind=ADJUSTED,
        source=source,
        key=key,
        reason=f"{words} (PLB {adjustment.reason})",
        lines=[
            Line(other, adjustment.amount_cents),
            Line(accounts.BANK, -adjustment.amount_cents),
        ],
    )


def hold_money(
    uow: UnitOfWork, cents: int, *, payer: str, key: str, source: str, on: date, reason: str
) -> int | None:
    """Keep ``cents`` of an answer that a person must look at; return the entry's id, if any."""
    if not cents:
        return None
    return post(
        uow,
        on=on,
        kind=HELD,
        source=source,
        key=key,
        reason=reason,
        lines=[Line(accounts.BANK, cents), Line(accounts.payer_due(payer), -cents)],
    )


def from_bank(
    uow: UnitOfWork, cents: int, *, payer: str, key: str, source: str, on: date, reason: str
) -> int:
    """Let the bank bear what a reversal took from held money; return the entry's id."""
    return post(
        uow,
        on=on,
        kind=RELEASED,
        source=source,
        key=key,
        reason=reason,
        lines=[Line(accounts.payer_due(payer), cents), Line(accounts.BANK, -cents)],
    )


def cents_on(read: Reading, account: Account, entries: Iterable[int]) -> int:
    """Return what ``entries`` posted to ``account``."""
    return (
        read.session.scalar(
            select(func.sum(PostingRow.amount_cents))
            .join(AccountRow, AccountRow.id == PostingRow.account_id)
            .where(AccountRow.name == account.name, PostingRow.entry_id.in_(list(entries)))
        )
        or 0
    )


def taken_without_reason(read: Reading, payer: str) -> int:
    """Return what an insurer took back beyond what we knew it was due; 0 where nothing."""
    due = read.session.scalar(
        select(func.sum(PostingRow.amount_cents))
        .join(AccountRow, AccountRow.id == PostingRow.account_id)
        .where(AccountRow.name == accounts.payer_due(payer).name)
    )
    return max(due or 0, 0)
