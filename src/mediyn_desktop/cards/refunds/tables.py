# SPDX-License-Identifier: MIT
"""Refunds of card payments: one row for each, written before the processor is asked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from mediyn_desktop.store.base import Base, Instant
from mediyn_desktop.store.guards import append_only, no_delete, row_of


class CardRefund(Base):
    """One refund of one payment; payment, amount and iid never change.

    ``iid`` is derived from the payment and the number of its refunds, so that the same refund has
    the same id on every computer and after every restore.
    """

    __tablename__ = "card_refund"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="positive"),
        Index("ix_card_refund_state", "state"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    iid: Mapped[str] = mapped_column(String(32), unique=True)
    request: Mapped[str] = mapped_column(String(80))  # shared by the parts of one refund
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    intent: Mapped[str] = mapped_column(String(80))
    amount_cents: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    keys: Mapped[int] = mapped_column(Integer, default=1)  # the key in use is the keys-th
    refund_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    message: Mapped[str | None] = mapped_column(Text)
    account: Mapped[str | None] = mapped_column(String(80))
    livemode: Mapped[bool | None] = mapped_column(Boolean)
    planned_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)  # last asked for, our clock
    updated_at: Mapped[datetime] = mapped_column(Instant)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))
    returned_entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))


class CardRefundEvent(Base):
    """What happened to a refund, in plain words, in order."""

    __tablename__ = "card_refund_event"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    refund_id: Mapped[int] = mapped_column(ForeignKey("card_refund.id"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)


_FROZEN = "iid, request, payment_id, intent, amount_cents, reason"


GUARDS: dict[str, str] = {
    **no_delete("card_refund", what="card refunds"),
    "card_refund_frozen": (
        "CREATE TRIGGER card_refund_frozen BEFORE UPDATE ON card_refund "
        f"WHEN ({row_of('NEW', _FROZEN)}) IS NOT ({row_of('OLD', _FROZEN)}) "
        "OR (OLD.refund_id IS NOT NULL AND NEW.refund_id IS NOT OLD.refund_id) "
        "OR (OLD.entry_id IS NOT NULL AND NEW.entry_id IS NOT OLD.entry_id) BEGIN "
        "SELECT RAISE(ABORT, 'a refund keeps its payment, amount and entry'); END"
    ),
    **append_only("card_refund_event", what="card refund events"),
}
