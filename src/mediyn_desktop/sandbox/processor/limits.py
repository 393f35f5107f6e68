# SPDX-License-Identifier: MIT
"""How busy the processor is: requests a second, and how long each takes. Real time, not virtual.

The real limits are 100 a second live and 25 in a sandbox (docs.stripe.com/rate-limits); here there
is none until one is set.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable


class Limits:
    """``per_second`` requests at most (``None``: any number); each waits ``latency_seconds``."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.per_second: int | None = None
        self.latency_seconds = 0.0
        self._monotonic = monotonic
        self._seen: deque[float] = deque()
        self._lock = threading.Lock()

    def admits(self) -> bool:
        """Count one request; ``False`` when it is one too many for the last second."""
        if self.per_second is None:
            return True
        with self._lock:
            now = self._monotonic()
            while self._seen and self._seen[0] <= now - 1:
                self._seen.popleft()
            if len(self._seen) >= self.per_second:
                return False
            self._seen.append(now)
            return True
