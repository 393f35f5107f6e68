# SPDX-License-Identifier: MIT
"""Money is an ``int`` number of US cents. Text becomes cents here, and cents become text here."""

from __future__ import annotations

import re
from collections.abc import Sequence

# One billion dollars: far above any practice, far below what a 64-bit column or X12 can hold.
LARGEST_CENTS = 100_000_000_000

_AMOUNT = re.compile(r"(?P<sign>-?)(?P<dollars>[0-9]{1,12})(?:\.(?P<cents>[0-9]{1,2}))?")
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?")


class AmountError(ValueError):
    """The text is not an amount of dollars and cents; ``str()`` says why in plain words."""


def parse_cents(text: str) -> int:
    """Return the cents in ``text``: ``150``, ``150.5``, ``150.00``, ``1,200.00``, ``$95``.

    Raises:
        AmountError: not an amount, more than two decimals, or beyond ``LARGEST_CENTS``.
    """
    bare = text.strip().removeprefix("$").strip()
    if _GROUPED.fullmatch(bare):
        bare = bare.replace(",", "")
    found = _AMOUNT.fullmatch(bare)
    if found is None:
        decimals = bare.partition(".")[2]
        if decimals.isdigit() and len(decimals) > 2:
            raise AmountError(f"“{text}” has {len(decimals)} decimals; an amount has at most two")
        raise AmountError(f"“{text}” is not an amount; write it as 150 or 150.00")
    cents = int(found["dollars"]) * 100 + int((found["cents"] or "0").ljust(2, "0"))
    if cents > LARGEST_CENTS:
        raise AmountError(f"“{text}” is larger than this program accepts")
    return -cents if found["sign"] else cents


def format_cents(cents: int, *, symbol: str = "$") -> str:
    """Return ``$1,234.50``; a negative amount is ``-$1,234.50``."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{symbol}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def plain_cents(cents: int) -> str:
    """Return ``1234.50``: no symbol and no grouping, for files other programs read."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def split_evenly(total: int, parts: int) -> list[int]:
    """Split ``total`` cents into ``parts`` shares that sum exactly; the remainder goes first."""
    if parts < 1:
        raise ValueError("parts must be at least 1")
    share, remainder = divmod(total, parts)
    return [share + (1 if i < remainder else 0) for i in range(parts)]


def total(amounts: Sequence[int]) -> int:
    """Sum of ``amounts``; refuses anything that is not an ``int`` so a float cannot slip in."""
    for amount in amounts:
        if type(amount) is not int:
            raise TypeError(f"money is whole cents, not {type(amount).__name__}")
    return sum(amounts)
