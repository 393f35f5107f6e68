# SPDX-License-Identifier: MIT
"""Faults on purpose: a scripted queue, or a seeded random share of requests.

Each kind says what happens around the moment the request takes effect, because that moment decides
whether money moved.
"""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class FaultKind(StrEnum):
    """What goes wrong. "Before" and "after" refer to the request taking effect."""

    PASS = "pass"  # noqa: S105 - uses up one request without a fault
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    FIN_AFTER = "fin_after"  # closed politely, without a reply
    PARTIAL = "partial"  # after: half the promised bytes, then closed
    TRUNCATED = "truncated"  # after: whole by length, but the JSON stops in the middle
    HANG_BEFORE = "hang_before"  # silence, then closed; never takes effect
    HANG_AFTER = "hang_after"  # takes effect, silence, then closed
    LATE = "late"  # silence, and only then it takes effect
    SLOW = "slow"  # takes its time while it holds the object
    TOO_MANY = "429"
    TOO_MANY_RETRY = "429_retry"  # with Stripe-Should-Retry: true
    LOCK_TIMEOUT = "lock_timeout"  # 429, another request holds the object
    CONFLICT = "409"
    ERROR_BEFORE = "500_before"
    ERROR_AFTER = "500_after"
    ERROR_FORGOTTEN = "500_forgotten"  # after, and the idempotency key does not remember it
    UNAVAILABLE_HTML = "503_html"
    CAPTIVE_HTML = "200_html"
    HTML_AFTER = "200_html_after"  # takes effect, but a page of somebody else comes back
    KEY_REFUSED = "401"
    FORBIDDEN = "403"
    NO_REQUEST_ID = "no_request_id"  # as something in between that answers in JSON
    NO_DATE = "no_date"
    LIE = "lie"  # takes effect; the fields in ``changes`` are told wrong
    LIST_CUT = "list_cut"  # half a page and "that is all"
    LIST_EMPTY = "list_empty"  # nothing, and "there is more"
    LIST_DOUBLED = "list_doubled"  # every row twice
    LIST_REVERSED = "list_reversed"  # oldest first


@dataclass(slots=True)
class Fault:
    """One planned fault. ``method`` and ``path`` (a regular expression, whole path) restrict it.

    ``changes`` belongs to a lie: what the reply says instead, by place
    (``{"amount": 1, "data.0.customer": "cus_x"}``).
    """

    kind: FaultKind
    method: str = "*"
    path: str = ".*"
    seconds: float = 0.05
    times: int = 1
    changes: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.kind = FaultKind(self.kind)
        if (self.kind is FaultKind.LIE) != bool(self.changes):
            raise ValueError("a lie, and only a lie, has changes")

    def fits(self, method: str, path: str) -> bool:
        """Tell whether a request is one this fault waits for."""
        return self.method in ("*", method) and re.fullmatch(self.path, path) is not None


@dataclass(slots=True)
class EventFaults:
    """How the list of events misleads: it forgets kinds, repeats, or is out of order in a page."""

    lose: list[str] = field(default_factory=list)  # patterns such as charge.*
    duplicate: bool = False
    shuffle: bool = False


class FaultPlan:
    """Faults waiting for their request; scripted ones first, then the random share."""

    def __init__(self) -> None:
        self._queue: list[Fault] = []
        self._random: random.Random | None = None
        self._share = 0.0
        self._choices: Sequence[Fault] = ()
        self._lock = threading.Lock()

    def script(self, *faults: Fault | str) -> None:
        """Append faults; each is used up by the first request that fits it."""
        with self._lock:
            self._queue += [f if isinstance(f, Fault) else Fault(FaultKind(f)) for f in faults]

    def randomly(self, seed: int, share: float, choices: Iterable[Fault | str]) -> None:
        """Let about ``share`` (0 to 1) of the requests meet one of ``choices``, repeatably."""
        with self._lock:
            self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose
            self._share = share
            self._choices = [c if isinstance(c, Fault) else Fault(FaultKind(c)) for c in choices]

    def clear(self) -> None:
        """Forget every planned fault."""
        with self._lock:
            self._queue.clear()
            self._random = None

    def waiting(self) -> list[Fault]:
        """Return the scripted faults that have not met their request."""
        with self._lock:
            return list(self._queue)

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault for this request, using it up."""
        with self._lock:
            for fault in self._queue:
                if fault.fits(method, path):
                    fault.times -= 1
                    if fault.times < 1:
                        self._queue.remove(fault)
                    return None if fault.kind is FaultKind.PASS else fault
            if self._random is not None and self._random.random() < self._share:
                fitting = [fault for fault in self._choices if fault.fits(method, path)]
                return self._random.choice(fitting) if fitting else None
        return None
