# SPDX-License-Identifier: MIT
"""Text becomes cents exactly, or is refused with a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediyn_desktop.core.money import (
    LARGEST_CENTS,
    AmountError,
    format_cents,
    parse_cents,
    plain_cents,
    split_evenly,
    total,
)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("150", 15000),
        ("150.5", 15050),
        ("150.00", 15000),
        ("1,200", 120000),
        ("1,234,567.89", 123456789),
        (" $95 ", 9500),
        ("0.01", 1),
        ("-3.20", -320),
        ("0", 0),
    ],
)
def test_amounts_people_write(text: str, cents: int) -> None:
    assert parse_cents(text) == cents


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("150.001", "3 decimals"),
        ("", "not an amount"),
        ("abc", "not an amount"),
        ("1,20", "not an amount"),
        ("1e3", "not an amount"),
        ("--5", "not an amount"),
        ("٣", "not an amount"),
        ("9999999999.99", "larger"),
    ],
)
def test_what_is_no_amount_is_refused(text: str, says: str) -> None:
    with pytest.raises(AmountError, match=says):
        parse_cents(text)


@given(st.integers(-LARGEST_CENTS, LARGEST_CENTS))
def test_what_is_shown_reads_back(cents: int) -> None:
    assert parse_cents(plain_cents(cents)) == cents
    if cents >= 0:
        assert parse_cents(format_cents(cents)) == cents


def test_a_negative_amount_keeps_its_sign_before_the_symbol() -> None:
    assert format_cents(-123456) == "-$1,234.56"


@given(st.integers(0, 10**9), st.integers(1, 500))
def test_shares_sum_to_the_whole_and_differ_by_a_cent_at_most(whole: int, parts: int) -> None:
    shares = split_evenly(whole, parts)
    assert sum(shares) == whole
    assert max(shares) - min(shares) <= 1
    assert shares == sorted(shares, reverse=True)


def test_nothing_is_split_into_no_parts() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        split_evenly(100, 0)


def test_a_float_never_slips_into_a_sum() -> None:
    assert total([1, 2]) == 3
    with pytest.raises(TypeError, match="whole cents"):
        total([1, 2.5])  # type: ignore[list-item]
