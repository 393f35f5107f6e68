# SPDX-License-Identifier: MIT
"""Backing off when the processor says that it is asked too much.

A refusal for being too fast did nothing, so the same call with the same key is simply repeated.
All workers wait together: one of them being refused means that all are too fast.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, TypeVar

from mediyn_desktop.cards.stripe_api import TryLater
from mediyn_desktop.core.clock import Clock

T = TypeVar("T")

WORKERS: Final = 8
"""At 300 ms an answer, eight ask less than the 25 calls a second a test account may make
(docs.stripe.com/rate-limits); a live account may make four times as many."""
_TRIES: Final = 4
_FIRST_WAIT: Final = 1.0  # seconds; doubled each time


class Pace:
    """Shared by the workers of one pass."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._resume_at: datetime | None = None
        self._chance = random.SystemRandom()

    def call(self, send: Callable[[], T]) -> T:
        """Return what ``send`` returns, repeating it while the processor is busy.

        Raises:
            TryLater: it was busy every time; nothing was executed.
        """
        for turn in range(_TRIES):
            self._wait()
            try:
                return send()
            except TryLater:
                if turn == _TRIES - 1:
                    raise
                # Jitter, so that the workers do not come back all at once.
                self._hold(_FIRST_WAIT * 2**turn * self._chance.uniform(0.5, 1.0))
        raise AssertionError("unreachable")

    def _hold(self, seconds: float) -> None:
        until = self._clock.now() + timedelta(seconds=seconds)
        with self._lock:
            if self._resume_at is None or until > self._resume_at:
                self._resume_at = until

    def _wait(self) -> None:
        with self._lock:
            until = self._resume_at
        if until is None:
            return
        left = (until - self._clock.now()).total_seconds()
        if 0 < left <= _FIRST_WAIT * 2**_TRIES:  # a clock that was set back meanwhile is not obeyed
            self._clock.sleep(left)
