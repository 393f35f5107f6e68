# SPDX-License-Identifier: MIT
from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from answer_samples import codes, flaws_in, whole, wrap
from claim_samples import real_files

from mediyn_desktop.claims.x12.aloud271 import rejection_sentence
from mediyn_desktop.claims.x12.benefits271 import therapy_benefits
from mediyn_desktop.claims.x12.model271 import Coverage, EligibilityAnswer, TherapyBenefits

HEAD = (
    *("BHT*0022*11*Q77*20260309*1830", "HL*1**20*1", "NM1*PR*2*PRAIRIE*****PI*60054"),
    *("HL*2*1*21*1", "NM1*1P*1*OKAFOR*ADA****XX*1234567893"),
)
SUBSCRIBER = (
    *("HL*3*2*22*0", "TRN*2*T1*9PRACTICE", "NM1*IL*1*MARLOWE*JUNE****MI*XYZ1", "N3*9 OAK AVE"),
    *("N4*SPRINGFIELD*IL*62701", "DMG*D8*19880704*F", "DTP*346*D8*20260101", "REF*6P*GRP77"),
)
ACTIVE = "EB*1*IND*30**GOLD PLAN"


def answers(*body: str) -> list[EligibilityAnswer]:
    found = whole(wrap("271", [*HEAD, *body]))
    assert all(isinstance(each, EligibilityAnswer) for each in found)
    return found  # type: ignore[return-value]


def one(*body: str) -> EligibilityAnswer:
    (found,) = answers(*body)
    return found


def therapy(*benefits: str) -> TherapyBenefits:
    return therapy_benefits(one(*SUBSCRIBER, *benefits))


def test_an_answer_says_about_whom_by_whom_and_as_of_when() -> None:
    found = one(*SUBSCRIBER, ACTIVE)
    assert (found.reference, found.answered_on) == ("Q77", date(2026, 3, 9))
    assert found.payer is not None
    assert found.payer.id == "60054"
    assert found.provider is not None
    assert found.provider.id == "1234567893"
    assert found.member is found.subscriber
    assert found.subscriber is not None
    assert found.subscriber.name.id == "XYZ1"
    assert found.subscriber.birth_date == date(1988, 7, 4)
    assert found.subscriber.place.city == "SPRINGFIELD"
    assert found.subscriber.traces == (("T1", "9PRACTICE"),)
    assert found.others == found.flaws == ()


def test_an_answer_about_a_dependent_names_both() -> None:
    found = one(*SUBSCRIBER, "HL*4*3*23*0", "NM1*03*1*MARLOWE*THEO", "INS*N*19", ACTIVE)
    assert found.dependent is not None
    assert found.member is found.dependent
    assert (found.dependent.name.first, found.dependent.relationship) == ("THEO", "19")
    assert found.subscriber is not None


def test_each_person_of_a_file_is_an_answer() -> None:
    other = [segment.replace("XYZ1", "XYZ2") for segment in SUBSCRIBER]
    child = ("HL*4*3*23*0", "NM1*03*1*MARLOWE*THEO", "EB*6**30")
    found = answers(*SUBSCRIBER, ACTIVE, *other, ACTIVE, *child)
    assert [each.member.name.first for each in found if each.member] == ["JUNE", "JUNE", "THEO"]
    assert [each.benefits[0].code for each in found] == ["1", "1", "6"]
    assert found[0].end + 1 == found[1].position


def test_a_benefit_keeps_everything_said_about_it() -> None:
    found = one(
        *SUBSCRIBER,
        "EB*B*IND*98^MH*HM*GOLD*27*25.00****Y*Y",
        *("DTP*292*D8*20260101", "REF*9F*R1", "MSG*ASK FIRST", "HSD*VS*20", "AAA*N**33*C"),
        *("LS*2120", "NM1*P3*1*JONES*MARCUS", "LE*2120"),
        "EB*A*IND*MH*****.2****N*W",
    )
    first, second = found.benefits
    assert (first.service_types, first.amount_cents) == (("98", "MH"), 2500)
    assert (first.plan, first.period, first.network) == ("GOLD", "27", "Y")
    assert (first.messages, first.references[0].value) == (("ASK FIRST",), "R1")
    assert (first.parties[0].last, first.others[0].id) == ("JONES", "HSD")
    assert second.share == Decimal("0.2")
    assert found.rejections[0].reason == "33"


@pytest.mark.parametrize(
    ("sent", "share"), [(".2", "0.2"), ("0.20", "0.2"), ("20", "0.2"), ("1", "1"), ("0", "0")]
)
def test_a_percentage_is_read_however_it_is_written(sent: str, share: str) -> None:
    (benefit,) = one(*SUBSCRIBER, f"EB*A*IND*MH*****{sent}").benefits
    assert benefit.share == Decimal(share)


@pytest.mark.parametrize("sent", ["-1", "101", "SOME", "1-2"])
def test_a_percentage_that_is_none_is_told(sent: str) -> None:
    data = wrap("271", [*HEAD, *SUBSCRIBER, f"EB*A*IND*MH*****{sent}"])
    assert codes(flaws_in(data)) == ["percentage-unreadable"]


@pytest.mark.parametrize(
    ("body", "level"),
    [
        (("AAA*Y**42*R",), "provider"),
        (("HL*3*2*22*0", "NM1*IL*1*X", "AAA*N**75*C"), "subscriber"),
        (("HL*3*2*22*1", "NM1*IL*1*X", "HL*4*3*23*0", "AAA*N**67*C"), "dependent"),
    ],
)
def test_a_refusal_names_the_level_and_is_said_in_words(body: tuple[str, ...], level: str) -> None:
    found = one(*body)
    (rejection,) = found.rejections
    assert rejection.level == level
    assert rejection_sentence(rejection).startswith("No answer: ")


