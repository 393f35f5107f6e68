# SPDX-License-Identifier: MIT
"""Running the jobs that are due, one at a time, each remembered when it ends.

A job that could not finish is tried again after 1, 2, 4, ... minutes, at most every half hour: a
laptop that was offline all evening sends what waits within half an hour of its return, and a
processor that is down is not asked every minute.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.jobs.tables import JobRun
from mediyn_desktop.store.uow import Reading, Store

_log = logging.getLogger(__name__)

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=30)


class JobState(StrEnum):
    """How a job ended."""

    DONE = "done"
    OFFLINE = "offline"  # nobody answered; it will be tried again by itself
    ATTENTION = "attention"  # it will not go well before somebody changes something


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run came to; ``message`` is empty when there is nothing to say."""

    state: JobState = JobState.DONE
    message: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of background work.

    Attributes:
        name: stable word, the key of its row.
        label: what the user calls it, for example "Sending waiting charges".
        every: the pause after a run that went well.
        waiting: how many things wait for it; 0 means there is nothing to run for.
        run: does the work of one pass, in transactions of its own.
        regular: whether it is due by its time alone, although nothing waits for it.
        beside: whether it may go on beside the window's writes: each of its own is short, and looks
            again at what it is about.
    """

    name: str
    label: str
    every: timedelta
    waiting: Callable[[Reading], int]
    run: Callable[[Store], Outcome]
    regular: Callable[[Reading], bool] = lambda _: False
    beside: bool = False


@dataclass(frozen=True, slots=True)
class JobStatus:
    """One job as people see it; ``next_at`` is None while it has nothing to do."""

    name: str
    label: str
    waiting: int
    state: JobState
    message: str
    ran_at: datetime | None
    next_at: datetime | None


def status_of(read: Reading, jobs: Iterable[Job]) -> list[JobStatus]:
    """Return where each of ``jobs`` stands."""
    return [_status(read, job) for job in jobs]


def due(read: Reading, jobs: Iterable[Job]) -> list[Job]:
    """Return those of ``jobs`` that have something to do and need wait no longer."""
    jobs = list(jobs)
    return [
        job
        for job, now in zip(jobs, status_of(read, jobs), strict=True)
        if now.next_at is not None and now.next_at <= read.now
    ]


def run_job(store: Store, job: Job) -> Outcome:
    """Run ``job`` now, and note how it ended and when it is due again.

    Raises:
        Exception: a mistake in this program; it is noted too, so that the job waits longer.
    """
    try:
        outcome = job.run(store)
    except UserFacingError as error:
        outcome = Outcome(JobState.ATTENTION, error.message)
    except Exception:
        _note(store, job, Outcome(JobState.ATTENTION, f"{job.label} stopped by a mistake."))
        raise
    _note(store, job, outcome)
    return outcome


def _status(read: Reading, job: Job) -> JobStatus:
    row = read.session.get(JobRun, job.name)
    waiting = job.waiting(read)
    wanted = bool(waiting) or job.regular(read)
    if row is None:
        return JobStatus(
            job.name,
            job.label,
            waiting,
            JobState.DONE,
            "",
            ran_at=None,
            next_at=read.now if wanted else None,
        )
    # A clock that was set back must not hold a job for longer than it would ever wait.
    next_at = min(row.next_at, read.now + max(job.every, LONGEST_WAIT))
    return JobStatus(
        job.name,
        job.label,
        waiting,
        JobState(row.state),
        row.message,
        ran_at=row.ran_at,
        next_at=next_at if wanted else None,
    )


def _note(store: Store, job: Job, outcome: Outcome) -> None:
    with store.write(f"Job: {job.name}") as uow:
        row = uow.session.get(JobRun, job.name)
        failures = 0
        if outcome.state != JobState.DONE:
            failures = 1 + (row.failures if row is not None else 0)
        uow.session.merge(
            JobRun(
                name=job.name,
                state=outcome.state,
                message=outcome.message,
                failures=failures,
                ran_at=uow.now,
                next_at=uow.now + _pause(job, failures),
            )
        )
        uow.changed("job", job.name)
    _log.info("job %s: %s", job.name, outcome.state)


def _pause(job: Job, failures: int) -> timedelta:
    if not failures:
        return job.every
    doublings = min(failures - 1, 10)  # far beyond the longest wait, and no huge number
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
