# SPDX-License-Identifier: MIT
"""The sandbox's own time: moved at will, with work that falls due as it passes."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

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

    @property
    def shift(self) -> timedelta:
        """How far this clock is from the other."""
        return self._shift

    def advance(self, by: timedelta) -> None:
        """Move this clock by ``by``; negative moves it back."""
        self._shift += by


Deed = Callable[..., object]
_DEEDS: dict[str, Deed] = {}


def falls_due(name: str) -> Callable[[Deed], Deed]:
    """Let the agenda know a deed by ``name``: it is given the state and what was noted with it."""

    def known(deed: Deed) -> Deed:
        _DEEDS[name] = deed
        return deed

    return known


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """One thing to come: when (Unix seconds), which in the order it was noted, what, about what."""

    at: int
    number: int
    deed: str
    about: tuple[str | bool, ...]


class Agenda:
    """What happens by itself later, in the order it falls due; data, so that it can be kept."""

    def __init__(self) -> None:
        self._due: list[Due] = []
        self._next = 0

    def add(self, at: int, deed: str, *about: str | bool) -> None:
        """Let ``deed`` happen once the time is ``at`` (Unix seconds) or later."""
        heapq.heappush(self._due, Due(at, self._next, deed, about))
        self._next += 1

    def run(self, state: Any, now: int) -> None:
        """Do what is due by ``now``; what that adds for now is done too."""
        while self._due and self._due[0].at <= now:
            due = heapq.heappop(self._due)
            _DEEDS[due.deed](state, *due.about)

    def entries(self) -> list[Due]:
        """Return what is to come, the first first."""
        return sorted(self._due)
