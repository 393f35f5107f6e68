# SPDX-License-Identifier: MIT
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.vault.autolock import IdleLock


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 1, 5, 55, tzinfo=UTC))


def test_the_lock_is_due_once_the_idle_time_is_over(clock: FixedClock) -> None:
    lock = IdleLock(clock, 10)
    clock.advance(timedelta(minutes=10, microseconds=-1))
    assert not lock.due()
    clock.advance(timedelta(microseconds=1))
    assert lock.due()


def test_every_touch_starts_the_idle_time_again(clock: FixedClock) -> None:
    lock = IdleLock(clock, 10)
    for _ in range(5):
        clock.advance(timedelta(minutes=9))
        lock.touch()
    assert not lock.due()


def test_waking_a_sleeping_laptop_with_the_mouse_does_not_excuse_the_hours(
    clock: FixedClock,
) -> None:
    lock = IdleLock(clock, 10)
    clock.advance(timedelta(hours=8))
    lock.touch()
    assert lock.due()
    lock.touch()
    assert lock.due()


def test_unlocking_starts_afresh(clock: FixedClock) -> None:
    lock = IdleLock(clock, 1)
    clock.advance(timedelta(minutes=2))
    assert lock.due()
    lock.restart()
    assert not lock.due()
    clock.advance(timedelta(minutes=1))
    assert lock.due()


def test_a_clock_set_back_does_not_postpone_the_lock_by_hours(clock: FixedClock) -> None:
    lock = IdleLock(clock, 10)
    clock.advance(timedelta(hours=-5))
    assert not lock.due()
    clock.advance(timedelta(minutes=10))
    assert lock.due()


def test_an_idle_time_below_a_minute_is_refused(clock: FixedClock) -> None:
    with pytest.raises(ValueError, match="one minute"):
        IdleLock(clock, 0)
