# SPDX-License-Identifier: MIT
"""What an insurer may ask back is said beforehand, and the superbill still prints."""

from __future__ import annotations

from datetime import date

import pytest

from mediyn_desktop.documents import superbill
from mediyn_desktop.documents.superbill import Diagnosis, Insurance, Payment, Supervisor
from mediyn_desktop.documents.superbill_checks import unprintable


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("provider.taxonomy", {"provider__taxonomy": ""}),
        ("provider.address", {"provider__address": ("P.O. Box 12", "Berkeley, CA")}),
        ("provider.supervisor", {"provider__supervisor": Supervisor("Jo Park")}),
        ("provider.supervisor.npi", {"provider__supervisor": Supervisor("Jo Park")}),
        ("signature", {"signature": None}),
        ("client.address", {"client__address": ()}),
        ("client.sex", {"client__sex": ""}),
        ("client.phone", {"client__phone": ""}),
        ("insurance.plan_name", {"insurance__plan_name": ""}),
        ("insurance.member_id", {"insurance__member_id": ""}),
        ("insurance.group_number", {"insurance__group_number": ""}),
        ("insurance.relationship", {"insurance__relationship": ""}),
        ("insurance.insured_name", {"insurance__relationship": "spouse"}),
        ("insurance.insured_dob", {"insurance__relationship": "child"}),
        ("diagnoses", {"diagnoses": (Diagnosis("Z63.0"), Diagnosis("F41.1"))}),
        ("lines", {"line__paid_cents": 0}),
        ("payments", {"payments": ()}),
        ("payments", {"payments": (Payment(date(2026, 9, 2), "Cash", 100),)}),
    ],
)
def test_a_doubtful_field_is_named_and_still_prints(bill, field, changes):
    data = bill(**changes)
    assert field in [item.field for item in superbill.warnings(data)]
    assert superbill.render_superbill(data).startswith(b"%PDF")


def test_the_same_service_twice_on_one_day_is_pointed_out(bill):
    line = bill().lines[0]
    (caution,) = superbill.warnings(
        bill(lines=(line, line), payments=(Payment(date(2026, 9, 2), "Cash", 35000),))
    )
    assert caution.sentence == "90834 on 09/01/2026 is listed 2 times."


@pytest.mark.parametrize(
    ("name", "named"), [("王小明", ["王", "小", "明"]), ("Ana 🦉", ["🦉"]), ("Ana\u202e", [])]
)
def test_a_character_no_face_has_is_named(bill, name, named):
    sentences = [one.sentence for one in unprintable(bill(client__full_name=name))]
    assert len(sentences) == len(named)
    assert all(char in sentence for char, sentence in zip(named, sentences, strict=True))


def test_a_name_written_from_right_to_left_is_pointed_out(bill):
    (problem,) = unprintable(bill(client__full_name="שרה כהן"))
    assert "right to left" in problem.sentence


def test_no_insurance_at_all_prints_without_the_block(bill, pages):
    text = pages(superbill.render_superbill(bill(insurance=Insurance())))[0]
    assert "Member ID" not in text
