# SPDX-License-Identifier: MIT
"""When days were closed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Integer
from sqlalchemy.orm import Mapped, mapped_column

from mediyn_desktop.store.base import Base, Instant


class DayClosed(Base):
    """A day that was closed; closing again updates ``last_closed_at``."""

    __tablename__ = "day_closed"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    day: Mapped[date] = mapped_column(Date, unique=True)
    first_closed_at: Mapped[datetime] = mapped_column(Instant)
    last_closed_at: Mapped[datetime] = mapped_column(Instant)
