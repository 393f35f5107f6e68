# SPDX-License-Identifier: MIT
"""Idempotency keys: the same key and parameters give the stored answer for 24 hours.

Source: docs.stripe.com/api/idempotent_requests, docs.stripe.com/error-low-level.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from mediyn_desktop.core.clock import Clock
from mediyn_desktop.sandbox.processor.errors import ApiError, invalid, key_in_use

KEPT_FOR = timedelta(hours=24)


@dataclass(slots=True)
class StoredReply:
    """The answer a key replays."""

    status: int
    body: bytes
    request_id: str


@dataclass(slots=True)
class _Entry:
    fingerprint: str
    at: datetime
    reply: StoredReply | None = None  # None: still being carried out


class IdempotencyKeys:
    """The keys seen by one account."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: dict[str, _Entry] = {}
        self._lock = threading.Lock()

    def begin(self, key: str, fingerprint: str) -> StoredReply | None:
        """Return the stored answer, or ``None``: carry the request out, then ``finish`` it.

        Raises:
            ApiError: 400 ``idempotency_error`` when the request differs from the first with this
                key; 409 while that one is still running.
        """
        if len(key) > 255:
            raise invalid("An idempotency key has at most 255 characters")
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None and entry.reply and self._clock.now() - entry.at >= KEPT_FOR:
                entry = None
            if entry is None:
                self._entries[key] = _Entry(fingerprint, self._clock.now())
                return None
            if entry.fingerprint != fingerprint:
                raise ApiError(
                    400,
                    "Keys for idempotent requests can only be used with the same parameters "
                    f"they were first used with. The key was '{key}'.",
                    kind="idempotency_error",
                )
            if entry.reply is None:
                raise key_in_use()
            return entry.reply

    def finish(self, key: str, reply: StoredReply | None) -> None:
        """Store the answer; ``None`` forgets the key, as nothing was carried out."""
        with self._lock:
            if reply is None:
                self._entries.pop(key, None)
            else:
                self._entries[key].reply = reply

    def replies(self) -> list[tuple[str, str, datetime, StoredReply]]:
        """Return every key that has its answer: key, fingerprint, when, answer."""
        with self._lock:
            return [
                (key, entry.fingerprint, entry.at, entry.reply)
                for key, entry in self._entries.items()
                if entry.reply is not None
            ]

    def put_back(self, key: str, fingerprint: str, at: datetime, reply: StoredReply) -> None:
        """Know a key and its answer from before."""
        with self._lock:
            self._entries[key] = _Entry(fingerprint, at, reply)

    def purge(self) -> int:
        """Forget every finished key, as if a day had passed; return how many."""
        with self._lock:
            finished = [key for key, entry in self._entries.items() if entry.reply]
            for key in finished:
                del self._entries[key]
            return len(finished)
