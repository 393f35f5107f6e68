# SPDX-License-Identifier: MIT
"""Having the processor make something of which there may be one, where any answer may be lost.

What was asked for is looked for before it is asked for again, by the same idempotency key; another
key is used only where the processor will answer nothing but its own failure to the old one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from mediyn_desktop.cards.stripe_api import OutcomeUnknown

State = TypeVar("State")

_TURNS: Final = 2  # a lost answer is looked for and, if nothing had happened, asked for once more


def make_one(
    standing: Callable[[], State | None],
    send: Callable[[], State | None],
    spent: Callable[[], object],
) -> State | None:
    """Return where it stands once it exists or is over, or None where nobody knows.

    Args:
        standing: says so, looking for it where its answer was lost; None where it is to be made.
        send: asks for it; may say at once where it stands.
        spent: notes that the key in use is of no more use.

    Raises: whatever the three raise, but for the lost answer of ``send``.
    """
    for _ in range(_TURNS):
        found = standing()
        if found is not None:
            return found
        try:
            made = send()
        except OutcomeUnknown as error:
            if error.stored:
                spent()
            continue
        if made is not None:
            return made
    return standing()


def key_of(letter: str, mark: str, number: int) -> str:
    """Return the ``number``-th idempotency key for what carries ``mark``."""
    return f"{letter}-{mark}" if number == 1 else f"{letter}-{mark}-{number}"
