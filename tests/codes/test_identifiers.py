# SPDX-License-Identifier: MIT
"""NPI, tax numbers, taxonomy, ZIP, state and telephone: what is taken and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mediyn_desktop.codes import postal, tax_ids, taxonomy
from mediyn_desktop.codes.npi import check_npi, npi_check_digit
from mediyn_desktop.codes.tax_ids import TaxIdError, mask_tax_id, normalize_tax_id
from mediyn_desktop.codes.vocabulary import TaxIdType

EIN, SSN = TaxIdType.EIN, TaxIdType.SSN
digits = st.text("0123456789", min_size=8, max_size=8)


@pytest.mark.parametrize("npi", ["1234567893", "1558598797"])
def test_published_npis_are_well_formed(npi):
    assert check_npi(npi) is None


@pytest.mark.parametrize(
    ("npi", "why"),
    [
        ("1558598796", "last digit"),
        ("1234567890", "last digit"),
        ("3234567899", "starts with 1 or 2"),
        ("123456789", "10 digits"),
        ("12345678933", "10 digits"),
        ("123-456-7893", "10 digits"),
        (" 1234567893", "10 digits"),
        ("1234567893\n", "10 digits"),
        ("١٢٣٤٥٦٧٨٩٣", "10 digits"),
        ("", "10 digits"),
    ],
)
def test_other_npis_are_refused_with_the_reason(npi, why):
    reason = check_npi(npi)
    assert reason is not None
    assert why in reason


@given(st.sampled_from("12"), digits, st.integers(0, 9), st.sampled_from("123456789"))
def test_one_wrong_digit_is_always_caught(first, rest, place, shift):
    npi = first + rest + npi_check_digit(first + rest)
    assert check_npi(npi) is None
    wrong = npi[:place] + str((int(npi[place]) + int(shift)) % 10) + npi[place + 1 :]
    assert check_npi(wrong) is not None


@pytest.mark.parametrize(
    ("text", "kind", "stored"),
    [
        ("12-3456789", EIN, "123456789"),
        (" 123456789 ", EIN, "123456789"),
        ("123-45-6789", SSN, "123456789"),
        ("123456789", SSN, "123456789"),
        ("899-01-0001", SSN, "899010001"),
    ],
)
def test_tax_numbers_are_stored_as_digits(text, kind, stored):
    assert normalize_tax_id(text, kind) == stored


@pytest.mark.parametrize(
    ("text", "kind", "why"),
    [
        ("123-45-6789", EIN, "looks like an SSN"),
        ("12-3456789", SSN, "looks like an EIN"),
        ("1-23456789", EIN, "nine digits"),
        ("12345678", EIN, "nine digits"),
        ("00-1234567", EIN, "start with 00"),
        ("000-12-3456", SSN, "start with 000"),
        ("666-12-3456", SSN, "start with 666"),
        ("912-12-3456", SSN, "ITIN"),
        ("123-00-3456", SSN, "middle two"),
        ("123-45-0000", SSN, "last four"),
        ("123-456789", SSN, "nine digits"),
        ("", SSN, "nine digits"),
    ],
)
def test_impossible_tax_numbers_are_refused_without_repeating_them(text, kind, why):
    with pytest.raises(TaxIdError) as refused:
        normalize_tax_id(text, kind)
    assert why in str(refused.value)
    assert not text or text not in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "shown", "masked"),
    [(EIN, "98-7654321", "••-•••4321"), (SSN, "987-65-4321", "•••-••-4321")],
)
def test_a_tax_number_is_shown_with_dashes_or_only_its_end(kind, shown, masked):
    assert tax_ids.format_tax_id("987654321", kind) == shown
    assert mask_tax_id("987654321", kind) == masked


@given(st.from_regex(r"[1-5][0-9]{2}[1-9]{2}[1-9]{4}", fullmatch=True), st.sampled_from(TaxIdType))
def test_a_tax_number_survives_being_shown_and_read_back(number, kind):
    assert normalize_tax_id(tax_ids.format_tax_id(number, kind), kind) == number


@given(st.from_regex(r"[0-9]{9}", fullmatch=True), st.sampled_from(TaxIdType))
def test_a_mask_shows_four_digits_and_no_more(number, kind):
    masked = mask_tax_id(number, kind)
    assert "".join(c for c in masked if c.isdigit()) == number[-4:]


def test_every_listed_taxonomy_code_has_the_shape_and_a_name():
    listed = [*taxonomy.PEOPLE, *taxonomy.ORGANIZATIONS]
    assert len(listed) == len(set(listed))
    for code in listed:
        assert taxonomy.check_taxonomy(code) is None
        assert taxonomy.taxonomy_label(code)


def test_an_unlisted_taxonomy_code_is_accepted_without_a_name():
    assert taxonomy.check_taxonomy("207Q00000X") is None
    assert taxonomy.taxonomy_label("207Q00000X") is None


@pytest.mark.parametrize(
    "code", ["", "1041C0700", "1041c0700X", "1041C0700Y", "A041C0700X", "101X"]
)
def test_a_malformed_taxonomy_code_is_refused(code):
    assert taxonomy.check_taxonomy(code) is not None


@pytest.mark.parametrize(
    ("text", "stored", "shown"),
    [
        ("78701", "78701", "78701"),
        (" 02134 ", "02134", "02134"),
        ("78701-1234", "787011234", "78701-1234"),
        ("787011234", "787011234", "78701-1234"),
    ],
)
def test_zip_codes(text, stored, shown):
    assert postal.normalize_zip(text) == stored
    assert postal.format_zip(stored) == shown


@pytest.mark.parametrize("text", ["", "7870", "787011", "78701-", "K1A 0B1", "78701 1234"])
def test_other_postal_codes_are_refused(text):
    with pytest.raises(postal.PostalError, match="not a ZIP code"):
        postal.normalize_zip(text)


def test_states_and_territories():
    assert len(postal.STATES) == 50 + 1 + 5 + 3 + 3
    assert postal.normalize_state(" tx ") == "TX"
    assert postal.normalize_state("PR") == "PR"
    for text in ("", "T", "Texas", "ZZ", "UK"):
        with pytest.raises(postal.PostalError, match="not a state"):
            postal.normalize_state(text)


@pytest.mark.parametrize(
    "text",
    [
        "5125550100",
        "512-555-0100",
        "(512) 555-0100",
        "512.555.0100",
        "+1 512 555 0100",
        "15125550100",
    ],
)
def test_telephone_numbers_in_any_usual_way(text):
    assert postal.normalize_phone(text) == "5125550100"


@pytest.mark.parametrize(
    "text", ["", "555-0100", "512-555-0100 x12", "+44 20 7946 0958", "call me"]
)
def test_other_telephone_numbers_are_refused(text):
    with pytest.raises(postal.PostalError, match="10 digits"):
        postal.normalize_phone(text)


@given(digits, st.sampled_from(["20", "51", "91"]))
def test_a_telephone_number_survives_being_shown_and_read_back(rest, area):
    number = area + rest
    assume(len(number) == 10)
    assert postal.normalize_phone(postal.format_phone(number)) == number
