# SPDX-License-Identifier: MIT
"""Dates as US insurers and people read them, whatever the computer's language is."""

from __future__ import annotations

from datetime import date

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def short_day(day: date | None) -> str:
    """Return ``11/23/2026``; nothing for an unknown date."""
    return f"{day.month:02}/{day.day:02}/{day.year:04}" if day is not None else ""


def long_day(day: date | None) -> str:
    """Return ``November 23, 2026``; nothing for an unknown date."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}" if day is not None else ""


def weekday(day: date) -> str:
    """Return ``Monday``."""
    return _WEEKDAYS[day.weekday()]
