# SPDX-License-Identifier: MIT
"""The charge a session became and its lines; what was agreed about one session's price."""

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
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediyn_desktop.store.base import Base, Instant
from mediyn_desktop.store.guards import append_only


class Charge(Base):
    """What one session costs and which road it takes. A session has one that is not voided."""

    __tablename__ = "charge"
    __table_args__ = (
        Index(
            "uq_charge_session",
            "session_id",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("care_session.id"), index=True)
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
    # Set once, together: a voided charge counts nowhere but in the journal.
    voided_at: Mapped[datetime | None] = mapped_column(Instant)
    void_reason: Mapped[str | None] = mapped_column(Text)
    void_entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))

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


class FeeWaiver(Base):
    """The fee of one missed session is not asked for, and why."""

    __tablename__ = "fee_waiver"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("care_session.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text)
    waived_at: Mapped[datetime] = mapped_column(Instant)


class Courtesy(Base):
    """So many cents are to be taken off one session when it is billed, and why."""

    __tablename__ = "courtesy"
    __table_args__ = (CheckConstraint("cents > 0", name="positive"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("care_session.id"), unique=True)
    cents: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    promised_at: Mapped[datetime] = mapped_column(Instant)


class PaymentPlan(Base):
    """What a client pays off in installments, as it was agreed: these facts are frozen.

    What is left of it is summed from its items; what became of it stands in its steps.
    """

    __tablename__ = "payment_plan"
    __table_args__ = (
        CheckConstraint("amount_cents > 0 AND total_cents > 0", name="positive"),
        CheckConstraint("day BETWEEN 1 AND 31", name="day_of_month"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ref: Mapped[str] = mapped_column(String(80), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    amount_cents: Mapped[int] = mapped_column(Integer)
    day: Mapped[int] = mapped_column(Integer)  # of the month; a shorter month has its last day
    begins_on: Mapped[date] = mapped_column(Date)  # no installment is due before
    total_cents: Mapped[int] = mapped_column(Integer)
    started_on: Mapped[date] = mapped_column(Date)
    started_at: Mapped[datetime] = mapped_column(Instant)

    items: Mapped[list[PlanItem]] = relationship(order_by="PlanItem.item_id")
    steps: Mapped[list[PlanStep]] = relationship(order_by="PlanStep.id")


class PlanItem(Base):
    """An open item under a plan: what was open of it at the start, what was written off before."""

    __tablename__ = "plan_item"
    __table_args__ = (CheckConstraint("cents > 0", name="positive"),)

    plan_id: Mapped[int] = mapped_column(ForeignKey("payment_plan.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("open_item.id"), primary_key=True, index=True)
    cents: Mapped[int] = mapped_column(Integer)
    adjusted_cents: Mapped[int] = mapped_column(Integer)


class PlanStep(Base):
    """Something that became of a plan, on a day: started, paused, resumed, ended, another card."""

    __tablename__ = "plan_step"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("payment_plan.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    on_day: Mapped[date] = mapped_column(Date)
    card_id: Mapped[int | None] = mapped_column(ForeignKey("card.id"))
    agreed_on: Mapped[date | None] = mapped_column(Date)  # when the client agreed to the card
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(Instant)


class AlertSnooze(Base):
    """An alert put aside until a day, and why; it returns earlier where it grows or presses more.

    ``urgency`` is what it was then: 0 is the highest.
    """

    __tablename__ = "alert_snooze"
    __table_args__ = (Index("ix_alert_snooze_about", "kind", "ref"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    ref: Mapped[str] = mapped_column(String(160))
    until: Mapped[date] = mapped_column(Date)
    amount_cents: Mapped[int] = mapped_column(Integer)
    urgency: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    snoozed_at: Mapped[datetime] = mapped_column(Instant)


class Estimate(Base):
    """A good faith estimate as it was given: its facts are frozen, a later version replaces it."""

    __tablename__ = "estimate"
    __table_args__ = (
        UniqueConstraint("client_id", "version"),
        CheckConstraint("starts_on <= ends_on", name="in_order"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    version: Mapped[int] = mapped_column(Integer)
    issued_on: Mapped[date] = mapped_column(Date)
    issued_at: Mapped[datetime] = mapped_column(Instant)
    requested_on: Mapped[date | None] = mapped_column(Date)
    scheduled_on: Mapped[date | None] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    total_cents: Mapped[int] = mapped_column(Integer)
    content: Mapped[str] = mapped_column(Text)  # the whole estimate as it was given, JSON

    items: Mapped[list[EstimateItem]] = relationship(order_by="EstimateItem.position")


class EstimateItem(Base):
    """So many sessions of one code, at what each is expected to cost after discounts."""

    __tablename__ = "estimate_item"
    __table_args__ = (
        UniqueConstraint("estimate_id", "position"),
        CheckConstraint("sessions > 0 AND unit_cents >= 0", name="sound"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    estimate_id: Mapped[int] = mapped_column(ForeignKey("estimate.id"))
    position: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(20))
    place: Mapped[str] = mapped_column(String(20))
    sessions: Mapped[int] = mapped_column(Integer)
    unit_cents: Mapped[int] = mapped_column(Integer)
    fee_rule: Mapped[str] = mapped_column(Text)


_KEPT = (
    "id, session_id, client_id, date_of_service, route, minutes, pos, diagnoses, coverage_id, "
    "package_id, copay_cents, reason, open_item_id, entry_id, billed_at"
)


def _row(prefix: str) -> str:
    return ", ".join(f"{prefix}.{column}" for column in _KEPT.split(", "))


GUARDS: dict[str, str] = {
    **append_only("charge", what="charges"),
    # Replaces the guard that forbids every change: voiding is the one change there is.
    "charge_no_update": (
        "CREATE TRIGGER charge_no_update BEFORE UPDATE ON charge "
        "WHEN OLD.voided_at IS NOT NULL OR NEW.voided_at IS NULL "
        f"OR ({_row('NEW')}) IS NOT ({_row('OLD')}) BEGIN "
        "SELECT RAISE(ABORT, 'charges are never changed, only voided'); END"
    ),
    **append_only("charge_line", what="charge lines"),
    **append_only("fee_waiver", what="fee waivers"),
    **append_only("payment_plan", what="payment plans"),
    **append_only("plan_item", what="what is under a plan", key=("plan_id", "item_id")),
    **append_only("plan_step", what="steps of payment plans"),
    **append_only("alert_snooze", what="snoozed alerts"),
    **append_only("estimate", what="estimates"),
    **append_only("estimate_item", what="lines of estimates"),
}
