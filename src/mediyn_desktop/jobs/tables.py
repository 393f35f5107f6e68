# SPDX-License-Identifier: MIT
"""How each job ended last, and when it is tried again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from mediyn_desktop.store.base import Base, Instant


class JobRun(Base):
    """The last run of one job; a job that never ran has no row and is due."""

    __tablename__ = "job_run"
    __table_args__ = (
        CheckConstraint("state IN ('done', 'offline', 'attention')", name="state"),
        CheckConstraint("failures >= 0", name="failures"),
    )

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    message: Mapped[str] = mapped_column(Text)
    failures: Mapped[int] = mapped_column(Integer)  # since it last went well
    ran_at: Mapped[datetime] = mapped_column(Instant)
    next_at: Mapped[datetime] = mapped_column(Instant)
