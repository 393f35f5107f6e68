# SPDX-License-Identifier: MIT
"""The year's tie-out: what the 1099-K counts, and how it becomes what reached the bank.

Form 1099-K counts the gross of all payments: no refund and no fee is taken off. The processor puts
a payment into the year its money became available
(support.stripe.com/questions/1099-k-forms-issued-by-stripe-reconciliation-report), by UTC; so does
this report, month by month. Every movement stands in exactly one column, so the columns add up.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import UTC, datetime

from sqlalchemy import func, select

from mediyn_desktop.cards.clearing import movements
from mediyn_desktop.cards.clearing.movements import Strange, moved_cents, strangers
from mediyn_desktop.cards.clearing.payouts import on_the_way_cents
from mediyn_desktop.cards.clearing.tables import CardMovement, CardPayout
from mediyn_desktop.cards.polling.tables import PollCursor
from mediyn_desktop.ledger import accounts
from mediyn_desktop.ledger.tables import AccountRow, PostingRow
from mediyn_desktop.store.uow import Reading


@dataclass(slots=True)
class Columns:
    """One period in cents. What left is below zero, so that ``net_cents`` is the sum of the rest.

    ``payments`` counts charges, as the form does.
    """

    payments: int = 0
    gross_cents: int = 0
    refunds_cents: int = 0
    fees_cents: int = 0
    disputes_cents: int = 0
    dispute_fees_cents: int = 0
    payouts_cents: int = 0
    other_cents: int = 0

    @property
    def net_cents(self) -> int:
        """What the balance at the processor changed by."""
        return sum(getattr(self, one.name) for one in fields(self) if one.name.endswith("_cents"))

    def add(self, row: CardMovement) -> None:
        """Put one movement into its column."""
        if movements.is_dispute(row):
            self.disputes_cents += row.amount_cents
            self.dispute_fees_cents -= row.fee_cents
            return
        if row.kind in movements.FEES:
            self.fees_cents += row.net_cents
            return
        self.fees_cents -= row.fee_cents
        if row.kind in movements.CHARGES:
            self.payments += 1
            self.gross_cents += row.amount_cents
        elif row.kind in movements.REFUNDS | movements.REFUNDS_BACK:
            self.refunds_cents += row.amount_cents
        elif row.kind in movements.PAYOUTS:
            self.payouts_cents += row.amount_cents
        else:
            self.other_cents += row.amount_cents


@dataclass(frozen=True, slots=True)
class TieOut:
    """One year, and whether ledger and processor agree today.

    ``difference_cents`` is what the ledger's clearing account holds more than the processor does,
    payouts on their way left out; ``strangers`` explain it where it is not zero. ``complete`` says
    that the movements known here add up to what the processor said it holds.
    """

    year: int
    months: dict[str, Columns] = field(default_factory=dict)
    total: Columns = field(default_factory=Columns)
    opening_cents: int = 0
    closing_cents: int = 0
    ledger_cents: int = 0
    processor_cents: int = 0
    on_the_way_cents: int = 0
    difference_cents: int = 0
    strangers: tuple[Strange, ...] = ()
    payouts_not_taken_apart: int = 0
    complete: bool = False
    read_until: datetime | None = None


def tie_out(read: Reading, year: int) -> TieOut:
    """Return the tie-out of a calendar year, from what was read of the processor so far."""
    first, last = (datetime(one, 1, 1, tzinfo=UTC) for one in (year, year + 1))
    cursor = read.session.get(PollCursor, 1)
    before = cursor.balance_before_cents if cursor is not None else 0
    earlier = read.session.scalar(
        select(func.coalesce(func.sum(CardMovement.net_cents), 0)).where(
            CardMovement.available_on < first
        )
    )
    months: dict[str, Columns] = {f"{year}-{month:02d}": Columns() for month in range(1, 13)}
    total = Columns()
    rows = read.session.scalars(
        select(CardMovement)
        .where(CardMovement.available_on >= first, CardMovement.available_on < last)
        .order_by(CardMovement.available_on, CardMovement.id)
    )
    for row in rows:
        for columns in (months[f"{row.available_on:%Y-%m}"], total):
            columns.add(row)
    opening = before + (earlier or 0)
    held, way = before + moved_cents(read), on_the_way_cents(read)
    ledger = ledger_cents(read)
    loose = read.session.scalar(
        select(func.count())
        .select_from(CardPayout)
        .where(CardPayout.taken_apart.is_(False), CardPayout.status == "paid")
    )
    return TieOut(
        year=year,
        months=months,
        total=total,
        opening_cents=opening,
        closing_cents=opening + total.net_cents,
        ledger_cents=ledger,
        processor_cents=held,
        on_the_way_cents=way,
        difference_cents=ledger - held - way,
        strangers=tuple(strangers(read)),
        payouts_not_taken_apart=loose or 0,
        complete=cursor is not None and cursor.swept_whole,
        read_until=cursor.swept_until if cursor is not None else None,
    )


def ledger_cents(read: Reading) -> int:
    """Return what the ledger says the processor holds."""
    return (
        read.session.scalar(
            select(func.coalesce(func.sum(PostingRow.amount_cents), 0))
            .join(AccountRow, AccountRow.id == PostingRow.account_id)
            .where(AccountRow.name == accounts.STRIPE.name)
        )
        or 0
    )
