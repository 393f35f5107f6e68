# SPDX-License-Identifier: MIT
"""Federal business days, and when a Good Faith Estimate is due.

A business day is Monday to Friday without federal holidays (5 U.S.C. 6103). A holiday on a Saturday
is kept on the Friday before, one on a Sunday on the Monday after. The day something happens is day
0; the first business day after it is day 1.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

_MON, _THU, _SAT, _SUN = 0, 3, 5, 6
_DAY = timedelta(days=1)


@cache
def federal_holidays(year: int) -> frozenset[date]:
    """Return the days in ``year`` on which federal holidays are kept.

    New Year's Day of the next year is among them when it falls on a Saturday.
    """
    holidays = {
        _observed(date(year, 1, 1)),
        _nth(year, 1, _MON, 3),  # Martin Luther King Jr.
        _nth(year, 2, _MON, 3),  # Washington's Birthday
        _last_monday_of_may(year),  # Memorial Day
        _observed(date(year, 7, 4)),
        _nth(year, 9, _MON, 1),  # Labor Day
        _nth(year, 10, _MON, 2),  # Columbus Day
        _observed(date(year, 11, 11)),  # Veterans Day
        _nth(year, 11, _THU, 4),  # Thanksgiving
        _observed(date(year, 12, 25)),
        _observed(date(year + 1, 1, 1)),
    }
    if year >= 2021:  # Pub. L. 117-17
        holidays.add(_observed(date(year, 6, 19)))
    return frozenset(day for day in holidays if day.year == year)


def is_business_day(day: date) -> bool:
    """Return whether ``day`` is Monday to Friday and no federal holiday is kept on it."""
    return day.weekday() < _SAT and day not in federal_holidays(day.year)


def add_business_days(start: date, days: int) -> date:
    """Return the date ``days`` business days after ``start``, or before it when negative.

    Zero returns ``start`` itself, business day or not.
    """
    step = _DAY if days > 0 else -_DAY
    day, left = start, abs(days)
    while left:
        day += step
        left -= is_business_day(day)
    return day


def business_days_between(start: date, end: date) -> int:
    """Return how many business days ``end`` lies ahead of ``start``: after start, up to end.

    Raises:
        ValueError: ``end`` is before ``start``.
    """
    if end < start:
        raise ValueError("the end lies before the start")
    ahead = (start + _DAY * n for n in range(1, (end - start).days + 1))
    return sum(is_business_day(day) for day in ahead)


def estimate_due(scheduled: date, service: date) -> date | None:
    """Return the last day to hand over a Good Faith Estimate for an appointment, or None.

    Booked 10 or more business days ahead: 3 business days after booking. Booked 3 to 9 ahead: 1
    business day. Booked later than that, no estimate is owed unless the client asks
    (45 CFR 149.610(b)(1)).
    """
    ahead = business_days_between(scheduled, max(scheduled, service))
    if ahead >= 10:
        return add_business_days(scheduled, 3)
    return add_business_days(scheduled, 1) if ahead >= 3 else None


def estimate_due_on_request(requested: date) -> date:
    """Return the last day to answer a client who asks what care will cost.

    Three business days (45 CFR 149.610(b)(1)).
    """
    return add_business_days(requested, 3)


def revised_estimate_due(service: date) -> date:
    """Return the last day to hand over a changed estimate for a service.

    One business day before it (45 CFR 149.610(b)(1)).
    """
    return add_business_days(service, -1)


def _observed(holiday: date) -> date:
    if holiday.weekday() == _SAT:
        return holiday - _DAY
    return holiday + _DAY if holiday.weekday() == _SUN else holiday


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + _DAY * ((weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _last_monday_of_may(year: int) -> date:
    last = date(year, 5, 31)
    return last - _DAY * last.weekday()
