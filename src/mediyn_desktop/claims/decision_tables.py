# SPDX-License-Identifier: MIT
"""What insurers decided: the payments they announced, each claim's decision, and what waits."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
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
from mediyn_desktop.store.guards import fixed, no_delete


class RemittancePayment(Base):
    """One payment an insurer announced (one 835 transaction), read from a stored file.

    ``identity`` is its trace number, originator, amount and day: the same again is the same money.
    ``passes`` counts how often it was posted: it grows when a posting was taken back.
    """

    __tablename__ = "remittance_payment"
    __table_args__ = (
        UniqueConstraint("inbound_id", "position"),
        CheckConstraint("state IN ('posted', 'held', 'undone')", name="state"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbound_file.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)  # the segment it begins at
    identity: Mapped[str] = mapped_column(String(200), index=True)
    trace: Mapped[str] = mapped_column(String(80))
    payer_name: Mapped[str] = mapped_column(String(120))
    payer_ref: Mapped[str] = mapped_column(String(80))  # whose accounts it went through
    amount_cents: Mapped[int] = mapped_column(Integer)
    paid_on: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(10))
    passes: Mapped[int] = mapped_column(Integer, default=1)
    message: Mapped[str] = mapped_column(Text, default="")
    posted_at: Mapped[datetime | None] = mapped_column(Instant)


class ClaimDecision(Base):
    """One answer to one claim, as it came, and what was posted for it.

    ``state``: ``posted`` it is in the ledger (or there was nothing to post); ``held`` a person must
    look, its money rests with ``Liabilities:PayerDue``; ``reversed`` a later reversal took it back;
    ``undone`` its posting was taken back by hand. ``facts`` is JSON: charge, paid, the adjustments
    of the claim and of its lines. A decision made by hand has no payment.
    """

    __tablename__ = "claim_decision"
    __table_args__ = (
        CheckConstraint("state IN ('posted', 'held', 'reversed', 'undone')", name="state"),
        Index("ix_claim_decision_claim", "claim_id", "state"),
        Index("ix_claim_decision_payment", "payment_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("remittance_payment.id"))
    pass_number: Mapped[int] = mapped_column(Integer, default=1)
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id"))
    control_number: Mapped[str] = mapped_column(String(80))  # as the insurer wrote it
    payer_number: Mapped[str] = mapped_column(String(80), default="", index=True)
    status_code: Mapped[str] = mapped_column(String(4))  # CLP02
    outcome: Mapped[str] = mapped_column(String(20))
    charge_cents: Mapped[int] = mapped_column(Integer)
    paid_cents: Mapped[int] = mapped_column(Integer)
    client_cents: Mapped[int] = mapped_column(Integer)  # owed by the client
    next_cents: Mapped[int] = mapped_column(Integer, default=0)  # owed by the next insurer
    write_off_cents: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(40), default="")  # why it is held
    message: Mapped[str] = mapped_column(Text, default="")
    facts: Mapped[str] = mapped_column(Text)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))
    # A reversal names the decision it took back.
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("claim_decision.id"))
    # Each decision that a reversal took back names it.
    reversed_by_id: Mapped[int | None] = mapped_column(ForeignKey("claim_decision.id"), index=True)
    first_segment: Mapped[int] = mapped_column(Integer, default=0)
    last_segment: Mapped[int] = mapped_column(Integer, default=0)
    decided_on: Mapped[date] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(Instant)


class ClaimTask(Base):
    """Something about a claim or a payment that waits for a person, and how it ended.

    ``kind`` says what: denied, part of a claim, rejected, held, silent, the insurer's adjustment.
    ``group_code`` and ``reason_code`` are the insurer's where there are such. Ended tasks are the
    outcome statistics.
    """

    __tablename__ = "claim_task"
    __table_args__ = (
        Index("ix_claim_task_open", "closed_at", "kind"),
        Index("ix_claim_task_claim", "claim_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("claim_decision.id"))
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("remittance_payment.id"))
    payer_ref: Mapped[str] = mapped_column(String(80), default="")
    group_code: Mapped[str] = mapped_column(String(4), default="")
    reason_code: Mapped[str] = mapped_column(String(8), default="")
    remarks: Mapped[str] = mapped_column(String(120), default="")  # semicolon list
    amount_cents: Mapped[int] = mapped_column(Integer, default=0)
    text: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    opened_on: Mapped[date] = mapped_column(Date)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_as: Mapped[str | None] = mapped_column(String(20))
    # The decision whose posting ended it, and the one whose posting made it narrower.
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("claim_decision.id"), index=True)
    narrowed_by_id: Mapped[int | None] = mapped_column(ForeignKey("claim_decision.id"), index=True)
    note: Mapped[str | None] = mapped_column(Text)


GUARDS: dict[str, str] = {
    **no_delete("remittance_payment", what="payments of insurers"),
    **no_delete("claim_decision", what="decisions of insurers"),
    **fixed(
        "claim_decision",
        ("charge_cents", "paid_cents", "facts", "status_code", "control_number"),
        what="decisions of insurers",
    ),
    **no_delete("claim_task", what="claim tasks"),
}
