# SPDX-License-Identifier: MIT
"""The recovery code as people copy it: groups, and the slips of a pen that are forgiven."""

from __future__ import annotations

import secrets

# Crockford's base 32 has no O, I, L or U, so these can only be meant as digits.
_SLIPS = str.maketrans({"O": "0", "I": "1", "L": "1"})


def groups(code: str) -> list[str]:
    """Return the groups of a code written as ``AAAA-BBBB-…``."""
    return [part for part in code.replace(" ", "-").split("-") if part]


def same_group(typed: str, group: str) -> bool:
    """Whether ``typed`` is ``group``, whatever its case and spacing, O for 0, I or L for 1."""

    def plain(text: str) -> str:
        return "".join(text.split()).replace("-", "").upper().translate(_SLIPS)

    return secrets.compare_digest(plain(typed).encode(), plain(group).encode())


def pick_two(count: int) -> tuple[int, int]:
    """Return two different positions below ``count`` at random, in order."""
    first, second = sorted(secrets.SystemRandom().sample(range(count), 2))
    return first, second


def sheet(code: str, location: str) -> list[str]:
    """Return the lines of the sheet to print or save."""
    return [
        "Recovery code for your practice in Mediyn Desktop",
        "",
        *(f"{number:>2}   {group}" for number, group in enumerate(groups(code), start=1)),
        "",
        f"Practice folder: {location}",
        "",
        "Anyone with this code and a copy of the folder can read the whole practice.",
        "Keep it on paper in a locked place, away from the computer.",
        "Without it, a forgotten passphrase cannot be replaced by anybody.",
    ]
