# SPDX-License-Identifier: MIT
"""Claims and the files they were written into."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
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
from mediyn_desktop.store.guards import no_delete


class Claim(Base):
    """One claim to one insurer for one charge.

    ``control_number`` (CLM01) is made once, never reused, at most 20 characters so that every payer
    echoes it whole. A correction, a void and the claim to the next insurer are claims of their own:
    ``rank`` is the insurer's (1 primary), ``version`` counts the claims to it for the same charge.
    """

    __tablename__ = "claim"
    __table_args__ = (
        UniqueConstraint("charge_id", "rank", "version"),
        Index("ix_claim_state", "state"),
        Index("ix_claim_payer_number", "payer_number"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    control_number: Mapped[str] = mapped_column(String(20), unique=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("charge.id"))
    rank: Mapped[int] = mapped_column(Integer, default=1)
    version: Mapped[int] = mapped_column(Integer, default=1)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    coverage_id: Mapped[int] = mapped_column(ForeignKey("coverage.id"))
    state: Mapped[str] = mapped_column(String(20))
    total_cents: Mapped[int] = mapped_column(Integer)
    problems: Mapped[str] = mapped_column(Text, default="[]")  # JSON list of {code, message}
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("claim_submission.id"))
    frequency: Mapped[str] = mapped_column(String(1), default="1")  # 1, 7 replaces, 8 voids
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id"))
    payer_number: Mapped[str] = mapped_column(String(80), default="")  # the insurer's own (ICN)
    received_on: Mapped[date | None] = mapped_column(Date)  # by the insurer: counts for deadlines
    reason: Mapped[str | None] = mapped_column(Text)  # why never billed, billed elsewhere, closed
    made_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class ClaimSubmission(Base):
    """One 837P file, kept byte for byte: it is the proof of filing."""

    __tablename__ = "claim_submission"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)  # also the interchange number
    file_name: Mapped[str] = mapped_column(String(120), unique=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    usage: Mapped[str] = mapped_column(String(1))
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


GUARDS: dict[str, str] = {
    **no_delete("claim", what="claims"),
    **no_delete("claim_submission", what="claim files"),
    **no_delete("claim_event", what="claim events"),
}
