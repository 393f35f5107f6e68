# SPDX-License-Identifier: MIT
# ruff: noqa: E501  # segments and refusals are read as tables, one a line
from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from claim_samples import (
    BATCH,
    CHILD,
    CLAIM,
    CLIENT,
    DECISION,
    ENVELOPE,
    GROUP,
    LINE,
    PAYER,
    PRIMARY,
    SECONDARY,
    THERAPIST,
    THIRD,
    batch,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mediyn_desktop.claims.x12.charset import X12DataError
from mediyn_desktop.claims.x12.check837p import check_837p
from mediyn_desktop.claims.x12.claim837p import write_837p
from mediyn_desktop.claims.x12.model837p import (
    Address,
    Adjustment,
    Batch,
    Claim,
    Clinician,
    Organization,
    Person,
    Rendering,
    ServiceFacility,
    Submitter,
)
from mediyn_desktop.claims.x12.segments import Segment, tokenize

GOLDEN = """\
ISA*00*          *00*          *ZZ*SENDER01       *ZZ*RECEIVER01     *260309*1830*^*00501*000000101*0*T*:~
GS*HC*SENDER01*RECEIVER01*20260309*1830*101*X*005010X222A1~
ST*837*0001*005010X222A1~
BHT*0019*00*B0001*20260309*1830*CH~
NM1*41*2*QUIET ROOM THERAPY*****46*SUB123~
PER*IC*ADA OKAFOR*TE*2175550142~
NM1*40*2*CLEARING HOUSE*****46*RCV9~
HL*1**20*1~
PRV*BI*PXC*101YM0800X~
NM1*85*1*OKAFOR*ADA*L***XX*1234567893~
N3*12 ELM STREET*SUITE 3~
N4*SPRINGFIELD*IL*627041234~
REF*EI*123456789~
HL*2*1*22*0~
SBR*P*18*GRP77******CI~
NM1*IL*1*MARLOWE*JUNE****MI*XYZ00123456~
N3*9 OAK AVE~
N4*SPRINGFIELD*IL*62701~
DMG*D8*19880704*F~
NM1*PR*2*PRAIRIE HEALTH PLAN*****PI*60054~
CLM*C1001*175***11:B:1*Y*A*Y*Y~
HI*ABK:F411~
LX*1~
SV1*HC:90837*175*UN*1***1~
DTP*472*D8*20260302~
REF*6R*C1001L1~
SE*25*0001~
GE*1*101~
IEA*1*000000101~
"""


def write(sent: Batch = BATCH) -> str:
    return write_837p(sent, interchange=ENVELOPE)


def segments(text: str, name: str) -> list[str]:
    return [segment.text() for segment in tokenize(text) if segment.id == name]


def claim(**changes: Any) -> Claim:
    return replace(CLAIM, **changes)


def line_claim(**changes: Any) -> Claim:
    line = replace(LINE, **changes)
    return claim(lines=(line,), total_cents=line.charge_cents)


def numbered(number: int, **changes: Any) -> Claim:
    """Another claim of another day: the same service twice on one day is refused."""
    line = replace(LINE, service_date=LINE.service_date - timedelta(days=number))
    return claim(control_number=f"C{number}", lines=(line,), **changes)


OLD_LINE = replace(LINE, service_date=date(2024, 1, 8))
TWELVE = (
    "F41.1", "F33.1", "F43.10", "F42.2", "F40.10", "F43.23", "F32.0", "F32.1", "F32.2", "F43.21",
    "F43.22", "R45.851",
)  # fmt: skip


def test_a_small_claim_is_written_to_the_letter() -> None:
    assert write().splitlines() == GOLDEN.splitlines()


def test_line_ends_can_be_left_out() -> None:
    assert write_837p(BATCH, interchange=ENVELOPE, newline="") == GOLDEN.replace("\n", "")


VARIANTS: dict[str, Batch] = {
    "individual with EIN": BATCH,
    "individual with SSN": batch(
        billing=replace(THERAPIST, tax_id="123-45-6789", tax_id_type="SSN")
    ),
    "organisation with rendering provider": batch(
        claim(rendering=Rendering(Person("Okafor", "Ada"), "1234567893", "101YM0800X")),
        billing=GROUP,
    ),
    "rendering provider other than the one who bills": batch(
        claim(rendering=Rendering(Person("Berg", "Ida"), "1558598797", "106H00000X"))
    ),
    "associate under supervision": batch(
        claim(
            rendering=Rendering(Person("Berg", "Ida"), "1558598797"),
            supervising=Clinician(Person("Okafor", "Ada"), "1234567893"),
        )
    ),
    "referred": batch(claim(referring=Clinician(Person("Singh", "Meera"), "1245319599"))),
    "referred by somebody without NPI": batch(claim(referring=Clinician(Person("Singh", "Meera")))),
    "checks go to a post office box": batch(
        billing=replace(THERAPIST, pay_to=Address("PO Box 7", "Springfield", "IL", "62705"))
    ),
    "an organisation's checks go elsewhere": batch(
        claim(rendering=Rendering(Person("Okafor", "Ada"), "1234567893")),
        billing=replace(GROUP, pay_to=Address("PO Box 7", "Springfield", "IL", "62705")),
    ),
    "notes": batch(claim(note="Corrected units", lines=(replace(LINE, note="See records"),))),
    "onset and first treatment": batch(
        claim(onset=date(2026, 1, 5), first_treated=date(2026, 1, 20))
    ),
    "late, with the reason": batch(claim(delay_reason="7", lines=(OLD_LINE,))),
    "secondary to one payer": batch(SECONDARY),
    "secondary for a dependent": batch(replace(SECONDARY, patient=CHILD)),
    "secondary, decided as a whole claim": batch(
        replace(
            SECONDARY,
            lines=(LINE,),
            others=(
                replace(
                    PRIMARY,
                    adjustments=(Adjustment("CO", "45", 5_000), Adjustment("PR", "3", 2_500)),
                    decided_on=date(2026, 3, 8),
                ),
            ),
        )
    ),
    "third payer": batch(THIRD),
    "no taxonomy": batch(billing=replace(THERAPIST, taxonomy="")),
    "billing phone": batch(billing=replace(THERAPIST, phone="(217) 555-0199")),
    "submitter with e-mail only": batch(
        submitter=Submitter(Person("Okafor", "Ada"), "SUB123", email="ada_o@quiet-room.example")
    ),
    "submitter with phone and e-mail": batch(
        submitter=Submitter(
            Organization("Quiet Room"), "SUB123", "Ada", "+1 217 555 0142", "ada@room.example"
        )
    ),
    "child of the subscriber": batch(claim(patient=CHILD)),
    "spouse, subscriber known by name only": batch(
        claim(
            patient=replace(CHILD, relationship="01"),
            subscriber=replace(CLIENT, address=None, birth_date=None),
        )
    ),
    "other dependent": batch(claim(patient=replace(CHILD, relationship="G8", sex="U"))),
    "office": batch(claim(place="11")),
    "video at home": batch(claim(place="10", lines=(replace(LINE, modifiers=("95",)),))),
    "video elsewhere": batch(claim(place="02", lines=(replace(LINE, modifiers=("GT",)),))),
    "home visit": batch(claim(place="12")),
    "four modifiers": batch(claim(place="10", lines=(replace(LINE, modifiers=("HO", "95", "U1", "59")),))),
    "authorisation": batch(claim(authorization="AUTH-77 12")),
    "group name without number": batch(
        claim(subscriber=replace(CLIENT, group_number="", group_name="Acme Co."))
    ),
    "no group": batch(claim(subscriber=replace(CLIENT, group_number=""))),
    "payer address": batch(
        claim(payer=replace(PAYER, address=Address("PO Box 1", "Peoria", "IL", "61601")))
    ),
    "Medicare second": batch(
        replace(
            SECONDARY,
            subscriber=replace(
                CLIENT, responsibility="S", claim_filing_code="MB", insurance_type="12"
            ),
        )
    ),
    "replacement": batch(claim(frequency="7", original_reference="2026099X1")),
    "void": batch(claim(frequency="8", original_reference="2026099X1")),
    "payment to the client": batch(claim(pay_provider=False, assignment="C")),
    "client paid a part": batch(claim(patient_paid_cents=2_550)),
    "session elsewhere": batch(
        claim(
            facility=ServiceFacility(
                "Elm House", Address("1 Elm", "Peoria", "IL", "61601-0001"), "1558598797"
            )
        )
    ),
    "session elsewhere without NPI": batch(
        claim(facility=ServiceFacility("Elm House", Address("1 Elm", "Peoria", "IL", "61601-0001")))
    ),
    "crisis with add-on, another place on one line": batch(
        claim(
            total_cents=35_050,
            diagnoses=("F41.1", "F33.1", "Z63.0"),
            lines=(
                replace(LINE, code="90839", pointers=(2, 1)),
                replace(
                    LINE, code="90840", control_number="C1001L2", units=2, charge_cents=17_550,
                    place="12", pointers=(1, 2, 3),
                ),
            ),
        )
    ),
    "twelve diagnoses": batch(claim(diagnoses=TWELVE)),
    "accents, apostrophes and hyphens": batch(
        claim(
            subscriber=replace(CLIENT, name=Person("O’Brien-Muñoz", "Zoë", "d'Arc", "Jr."))
        )
    ),
    "one name only": batch(claim(subscriber=replace(CLIENT, name=Person("Sukarno")))),
}  # fmt: skip


@pytest.mark.parametrize("name", VARIANTS)
def test_every_kind_of_claim_passes_the_checks(name: str) -> None:
    assert check_837p(write(VARIANTS[name])) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("individual with SSN", "REF*SY*123456789"),
        ("organisation with rendering provider", "NM1*85*2*QUIET ROOM THERAPY PLLC*****XX*1558598797"),
        ("organisation with rendering provider", "NM1*82*1*OKAFOR*ADA****XX*1234567893"),
        ("organisation with rendering provider", "PRV*PE*PXC*101YM0800X"),
        ("billing phone", "PER*IC*ADA OKAFOR*TE*2175550199"),
        ("submitter with phone and e-mail", "PER*IC*ADA*TE*2175550142*EM*ADA@ROOM.EXAMPLE"),
        ("child of the subscriber", "SBR*P**GRP77******CI"),
        ("child of the subscriber", "PAT*19"),
        ("child of the subscriber", "NM1*QC*1*MARLOWE*THEO"),
        ("video at home", "CLM*C1001*175***10:B:1*Y*A*Y*Y"),
        ("video at home", "SV1*HC:90837:95*175*UN*1***1"),
        ("four modifiers", "SV1*HC:90837:HO:95:U1:59*175*UN*1***1"),
        ("checks go to a post office box", "NM1*87*1"),
        ("an organisation's checks go elsewhere", "NM1*87*2"),
        ("an organisation's checks go elsewhere", "N3*PO BOX 7"),
        ("associate under supervision", "NM1*DQ*1*OKAFOR*ADA****XX*1234567893"),
        ("referred", "NM1*DN*1*SINGH*MEERA****XX*1245319599"),
        ("referred by somebody without NPI", "NM1*DN*1*SINGH*MEERA"),
        ("notes", "NTE*ADD*CORRECTED UNITS"),
        ("notes", "NTE*ADD*SEE RECORDS"),
        ("onset and first treatment", "DTP*431*D8*20260105"),
        ("onset and first treatment", "DTP*454*D8*20260120"),
        ("late, with the reason", "CLM*C1001*175***11:B:1*Y*A*Y*Y***********7"),
        ("secondary to one payer", "SBR*P*18*G1******BL"),
        ("secondary to one payer", "AMT*D*100"),
        ("secondary to one payer", "OI***Y***Y"),
        ("secondary to one payer", "SVD*BFH01*100*HC:90837**1"),
        ("secondary to one payer", "CAS*CO*45*50"),
        ("secondary to one payer", "CAS*PR*3*25"),
        ("secondary to one payer", "DTP*573*D8*20260308"),
        ("secondary to one payer", "REF*F8*ICN77"),
        ("third payer", "AMT*EAF*25"),
        ("authorisation", "REF*G1*AUTH-77 12"),
        ("group name without number", "SBR*P*18**ACME CO.*****CI"),
        ("Medicare second", "SBR*S*18*GRP77**12****MB"),
        ("replacement", "CLM*C1001*175***11:B:7*Y*A*Y*Y"),
        ("void", "REF*F8*2026099X1"),
        ("payment to the client", "CLM*C1001*175***11:B:1*Y*C*N*Y"),
        ("client paid a part", "AMT*F5*25.5"),
        ("session elsewhere", "NM1*77*2*ELM HOUSE*****XX*1558598797"),
        ("crisis with add-on, another place on one line", "HI*ABK:F411*ABF:F331*ABF:Z630"),
        ("crisis with add-on, another place on one line", "SV1*HC:90840*175.5*UN*2*12**1:2:3"),
        ("accents, apostrophes and hyphens", "NM1*IL*1*O'BRIEN-MUNOZ*ZOE*D'ARC**JR.*MI*XYZ00123456"),
    ],
)  # fmt: skip
def test_each_fact_stands_in_its_segment(name: str, expected: str) -> None:
    assert expected in [segment.text() for segment in tokenize(write(VARIANTS[name]))]


