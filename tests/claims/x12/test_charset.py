# SPDX-License-Identifier: MIT
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediyn_desktop.claims.x12.charset import BASIC, X12DataError, alphanumeric, basic, digits


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("Zoë", "ZOE"),
        ("O'Brien-Smith", "O'BRIEN-SMITH"),
        ("O’Brien", "O'BRIEN"),
        ("Muñoz Ibáñez", "MUNOZ IBANEZ"),
        ("Łukasz Sørensen", "LUKASZ SORENSEN"),
        ("Weiß", "WEISS"),
        ("Æsa Þór", "AESA THOR"),
        ("Kaʻahumanu", "KA'AHUMANU"),
        ("Dvořák–Nguyễn", "DVORAK-NGUYEN"),
        ("  two   blanks\there ", "TWO BLANKS HERE"),
        ("a*b:c~d^e", "A B C D E"),
        ("12½ Elm", "121/2 ELM"),
        ("Apt #4", "APT 4"),
        ("Zoe\u0301\u200b", "ZOE"),
        ("Ｆｕｌｌ", "FULL"),
        ("Room 🙂 2", "ROOM 2"),
    ],
)
def test_text_is_spelled_in_the_basic_set(typed: str, sent: str) -> None:
    assert basic(typed, "name", most=60) == sent


@pytest.mark.parametrize("typed", ["Иван", "李小龙", "Anna Пет", "שלום", "٣"])
def test_letters_without_a_latin_spelling_are_reported_and_not_dropped(typed: str) -> None:
    with pytest.raises(X12DataError, match="Latin letters") as caught:
        basic(typed, "client last name", most=60)
    assert caught.value.field == "client last name"
    assert caught.value.code == "x12-data"


def test_a_value_of_signs_only_is_not_sent_as_nothing() -> None:
    with pytest.raises(X12DataError, match="no letter or digit"):
        basic("***", "group number", most=50)


def test_a_missing_value_says_what_happened_what_is_safe_and_what_to_do() -> None:
    with pytest.raises(X12DataError) as caught:
        basic(" ", "payer name", most=60, least=1)
    assert caught.value.message == (
        "The payer name is missing. Nothing was sent. Correct it and try again."
    )


def test_an_optional_value_may_be_empty() -> None:
    assert basic("", "middle name", most=25) == ""


@pytest.mark.parametrize(("typed", "reason"), [("A", "at least 2"), ("A" * 31, "at most 30")])
def test_length_is_refused_and_never_cut(typed: str, reason: str) -> None:
    with pytest.raises(X12DataError, match=reason):
        basic(typed, "city", least=2, most=30)


def test_codes_lose_dots_hyphens_and_blanks_only() -> None:
    assert alphanumeric("f41.1", "diagnosis", most=7) == "F411"
    with pytest.raises(X12DataError, match="only letters and digits"):
        alphanumeric("F41/1", "diagnosis", most=7)


def test_numbers_lose_their_punctuation_only() -> None:
    assert digits("(217) 555-0142", "phone", 10) == "2175550142"
    for bad in ("217 555 014", "217-555-014x", "٢١٧٥٥٥٠١٤٢"):
        with pytest.raises(X12DataError, match="must have 10 digits"):
            digits(bad, "phone", 10)


@given(st.text(max_size=40))
def test_whatever_is_typed_the_result_fits_or_is_refused(typed: str) -> None:
    try:
        sent = basic(typed, "name", most=30)
    except X12DataError:
        return
    assert set(sent) <= BASIC - set("*:^~")
    assert sent == " ".join(sent.split())
    assert basic(sent, "name", most=30) == sent
