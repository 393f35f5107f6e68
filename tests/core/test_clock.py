# SPDX-License-Identifier: MIT
"""Wall times become instants, also on the nights when the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from mediyn_desktop.core.clock import FixedClock, SystemClock, local_date, utc_from_local

NEW_YORK = ZoneInfo("America/New_York")


def test_a_late_session_belongs_to_the_practices_day() -> None:
    assert local_date(datetime(2026, 11, 24, 2, 0, tzinfo=UTC), NEW_YORK) == date(2026, 11, 23)


def test_the_doubled_autumn_hour_is_daylight_time_unless_said_otherwise() -> None:
    wall = datetime(2026, 11, 1, 1, 30)
    assert utc_from_local(wall, NEW_YORK) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert utc_from_local(wall.replace(fold=1), NEW_YORK) == datetime(
        2026, 11, 1, 6, 30, tzinfo=UTC
    )


def test_the_skipped_spring_hour_does_not_exist() -> None:
    with pytest.raises(ValueError, match="does not exist"):
        utc_from_local(datetime(2026, 3, 8, 2, 30), NEW_YORK)


def test_an_offset_of_its_own_is_kept() -> None:
    wall = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=-8)))
    assert utc_from_local(wall, NEW_YORK) == datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


def test_a_fixed_clock_moves_only_when_told() -> None:
    clock = FixedClock(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    clock.sleep(90)
    assert clock.now() == datetime(2026, 11, 23, 12, 1, 30, tzinfo=UTC)
    clock.advance(timedelta(days=-1))
    assert clock.now().day == 22
    with pytest.raises(ValueError, match="aware"):
        FixedClock(datetime(2026, 11, 23))


def test_the_computers_clock_is_aware_and_waits() -> None:
    clock = SystemClock()
    before = clock.now()
    clock.sleep(0)
    assert clock.now() >= before
    assert before.tzinfo is UTC