def test_claims_are_grouped_below_their_subscriber_and_patient() -> None:
    other = replace(CLIENT, member_id="ABC9", name=Person("Reyes", "Luz"))
    sent = write(
        batch(
            numbered(1),
            numbered(2, patient=CHILD),
            numbered(3, subscriber=other),
            numbered(4),
            numbered(5, patient=CHILD),
            numbered(6, patient=replace(CHILD, name=Person("Marlowe", "Ada"))),
        )
    )
    assert segments(sent, "HL") == [
        "HL*1**20*1",
        "HL*2*1*22*0",
        "HL*3*1*22*1",
        "HL*4*3*23*0",
        "HL*5*3*23*0",
        "HL*6*1*22*0",
    ]
    order = [segment.element(1) for segment in tokenize(sent) if segment.id == "CLM"]
    assert order == ["C1", "C4", "C2", "C5", "C6", "C3"]
    assert check_837p(sent) == []


def test_counts_in_the_trailers_are_right_for_many_claims() -> None:
    sent = write(batch(*(numbered(number) for number in range(1, 41))))
    whole: list[Segment] = list(tokenize(sent))
    ids = [segment.id for segment in whole]
    assert whole[ids.index("SE")].element(1) == str(ids.index("SE") - ids.index("ST") + 1)
    assert segments(sent, "GE") == ["GE*1*101"]
    assert check_837p(sent) == []


