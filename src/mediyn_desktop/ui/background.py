# SPDX-License-Identifier: MIT
"""Background work beside the window: looked for every minute."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal

from mediyn_desktop.jobs.due import Job, due, run_job, status_of
from mediyn_desktop.jobs.schedule import Schedule
from mediyn_desktop.store.uow import Reading
from mediyn_desktop.ui.context import EVERYTHING, Context

KINDS = EVERYTHING | {"job"}


class Background(QObject):
    """Runs the jobs of one open practice. It steps back while the user has work under way."""

    _turn = Signal()

    def __init__(
        self, context: Context, jobs: Sequence[Job], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self.jobs = context, tuple(jobs)
        # The schedule's thread only knocks; everything else happens on the window's own.
        self._turn.connect(self.look, Qt.ConnectionType.QueuedConnection)
        self._schedule = Schedule(self._turn.emit)

    def start(self) -> None:
        """Begin to look for work."""
        self._schedule.start()

    def stop(self) -> None:
        """Look no more; harmless when repeated."""
        self._schedule.stop()

    def look(self) -> None:
        """Run what is due now, unless something else is under way."""
        if not self._context.ops.pending():
            self._context.read(lambda read: due(read, self.jobs), self._run)

    def run_waiting(self) -> None:
        """Run everything something waits for, whether it is due or not."""

        def waiting(read: Reading) -> list[Job]:
            names = {one.name for one in status_of(read, self.jobs) if one.waiting}
            return [job for job in self.jobs if job.name in names]

        self._context.read(waiting, self._run)

    def run_named(self, *names: str) -> None:
        """Run the jobs ``names`` now, whether they are due or not."""
        self._run([job for job in self.jobs if job.name in names])

    def _run(self, jobs: list[Job]) -> None:
        for job in jobs:
            begin = self._context.ask if job.beside else self._context.run
            begin(job.label, partial(run_job, self._context.store, job), kinds=KINDS)
