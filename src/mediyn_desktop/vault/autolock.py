# SPDX-License-Identifier: MIT
"""When to lock a practice nobody is using (45 CFR 164.312(a)(2)(iii), automatic logoff)."""

from __future__ import annotations

from datetime import timedelta

from mediyn_desktop.core.clock import Clock


class IdleLock:
    """Counts the time since the last key press or click. Asked every few seconds; draws nothing.

    Once due it stays due: after a laptop slept, the mouse movement that wakes it arrives before
    any timer and must not excuse the hours before.
    """

    def __init__(self, clock: Clock, minutes: int) -> None:
        if minutes < 1:
            raise ValueError("the shortest idle time is one minute")
        self._clock = clock
        self._limit = timedelta(minutes=minutes)
        self._last = clock.now()
        self._due = False

    def touch(self) -> None:
        """Note a sign of life; ignored once the lock is due."""
        if not self.due():
            self._last = self._clock.now()

    def due(self) -> bool:
        """Return whether the practice must be locked now."""
        now = self._clock.now()
        # A clock set back would make the idle time negative and the lock late: count from here.
        self._last = min(self._last, now)
        self._due = self._due or now - self._last >= self._limit
        return self._due

    def restart(self) -> None:
        """Count from now, as after unlocking."""
        self._last = self._clock.now()
        self._due = False
