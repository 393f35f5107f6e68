# SPDX-License-Identifier: MIT
"""The alarm clock rings from a thread of its own, one ring at a time, and ends when told."""

from __future__ import annotations

import threading
from datetime import timedelta

from mediyn_desktop.jobs.schedule import Schedule

TURN = timedelta(milliseconds=10)


def test_it_calls_again_and_again_off_the_callers_thread_and_stops() -> None:
    before = set(threading.enumerate())
    calls: list[threading.Thread] = []
    enough = threading.Event()

    def look() -> None:
        calls.append(threading.current_thread())
        if len(calls) == 3:
            enough.set()

    schedule = Schedule(look, every=TURN)
    schedule.start()
    assert enough.wait(30)
    schedule.stop()
    schedule.stop()
    seen = len(calls)
    assert threading.current_thread() not in calls
    assert set(threading.enumerate()) <= before
    assert seen == len(calls)


def test_a_look_that_takes_long_is_never_entered_twice() -> None:
    inside = threading.Semaphore(1)
    twice: list[bool] = []
    enough = threading.Event()
    turns = iter(range(5))

    def look() -> None:
        twice.append(not inside.acquire(blocking=False))
        threading.Event().wait(5 * TURN.total_seconds())
        inside.release()
        if next(turns, None) == 3:
            enough.set()

    schedule = Schedule(look, every=TURN)
    schedule.start()
    assert enough.wait(30)
    schedule.stop()
    assert len(twice) >= 4
    assert not any(twice)


def test_a_look_that_fails_does_not_end_the_schedule(caplog) -> None:
    enough = threading.Event()
    calls: list[int] = []

    def look() -> None:
        calls.append(1)
        if len(calls) > 1:
            enough.set()
        raise RuntimeError("no")

    schedule = Schedule(look, every=TURN)
    schedule.start()
    assert enough.wait(30)
    schedule.stop()
    assert len(calls) > 1
