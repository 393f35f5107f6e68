# SPDX-License-Identifier: MIT
"""Plain Python threads behind one queue."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import queue


class Workers:
    """Threads that take jobs from one queue; started when the first job arrives."""

    def __init__(self, name: str, count: int) -> None:
        self._name, self._count = name, count
        self._jobs: queue.SimpleQueue[Callable[[], None] | None]
        self._threads: list[threading.Thread] = []

    def add(self, job: Callable[[], None]) -> None:
        """Queue ``job``; it deals with its own errors."""
        if not self._threads:
            import queue  # noqa: PLC0415 - not before first paint

            self._jobs = queue.SimpleQueue()
            self._threads = [
                threading.Thread(target=self._work, name=f"{self._name}-{i}", daemon=True)
                for i in range(self._count)
            ]
            for thread in self._threads:
                thread.start()
        self._jobs.put(job)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

    def stop(self, timeout: float) -> bool:
        """Finish what is queued, end the threads; False if one is still busy."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join(timeout)
        return not any(thread.is_alive() for thread in self._threads)
