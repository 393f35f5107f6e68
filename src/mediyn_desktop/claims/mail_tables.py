# SPDX-License-Identifier: MIT
"""What goes to and comes from the clearinghouse: the outbox, the inbox, and the enrollments."""

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
from mediyn_desktop.store.guards import fixed, no_delete


class ClaimTransmission(Base):
    """The hand-over of one claim file: written before any network, moved on after each step.

    ``state``: ``waiting`` nothing of it was handed over; ``handing_over`` the step after which it
    may be taken was begun, so it is looked up before anything is sent again; ``unknown`` the
    look-up could not tell; ``sent``; ``refused`` the clearinghouse read and refused it.
    """

    __tablename__ = "claim_transmission"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'handing_over', 'unknown', 'sent', 'refused')", name="state"
        ),
        Index("ix_claim_transmission_state", "state"),
    )

    submission_id: Mapped[int] = mapped_column(ForeignKey("claim_submission.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)  # it travels under
    state: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(10), default="")  # the way it was begun on
    place: Mapped[str] = mapped_column(String(300), default="")  # where it was begun
    size: Mapped[int | None] = mapped_column(Integer)  # bytes as they travel
    began_at: Mapped[datetime | None] = mapped_column(Instant)  # first handing over
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    receipt: Mapped[str] = mapped_column(String(300), default="")
    message: Mapped[str] = mapped_column(Text, default="")


class InboundFile(Base):
    """One file from outside, byte for byte as it came; nothing is read before it is stored.

    ``status`` begins as ``unread``; whoever reads the file moves it on. The same bytes are stored
    once, however often and under whatever names they come.
    """

    __tablename__ = "inbound_file"
    __table_args__ = (Index("ix_inbound_file_status", "status"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(255))  # as it came; text from outside
    size: Mapped[int] = mapped_column(Integer)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime] = mapped_column(Instant)
    came_by: Mapped[str] = mapped_column(String(300), default="")
    status: Mapped[str] = mapped_column(String(20), default="unread")
    message: Mapped[str] = mapped_column(Text, default="")


class MailboxItem(Base):
    """One file seen in a mailbox: fetched once, or left there with the reason."""

    __tablename__ = "mailbox_item"
    __table_args__ = (UniqueConstraint("place", "key"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    place: Mapped[str] = mapped_column(String(300))
    key: Mapped[str] = mapped_column(String(400))  # name, size and time as the mailbox lists them
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound_file.id"), index=True)
    problem: Mapped[str] = mapped_column(Text, default="")
    seen_at: Mapped[datetime] = mapped_column(Instant)
    removed_at: Mapped[datetime | None] = mapped_column(Instant)  # from the mailbox


class PayerEnrollment(Base):
    """Whether one payer takes one kind of transaction from this practice, and since when."""

    __tablename__ = "payer_enrollment"
    __table_args__ = (
        UniqueConstraint("payer_id", "exchange"),
        CheckConstraint("exchange IN ('claims', 'remittance', 'eligibility')", name="exchange"),
        CheckConstraint("state IN ('not_needed', 'to_do', 'sent', 'approved')", name="state"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    payer_id: Mapped[int] = mapped_column(ForeignKey("payer.id"), index=True)
    exchange: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    sent_on: Mapped[date | None] = mapped_column(Date)
    approved_on: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text, default="")
    updated_at: Mapped[datetime] = mapped_column(Instant)


GUARDS: dict[str, str] = {
    **no_delete("claim_transmission", what="hand-overs of claim files"),
    **no_delete("inbound_file", what="files from outside"),
    **fixed("inbound_file", ("sha256", "content", "size"), what="files from outside"),
}
