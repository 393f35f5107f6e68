# SPDX-License-Identifier: MIT
"""The pair of group and reason decides who bears an adjusted amount."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediyn_desktop.codes import adjustments
from mediyn_desktop.codes.adjustments import (
    REASONS,
    Group,
    MayBill,
    is_client_share,
    is_contractual_write_off,
    is_denial,
    may_bill_client,
    reason,
)

EXPECTED = [
    "1", "2", "3", "4", "5", "11", "15", "16", "18", "22", "23", "24", "26", "27", "29", "31",
    "45", "50", "96", "97", "109", "119", "125", "140", "151", "197", "198", "204", "226", "227",
    "242", "243", "252", "253", "256", "288", "B7", "B11", "B15", "B20",
]  # fmt: skip


def test_the_reasons_therapists_meet_are_listed_once():
    assert list(REASONS) == EXPECTED
    for known in REASONS.values():
        assert known.label
        assert known.groups
        assert known.next_action.endswith(".")


@pytest.mark.parametrize(
    ("group", "code", "answer"),
    [
        ("PR", "1", MayBill.YES),
        ("PR", "2", MayBill.YES),
        ("PR", "3", MayBill.YES),
        ("PR", "27", MayBill.YES),
        ("PR", "204", MayBill.YES),
        ("PR", "96", MayBill.YES),
        ("PR", "45", MayBill.YES),  # out of network
        ("PR", "31", MayBill.AFTER_STEP),
        ("PR", "227", MayBill.AFTER_STEP),
        ("PR", "50", MayBill.AFTER_STEP),
        ("PR", "29", MayBill.NO),
        ("PR", "9999", MayBill.UNKNOWN),
        ("CO", "27", MayBill.NO),
        ("CO", "29", MayBill.NO),
        ("CO", "45", MayBill.NO),
        ("CO", "1", MayBill.NO),
        ("OA", "23", MayBill.NO),
        ("PI", "204", MayBill.NO),
        ("CR", "1", MayBill.NO),
        ("XX", "1", MayBill.NO),
    ],
)
def test_the_client_is_billed_by_the_pair_and_never_by_the_reason_alone(group, code, answer):
    assert may_bill_client(group, code) is answer


@given(st.sampled_from(["CO", "OA", "PI", "CR", "", "pr"]), st.text(max_size=5))
def test_nothing_but_the_client_group_leads_to_the_client(group, code):
    assert may_bill_client(group, code) is MayBill.NO


@given(st.text(max_size=6).filter(lambda text: text.strip().upper() not in REASONS))
def test_an_unknown_reason_is_neutral(code):
    unknown = reason(code)
    assert unknown.may_bill is MayBill.UNKNOWN
    assert unknown.groups == ()
    assert not is_contractual_write_off("CO", code)
    assert not is_client_share("PR", code)


def test_only_agreed_reductions_are_written_off_by_themselves():
    pairs = [(group, code) for group in Group for code in REASONS]
    assert [p for p in pairs if is_contractual_write_off(*p)] == [("CO", "45"), ("CO", "253")]
    assert [p for p in pairs if is_client_share(*p)] == [("PR", "1"), ("PR", "2"), ("PR", "3")]


@pytest.mark.parametrize(
    ("group", "code", "denied"),
    [
        ("PR", "1", False),
        ("PR", "2", False),
        ("PR", "3", False),
        ("CO", "45", False),
        ("CO", "253", False),
        ("OA", "23", False),
        ("CO", "16", True),
        ("CO", "29", True),
        ("PR", "204", True),
        ("CO", "9999", True),
    ],
)
def test_a_normal_part_of_a_paid_claim_is_no_denial(group, code, denied):
    assert is_denial(group, code) is denied


def test_labels_of_groups_and_remarks():
    assert {adjustments.group_label(group) for group in Group} == set(
        adjustments.GROUP_LABELS.values()
    )
    assert adjustments.group_label("XX") == "Group XX"
    assert adjustments.remark_label(" ma130 ") == adjustments.REMARKS["MA130"]
    assert adjustments.remark_label("N999") is None
    assert reason(" b7 ").code == "B7"
