# SPDX-License-Identifier: MIT
"""The one door to the current time. Instants are UTC; dates of service are local dates."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells the time and waits; passed in, so that tests and the sandbox can move it."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait ``seconds``."""
        ...


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class FixedClock:
    """A clock that moves only when told to; ``sleep`` moves it without waiting."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock starts at an aware instant")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def sleep(self, seconds: float) -> None:
        self.advance(timedelta(seconds=seconds))

    def advance(self, by: timedelta) -> None:
        """Move the clock by ``by``; negative moves it back, as a wrong laptop clock does."""
        self._now += by


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """Return the calendar date of ``instant`` in ``zone``."""
    return instant.astimezone(zone).date()


def utc_from_local(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the UTC instant of ``wall`` in ``zone``; an aware ``wall`` keeps its own zone.

    Of the two instants an autumn hour names, the first (daylight time) is taken unless
    ``wall.fold`` says otherwise.

    Raises:
        ValueError: the wall time was skipped when the clocks went forward.
    """
    if wall.tzinfo is not None:
        return wall.astimezone(UTC)
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != wall.replace(fold=0):
        raise ValueError(
            f"{wall:%Y-%m-%d %H:%M} does not exist in {zone.key}: the clocks went forward"
        )
    return instant
