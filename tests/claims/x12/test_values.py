# SPDX-License-Identifier: MIT
"""Amounts, dates and the records they end up in."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediyn_desktop.claims.x12.inbound import Party, Reference, dated, party, reference
from mediyn_desktop.claims.x12.records import open_twin
from mediyn_desktop.claims.x12.set_reader import read_party
from mediyn_desktop.claims.x12.values import cents, day, decimal, number, procedure, span
from mediyn_desktop.core.money import LARGEST_CENTS, plain_cents


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("0", 0), ("175", 17500), ("175.5", 17550), ("175.00", 17500), ("175.", 17500)),
        *((".5", 50), ("-.50", -50), ("-175", -17500), ("+3", 300), (" 9.00 ", 900)),
        *(("1.230", 123), ("007", 700)),
        *(("", None), (".", None), ("-", None), ("1.234", None), ("1,000", None), ("1e3", None)),
        *(("--1", None), ("1-", None), ("$5", None), ("٣", None), ("²", None), ("9" * 41, None)),
        *(("99999999999", None), ("1 2", None), ("NaN", None)),
    ],
)
def test_amounts_are_cents_or_nothing(text: str, value: int | None) -> None:
    assert cents(text) == value
    assert cents(text) == value  # remembered


@given(st.integers(-LARGEST_CENTS, LARGEST_CENTS))
def test_every_amount_written_is_read_back(value: int) -> None:
    assert cents(plain_cents(value)) == value


@given(st.text(max_size=50))
def test_no_text_is_too_odd_for_an_amount_or_a_date(text: str) -> None:
    for read in (cents, day, span, number, decimal):
        read(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("20260302", date(2026, 3, 2)),
        ("260302", date(2026, 3, 2)),
        ("20260230", None),
        ("2026-03-02", None),
        ("00000000", None),
        ("", None),
        ("٢٠٢٦٠٣٠٢", None),
    ],
)
def test_dates_are_days_or_nothing(text: str, value: date | None) -> None:
    assert day(text) == value


def test_a_range_has_two_ends() -> None:
    assert span("20260302-20260308") == (date(2026, 3, 2), date(2026, 3, 8))
    assert span("20260302-SOON") == (date(2026, 3, 2), None)


@pytest.mark.parametrize(
    ("text", "value"), [("0.2", Decimal("0.2")), (".", None), ("1e9", None), ("Infinity", None)]
)
def test_decimals_are_plain(text: str, value: Decimal | None) -> None:
    assert decimal(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("HC:90837", ("HC", "90837", (), "")),
        ("HC:90837:95:HO:::TALK", ("HC", "90837", ("95", "HO"), "TALK")),
        ("HC>90837>95", ("HC", "90837", ("95",), "")),
        ("90837", ("", "90837", (), "")),
        ("", ("", "", (), "")),
        ("HC:" + "9" * 60, ("HC", "9" * 60, (), "")),
    ],
)
def test_procedures_are_taken_apart(
    text: str, value: tuple[str, str, tuple[str, ...], str]
) -> None:
    assert procedure(text, ":") == value


def test_what_is_looked_up_is_the_first_of_the_first_kind() -> None:
    references = (Reference("6R", "A"), Reference("1K", "B"), Reference("6R", "C"))
    assert reference(references, "6R") == "A"
    assert reference(references, "9Z") == ""
    assert dated((), "472") is None
    people = (Party("QC", last="A"), Party("IL", last="B"))
    found = party(people, "IL", "QC")
    assert found is not None
    assert found.last == "B"


def test_a_record_made_quickly_is_frozen_like_any_other() -> None:
    made = read_party(["NM1", "QC", "1", "MARLOWE", "JUNE", "", "", "", "MI", "XYZ1"])
    assert made == Party("QC", "1", "MARLOWE", "JUNE", "", "", "MI", "XYZ1")
    assert type(made) is Party
    with pytest.raises(FrozenInstanceError):
        made.last = "OTHER"  # type: ignore[misc]
    assert replace(made, last="OTHER").last == "OTHER"
    assert pickle.loads(pickle.dumps(made)) == copy.deepcopy(made) == made
    assert hash(made) == hash(replace(made))
    assert "MARLOWE" not in repr(made)


def test_only_plain_slotted_records_have_a_twin() -> None:
    @dataclass(frozen=True)
    class Open:
        value: int

    with pytest.raises(TypeError, match="Open is not a plain slotted dataclass"):
        open_twin(Open)
