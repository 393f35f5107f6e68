# SPDX-License-Identifier: MIT
"""The words of the practice folder are a contract: none is renamed, added or dropped unseen."""

from __future__ import annotations

import pytest

from mediyn_desktop.codes import vocabulary as words

CONTRACT = [
    (
        words.SessionKind,
        "individual intake family_with_client family_without_client group crisis",
    ),
    (words.SessionStatus, "attended late_cancel no_show cancelled"),
    (words.Place, "office video_home video_other audio_home home_visit"),
    (words.PaymentType, "self_pay out_of_network in_network pro_bono"),
    (words.Autopay, "none copay full ask never"),
    (words.SuperbillCadence, "session month none"),
    (words.Relationship, "self spouse child other"),
    (words.Sex, "F M U"),
    (words.TaxIdType, "EIN SSN"),
    (words.Entity, "individual organization"),
    (words.ConsentScope, "sessions copays fees"),
]


@pytest.mark.parametrize(("enumeration", "listed"), CONTRACT)
def test_each_enumeration_has_exactly_its_words(enumeration, listed):
    assert [str(member) for member in enumeration] == listed.split()
