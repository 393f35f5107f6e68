# SPDX-License-Identifier: MIT
"""Questions whether clients are covered, and what was answered."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from mediyn_desktop.store.base import Base, Instant
from mediyn_desktop.store.guards import no_delete


class EligibilityCheck(Base):
    """One question about one coverage, with its answer once there is one.

    ``how``: ``transport`` a 270 was sent, ``telephone`` a person asked, ``file`` an answer came to
    a question asked elsewhere, or a further one to a question of ours. ``state``: ``queued`` (with
    a ``submission_id`` it is in a file that waits to leave), ``asked`` (sent, no answer yet),
    ``answered``, ``failed`` (no answer will come; ``message`` says why). The figures are None where
    the answer does not state them; ``coinsurance_bp`` is in hundredths of a percent.
    """

    __tablename__ = "eligibility_check"
    __table_args__ = (
        CheckConstraint("how IN ('transport', 'telephone', 'file')", name="how"),
        CheckConstraint("state IN ('queued', 'asked', 'answered', 'failed')", name="state"),
        CheckConstraint("status IN ('', 'active', 'inactive', 'unknown')", name="status"),
        Index("ix_eligibility_check_coverage", "coverage_id", "state"),
        Index("ix_eligibility_check_state", "state"),
        Index("ix_eligibility_check_submission", "submission_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    coverage_id: Mapped[int] = mapped_column(ForeignKey("coverage.id"))
    about: Mapped[date] = mapped_column(Date)  # the day asked about
    how: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    # BHT03 and TRN02, never used twice; of a question asked alone also its interchange number.
    number: Mapped[int | None] = mapped_column(Integer, unique=True)
    # The 270: as it was sent alone, or the file in the outbox that carries it with others.
    question: Mapped[bytes | None] = mapped_column(LargeBinary)
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("claim_submission.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    asked_at: Mapped[datetime | None] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    # The answer: the file it stands in, or who gave it on the telephone.
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound_file.id"))
    reference_number: Mapped[str] = mapped_column(String(60), default="")
    spoke_with: Mapped[str] = mapped_column(String(80), default="")
    status: Mapped[str] = mapped_column(String(10), default="")
    plan: Mapped[str] = mapped_column(String(120), default="")
    copay_cents: Mapped[int | None] = mapped_column(Integer)
    coinsurance_bp: Mapped[int | None] = mapped_column(Integer)
    deductible_cents: Mapped[int | None] = mapped_column(Integer)
    deductible_left_cents: Mapped[int | None] = mapped_column(Integer)
    out_of_pocket_left_cents: Mapped[int | None] = mapped_column(Integer)
    authorization_needed: Mapped[bool | None] = mapped_column(Boolean)
    as_of: Mapped[date | None] = mapped_column(Date)
    message: Mapped[str] = mapped_column(Text, default="")  # what is unclear, or why no answer
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)  # into the coverage


GUARDS: dict[str, str] = {**no_delete("eligibility_check", what="answers about coverage")}
