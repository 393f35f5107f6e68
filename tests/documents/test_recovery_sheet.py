# SPDX-License-Identifier: MIT
"""The recovery code on paper, and nowhere else in the file."""

from __future__ import annotations

import io
from datetime import date

import pytest
from pypdf import PdfReader

from mediyn_desktop.documents.recovery_sheet import RecoverySheetData, render_recovery_sheet

GROUPS = ["K7QM", "29XR", "TB4W", "8HJN", "PZ3D", "VC6F", "5RSG", "YA2E"]


@pytest.mark.parametrize("code", ["-".join(GROUPS), "".join(GROUPS), " ".join(GROUPS)])
def test_the_code_is_printed_in_groups_in_order(pages, code):
    (text,) = pages(render_recovery_sheet(RecoverySheetData("A & B", date(2026, 11, 23), code)))
    assert [word for word in text.split() if word in GROUPS] == GROUPS
    assert "A & B" in text
    assert "November 23, 2026" in text


def test_long_groups_take_fewer_columns_and_stay_whole(pages):
    words = [f"ABCDEFGHJKLM{n}" for n in range(6)]
    data = RecoverySheetData("Quiet Harbor", date(2026, 11, 23), " ".join(words))
    (text,) = pages(render_recovery_sheet(data))
    assert all(word in text.split() for word in words)


def test_the_code_is_in_no_property_and_no_repr():
    data = RecoverySheetData("Quiet Harbor", date(2026, 11, 23), "-".join(GROUPS))
    info = PdfReader(io.BytesIO(render_recovery_sheet(data))).metadata
    assert "K7QM" not in f"{dict(info)}{data!r}"


def test_a_sheet_without_a_code_is_refused():
    with pytest.raises(ValueError, match="needs a code"):
        render_recovery_sheet(RecoverySheetData("Quiet Harbor", date(2026, 11, 23), " - "))