def test_the_words_of_a_refusal_say_what_to_do() -> None:
    (rejection,) = one("HL*3*2*22*0", "NM1*IL*1*X", "AAA*N**75*C").rejections
    assert rejection_sentence(rejection) == (
        "No answer: the member was not found, correct it and ask again."
    )


def test_an_answer_that_names_nobody_is_told() -> None:
    assert codes(flaws_in(wrap("271", HEAD[:1]))) == ["nobody"]


# What it means for therapy.


def test_the_figures_for_therapy_are_found() -> None:
    found = therapy(
        ACTIVE,
        "EB*B*IND*98***27*25.00****N*Y",
        "EB*A*IND*98*****.2****Y",
        "EB*C*IND*30***23*1500*****Y",
        "EB*C*IND*30***29*400*****Y",
        "EB*G*IND*30***29*2500*****Y",
    )
    assert found == TherapyBenefits(
        coverage=Coverage.ACTIVE,
        service_type="30",
        plan="GOLD PLAN",
        copay_cents=2500,
        coinsurance=Decimal("0.2"),
        deductible_cents=150000,
        deductible_remaining_cents=40000,
        out_of_pocket_remaining_cents=250000,
        authorization_needed=found.authorization_needed,
        as_of=date(2026, 3, 9),
    )


@pytest.mark.parametrize(
    ("benefits", "cents"),
    [
        (("EB*B*IND*30***27*40", "EB*B*IND*MH***27*30", "EB*B*IND*98***27*20"), 2000),
        (("EB*B*IND*30***27*40", "EB*B*IND*MH***27*30"), 3000),
        (("EB*B*IND****27*40",), 4000),
        (("EB*B*IND*98***27*20*****Y", "EB*B*IND*98***27*60*****N"), 2000),
        (("EB*B*IND*98***27*20", "EB*B*IND*98***27*60*****N"), 2000),
        (("EB*B*FAM*98***27*60", "EB*B*IND*98***27*20"), 2000),
        (("EB*B*IND*98***27*20", "EB*B*IND*98***27*20"), 2000),
        (("EB*B*IND*47***27*99",), None),
        ((), None),
    ],
)
def test_the_figure_that_says_most_about_therapy_counts(
    benefits: tuple[str, ...], cents: int | None
) -> None:
    found = therapy(*benefits)
    assert found.copay_cents == cents
    assert found.unclear == ()


def test_figures_that_differ_are_not_chosen_between() -> None:
    found = therapy("EB*B*IND*98***27*20", "EB*B*IND*98***27*40")
    assert found.copay_cents is None
    assert found.unclear == ("Several figures for the copay: $20.00, $40.00.",)


@pytest.mark.parametrize(
    ("benefits", "coverage"),
    [
        (("EB*1**30",), Coverage.ACTIVE),
        (("EB*6**30",), Coverage.INACTIVE),
        (("EB*1**30", "EB*6**98"), Coverage.INACTIVE),
        (("EB*6**30", "EB*1**MH"), Coverage.ACTIVE),
        (("EB*1**30", "EB*6**30"), Coverage.UNKNOWN),
        (("EB*1**47",), Coverage.UNKNOWN),
        ((), Coverage.UNKNOWN),
    ],
)
def test_coverage_of_therapy_counts_before_that_of_the_plan(
    benefits: tuple[str, ...], coverage: Coverage
) -> None:
    assert therapy(*benefits).coverage is coverage


def test_what_keeps_therapy_from_being_covered_is_said() -> None:
    found = therapy(ACTIVE, "EB*I**MH", "EB*U**MH", "LS*2120", "NM1*VN*2*OTHER COMPANY", "LE*2120")
    assert found.unclear == (
        "Some therapy service is named as not covered.",
        "Another company answers for therapy: OTHER COMPANY.",
    )


@pytest.mark.parametrize(
    ("marks", "needed"), [(("Y",), True), (("N",), False), (("Y", "N"), None), ((), None)]
)
def test_whether_an_authorization_is_needed(marks: tuple[str, ...], needed: bool | None) -> None:
    found = therapy(*(f"EB*B*IND*98***27*20****{mark}" for mark in marks))
    assert found.authorization_needed is needed


def test_the_real_answers_are_understood() -> None:
    files = real_files("271")
    if not files:
        pytest.skip("no real 271 files at hand (MEDIYN_SHARED)")
    for file in files:
        (answer,) = whole(file.read_bytes())
        assert isinstance(answer, EligibilityAnswer)
        found = therapy_benefits(answer)
        if answer.rejections:
            assert found.coverage is Coverage.UNKNOWN
        else:
            assert (found.coverage, found.copay_cents) == (Coverage.ACTIVE, 1000), file.name


def test_what_stands_before_any_person_is_kept() -> None:
    found = one(
        *(
            "TRN*2*X",
            "N3*A",
            "N4*B",
            "DMG*D8*19880704",
            "INS*Y*18",
            "REF*A*B",
            "DTP*291*D8*20260101",
        ),
        *("MSG*LOST", "LS*2120", "NM1*FA*2*EXTRA", "PER*IC*DESK*TE*8005550100"),
        *("HL*3*2*22*0", "NM1*IL*1*M", "NM1*IL*1*SECOND", "DMG*D8*NEVER*F", ACTIVE),
    )
    assert [each.id for each in found.others] == [
        *("TRN", "N3", "N4", "DMG", "INS", "REF", "DTP", "MSG", "LS", "NM1", "NM1"),
    ]
    assert found.contacts[0].name == "DESK"
    assert codes(found.flaws) == ["date-unreadable"]
