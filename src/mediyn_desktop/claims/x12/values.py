# SPDX-License-Identifier: MIT
"""Amounts, dates and codes inside a segment. What cannot be read is None, never a guess.

The same few amounts, dates and codes fill a remittance, so each is worked out once and remembered.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from mediyn_desktop.core.money import LARGEST_CENTS

_REMEMBERED = 8192
# Nothing remembered may be long: a file of noise would fill the memory with it.
_LONGEST = 40


_cents: dict[str, int] = {}


def cents(text: str) -> int | None:
    """Return the cents of an X12 decimal (``175``, ``175.5``, ``-.50``), or None.

    More than two decimals are read only where the rest is zeros: a fraction of a cent is no money.
    """
    # A plain dictionary: asked ten times for each claim, it is twice as fast as lru_cache.
    known = _cents.get(text)
    return _work_out_cents(text) if known is None else known


def _work_out_cents(text: str) -> int | None:
    bare = text.strip()
    negative = bare.startswith("-")
    whole, _, part = (bare[1:] if negative else bare.removeprefix("+")).partition(".")
    digits = whole + part
    if not digits or not (digits.isascii() and digits.isdigit()) or len(text) > _LONGEST:
        return None
    if part[2:].strip("0"):
        return None
    value = int(whole or "0") * 100 + int(part[:2].ljust(2, "0"))
    if value > LARGEST_CENTS:
        return None
    if negative:
        value = -value
    if len(_cents) >= _REMEMBERED:
        _cents.clear()
    _cents[text] = value
    return value


def day(text: str) -> date | None:
    """Return the date in ``text`` (CCYYMMDD, or YYMMDD of this century), or None."""
    return _day(text) if len(text) <= _LONGEST else None


@lru_cache(_REMEMBERED)
def _day(text: str) -> date | None:
    bare = text.strip()
    if len(bare) == 6:
        bare = "20" + bare
    if len(bare) != 8 or not (bare.isascii() and bare.isdigit()):
        return None
    try:
        return date(int(bare[:4]), int(bare[4:6]), int(bare[6:]))
    except ValueError:
        return None


def span(text: str) -> tuple[date | None, date | None]:
    """Return the first and last day of a date or a range (``20260302-20260308``)."""
    first, dash, last = text.partition("-")
    return (day(first), day(last)) if dash else (day(text), day(text))


def number(text: str) -> int | None:
    """Return a count or position, or None."""
    bare = text.strip()
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) <= 9 else None


def decimal(text: str) -> Decimal | None:
    """Return a plain decimal such as ``.2``, or None."""
    bare = text.strip()
    if len(bare) > _LONGEST or not bare.isascii() or bare.strip("+-.0123456789") != "":
        return None
    try:
        return Decimal(bare)
    except InvalidOperation:
        return None


def procedure(text: str, separator: str) -> tuple[str, str, tuple[str, ...], str]:
    """Return qualifier, code, modifiers and description of a procedure composite."""
    if len(text) > _LONGEST:
        return _split_procedure(text, separator)
    return _procedure(text, separator)


def _split_procedure(text: str, separator: str) -> tuple[str, str, tuple[str, ...], str]:
    if separator not in text and text[:2].isalpha() and text[2:3] in (":", ">", "<", "|"):
        separator = text[2]  # Some writers change the header and forget the composites.
    qualifier, *rest = text.split(separator)
    if not rest:
        return "", qualifier, (), ""
    return qualifier, rest[0], tuple(each for each in rest[1:5] if each), ":".join(rest[5:6])


_procedure = lru_cache(_REMEMBERED)(_split_procedure)