def test_several_files_differ_in_every_control_number() -> None:
    later = replace(ENVELOPE, isa_control=102, gs_control=202, st_control=12345, usage="P")
    sent = write_837p(replace(batch(numbered(2)), reference="B0002"), interchange=later)
    assert check_837p(sent) == []
    assert [segments(sent, name)[0] for name in ("ST", "SE", "GE", "IEA")] == [
        "ST*837*12345*005010X222A1",
        "SE*25*12345",
        "GE*1*202",
        "IEA*1*000000102",
    ]
    assert segments(sent, "ISA")[0].endswith("*000000102*0*P*:")
    assert check_837p(write() + sent) == []


REFUSED: list[tuple[Batch, str, str]] = [
    (batch(claim(total_cents=17_501)), "claim total", "sum of its lines"),
    (batch(claim(lines=())), "claim", "0 lines"),
    (batch(claim(control_number="A" * 21)), "control number", "1 to 20"),
    (batch(claim(control_number="c-1")), "control number", "capital letters"),
    (batch(CLAIM, CLAIM), "control number", "twice in this file"),
    (batch(claim(frequency="7")), "payer's claim number", "required for"),
    (batch(claim(original_reference="X1")), "payer's claim number", "belongs only to"),
    (batch(claim(frequency="6")), "frequency", "must be 1"),
    (batch(claim(diagnoses=())), "diagnosis list", "0 codes"),
    (batch(claim(diagnoses=("F41.1",) * 2)), "diagnosis list", "twice"),
    (batch(claim(diagnoses=tuple(f"F{n}" for n in range(10, 23)))), "diagnosis list", "13 codes"),
    (batch(claim(diagnoses=("anxious",))), "diagnosis", "not an ICD-10-CM code"),
    (batch(line_claim(pointers=(2,))), "diagnosis pointers", "1 to 4"),
    (batch(line_claim(pointers=())), "diagnosis pointers", "1 to 4"),
    (batch(line_claim(modifiers=("U1", "U2", "U3", "U4", "U5"))), "modifiers", "more than 4"),
    (batch(line_claim(modifiers=("955",))), "modifier", "2 letters or digits"),
    (batch(line_claim(code="9083")), "procedure code", "5 letters or digits"),
    (batch(line_claim(units=0)), "units", "1 to 999"),
    (batch(line_claim(charge_cents=-1)), "claim total", "between"),
    (batch(line_claim(control_number="")), "line control number", "1 to 30"),
    (batch(claim(lines=(LINE, LINE), total_cents=35_000)), "line control number", "twice"),
    (batch(claim(place="office")), "place of service", "2 digits"),
    (batch(claim(subscriber=replace(CLIENT, member_id=""))), "member id", "missing"),
    (batch(claim(subscriber=replace(CLIENT, member_id="W*5"))), "member id", "cannot carry"),
    (batch(claim(subscriber=replace(CLIENT, address=None))), "subscriber address", "missing"),
    (batch(claim(subscriber=replace(CLIENT, birth_date=None))), "subscriber date of birth", "missing"),
    (batch(claim(subscriber=replace(CLIENT, name=Person("李", "小龙")))), "subscriber last name", "Latin"),
    (batch(claim(patient=replace(CHILD, name=Person("Ok", "Иван")))), "patient first name", "Latin"),
    (batch(claim(payer=replace(PAYER, payer_id=""))), "payer id", "missing"),
    (batch(billing=replace(THERAPIST, npi="")), "billing provider NPI", "missing"),
    (batch(billing=replace(THERAPIST, npi="3234567899")), "billing provider NPI", "1 or 2"),
    (batch(billing=replace(THERAPIST, tax_id="12345678")), "billing provider tax id", "9 digits"),
    (batch(billing=replace(THERAPIST, taxonomy="101YM")), "billing provider taxonomy code", "10"),
    (batch(billing=replace(THERAPIST, address=Address("1 A", "Ab", "ZZ", "62704"))), "billing provider state", "ZZ"),
    (batch(billing=replace(THERAPIST, address=Address("1 A", "Ab", "IL", "6270"))), "billing provider ZIP code", "5 or 9"),
    (batch(submitter=Submitter(Organization("Q"), "SUB123")), "submitter phone number or e-mail address", "missing"),
    (batch(submitter=Submitter(Organization("Q"), "SUB123", email="a b@c")), "submitter e-mail address", "not one"),
    (batch(replace(SECONDARY, lines=(replace(LINE, decisions=(replace(DECISION, paid_cents=9_999),)),))), "earlier payer's decision", "add up"),
    (batch(replace(SECONDARY, lines=(replace(LINE, decisions=(replace(DECISION, payer_id="OTHER"),)),))), "earlier payer", "none of the other"),
    (batch(replace(SECONDARY, subscriber=CLIENT)), "payer responsibility", "same for two"),
    (batch(replace(SECONDARY, others=(replace(PRIMARY, member_id=""),))), "member id", "missing"),
    (batch(replace(SECONDARY, others=(replace(PRIMARY, relationship="20"),))), "other insured relationship", "18, 01"),
    (batch(claim(referring=Clinician(Person("Singh"), "9"))), "referring provider NPI", "10 digits"),
    (batch(claim(note="x" * 81)), "claim note", "at most 80"),
    (batch(billing=replace(THERAPIST, pay_to=Address("PO Box 7", "Peoria", "XX", "61601"))), "pay-to state", "XX"),
    (replace(BATCH, claims=()), "batch", "0 claims"),
    (replace(BATCH, reference="x" * 3), "batch reference", "capital"),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "field", "reason"), REFUSED)
