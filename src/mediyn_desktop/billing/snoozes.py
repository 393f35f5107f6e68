# SPDX-License-Identifier: MIT
"""Alerts put aside for a while, with a reason."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from mediyn_desktop.billing.tables import AlertSnooze
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.store.uow import Reading, UnitOfWork

LONGEST = timedelta(days=366)


class SnoozeRefused(UserFacingError):
    """The alert cannot be put aside so."""

    code = "snooze-refused"


def snooze(
    uow: UnitOfWork, *, kind: str, ref: str, amount_cents: int, until: date, reason: str
) -> None:
    """Put an alert aside through ``until``; it returns earlier where its amount grows.

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
            reason=why,
            snoozed_at=uow.now,
        )
    )
    uow.session.flush()
    uow.changed("alert", f"{kind}:{ref}")


def snoozes_in_force(read: Reading) -> dict[tuple[str, str], int]:
    """Return the cents up to which each (kind, ref) is put aside today; the latest word counts."""
    rows = read.session.scalars(
        select(AlertSnooze).where(AlertSnooze.until >= read.today).order_by(AlertSnooze.id)
    )
    return {(row.kind, row.ref): row.amount_cents for row in rows}
