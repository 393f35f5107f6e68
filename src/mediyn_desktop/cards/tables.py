# SPDX-License-Identifier: MIT
"""Card attempts and their history."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from mediyn_desktop.store.base import Base, Instant
from mediyn_desktop.store.guards import append_only, no_delete


class CardAttempt(Base):
    """One obligation on its way to a card. Amount, customer and card are frozen when it is planned.

    ``iid`` is derived from the obligation alone, so the same obligation has the same id on every
    computer and after every restore; ``series`` grows only after the processor has confirmed that
    the intent of the series before was canceled.
    """

    __tablename__ = "card_attempt"
    __table_args__ = (
        UniqueConstraint("obligation", "series"),
        UniqueConstraint("iid", "series"),
        CheckConstraint("amount_cents > 0", name="positive"),
        CheckConstraint(
            "(charge_id IS NULL) = (plan_id IS NOT NULL) AND (plan_id IS NULL) = (due_on IS NULL)",
            name="one_reason",
        ),
        Index("ix_card_attempt_state", "state"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    obligation: Mapped[str] = mapped_column(String(200))  # such as "session:s12:fee"
    series: Mapped[int] = mapped_column(Integer, default=1)
    iid: Mapped[str] = mapped_column(String(32))
    dup: Mapped[str] = mapped_column(String(32), index=True)
    charge_id: Mapped[int | None] = mapped_column(ForeignKey("charge.id"), index=True)
    # In place of a charge: the payment plan and the day its installment fell due.
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("payment_plan.id"), index=True)
    due_on: Mapped[date | None] = mapped_column(Date)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(10))  # the consent scope that covers it
    amount_cents: Mapped[int] = mapped_column(Integer)
    currency: Mapped[str] = mapped_column(String(3), default="usd")
    customer: Mapped[str] = mapped_column(String(80))
    payment_method: Mapped[str] = mapped_column(String(80))
    last4: Mapped[str] = mapped_column(String(4), default="")
    params: Mapped[str] = mapped_column(Text)  # the create call's parameters, canonical JSON
    api_version: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20))
    creates: Mapped[int] = mapped_column(Integer, default=0)  # passes that asked for the intent
    attempt: Mapped[int] = mapped_column(Integer, default=0)  # confirmations begun
    processor_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    account: Mapped[str | None] = mapped_column(String(80))
    livemode: Mapped[bool | None] = mapped_column(Boolean)
    decline_code: Mapped[str | None] = mapped_column(String(80))
    message: Mapped[str | None] = mapped_column(Text)
    create_started_at: Mapped[datetime | None] = mapped_column(Instant)
    not_before: Mapped[datetime | None] = mapped_column(Instant)
    planned_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    payment_entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))
    fee_entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))


class CardAttemptEvent(Base):
    """What happened to an attempt, in plain words, in order."""

    __tablename__ = "card_attempt_event"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("card_attempt.id"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)


class CardFreeze(Base):
    """Why charging is frozen, while it is: at most one row."""

    __tablename__ = "card_freeze"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(Instant)


GUARDS: dict[str, str] = {
    **no_delete("card_attempt", what="card attempts"),
    **append_only("card_attempt_event", what="card attempt events"),
}
