# SPDX-License-Identifier: MIT
"""Alerts put aside for a while, with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from mediyn_desktop.billing.tables import AlertSnooze
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.store.uow import Reading, UnitOfWork

LONGEST = timedelta(days=366)


class SnoozeRefused(UserFacingError):
    """The alert cannot be put aside so."""

    code = "snooze-refused"


@dataclass(frozen=True, slots=True)
class Aside:
    """How far an alert was put aside: it returns where it asks for more cents or more urgently."""

    cents: int
    urgency: int

    def covers(self, cents: int, urgency: int) -> bool:
        """Whether an alert of so many cents and this urgency (0 is the highest) stays aside."""
        return cents <= self.cents and urgency >= self.urgency


def snooze(
    uow: UnitOfWork,
    *,
    kind: str,
    ref: str,
    amount_cents: int,
    urgency: int,
    until: date,
    reason: str,
) -> None:
    """Put an alert aside through ``until``; it returns earlier where it grows or presses more.

    Raises:
        SnoozeRefused: no reason, a day that has passed, or one more than a year ahead.
    """
    why = " ".join(reason.split())
    if not why:
        raise SnoozeRefused("Putting an alert aside needs a reason. Nothing was changed.")
    if not uow.today < until <= uow.today + LONGEST:
        raise SnoozeRefused(
            "Choose a day after today and within a year. Nothing was changed.", code="bad-day"
        )
    uow.session.add(
        AlertSnooze(
            kind=kind,
            ref=ref,
            until=until,
            amount_cents=amount_cents,
            urgency=urgency,
            reason=why,
            snoozed_at=uow.now,
        )
    )
    uow.session.flush()
    uow.changed("alert", f"{kind}:{ref}")


def wake(uow: UnitOfWork, *, kind: str, ref: str, until: date, why: str) -> None:
    """End putting an alert aside: from the day after ``until`` on it is shown again."""
    uow.session.add(
        AlertSnooze(
            kind=kind, ref=ref, until=until, amount_cents=0, urgency=0, reason=why,
            snoozed_at=uow.now,
        )
    )  # fmt: skip
    uow.session.flush()
    uow.changed("alert", f"{kind}:{ref}")


def snoozes_in_force(read: Reading) -> dict[tuple[str, str], Aside]:
    """Return how far each (kind, ref) is put aside today; the latest word counts."""
    latest = select(func.max(AlertSnooze.id)).group_by(AlertSnooze.kind, AlertSnooze.ref)
    rows = read.session.scalars(
        select(AlertSnooze).where(AlertSnooze.id.in_(latest), AlertSnooze.until >= read.today)
    )
    return {(row.kind, row.ref): Aside(row.amount_cents, row.urgency) for row in rows}
