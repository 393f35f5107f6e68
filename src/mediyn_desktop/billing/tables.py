# SPDX-License-Identifier: MIT
"""The charge a session became, and its lines."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediyn_desktop.store.base import Base, Instant
from mediyn_desktop.store.guards import append_only


class Charge(Base):
    """What one session costs and which road it takes. One per session, for ever."""

    __tablename__ = "charge"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("care_session.id"), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    date_of_service: Mapped[date] = mapped_column(Date, index=True)
    route: Mapped[str] = mapped_column(String(20))
    minutes: Mapped[int] = mapped_column(Integer)
    pos: Mapped[str] = mapped_column(String(2), default="")
    diagnoses: Mapped[str] = mapped_column(String(120), default="")  # undotted, semicolon list
    coverage_id: Mapped[int | None] = mapped_column(ForeignKey("coverage.id"))
    package_id: Mapped[int | None] = mapped_column(ForeignKey("package.id"))
    copay_cents: Mapped[int] = mapped_column(Integer, default=0)
    reason: Mapped[str | None] = mapped_column(
        Text
    )  # why waived, or why the amount was set by hand
    # The ledger item the client owes for it; none where an insurer owes it or it is waived.
    open_item_id: Mapped[int | None] = mapped_column(ForeignKey("open_item.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))
    billed_at: Mapped[datetime] = mapped_column(Instant)

    lines: Mapped[list[ChargeLine]] = relationship(order_by="ChargeLine.position")

    @property
    def total_cents(self) -> int:
        """The sum of the lines in cents."""
        return sum(line.fee_cents for line in self.lines)


class ChargeLine(Base):
    """One procedure of a charge; ``fee_cents`` is the line's total, units included."""

    __tablename__ = "charge_line"
    __table_args__ = (
        UniqueConstraint("charge_id", "position"),
        CheckConstraint("fee_cents >= 0", name="not_negative"),
        CheckConstraint("units > 0", name="units_positive"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("charge.id"))
    position: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(20))
    modifiers: Mapped[str] = mapped_column(String(20), default="")  # comma list, in order
    units: Mapped[int] = mapped_column(Integer, default=1)
    fee_cents: Mapped[int] = mapped_column(Integer)
    fee_rule: Mapped[str] = mapped_column(Text)  # which fee applied, in words


class CopayOverride(Base):
    """The copay to collect for one session, set by hand with the reason."""

    __tablename__ = "copay_override"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("charge.id"), unique=True)
    copay_cents: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime] = mapped_column(Instant)


GUARDS: dict[str, str] = {
    **append_only("charge", what="charges"),
    **append_only("charge_line", what="charge lines"),
}
