# SPDX-License-Identifier: MIT
"""Card attempts and their history; the ledger's anchor; what was found at the processor."""

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
        Index("ix_card_attempt_updated", "updated_at"),  # what was sent today
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
    creates: Mapped[int] = mapped_column(Integer, default=0)  # keys used to ask for the intent
    attempt: Mapped[int] = mapped_column(Integer, default=0)  # keys used to ask the bank
    # The key in use: since when by the processor's clock, and whether another is needed.
    key_at: Mapped[datetime | None] = mapped_column(Instant)
    key_spent: Mapped[bool] = mapped_column(Boolean, default=True)
    confirm_with: Mapped[str | None] = mapped_column(String(80))  # the card named again after a no
    processor_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    account: Mapped[str | None] = mapped_column(String(80))
    livemode: Mapped[bool | None] = mapped_column(Boolean)
    decline_code: Mapped[str | None] = mapped_column(String(80))
    message: Mapped[str | None] = mapped_column(Text)
    create_started_at: Mapped[datetime | None] = mapped_column(Instant)
    not_before: Mapped[datetime | None] = mapped_column(Instant)
    compared_with: Mapped[str | None] = mapped_column(String(80))  # an intent a person looked at
    declines: Mapped[int] = mapped_column(Integer, default=0)
    first_declined_at: Mapped[datetime | None] = mapped_column(Instant)
    retry_on: Mapped[date | None] = mapped_column(Date)  # from this day on it may be tried again
    withdraw: Mapped[bool] = mapped_column(Boolean, default=False)  # cancel it at the processor
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
    code: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(Instant)


class CardAnchor(Base):
    """How far this ledger has come in charging: at most one row, advanced before each batch.

    ``epoch`` grows with each accepted reconciliation, ``seq`` with each batch; ``token`` is random
    at each step, so that two copies of one ledger cannot take the same step unnoticed.
    """

    __tablename__ = "card_anchor"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    install: Mapped[str] = mapped_column(String(32))
    epoch: Mapped[int] = mapped_column(Integer)
    seq: Mapped[int] = mapped_column(Integer)
    token: Mapped[str] = mapped_column(String(32))
    customer: Mapped[str | None] = mapped_column(String(80))  # where the processor keeps it
    # Everything the processor holds from before this instant (its clock) was compared.
    swept_until: Mapped[datetime | None] = mapped_column(Instant)


class CardImport(Base):
    """Something found at the processor that this ledger had not made, and what became of it.

    Its ``processor_id`` is unique: what was found once is neither posted nor offered again.
    """

    __tablename__ = "card_import"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    processor_id: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    amount_cents: Mapped[int] = mapped_column(Integer)
    account: Mapped[str] = mapped_column(String(80))
    livemode: Mapped[bool] = mapped_column(Boolean)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))
    at: Mapped[datetime] = mapped_column(Instant)


class CardHold(Base):
    """No card of this client is charged while this stands, such as during a dispute."""

    __tablename__ = "card_hold"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    source: Mapped[str] = mapped_column(String(120), unique=True)  # such as "dispute:pi_..."
    reason: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(Instant)
    lifted_at: Mapped[datetime | None] = mapped_column(Instant)
    lifted_reason: Mapped[str | None] = mapped_column(Text)


# What was handed to the processor under an idempotency key.
_FROZEN = (
    "obligation, series, iid, dup, charge_id, plan_id, due_on, client_id, amount_cents, currency, "
    "customer, payment_method, params, api_version, create_started_at"
)


def _row(prefix: str, columns: str = _FROZEN) -> str:
    return ", ".join(f"{prefix}.{column}" for column in columns.split(", "))


def _kept(column: str) -> str:
    return f"(OLD.{column} IS NOT NULL AND NEW.{column} IS NOT OLD.{column})"


GUARDS: dict[str, str] = {
    **no_delete("card_attempt", what="card attempts"),
    "card_attempt_frozen": (
        "CREATE TRIGGER card_attempt_frozen BEFORE UPDATE ON card_attempt "
        f"WHEN OLD.create_started_at IS NOT NULL AND ({_row('NEW')}) IS NOT ({_row('OLD')}) BEGIN "
        "SELECT RAISE(ABORT, 'a charge that was sent keeps its amount and card'); END"
    ),
    "card_attempt_first_writer": (
        "CREATE TRIGGER card_attempt_first_writer BEFORE UPDATE ON card_attempt "
        f"WHEN {_kept('processor_id')} OR {_kept('account')} OR {_kept('livemode')} "
        "OR (OLD.state = 'succeeded' AND NEW.state <> 'succeeded') BEGIN "
        "SELECT RAISE(ABORT, 'the processor''s answer about a charge is kept'); END"
    ),
    **append_only("card_attempt_event", what="card attempt events"),
    **append_only("card_import", what="imported card payments"),
    **no_delete("card_hold", what="holds on cards"),
}
