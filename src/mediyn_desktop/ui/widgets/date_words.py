# SPDX-License-Identifier: MIT
"""Reads dates the way people type them in a hurry."""

from __future__ import annotations

import re
from datetime import date, timedelta

_MONTH_DAY = re.compile(r"(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}|\d{2}))?")
_DAYS = re.compile(r"[+-]\d{1,4}")


class DateError(ValueError):
    """The text is no date; ``str()`` says what would be."""


def parse_date(text: str, today: date) -> date:
    """Return the date meant by ``text``.

    ``t`` is today, ``y`` yesterday, ``-1`` and ``+7`` count days from today, ``3/10`` is the 10th
    of March nearest to today, ``3/10/26`` and ``2026-03-10`` say the year.

    Raises:
        DateError: none of these, or no such day.
    """
    word = text.strip().lower()
    if word in ("t", "today"):
        return today
    if word in ("y", "yesterday"):
        return today - timedelta(days=1)
    try:
        if _DAYS.fullmatch(word):
            return today + timedelta(days=int(word))
        if found := _MONTH_DAY.fullmatch(word):
            month, day, year = int(found[1]), int(found[2]), found[3]
            if year is None:
                return _nearest(month, day, today)
            return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
        return date.fromisoformat(word)
    except (ValueError, OverflowError):
        raise DateError(f"“{text.strip()}” is not a date; write it as 3/10 or 3/10/2026") from None


def _nearest(month: int, day: int, today: date) -> date:
    found = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue  # the 29th of February is in one year of four
    if not found:
        raise DateError("no such day")
    return min(found, key=lambda each: abs((each - today).days))
