# SPDX-License-Identifier: MIT
"""How long work says how far it is, whoever watches."""

from __future__ import annotations

from collections.abc import Callable

Step = Callable[[int, int], object]
"""Told that so many of so many are behind us; a total of 0 means that nobody knows.

It may raise to stop the work, which then undoes what it had begun.
"""


GoOn = Callable[[int, int], bool]
"""Told as ``Step`` is, between pieces that each stand by themselves; False ends the work there.

What was done before stays done.
"""


class StoppedHalfway(Exception):
    """Rolls back the piece of work that is under way; the pieces before it stay done."""


def silently(_done: int, _total: int) -> None:
    """Watched by nobody."""


def to_the_end(_done: int, _total: int) -> bool:
    """Stopped by nobody."""
    return True


def within(go_on: GoOn) -> Step:
    """Return the steps inside one piece: they raise ``StoppedHalfway`` once it is to be ended."""

    def step(done: int, total: int) -> None:
        if not go_on(done, total):
            raise StoppedHalfway

    return step
