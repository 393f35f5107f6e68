# SPDX-License-Identifier: MIT
"""How long work says how far it is, whoever watches."""

from __future__ import annotations

from collections.abc import Callable

Step = Callable[[int, int], object]
"""Told that so many of so many are behind us; a total of 0 means that nobody knows.

It may raise to stop the work, which then undoes what it had begun.
"""


def silently(_done: int, _total: int) -> None:
    """Watched by nobody."""
