# SPDX-License-Identifier: MIT
"""The alarm clock: calls back every minute from a thread of its own, and knows nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

LOOK_EVERY = timedelta(minutes=1)

# Its own reports name callbacks and times every minute and say nothing a log of this program needs.
logging.getLogger("apscheduler").setLevel(logging.WARNING)


class Schedule:
    """Calls ``look`` every ``every``, one call at a time, until ``stop``.

    A laptop that slept through several turns is given one call, not several. ``look`` runs on the
    schedule's thread and returns soon: it asks what is due and hands the work on.
    """

    def __init__(self, look: Callable[[], object], *, every: timedelta = LOOK_EVERY) -> None:
        self._scheduler = BackgroundScheduler(
            timezone=UTC, executors={"default": ThreadPoolExecutor(1)}, daemon=True
        )
        self._scheduler.add_job(
            look,
            "interval",
            seconds=every.total_seconds(),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    def start(self) -> None:
        """Begin; the first call comes after one turn."""
        self._scheduler.start()

    def stop(self) -> None:
        """End and wait for a call under way; harmless when repeated."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
