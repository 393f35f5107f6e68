# SPDX-License-Identifier: MIT
"""The sandbox's own time: moved at will, with work that falls due as it passes."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

from mediyn_desktop.core.clock import Clock


class ShiftedClock:
    """Another clock, moved: the sandbox can be put a day ahead without touching the computer."""

    def __init__(self, base: Clock) -> None:
        self._base = base
        self._shift = timedelta()

    def now(self) -> datetime:
        return self._base.now() + self._shift

    def sleep(self, seconds: float) -> None:
        self._base.sleep(seconds)

    def advance(self, by: timedelta) -> None:
        """Move this clock by ``by``; negative moves it back."""
        self._shift += by


class Agenda:
    """What happens by itself later, in the order it falls due."""

    def __init__(self) -> None:
        self._due: list[tuple[int, int, Callable[[], object]]] = []
        self._number = itertools.count()

    def add(self, at: int, action: Callable[[], object]) -> None:
        """Let ``action`` happen once the time is ``at`` (Unix seconds) or later."""
        heapq.heappush(self._due, (at, next(self._number), action))

    def run(self, now: int) -> None:
        """Do what is due by ``now``; what that adds for now is done too."""
        while self._due and self._due[0][0] <= now:
            heapq.heappop(self._due)[2]()
