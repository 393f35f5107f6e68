# SPDX-License-Identifier: MIT
"""A superbill an insurer would send back is not printed; the user learns everything at once."""

from __future__ import annotations

from datetime import date

import pytest

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.documents import superbill
from mediyn_desktop.documents.superbill import Diagnosis, DocumentIncomplete

REQUIRED = [
    ("number", {"number": " "}),
    ("issue_date", {"issue_date": None}),
    ("version", {"version": 0}),
    ("provider.legal_name", {"provider__legal_name": ""}),
    ("provider.credential", {"provider__credential": ""}),
    ("provider.npi", {"provider__npi": ""}),
    ("provider.npi", {"provider__npi": "123456789"}),
    ("provider.npi", {"provider__npi": "١٢٣٤٥٦٧٨٩٣"}),
    ("provider.tax_id", {"provider__tax_id": ""}),
    ("provider.tax_id", {"provider__tax_id": "12-345678"}),
    ("provider.license_number", {"provider__license_number": ""}),
    ("provider.license_state", {"provider__license_state": "California"}),
    ("provider.address", {"provider__address": ("", " ")}),
    ("provider.phone", {"provider__phone": "\u200b"}),
    ("client.full_name", {"client__full_name": ""}),
    ("client.dob", {"client__dob": None}),
    ("diagnoses", {"diagnoses": (), "line__pointers": ("A",)}),
    ("diagnoses", {"diagnoses": (Diagnosis("F41.1"),) * 13}),
    ("diagnoses[0].code", {"diagnoses": (Diagnosis("anxiety"), Diagnosis("F33.1"))}),
    ("lines", {"lines": ()}),
    ("lines[0].date_of_service", {"line__date_of_service": None}),
    ("lines[0].date_of_service", {"line__date_of_service": date(2026, 11, 24)}),
    ("lines[0].place_of_service", {"line__place_of_service": ""}),
    ("lines[0].place_of_service", {"line__place_of_service": "2"}),
    ("lines[0].code", {"line__code": ""}),
    ("lines[0].pointers", {"line__pointers": ()}),
    ("lines[0].pointers", {"line__pointers": ("C",)}),
    ("lines[0].pointers", {"line__pointers": ("AB",)}),
    ("lines[0].units", {"line__units": 0}),
    ("lines[0].charged_cents", {"line__charged_cents": 0, "line__paid_cents": 0}),
    ("lines[0].paid_cents", {"line__paid_cents": -1}),
    ("lines[0].paid_cents", {"line__paid_cents": 17501}),
]


def test_a_complete_superbill_lacks_nothing(bill):
    assert superbill.missing_fields(bill()) == []
    assert superbill.warnings(bill()) == []


@pytest.mark.parametrize(("field", "changes"), REQUIRED)
def test_a_required_field_stops_the_superbill_and_is_named(bill, field, changes):
    with pytest.raises(DocumentIncomplete) as refused:
        superbill.render_superbill(bill(**changes))
    assert field in [item.field for item in refused.value.missing]


@pytest.mark.parametrize(("field", "changes"), REQUIRED)
def test_nothing_but_the_blank_field_is_complained_about(bill, field, changes):
    found = {item.field for item in superbill.missing_fields(bill(**changes))}
    # Without a diagnosis no line can point at one.
    assert found - {"lines[0].pointers"} in ({field}, {field} - {"lines[0].pointers"})


def test_the_refusal_lists_every_gap_and_says_what_is_safe(bill):
    broken = bill(provider__npi="", client__dob=None, line__place_of_service="")
    with pytest.raises(UserFacingError) as refused:
        superbill.render_superbill(broken)
    assert refused.value.code == "superbill-incomplete"
    for words in ("NPI", "date of birth", "line 1 (09/01/2026)", "Nothing was printed"):
        assert words in refused.value.message


def test_one_incomplete_superbill_stops_the_batch_and_is_named(bill):
    with pytest.raises(DocumentIncomplete, match=r"Superbill 2026-0099: .*date of birth"):
        superbill.render_superbills([bill(), bill(number="2026-0099", client__dob=None)])


def test_an_empty_batch_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="at least one"):
        superbill.render_superbills([])


def test_an_amount_that_is_not_whole_cents_is_refused(bill):
    with pytest.raises(TypeError, match="whole cents"):
        superbill.warnings(bill(line__charged_cents=175.0))
