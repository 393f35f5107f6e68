# SPDX-License-Identifier: MIT
"""Business days follow the federal calendar, and estimates fall due by them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediyn_desktop.codes.business_days import (
    add_business_days,
    business_days_between,
    estimate_due,
    estimate_due_on_request,
    federal_holidays,
    is_business_day,
    revised_estimate_due,
)

days = st.dates(min_value=date(2015, 1, 1), max_value=date(2045, 12, 31))

MONDAY = date(2027, 1, 4)

# scheduled, service, business days ahead, last day for the estimate
ESTIMATES = [
    (MONDAY, date(2027, 1, 6), 2, None),
    (MONDAY, date(2027, 1, 7), 3, date(2027, 1, 5)),
    (MONDAY, date(2027, 1, 15), 9, date(2027, 1, 5)),
    (MONDAY, date(2027, 1, 18), 9, date(2027, 1, 5)),
    (MONDAY, date(2027, 1, 19), 10, date(2027, 1, 7)),
    (date(2026, 11, 24), date(2026, 11, 30), 3, date(2026, 11, 25)),
    (date(2026, 11, 27), date(2026, 12, 2), 3, date(2026, 11, 30)),
]


@pytest.mark.parametrize(("scheduled", "service", "ahead", "due"), ESTIMATES)
def test_an_estimate_is_due_by_how_far_ahead_the_session_was_booked(scheduled, service, ahead, due):
    assert business_days_between(scheduled, service) == ahead
    assert estimate_due(scheduled, service) == due


def test_a_client_who_asks_gets_an_answer_in_three_business_days():
    assert estimate_due_on_request(date(2026, 12, 23)) == date(2026, 12, 29)


def test_no_estimate_falls_due_for_a_session_entered_afterwards():
    assert estimate_due(MONDAY, MONDAY) is None
    assert estimate_due(MONDAY, date(2026, 12, 1)) is None


def test_a_changed_estimate_is_due_the_business_day_before():
    assert revised_estimate_due(date(2027, 1, 19)) == date(2027, 1, 15)


# As published by the Office of Personnel Management.
HOLIDAYS_2026 = [
    "2026-01-01", "2026-01-19", "2026-02-16", "2026-05-25", "2026-06-19", "2026-07-03",
    "2026-09-07", "2026-10-12", "2026-11-11", "2026-11-26", "2026-12-25",
]  # fmt: skip
HOLIDAYS_2027 = [
    "2027-01-01", "2027-01-18", "2027-02-15", "2027-05-31", "2027-06-18", "2027-07-05",
    "2027-09-06", "2027-10-11", "2027-11-11", "2027-11-25", "2027-12-24", "2027-12-31",
]  # fmt: skip


@pytest.mark.parametrize(("year", "kept"), [(2026, HOLIDAYS_2026), (2027, HOLIDAYS_2027)])
def test_holidays_are_kept_on_the_published_days(year, kept):
    assert sorted(day.isoformat() for day in federal_holidays(year)) == kept


def test_a_new_year_on_saturday_is_kept_in_the_old_year():
    assert not is_business_day(date(2027, 12, 31))
    assert date(2028, 1, 1) not in federal_holidays(2028)


def test_juneteenth_is_a_holiday_since_2021():
    assert is_business_day(date(2020, 6, 19))
    assert not is_business_day(date(2021, 6, 18))


@pytest.mark.parametrize("day", [date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 26)])
def test_weekends_and_holidays_are_no_business_days(day):
    assert not is_business_day(day)


@given(days, st.integers(min_value=1, max_value=300))
def test_adding_days_is_the_inverse_of_counting_them(start, count):
    end = add_business_days(start, count)
    assert is_business_day(end)
    assert business_days_between(start, end) == count


@given(days, st.integers(min_value=1, max_value=60))
def test_going_forth_and_back_returns_to_a_business_day(start, count):
    first = add_business_days(start, 1)
    assert add_business_days(add_business_days(first, count), -count) == first


@given(days)
def test_adding_nothing_stays(day):
    assert add_business_days(day, 0) == day
    assert business_days_between(day, day) == 0


@given(days, st.integers(min_value=0, max_value=60))
def test_a_due_date_lies_between_booking_and_session(scheduled, ahead):
    service = scheduled + timedelta(days=ahead)
    due = estimate_due(scheduled, service)
    if due is not None:
        assert scheduled < due < service


def test_counting_backwards_raises():
    with pytest.raises(ValueError, match="before the start"):
        business_days_between(MONDAY, MONDAY - timedelta(days=1))
