# SPDX-License-Identifier: MIT
"""The five ways a call can end without an answer, sorted by what they say about money."""

from __future__ import annotations


class OutcomeUnknown(Exception):
    """Nobody knows whether the call took effect; it must be read back.

    ``stored`` says that the processor answered with a failure of its own (5xx): it repeats that
    answer for a day to the same idempotency key, so the key is of no more use. ``status`` is the
    HTTP status, where something answered at all.
    """

    def __init__(self, why: str, *, status: int | None = None) -> None:
        super().__init__(why)
        self.status = status

    @property
    def stored(self) -> bool:
        """Whether the processor keeps this failure under the key."""
        return self.status is not None and self.status >= 500


class TryLater(Exception):
    """Rate or lock limit: nothing was executed."""


class KeyRefused(Exception):
    """The secret key is wrong, revoked or lacks a permission: nothing was executed."""


class Refused(Exception):
    """The processor understood and refused: nothing was executed by this call."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status

    @property
    def missing(self) -> bool:
        """Whether there is no such thing, or no such address on this server."""
        return self.status == 404


class Declined(Exception):
    """The bank said no. The intent still exists and can be read back."""


NO_ANSWER = (OutcomeUnknown, TryLater, KeyRefused, Refused, Declined)
"""Everything a call can raise, for those who only ask and go on without an answer."""
