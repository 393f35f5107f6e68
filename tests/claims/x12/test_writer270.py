# SPDX-License-Identifier: MIT
"""A 270 asks about exactly one person, in the order the guide wants, and refuses holes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from mediyn_desktop.claims.x12.charset import X12DataError
from mediyn_desktop.claims.x12.envelope import Envelope
from mediyn_desktop.claims.x12.model270 import Dependent, EligibilityQuestion
from mediyn_desktop.claims.x12.model837p import Organization, Person
from mediyn_desktop.claims.x12.writer270 import write_270

ENVELOPE = Envelope(
    sender="1234567893",
    receiver="CLEARING",
    isa_control=91400400,
    gs_control=91400400,
    st_control=1,
    usage="T",
    created=datetime(2026, 11, 23, 16, 5),
)
ANA = EligibilityQuestion(
    reference="091400400",
    trace="091400400",
    originator="9234567893",
    payer_name="Blue Plan",
    payer_id="12345",
    provider=Organization("Quiet Room Therapy"),
    provider_npi="1234567893",
    subscriber=Person(last="O’Neil", first="Ana"),
    member_id="XYZ123456",
    birth_date=date(1990, 5, 17),
    sex="F",
    on=date(2026, 11, 24),
)
BEN = Dependent(Person(last="O’Neil", first="Ben"), date(2015, 2, 1), "U", "19")


def rows(question: EligibilityQuestion) -> list[str]:
    return write_270(question, interchange=ENVELOPE).replace("\n", "").split("~")[:-1]


def test_the_whole_file_for_a_client_who_holds_the_policy() -> None:
    assert rows(ANA) == [
        "ISA*00*          *00*          *ZZ*1234567893     *ZZ*CLEARING       *261123*1605*^*00501"
        "*091400400*0*T*:",
        "GS*HS*1234567893*CLEARING*20261123*1605*91400400*X*005010X279A1",
        "ST*270*0001*005010X279A1",
        "BHT*0022*13*091400400*20261123*1605",
        "HL*1**20*1",
        "NM1*PR*2*BLUE PLAN*****PI*12345",
        "HL*2*1*21*1",
        "NM1*1P*2*QUIET ROOM THERAPY*****XX*1234567893",
        "HL*3*2*22*0",
        "TRN*1*091400400*9234567893",
        "NM1*IL*1*O'NEIL*ANA****MI*XYZ123456",
        "DMG*D8*19900517*F",
        "DTP*291*D8*20261124",
        "EQ*30",
        "EQ*MH",
        "SE*14*0001",
        "GE*1*91400400",
        "IEA*1*091400400",
    ]


def test_a_dependent_has_a_level_of_its_own_and_the_question_with_it() -> None:
    found = rows(replace(ANA, dependent=BEN))
    assert found[8:19] == [
        "HL*3*2*22*1",
        "NM1*IL*1*O'NEIL*ANA****MI*XYZ123456",
        "DMG*D8*19900517*F",
        "HL*4*3*23*0",
        "TRN*1*091400400*9234567893",
        "NM1*03*1*O'NEIL*BEN",
        "DMG*D8*20150201",
        "INS*N*19",
        "DTP*291*D8*20261124",
        "EQ*30",
        "EQ*MH",
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"birth_date": None}, "client date of birth"),
        ({"member_id": ""}, "member id"),
        ({"payer_id": ""}, "payer id"),
        ({"provider_npi": "3234567893"}, "provider NPI"),
        ({"subscriber": Person(last="", first="Ana")}, "subscriber last name"),
        ({"originator": "9"}, "originator"),
        ({"trace": "a b"}, "trace number"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_written(change: dict, field: str) -> None:
    with pytest.raises(X12DataError) as refused:
        write_270(replace(ANA, **change), interchange=ENVELOPE)
    assert field in refused.value.field


def test_what_the_question_knows_of_people_is_not_in_its_representation() -> None:
    shown = repr(replace(ANA, dependent=BEN))
    assert not any(word in shown for word in ("Ana", "Ben", "Neil", "XYZ123456", "1990"))
