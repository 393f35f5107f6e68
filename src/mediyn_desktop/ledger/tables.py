# SPDX-License-Identifier: MIT
"""Accounts, entries, postings, open items, payments, allocations; and the guards on them.

Postings are written before the entry that completes them. The foreign key from posting to entry is
deferred, so a posting without its entry cannot be committed, and a trigger refuses an entry whose
postings do not sum to zero: an unbalanced entry cannot exist.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from mediyn_desktop.store.base import Base, Instant
from mediyn_desktop.store.guards import append_only

# SQLite keeps a fraction in an INTEGER column as it comes; money is whole cents.
_WHOLE = "typeof(amount_cents) = 'integer'"


class AccountRow(Base):
    """One account, named as in the journal export; ``party`` is a client's or payer's ref."""

    __tablename__ = "account"
    __table_args__ = (Index("ix_account_party", "party", "role"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    role: Mapped[str] = mapped_column(String(40), index=True)
    party: Mapped[str | None] = mapped_column(String(80))


class EntryRow(Base):
    """A complete, balanced, sealed journal entry."""

    __tablename__ = "entry"
    __table_args__ = (
        # An entry is reversed once. Most reverse nothing and stay out of the index.
        Index(
            "uq_entry_reverses", "reverses", unique=True, sqlite_where=text("reverses IS NOT NULL")
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    date: Mapped[date] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(160))
    # What may happen only once has one key: the same event cannot be posted twice.
    key: Mapped[str] = mapped_column(String(200), unique=True)
    client: Mapped[str | None] = mapped_column(String(80))
    reason: Mapped[str | None] = mapped_column(Text)
    reverses: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    seal: Mapped[str] = mapped_column(String(64))


class PostingRow(Base):
    """One line of an entry; ``date`` and ``client`` repeat the entry's, so sums need no join.

    The lines of an entry lie together under their key (no rowid). One index covers the sums by
    account and client, one those of a day or a month without the years around it: what is posted
    today lies together there, so it costs a posting one page to encrypt.
    """

    __tablename__ = "posting"
    __table_args__ = (
        CheckConstraint(f"{_WHOLE} AND amount_cents <> 0", name="whole_cents"),
        Index("ix_posting_account", "account_id", "client", "date", "amount_cents"),
        Index("ix_posting_date", "date", "entry_id", "account_id", "amount_cents"),
        {"sqlite_with_rowid": False},
    )

    entry_id: Mapped[int] = mapped_column(
        ForeignKey("entry.id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)  # from 1
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    date: Mapped[date] = mapped_column(Date)
    client: Mapped[str | None] = mapped_column(String(80))
    amount_cents: Mapped[int] = mapped_column(Integer)


class OpenItemRow(Base):
    """Something owed for a client's care, which payments and write-offs settle.

    ``debtor`` is the ref of the payer that owes it, none where the client does. ``session`` is the
    ref of the session it is about, where there is one: a session may leave several items, such as
    the insurer's part and the client's share of it.
    """

    __tablename__ = "open_item"
    __table_args__ = (
        CheckConstraint(f"{_WHOLE} AND amount_cents > 0", name="positive"),
        Index("ix_open_item_client", "client", "date_of_service"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    client: Mapped[str] = mapped_column(String(80))
    debtor: Mapped[str | None] = mapped_column(String(80))
    session: Mapped[str | None] = mapped_column(String(80), index=True)
    source: Mapped[str] = mapped_column(String(160), unique=True)
    date_of_service: Mapped[date] = mapped_column(Date)
    amount_cents: Mapped[int] = mapped_column(Integer)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))


class PaymentRow(Base):
    """What settles open items: money received, or a write-off or transfer in its place.

    ``method`` tells which (``ledger.kinds``); one sum over allocations so tells what is open.
    ``reference`` is the processor's or the check's number.
    """

    __tablename__ = "payment"
    __table_args__ = (CheckConstraint(f"{_WHOLE} AND amount_cents > 0", name="positive"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ref: Mapped[str] = mapped_column(String(80), unique=True)
    client: Mapped[str] = mapped_column(String(80), index=True)
    method: Mapped[str] = mapped_column(String(20))
    amount_cents: Mapped[int] = mapped_column(Integer)
    received_on: Mapped[date] = mapped_column(Date)
    # When money that goes to the bank by itself arrived there; cash and checks have a slip.
    deposited_on: Mapped[date | None] = mapped_column(Date)
    reference: Mapped[str | None] = mapped_column(String(160))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(Instant)


class AllocationRow(Base):
    """So many cents of a payment settle an open item; a negative amount takes some back."""

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint(f"{_WHOLE} AND amount_cents <> 0", name="not_zero"),
        Index("ix_allocation_item", "item_id", "amount_cents"),
        Index("ix_allocation_payment", "payment_id", "amount_cents"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("open_item.id"))
    amount_cents: Mapped[int] = mapped_column(Integer)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    recorded_at: Mapped[datetime] = mapped_column(Instant)


class PaymentReturnRow(Base):
    """Money of a payment that went back: a refund, a voided payment, a lost dispute.

    A negative amount takes a refund back that was recorded by mistake, or did not arrive.
    """

    __tablename__ = "payment_return"
    __table_args__ = (
        CheckConstraint(f"{_WHOLE} AND amount_cents <> 0", name="not_zero"),
        Index("ix_payment_return_payment", "payment_id", "amount_cents"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ref: Mapped[str] = mapped_column(String(80))  # shared by the parts of one refund
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    kind: Mapped[str] = mapped_column(String(20))
    amount_cents: Mapped[int] = mapped_column(Integer)
    returned_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    recorded_at: Mapped[datetime] = mapped_column(Instant)


class DepositRow(Base):
    """Cash and checks taken to the bank together; ``taken_back_entry_id`` where it never was."""

    __tablename__ = "deposit"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ref: Mapped[str] = mapped_column(String(80), unique=True)
    deposited_on: Mapped[date] = mapped_column(Date)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    taken_back_entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))


class DepositLineRow(Base):
    """A payment on a deposit slip; a payment is on one slip that stands."""

    __tablename__ = "deposit_line"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    deposit_id: Mapped[int] = mapped_column(ForeignKey("deposit.id"), index=True)
    amount_cents: Mapped[int] = mapped_column(Integer)


class ClosedPeriodRow(Base):
    """Days whose books are closed, both included: no entry is dated into them any more.

    ``reopened_at`` is set where the closing was taken back before anything came of it.
    """

    __tablename__ = "closed_period"
    __table_args__ = (CheckConstraint("first <= last", name="in_order"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date, index=True)
    reason: Mapped[str | None] = mapped_column(Text)  # why it was closed with work left in it
    closed_at: Mapped[datetime] = mapped_column(Instant)
    reopened_at: Mapped[datetime | None] = mapped_column(Instant)


_SUM_OF_PAYMENT = (
    "(SELECT coalesce(sum(amount_cents), 0) FROM {} WHERE payment_id = NEW.payment_id)"
)
_ALLOCATED = _SUM_OF_PAYMENT.format("allocation")
_RETURNED = _SUM_OF_PAYMENT.format("payment_return")

GUARDS: dict[str, str] = {
    **append_only("account", what="accounts"),
    **append_only("entry", what="journal entries"),
    **append_only("posting", what="postings", key=("entry_id", "line")),
    **append_only("open_item", what="open items"),
    **append_only("payment", what="payments"),
    **append_only("allocation", what="allocations"),
    **append_only("payment_return", what="returned payments"),
    **append_only("deposit", what="deposits"),
    # Replaces the guard that forbids every change: taking a deposit back is the one there is.
    "deposit_no_update": (
        "CREATE TRIGGER deposit_no_update BEFORE UPDATE ON deposit "
        "WHEN OLD.taken_back_entry_id IS NOT NULL OR NEW.taken_back_entry_id IS NULL "
        "OR (NEW.id, NEW.ref, NEW.deposited_on, NEW.entry_id, NEW.recorded_at) "
        "IS NOT (OLD.id, OLD.ref, OLD.deposited_on, OLD.entry_id, OLD.recorded_at) BEGIN "
        "SELECT RAISE(ABORT, 'deposits are never changed, only taken back'); END"
    ),
    **append_only("deposit_line", what="deposit lines"),
    "deposit_line_once": (
        "CREATE TRIGGER deposit_line_once BEFORE INSERT ON deposit_line "
        "WHEN EXISTS (SELECT 1 FROM deposit_line AS line "
        "JOIN deposit ON deposit.id = line.deposit_id "
        "WHERE line.payment_id = NEW.payment_id AND deposit.taken_back_entry_id IS NULL) BEGIN "
        "SELECT RAISE(ABORT, 'a payment is taken to the bank once'); END"
    ),
    **append_only("closed_period", what="closed periods"),
    "closed_period_no_update": (
        "CREATE TRIGGER closed_period_no_update BEFORE UPDATE ON closed_period "
        "WHEN OLD.reopened_at IS NOT NULL OR NEW.reopened_at IS NULL "
        "OR (NEW.id, NEW.first, NEW.last, NEW.reason, NEW.closed_at) "
        "IS NOT (OLD.id, OLD.first, OLD.last, OLD.reason, OLD.closed_at) BEGIN "
        "SELECT RAISE(ABORT, 'closed periods are never changed, only reopened'); END"
    ),
    "posting_entry_closed": (
        "CREATE TRIGGER posting_entry_closed BEFORE INSERT ON posting "
        "WHEN EXISTS (SELECT 1 FROM entry WHERE id = NEW.entry_id) BEGIN "
        "SELECT RAISE(ABORT, 'a posted entry takes no further lines'); END"
    ),
    "entry_balances": (
        "CREATE TRIGGER entry_balances BEFORE INSERT ON entry "
        "WHEN (SELECT count(*) FROM posting WHERE entry_id = NEW.id) < 2 "
        "OR (SELECT sum(amount_cents) FROM posting WHERE entry_id = NEW.id) <> 0 BEGIN "
        "SELECT RAISE(ABORT, 'an entry must balance'); END"
    ),
    "allocation_same_client": (
        "CREATE TRIGGER allocation_same_client BEFORE INSERT ON allocation "
        "WHEN (SELECT client FROM payment WHERE id = NEW.payment_id) IS NOT "
        "(SELECT client FROM open_item WHERE id = NEW.item_id) BEGIN "
        "SELECT RAISE(ABORT, 'a payment settles its own client''s charges only'); END"
    ),
    "allocation_within_bounds": (
        "CREATE TRIGGER allocation_within_bounds BEFORE INSERT ON allocation "
        "WHEN (SELECT coalesce(sum(amount_cents), 0) FROM allocation "
        "WHERE item_id = NEW.item_id) + NEW.amount_cents NOT BETWEEN 0 AND "
        "(SELECT amount_cents FROM open_item WHERE id = NEW.item_id) "
        f"OR {_ALLOCATED} + NEW.amount_cents < 0 "
        f"OR {_ALLOCATED} + NEW.amount_cents + {_RETURNED} > "
        "(SELECT amount_cents FROM payment WHERE id = NEW.payment_id) BEGIN "
        "SELECT RAISE(ABORT, 'an allocation exceeds its payment or its charge'); END"
    ),
    "payment_return_within_bounds": (
        "CREATE TRIGGER payment_return_within_bounds BEFORE INSERT ON payment_return "
        f"WHEN {_ALLOCATED} + {_RETURNED} + NEW.amount_cents > "
        "(SELECT amount_cents FROM payment WHERE id = NEW.payment_id) "
        f"OR {_RETURNED} + NEW.amount_cents < 0 BEGIN "
        "SELECT RAISE(ABORT, 'more would go back than the payment holds'); END"
    ),
}
