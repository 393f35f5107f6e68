# SPDX-License-Identifier: MIT
"""Claims and the files they were written into."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from mediyn_desktop.store.base import Base, Instant
from mediyn_desktop.store.guards import append_only, no_delete


class Claim(Base):
    """One claim to one insurer for one charge.

    ``control_number`` (CLM01) is made once, never reused, at most 20 characters so that every payer
    echoes it whole. The first claim of a charge has ``sequence`` 1; a correction, a void, and the
    claim to the next insurer are further ones and name the claim they ``follow``.
    """

    __tablename__ = "claim"
    __table_args__ = (
        Index("ix_claim_state", "state"),
        UniqueConstraint("charge_id", "sequence"),
        CheckConstraint(
            "(frequency = '1') = (original_reference = '')", name="reference_of_a_correction"
        ),
        Index("ix_claim_payer_number", "payer_number"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    control_number: Mapped[str] = mapped_column(String(20), unique=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("charge.id"), index=True)
    sequence: Mapped[int] = mapped_column(Integer, default=1)
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id"))
    rank: Mapped[int] = mapped_column(Integer, default=1)  # of the insurance: 1 primary
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    coverage_id: Mapped[int] = mapped_column(ForeignKey("coverage.id"))
    frequency: Mapped[str] = mapped_column(String(1), default="1")  # 1 new, 7 replaces, 8 voids
    original_reference: Mapped[str] = mapped_column(String(50), default="")  # the payer's number
    note: Mapped[str] = mapped_column(String(80), default="")  # NTE: read by people at the payer
    delay_reason: Mapped[str] = mapped_column(String(2), default="")  # CLM20, after the deadline
    state: Mapped[str] = mapped_column(String(20))
    total_cents: Mapped[int] = mapped_column(Integer)
    # JSON list of {code, message, mend, severity}
    problems: Mapped[str] = mapped_column(Text, default="[]")
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("claim_submission.id"))
    payer_number: Mapped[str] = mapped_column(String(80), default="")  # the insurer's own (ICN)
    received_on: Mapped[date | None] = mapped_column(Date)  # by the insurer: counts for deadlines
    reason: Mapped[str | None] = mapped_column(Text)  # why never billed, billed elsewhere, closed
    made_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class ClaimSubmission(Base):
    """One file that leaves, kept byte for byte: of claims it is the proof of filing.

    ``holds``: ``837P`` claims, ``270`` questions about coverage. Both go through one outbox and
    take their numbers from one series.
    """

    __tablename__ = "claim_submission"
    __table_args__ = (CheckConstraint("holds IN ('837P', '270')", name="holds"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)  # also the interchange number
    file_name: Mapped[str] = mapped_column(String(120), unique=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    usage: Mapped[str] = mapped_column(String(1))
    holds: Mapped[str] = mapped_column(String(4), default="837P")
    made_at: Mapped[datetime] = mapped_column(Instant)
    handed_over_at: Mapped[datetime | None] = mapped_column(Instant)


class ClaimEvent(Base):
    """What happened to a claim, in plain words, in order."""

    __tablename__ = "claim_event"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    # What outside caused it: the file, and its segments from first to last.
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound_file.id"))
    first_segment: Mapped[int | None] = mapped_column(Integer)
    last_segment: Mapped[int | None] = mapped_column(Integer)


class ToldDecision(Base):
    """What an earlier insurer decided, told to the next one; ``content`` is JSON and is final."""

    __tablename__ = "told_decision"
    __table_args__ = (UniqueConstraint("claim_id", "coverage_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"))  # the claim to the next insurer
    coverage_id: Mapped[int] = mapped_column(ForeignKey("coverage.id"))  # who decided
    content: Mapped[str] = mapped_column(Text)
    told_at: Mapped[datetime] = mapped_column(Instant)


GUARDS: dict[str, str] = {
    **append_only("told_decision", what="decisions of earlier insurers"),
    **no_delete("claim", what="claims"),
    **no_delete("claim_submission", what="claim files"),
    **no_delete("claim_event", what="claim events"),
}
