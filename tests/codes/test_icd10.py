# SPDX-License-Identifier: MIT
"""A diagnosis is judged by the list of its own year: billable, a heading, or unknown."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediyn_desktop.codes import icd10
from mediyn_desktop.codes.icd10 import IcdStatus, IcdTable, bundled, check, table_for

IN_YEAR = date(2026, 5, 4)

BILLABLE = [
    "F41.1", "F411", "F32.A", "F32.9", "F33.1", "F43.10", "F43.12", "F43.23", "F43.81", "F43.89",
    "F90.0", "F90.2", "F10.20", "F42.2", "F50.010", "F50.82", "F50.83", "F31.81", "F60.3",
    "F84.0", "F99", "F39", "Z63.0", "Z13.31", "R45.851", "Z91.51", "T74.31XA", "QA0.0101",
]  # fmt: skip
HEADINGS = [
    "F41", "F32", "F33", "F43.1", "F43.2", "F43.8", "F10.2", "F42", "F50.0", "F50.01", "F50.81",
    "F64", "Z63", "Z91.5", "T74.3", "QA0",
]  # fmt: skip
UNKNOWN = [
    "F41.1X",
    "F",
    "F4",
    "",
    "   ",
    "F4.11",
    "F411.",
    "F41..1",
    "A00-A09",
    "5",
    "F41 1",
    "XYZ",
]


@pytest.mark.parametrize("text", BILLABLE)
def test_leaves_are_billable(text):
    answer = check(text, IN_YEAR)
    assert answer.billable
    assert answer.status is IcdStatus.BILLABLE
    assert answer.code == text.replace(".", "")
    assert answer.caution is None
    assert answer.suggestion is None


@pytest.mark.parametrize("text", HEADINGS)
def test_headings_are_refused_with_a_code_below_them(text):
    answer = check(text, IN_YEAR)
    assert answer.status is IcdStatus.HEADING
    assert not answer.billable
    assert answer.suggestion is not None
    assert answer.suggestion.startswith(answer.code)
    assert check(answer.suggestion).billable


@pytest.mark.parametrize("text", UNKNOWN)
def test_anything_else_is_unknown(text):
    answer = check(text, IN_YEAR)
    assert answer.status is IcdStatus.UNKNOWN
    assert answer.message.endswith((".", "?"))


def test_a_heading_is_explained_with_an_example():
    assert check("F43.1").message == (
        "F43.1 is a heading; choose a more specific code, for example F43.10."
    )


def test_a_code_with_too_much_behind_it_suggests_the_code_itself():
    answer = check("F41.1X")
    assert answer.suggestion == "F411"
    assert answer.message.endswith("Did you mean F41.1?")
    assert check("F98.7777").suggestion is None


def test_a_missing_code_is_told_from_a_wrong_one():
    assert check("  ").message == "A diagnosis code is missing."
    assert "“anxiety” is not a diagnosis code" in check("anxiety").message


@pytest.mark.parametrize("text", ["f41.1", " F41.1", "F41.1\t", "F411", "f411"])
def test_case_blanks_and_the_dot_do_not_matter(text):
    assert icd10.normalize(text) == "F411"
    assert check(text).billable


@pytest.mark.parametrize(
    ("code", "shown"),
    [("F411", "F41.1"), ("F41.1", "F41.1"), ("F39", "F39"), ("t7431xa", "T74.31XA")],
)
def test_people_see_the_dot(code, shown):
    assert icd10.dotted(code) == shown


@given(st.text(max_size=12))
def test_any_text_gets_an_answer(text):
    answer = check(text, IN_YEAR)
    assert answer.message
    assert answer.code == icd10.normalize(text)


@given(st.sampled_from(bundled().codes))
def test_every_listed_code_survives_being_shown_and_read_back(code):
    assert icd10.normalize(icd10.dotted(code).lower()) == code
    assert check(icd10.dotted(code)).billable
    assert icd10.title(code)


@given(st.sampled_from(bundled().codes), st.integers(min_value=3, max_value=6))
def test_every_beginning_of_a_code_is_a_heading_or_itself(code, length):
    expected = IcdStatus.HEADING if length < len(code) else IcdStatus.BILLABLE
    assert check(code[:length]).status is expected


def test_the_shipped_list_is_whole():
    table = bundled()
    assert (table.fiscal_year, table.release) == (2026, "April 2026")
    assert len(table.codes) == 74_719
    assert list(table.codes) == sorted(set(table.codes))
    assert (table.valid_from, table.valid_to) == (date(2025, 10, 1), date(2026, 9, 30))


def test_titles_name_codes_and_headings():
    assert icd10.title("F41.1") == "Generalized anxiety disorder"
    assert icd10.title("F43.1") == "Post-traumatic stress disorder (PTSD)"
    assert icd10.title("F41.1X") is None


@pytest.mark.parametrize(
    ("dos", "year"),
    [
        (date(2025, 9, 30), 2025),
        (date(2025, 10, 1), 2026),
        (date(2026, 9, 30), 2026),
        (date(2026, 10, 1), 2027),
    ],
)
def test_a_fiscal_year_starts_in_october(dos, year):
    assert icd10.fiscal_year_of(dos) == year


def test_a_service_after_the_list_ends_is_cautioned_but_still_answered():
    assert not icd10.is_stale_for(date(2026, 9, 30))
    assert icd10.is_stale_for(date(2026, 10, 1))
    answer = check("F41.1", date(2026, 10, 1))
    assert answer.billable
    assert answer.caution is not None
    assert "September 30, 2026" in answer.caution


def test_a_service_before_the_list_starts_is_cautioned_too():
    answer = check("F41.1", date(2025, 9, 30))
    assert answer.billable
    assert answer.caution is not None
    assert "October 1, 2025" in answer.caution
    assert not icd10.is_stale_for(date(2025, 9, 30))


def test_without_a_date_there_is_nothing_to_caution_about():
    assert check("F41.1").caution is None


def table(year: int) -> IcdTable:
    return IcdTable(year, "made up", ("F39", "F411"), dict)


def test_the_list_of_the_service_is_preferred_then_the_one_before():
    tables = [table(2028), table(2026), table(2027)]
    assert table_for(date(2026, 10, 1), tables).fiscal_year == 2027
    assert table_for(date(2029, 1, 1), tables).fiscal_year == 2028
    assert table_for(date(2024, 1, 1), tables).fiscal_year == 2026
    with pytest.raises(ValueError, match="no code list"):
        table_for(date(2026, 1, 1), [])


def test_a_code_after_the_last_of_the_list_is_unknown():
    assert table(2026).check("Z99").status is IcdStatus.UNKNOWN


def test_search_finds_words_in_any_order_mental_disorders_first():
    hits = bundled().search("anxiety generalized")
    assert hits[0] == ("F411", "Generalized anxiety disorder")
    stress = bundled().search("stress", limit=100)
    letters = [code[0] for code, _ in stress]
    assert letters[0] == "F"
    assert letters == sorted(letters, key=lambda letter: "FRZ".find(letter) % 99)


def test_search_by_the_beginning_of_a_code():
    assert [code for code, _ in bundled().search("f43.1")] == ["F4310", "F4311", "F4312"]


def test_search_keeps_to_its_limit_and_finds_nothing_for_nothing():
    assert len(bundled().search("disorder", limit=7)) == 7
    assert bundled().search("   ") == []
