# SPDX-License-Identifier: MIT
"""Documents that were issued."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mediyn_desktop.store.base import Base, Instant
from mediyn_desktop.store.guards import append_only


class IssuedDocument(Base):
    """One version of a numbered document, with the inputs it is rendered from."""

    __tablename__ = "issued_document"
    __table_args__ = (
        UniqueConstraint("kind", "number", "version"),
        Index("ix_issued_document_client", "client_id", "kind"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(Integer)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    # What the document is about, such as "session:s12" or "month:2026-11": one number each.
    subject: Mapped[str] = mapped_column(String(200))
    period_from: Mapped[date] = mapped_column(Date)
    period_to: Mapped[date] = mapped_column(Date)
    issued_on: Mapped[date] = mapped_column(Date)
    inputs: Mapped[str] = mapped_column(Text)  # canonical JSON of the document's data class
    sha256: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[datetime] = mapped_column(Instant)


GUARDS: dict[str, str] = append_only("issued_document", what="issued documents")
