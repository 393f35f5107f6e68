# SPDX-License-Identifier: MIT
"""Sessions on the clock: their instants, their length, and which of them collide."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from mediyn_desktop.codes.vocabulary import SessionKind, SessionStatus
from mediyn_desktop.core.clock import local_date, utc_from_local
from mediyn_desktop.exchange.practice_folder.cells import CellError, sentence
from mediyn_desktop.exchange.practice_folder.rows import SessionRow

# Nobody holds one session this long; most often the end has the wrong day.
LONGEST = dt.timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class TimedSession:
    """A session with its instants in UTC and its date of service where the practice is."""

    row: SessionRow
    clinician_ref: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    date_of_service: dt.date
    signed_at: dt.datetime | None


def place_in_time(
    row: SessionRow, clinician_ref: str, zone: ZoneInfo, errors: list[CellError]
) -> TimedSession | None:
    """Return the session with its instants, or None and what is wrong with them."""

    def complain(column: str, message: str) -> None:
        errors.append(CellError(row.FILE, row.line, column, message))

    before = len(errors)
    starts = _instant(row, "start", row.start, zone, errors)
    ends = _instant(row, "end", row.end, zone, errors, after=starts)
    signed = None
    if row.note_signed_at is not None:
        signed = _instant(row, "note_signed_at", row.note_signed_at, zone, errors, after=starts)
    if starts is not None and ends is not None:
        length = ends - starts
        if length <= dt.timedelta(0):
            complain("end", "The session ends before it starts, or as it starts. Check both times.")
        elif length > LONGEST:
            hours = length.total_seconds() / 3600
            complain(
                "end",
                f"This session would last {hours:.1f} hours. Check its end; if it is right, split "
                "it into sessions of at most 8 hours.",
            )
        elif dt.timedelta(minutes=row.break_minutes) >= length:
            complain("break_minutes", "The break is as long as the session itself. Check it.")
    if starts is not None and signed is not None and signed < starts:
        complain(
            "note_signed_at",
            "The note was signed before the session began. Check both times, or leave this blank "
            "if it is not signed.",
        )
    if len(errors) > before or starts is None or ends is None:
        return None
    return TimedSession(row, clinician_ref, starts, ends, local_date(starts, zone), signed)


def _instant(
    row: SessionRow,
    column: str,
    wall: dt.datetime,
    zone: ZoneInfo,
    errors: list[CellError],
    *,
    after: dt.datetime | None = None,
) -> dt.datetime | None:
    """Return the UTC instant of ``wall``.

    Of the two instants an autumn hour names, the first is meant, unless only the second one is
    later than ``after``.
    """
    try:
        found = utc_from_local(wall, zone)
        if after is not None and found <= after and wall.tzinfo is None:
            second = utc_from_local(wall.replace(fold=1), zone)
            return second if second > after else found
        return found
    except ValueError as error:
        fix = "Write the hour the clock showed then."
        errors.append(CellError(row.FILE, row.line, column, f"{sentence(str(error))} {fix}"))
    return None


def collisions(sessions: Iterable[TimedSession]) -> Iterator[tuple[TimedSession, TimedSession]]:
    """Yield ``(earlier, later)`` of attended sessions of one clinician that overlap.

    Clients of one group share its start and end, and do not collide.
    """
    by_clinician: dict[str, list[TimedSession]] = defaultdict(list)
    for session in sessions:
        if session.row.status is SessionStatus.ATTENDED:
            by_clinician[session.clinician_ref].append(session)
    for held in by_clinician.values():
        held.sort(key=lambda one: (one.starts_at, one.row.line))
        running: list[TimedSession] = []
        for session in held:
            running = [one for one in running if one.ends_at > session.starts_at]
            for one in running:
                if not _same_group(one, session):
                    yield one, session
                    break
            running.append(session)


def _same_group(one: TimedSession, other: TimedSession) -> bool:
    return (
        one.row.kind is SessionKind.GROUP
        and other.row.kind is SessionKind.GROUP
        and one.starts_at == other.starts_at
        and one.ends_at == other.ends_at
    )