def test_what_cannot_be_sent_is_refused_by_name(sent: Batch, field: str, reason: str) -> None:
    with pytest.raises(X12DataError, match=reason) as caught:
        write(sent)
    assert caught.value.field == field


def test_a_refusal_inside_a_claim_names_the_claim() -> None:
    with pytest.raises(X12DataError) as caught:
        write(batch(numbered(1), numbered(2, place="")))
    assert caught.value.claim == "C2"
    assert caught.value.message == (
        "Claim C2: the place of service is missing. Nothing was sent. Correct it and try again."
    )


def test_money_that_is_not_whole_cents_is_a_programming_error() -> None:
    with pytest.raises(TypeError, match="whole cents"):
        write(batch(line_claim(charge_cents=175.0)))


def test_dates_outside_the_form_are_refused() -> None:
    with pytest.raises(X12DataError, match="year 1"):
        write(batch(line_claim(service_date=date(1, 1, 1))))


WORDS = st.one_of(
    st.text(max_size=40),
    st.text("aZ'-. *:~^|\n\réß李9", max_size=62),
    st.sampled_from(["O'Neil", "SE*1*0001~", "Anne-Laure", "~", "ISA*", "\ufeffZoë"]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(last=WORDS, first=WORDS, street=WORDS, city=WORDS, group=WORDS, payer=WORDS)
def test_no_typed_text_breaks_the_file(
    last: str, first: str, street: str, city: str, group: str, payer: str
) -> None:
    person = Person(last, first)
    home = Address(street, city, "IL", "62701-1234", line2=first)
    sent = batch(
        claim(
            subscriber=replace(CLIENT, name=person, address=home, group_number=group),
            payer=replace(PAYER, name=payer),
            authorization=group,
        ),
        billing=replace(THERAPIST, name=person, address=home),
    )
    try:
        text = write(sent)
    except X12DataError as error:
        fields = ("name", "address", "address line", "city", "number")
        if not error.field.endswith(fields):
            raise
        return
    expected = 29 + bool(group.strip())  # REF*G1; every other segment is always there.
    assert len(list(tokenize(text))) == text.count("~") == expected
    assert check_837p(text) == []
