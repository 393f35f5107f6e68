# SPDX-License-Identifier: MIT
"""How far the processor's events were read, and which ones."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from mediyn_desktop.store.base import Base, Instant


class PollCursor(Base):
    """How far was read: at most one row. Instants by the processor's clock.

    ``balance_before_cents`` is what it held before the first movement these books know.
    """

    __tablename__ = "poll_cursor"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    polled_until: Mapped[datetime] = mapped_column(Instant)
    swept_until: Mapped[datetime] = mapped_column(Instant)
    swept_whole: Mapped[bool] = mapped_column(
        Boolean
    )  # the movements added up to what the processor holds
    balance_before_cents: Mapped[int] = mapped_column(Integer)


class PollEvent(Base):
    """An event that was looked into. Kept while the processor may list it again."""

    __tablename__ = "poll_event"

    event_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    created: Mapped[datetime] = mapped_column(Instant, index=True)
