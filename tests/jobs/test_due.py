# SPDX-License-Identifier: MIT
"""Which background work is due, and how long a job waits after it could not be done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.jobs.due import Job, JobState, Outcome, due, run_job, status_of
from mediyn_desktop.store.uow import Store

EVERY = timedelta(minutes=5)


class Work:
    """A job whose number of waiting things and outcome the test decides."""

    def __init__(self) -> None:
        self.waiting = 1
        self.outcome: Outcome | Exception = Outcome()
        self.runs = 0
        self.job = Job("work", "Working", EVERY, lambda _: self.waiting, self._run)

    def _run(self, _: Store) -> Outcome:
        self.runs += 1
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@pytest.fixture
def work() -> Work:
    return Work()


def is_due(store: Store, work: Work) -> bool:
    with store.read() as read:
        return due(read, [work.job]) == [work.job]


def waits_for(store: Store, work: Work, clock: FixedClock) -> timedelta:
    with store.read() as read:
        (now,) = status_of(read, [work.job])
    assert now.next_at is not None
    return now.next_at - clock.now()


def test_work_that_never_ran_is_due_at_once(store: Store, work: Work) -> None:
    assert is_due(store, work)


def test_nothing_waiting_is_never_due(store: Store, work: Work, clock: FixedClock) -> None:
    work.waiting = 0
    assert not is_due(store, work)
    run_job(store, work.job)
    clock.advance(timedelta(days=30))
    assert not is_due(store, work)


def test_work_done_well_pauses_for_its_own_while(
    store: Store, work: Work, clock: FixedClock
) -> None:
    run_job(store, work.job)
    assert not is_due(store, work)
    clock.advance(EVERY - timedelta(seconds=1))
    assert not is_due(store, work)
    clock.advance(timedelta(seconds=1))
    assert is_due(store, work)


def test_work_that_finds_nobody_waits_longer_each_time_and_half_an_hour_at_most(
    store: Store, work: Work, clock: FixedClock
) -> None:
    work.outcome = Outcome(JobState.OFFLINE, "Nobody answered.")
    pauses = []
    for _ in range(8):
        run_job(store, work.job)
        pauses.append(waits_for(store, work, clock) // timedelta(minutes=1))
        clock.advance(timedelta(hours=1))
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]


def test_success_ends_the_back_off(store: Store, work: Work, clock: FixedClock) -> None:
    work.outcome = Outcome(JobState.OFFLINE)
    for _ in range(5):
        run_job(store, work.job)
    work.outcome = Outcome()
    run_job(store, work.job)
    assert waits_for(store, work, clock) == EVERY
    work.outcome = Outcome(JobState.OFFLINE)
    run_job(store, work.job)
    assert waits_for(store, work, clock) == timedelta(minutes=1)


def test_a_refusal_is_remembered_in_its_own_words(store: Store, work: Work) -> None:
    work.outcome = UserFacingError("The folder is gone. Nothing was lost. Choose another.")
    assert run_job(store, work.job).state == JobState.ATTENTION
    with store.read() as read:
        (now,) = status_of(read, [work.job])
    assert (now.state, now.message) == (
        JobState.ATTENTION,
        "The folder is gone. Nothing was lost. Choose another.",
    )


def test_a_mistake_of_the_program_is_raised_and_still_waits(store: Store, work: Work) -> None:
    work.outcome = ZeroDivisionError("with a client's name in it")
    with pytest.raises(ZeroDivisionError):
        run_job(store, work.job)
    assert not is_due(store, work)
    with store.read() as read:
        (now,) = status_of(read, [work.job])
    assert now.state == JobState.ATTENTION
    assert "client's name" not in now.message


def test_what_is_due_survives_a_restart_and_a_clock_set_back_holds_nothing_for_long(
    store: Store, work: Work, clock: FixedClock
) -> None:
    clock.advance(timedelta(days=400))
    run_job(store, work.job)
    clock.advance(timedelta(days=-400))
    assert waits_for(store, work, clock) == timedelta(minutes=30)
