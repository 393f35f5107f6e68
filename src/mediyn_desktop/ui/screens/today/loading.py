# SPDX-License-Identifier: MIT
"""What the screen reads: one day, in one snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from mediyn_desktop.dayclose.outlook import superbill_sessions
from mediyn_desktop.dayclose.review import Review, Row, closed_at, review
from mediyn_desktop.practice.queries import client_ids
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class DayView:
    """A day as the screen shows it. ``closed_at`` is practice-local, None while it is open.

    ``anybody``: whether the practice has clients at all.
    """

    review: Review
    zone: ZoneInfo
    printable: frozenset[str]
    closed_at: datetime | None
    folder: Path | None
    anybody: bool = True

    @property
    def day(self) -> date:
        """The day shown."""
        return self.review.day

    def row(self, session_ref: object) -> Row | None:
        """Return the row of a session, if it is shown."""
        return next((row for row in self.review.rows if row.session_ref == session_ref), None)


def load_day(read: Reading, day: date | None) -> DayView:
    """Return ``day``, or today where the practice is."""
    chosen = day or read.today
    folder = settings.get(read, settings.DAYCLOSE_FOLDER)
    return DayView(
        review=review(read, chosen),
        zone=read.zone,
        printable=superbill_sessions(read, chosen),
        closed_at=closed_at(read, chosen),
        folder=Path(folder) if folder else None,
        anybody=bool(client_ids(read, limit=1)),
    )
