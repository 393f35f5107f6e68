# SPDX-License-Identifier: MIT
# ruff: noqa: E501  # files are read as tables, one segment list a line
"""Legal files of other programs pass, near-legal ones are refused at the right place and truly."""

from __future__ import annotations

import pytest
from foreign_claims import (
    BILLER,
    HOLDER,
    PAYER,
    RENDERING,
    SUBSCRIBER,
    Signs,
    child,
    claim,
    group,
    interchange,
    one,
    transaction,
    whole,
)

from mediyn_desktop.claims.x12.check837p import check_837p, refused


def line(code: str, charge: str = "150", *after: str, unit: str = "UN*1", pointer: str = "1",
         date: str = "D8*20261102", number: int = 1, place: str = "") -> tuple[str, ...]:  # fmt: skip
    return (
        f"LX*{number}",
        f"SV1*HC:{code}*{charge}*{unit}*{place}**{pointer}",
        f"DTP*472*{date}",
        *after,
    )


def subscriber(
    insurance: str = "SBR*P*18*******CI", *, name: str = SUBSCRIBER[2], level: str = "HL*2*1*22*0"
) -> tuple[str, ...]:
    return (level, insurance, name, *SUBSCRIBER[3:])


def bare(head: str, *rest: str) -> tuple[str, ...]:
    """A claim whose segments are given one by one."""
    return (f"CLM*A-100*150***{head}", *rest)


OFFICE = "11:B:1*Y*A*Y*Y"
DX = "HI*ABK:F4323"
OTHER = ("OI***Y***Y", "NM1*IL*1*FROST*ROBIN****MI*H1", "NM1*PR*2*FIRST PLAN*****PI*50001")
FIRST = ("SVD*50001*90*HC:90834**1", "CAS*CO*45*30", "CAS*PR*2*30", "DTP*573*D8*20261010")
SECOND = ("SVD*50002*10*HC:90834**1", "CAS*OA*23*120", "CAS*PR*2*20", "DTP*573*D8*20261020")
EARLY = "D8*20261001"

GOOD: dict[str, str] = {
    # Separators and line ends.
    "windows lines": whole(BILLER, SUBSCRIBER, claim(), signs=Signs(line="\r\n")),
    "one long line": whole(BILLER, SUBSCRIBER, claim(), signs=Signs(line="")),
    "lines are segments": whole(BILLER, SUBSCRIBER, claim(), signs=Signs(segment="\n", line="")),
    "old mac lines": whole(BILLER, SUBSCRIBER, claim(), signs=Signs(segment="\r", line="")),
    "other signs": whole(BILLER, SUBSCRIBER, claim(), signs=Signs("|", ">", "!", "'", "\n")),
    "caret inside": whole(BILLER, SUBSCRIBER, claim(), signs=Signs("*", "^", "&", "~", "\n")),
    "control signs": whole(BILLER, SUBSCRIBER, claim(), signs=Signs("\x1d", "\x1f", "\x1e", "\x1c", "")),
    "byte order mark": whole(BILLER, SUBSCRIBER, claim(), signs=Signs(before="\ufeff \n")),
    "blank lines": whole(BILLER, SUBSCRIBER, claim(), signs=Signs(line="\n\n")),
    "blanks at the ends": whole(BILLER, SUBSCRIBER, claim(), signs=Signs(line="  \r\n")),
    # Envelopes.
    "two groups": interchange(
        group(transaction(BILLER, SUBSCRIBER, claim())),
        group(transaction(BILLER, SUBSCRIBER, claim("A-101", lines=line("90837")), reference="B101"), number="72"),
    ),
    "three sets": interchange(
        group(*[
            transaction(BILLER, SUBSCRIBER, claim(f"A-10{day}", lines=line("90834", date=f"D8*2026102{day}")), number=f"000{day}", reference=f"B10{day}")
            for day in (1, 2, 3)
        ])
    ),
    "two interchanges": whole(BILLER, SUBSCRIBER, claim()) + interchange(
        group(transaction(BILLER, SUBSCRIBER, claim("A-101", lines=line("90837")), reference="B101"), number="72"),
        number="000000072",
    ),
    "test file": whole(BILLER, SUBSCRIBER, claim(), usage="T"),
    "acknowledgement asked": interchange(group(transaction(BILLER, SUBSCRIBER, claim())), ack="1"),
    "an answer rides along": interchange(
        group(transaction(BILLER, SUBSCRIBER, claim())), inside=("TA1*000000070*261102*0900*A*000",)
    ),
    "long set number": whole(BILLER, SUBSCRIBER, claim()).replace("*0001", "*000000001"),
    "sender is a tax id": whole(BILLER, SUBSCRIBER, claim()).replace("*ZZ*LKS01 ", "*30*LKS01 "),
    "submitter is a person": whole(BILLER, SUBSCRIBER, claim()).replace("NM1*41*2*LAKESIDE GROUP*****46", "NM1*41*1*VALE*IRIS****46"),
    # Who bills.
    "organization with rendering": one(*RENDERING),
    "person with a social security number": whole(
        ("HL*1**20*1", "NM1*85*1*VALE*IRIS*M**PHD*XX*1234567893", *BILLER[3:5], "REF*SY*123456788"), SUBSCRIBER, claim()
    ),
    "license and contact, no taxonomy": whole(
        (BILLER[0], *BILLER[2:], "REF*0B*123", "PER*IC*DESK*TE*6085550100*EX*12*FX*6085550101"), SUBSCRIBER, claim()
    ),
    "pay-to address": whole((*BILLER, "NM1*87*2", "N3*PO BOX 12", "N4*MADISON*WI*53701"), SUBSCRIBER, claim()),
    "pay-to plan": whole(
        (*BILLER, "NM1*87*2", "N3*PO BOX 12", "N4*MADISON*WI*53701", "NM1*PE*2*STATE AGENCY*****PI*99999", "N3*1 A ST", "N4*MADISON*WI*53701", "REF*EI*391234568"),
        SUBSCRIBER, claim(),
    ),
    "two billers": whole(
        BILLER, SUBSCRIBER, claim(), ("HL*3**20*1", *BILLER[1:]), subscriber(level="HL*4*3*22*0"), claim("A-101", lines=line("90837"))
    ),
    "rendering at the line": one(lines=line("90834", "150", "NM1*82*1*VALE*IRIS****XX*1558598797", "PRV*PE*PXC*103TC0700X")),
    "supervised": one(*RENDERING, "NM1*DQ*1*OKAFOR*ADA****XX*1234567893"),
    "referred": one("NM1*DN*1*SOTO*ANA****XX*1234567893", *RENDERING),
    "another facility": whole(
        BILLER, SUBSCRIBER, bare(OFFICE, DX, "NM1*77*2*SHORE CENTER", "N3*1 POND ST", "N4*MADISON*WI*537031111", *line("90834"))
    ),
    # Who is insured and treated.
    "dependent": whole(BILLER, HOLDER, child(), claim()),
    "two dependents": whole(BILLER, HOLDER, child(), claim(), child(4, 2, "LEE"), claim("A-101", diagnoses="HI*ABK:F900")),
    "two subscribers": whole(
        BILLER, SUBSCRIBER, claim(), subscriber(name="NM1*IL*1*ROE*SAM****MI*W2", level="HL*3*1*22*0"), claim("A-101")
    ),
    "many claims of one person": whole(
        BILLER, SUBSCRIBER, *[claim(f"A-{day}", lines=line("90834", date=f"D8*202610{day:02d}")) for day in range(1, 29)]
    ),
    "employer is insured": whole(
        BILLER,
        ("HL*2*1*22*1", "SBR*P********WC", "NM1*IL*2*ACME TOOLS", PAYER),
        ("HL*3*2*23*0", "PAT*20", "NM1*QC*1*FROST*ROBIN", *SUBSCRIBER[3:6], "REF*Y4*WC12345"),
        bare(f"{OFFICE}**EM", "DTP*439*D8*20260915", "HI*ABK:S39012A", *line("99213")),
    ),
    "abroad": whole(
        BILLER,
        ("HL*2*1*22*0", *SUBSCRIBER[1:3], "N3*9 HILL ST", "N4*TORONTO*ON*M5V2T6*CA", "DMG*D8*19790412*U", PAYER),
        claim(),
    ),
    "a hyphen and an apostrophe": whole(BILLER, subscriber(name="NM1*IL*1*O'NEIL-FROST*ROBIN*Q**JR*MI*W77-88"), claim()),
    "one name only": whole(BILLER, subscriber(name="NM1*IL*1*FROST*****MI*W7"), claim()),
    "small letters in names": whole(BILLER, subscriber(name="NM1*IL*1*Frost*Robin****MI*w77"), claim()),
    "pregnant": whole(BILLER, ("HL*2*1*22*0", "SBR*P*18*******MC", "PAT*********Y", *SUBSCRIBER[2:]), claim()),
    "no kind of plan": whole(BILLER, subscriber("SBR*P*18"), claim()),
    "name of the group": whole(BILLER, subscriber("SBR*P*18**PLAN NAME*****ZZ"), claim()),
    "payer with an address": whole(
        BILLER, (*SUBSCRIBER[:6], "NM1*PR*2*NORTHERN HEALTH*****XV*61101", "N3*1 PAY ST", "N4*MADISON*WI*53703", "REF*FY*OFF1"), claim()
    ),
    # The claim.
    "notes and state data": one("K3*STATE DATA 1", "NTE*ADD*SECOND SESSION THIS WEEK", lines=line("90834", "150", "NTE*ADD*LINE NOTE")),
    "attachment": one("PWK*OZ*EL***AC*ATT100"),
    "every reference": whole(
        BILLER, SUBSCRIBER,
        bare(OFFICE, "DTP*431*D8*20261001", "DTP*454*D8*20261005", "AMT*F5*20", "REF*9F*REF1", "REF*G1*AUTH1", "REF*D9*CH1", "REF*EA*MR1", DX, "HCP*10*100*50", *line("90834")),
    ),
    "replacement": one("REF*F8*ICN778", frequency="7"),
    "void": one("REF*F8*ICN778", frequency="8"),
    "car accident": whole(BILLER, SUBSCRIBER, bare(f"{OFFICE}**AA:::WI", "DTP*439*D8*20260915", "HI*ABK:S134XXA", *line("99213"))),
    "no assignment": whole(BILLER, SUBSCRIBER, claim(head="*N*C*W*I*P")),
    "special program": whole(BILLER, HOLDER, child(), claim(head="*Y*A*Y*Y***02")),
    "twelve diagnoses": one(
        diagnoses="HI*ABK:F4323*ABF:F411*ABF:F331*ABF:F900*ABF:F4310*ABF:F422*ABF:Z630*ABF:F509*ABF:F1020*ABF:G4700*ABF:F410*ABF:F639",
        lines=line("90834", pointer="1:2:3:4"),
    ),
    "a cause from outside second": one(diagnoses="HI*ABK:T1491XA*ABF:X838XXA", lines=line("99213")),
    "range of one day": one(lines=line("90834", date="RD8*20261102-20261102")),
    "cents written out": one(lines=line("90834", "150.00")),
    "units written as a decimal": one(lines=line("90834", unit="UN*1.0")),
    "place at the line": one(lines=line("90834:95", place="10")),
    "two sessions of one day": whole(
        BILLER, SUBSCRIBER, claim(charge="300", lines=(*line("90834"), *line("90834:59", number=2)))
    ),
    "medicare by video in 2023": whole(
        BILLER, subscriber("SBR*P*18*******MB"), claim(head="*Y*A*Y*Y***********1", lines=line("90834:95", date="D8*20230601"))
    ),
    # Other insurances.
    "second payer, by line": whole(
        BILLER, subscriber("SBR*S*18*******CI"),
        bare(OFFICE, DX, "SBR*P*18*******BL", "AMT*D*90", "AMT*EAF*30", *OTHER, *line("90834", "150", *FIRST, date=EARLY)),
    ),
    "second payer, by claim": whole(
        BILLER, subscriber("SBR*S*18*******CI"),
        bare(OFFICE, DX, "SBR*P*18*******BL", "CAS*CO*45*30", "CAS*PR*2*30", "AMT*D*90", "AMT*EAF*30", *OTHER, "DTP*573*D8*20261020", *line("90834", date=EARLY)),
    ),
    "third payer": whole(
        BILLER, subscriber("SBR*T*18*******CI"),
        bare(
            OFFICE, DX, "SBR*P*18*******BL", "AMT*D*90", *OTHER, "SBR*S*01*******CI", "AMT*D*10", "OI***Y***Y",
            "NM1*IL*1*FROST*ALEX****MI*H2", "NM1*PR*2*SECOND PLAN*****PI*50002", *line("90834", "150", *FIRST, *SECOND, date=EARLY),
        ),
    ),
    "a later payer is named": whole(
        BILLER, SUBSCRIBER,
        bare(OFFICE, DX, "SBR*S*01*******CI", "OI***Y***Y", "NM1*IL*1*FROST*ALEX****MI*H1", "NM1*PR*2*SECOND PLAN*****PI*50001", *line("90834")),
    ),
    "medicare second": whole(
        BILLER, subscriber("SBR*S*18***12****MB"),
        bare(
            OFFICE, DX, "SBR*P*18*G1******CI", "AMT*D*90", "AMT*EAF*30", "OI***Y***Y", "MOA***MA01", "NM1*IL*1*FROST*ROBIN****MI*H1", "N3*1 A ST",
            "N4*MADISON*WI*53703", "NM1*PR*2*FIRST PLAN*****PI*50001", "N3*1 A ST", "N4*MADISON*WI*53703", "REF*F8*ICN1",
            *line("90834", "150", *FIRST, "AMT*EAF*30", date=EARLY),
        ),
    ),
    "providers as another payer knows them": whole(
        BILLER, subscriber("SBR*S*18*******CI"),
        bare(
            OFFICE, DX, "SBR*P*18*******BL", "AMT*D*90", *OTHER, "NM1*82*1", "REF*G2*OLD1", "NM1*77*2", "REF*G2*OLD2", "NM1*85*2", "REF*G2*OLD3",
            *line("90834", "150", *FIRST, date=EARLY),
        ),
    ),
    # Other trades: not of our field, and not to be blamed.
    "anesthesia": whole(BILLER, SUBSCRIBER, bare("22:B:1*Y*A*Y*Y", "HI*ABK:K8020", "HI*BP:47562", *line("00790:AA", unit="MJ*95"))),
    "drug": one(diagnoses="HI*ABK:M1711", lines=line("J1885", "150", "LIN**N4*00409379501", "CTP****2*ML", unit="UN*2")),
    "rented equipment": one(lines=line("E0601", date="RD8*20261001-20261031")),
    "ambulance": whole(
        BILLER, SUBSCRIBER,
        bare(
            "41:B:1*Y*A*Y*Y", "CR1*LB*140**A*DH*12", "CRC*07*Y*01", "HI*ABK:R0789", "NM1*PW*2", "N3*1 A ST", "N4*MADISON*WI*53703", "NM1*45*2", "N3*2 B ST",
            "N4*MADISON*WI*53703", *line("A0428:RH", "100"), *line("A0425:RH", "50", unit="UN*12.3", number=2),
        ),
    ),
    "laboratory": whole(BILLER, SUBSCRIBER, bare("81:B:1*Y*A*Y*Y", "REF*X4*52D1234567", "HI*ABK:E119", *line("80053"))),
    "proprietary test": one(diagnoses="HI*ABK:C50911", lines=line("0008U")),
    "quality code for nothing": one(lines=(*line("90834"), *line("3725F", "0", number=2))),
    "screening of a child": whole(
        BILLER, HOLDER, child(),
        bare(OFFICE, "CRC*ZZ*Y*ST", "HI*ABK:Z00129", "LX*1", "SV1*HC:99393*150*UN*1***1**Y**Y", "DTP*472*D8*20261102"),
    ),
    "hospital visit": whole(
        BILLER, SUBSCRIBER, bare("21:B:1*Y*A*Y*Y", "DTP*435*D8*20261101", "DTP*096*D8*20261103", "HI*ABK:F329", *line("99221"))
    ),
    "psychiatrist": whole(
        (BILLER[0], "PRV*BI*PXC*2084P0800X", *BILLER[2:]), SUBSCRIBER, claim(charge="250", lines=(*line("99213"), *line("90833", "100", number=2)))
    ),
    # Our field.
    "crisis": whole(BILLER, SUBSCRIBER, claim(charge="300", lines=(*line("90839", "200"), *line("90840", "100", number=2)))),
    "testing": whole(BILLER, SUBSCRIBER, claim(charge="500", lines=(*line("96130", "200"), *line("96131", "300", unit="UN*3", number=2)))),
    "testing over two days": whole(
        BILLER, SUBSCRIBER, claim(charge="500", lines=(*line("96130", "200", date="D8*20261101"), *line("96131", "300", unit="UN*3", number=2)))
    ),
    "interactive": whole(BILLER, SUBSCRIBER, claim(charge="160", lines=(*line("90834"), *line("90785", "10", number=2)))),
}  # fmt: skip
GOOD |= {
    f"code {code}": one(lines=line(code, unit=f"UN*{units}"), place="10" if "GT" in code else "11")
    for code, units in (
        ("T1016", 8), ("H0004:HO", 4), ("S9480", 1), ("97153:HO", 32), ("H2019", 12), ("G0560", 1),
        ("90853", 1), ("T2023:U3:HN", 1), ("99484", 1), ("98966", 1), ("H0031:HO:GT", 1),
    )
}  # fmt: skip
GOOD |= {
    f"taxonomy {code}": whole((BILLER[0], f"PRV*BI*PXC*{code}", *BILLER[2:]), SUBSCRIBER, claim())
    for code in (
        "207L00000X", "261QM0801X", "111N00000X", "332B00000X", "341600000X", "193200000X",
        "390200000X", "163WP0808X", "103K00000X", "282N00000X", "235Z00000X", "183500000X",
    )
}  # fmt: skip

WARNED: dict[str, tuple[str, str, str]] = {
    "the biller renders": (one("NM1*82*2*LAKESIDE GROUP*****XX*1234567893"), "rendering-repeats", "NM1*82*"),
    "the person who bills renders": (
        whole(
            ("HL*1**20*1", "NM1*85*1*VALE*IRIS****XX*1234567893", *BILLER[3:5], "REF*SY*123456789"),
            SUBSCRIBER, claim("A-100", "150", "NM1*82*1*VALE*IRIS****XX*1234567893"),
        ), "rendering-repeats", "NM1*82*",
    ),
    "signs in the number": (whole(BILLER, SUBSCRIBER, claim("PT/100_7#A")), "control-number-signs", "CLM*"),
    "older than a year": (one(lines=line("90834", date="D8*20250901")), "late-filing-unsure", "DTP*472*"),
    "a code that was divided": (
        one(diagnoses="HI*ABK:E6681", lines=line("90834", date="D8*20240901")).replace("*20261103*0915*CH", "*20240930*0915*CH"),
        "diagnosis-unsure", "HI*",
    ),
    "testing goes on": (one(lines=line("96131", unit="UN*2")), "add-on-testing", "SV1*"),
    "by video in 2023": (
        whole(BILLER, SUBSCRIBER, claim(head="*Y*A*Y*Y***********1", lines=line("90834:95", date="D8*20230601"))),
        "telehealth-place-unsure", "SV1*",
    ),
}  # fmt: skip


def guide(version: str, envelope: str = "00501") -> str:
    sets = transaction(BILLER, SUBSCRIBER, claim(), guide=version)
    return interchange(group(sets, guide=version), version=envelope)


REFUSED: dict[str, tuple[str, str, str]] = {
    "institutional": (guide("005010X223A2"), "not-claims", "GS*"),
    "dental": (guide("005010X224A2"), "not-claims", "GS*"),
    "reporting": (guide("005010X298"), "not-claims", "GS*"),
    "version 4010": (guide("004010X098A1", "00401"), "version", "GS*"),
    "small letters in a diagnosis": (one(diagnoses="HI*ABK:f4323"), "diagnosis-shape", "HI*"),
    "small letters in a modifier": (one(lines=line("90834:hj")), "modifier", "SV1*"),
    "small letters in a code": (one(lines=line("h0031")), "procedure", "SV1*"),
    "letters beyond the set": (
        whole(BILLER, subscriber(name="NM1*IL*1*FRÖST*ROBIN****MI*W7"), claim()), "guide-characters", "NM1*IL*",
    ),
    "without a group": (interchange(transaction(BILLER, SUBSCRIBER, claim())), "envelope", "ST*"),
    "text after the end": (whole(BILLER, SUBSCRIBER, claim()) + "END OF FILE\n", "envelope", "END OF FILE"),
    "cut off": (whole(BILLER, SUBSCRIBER, claim())[:-60], "service-date", "SV1*"),
    "an insured firm that is treated": (
        whole(BILLER, subscriber(name="NM1*IL*2*ACME TOOLS*****MI*W7"), claim()), "person-kind", "NM1*IL*",
    ),
    "a session for nothing": (
        whole(BILLER, SUBSCRIBER, claim(charge="0", lines=line("90834", "0"))), "charge-zero", "SV1*",
    ),
    "no miles": (one(lines=line("A0425:RH", unit="UN*0.0")), "units", "SV1*"),
    "nobody waits two years": (one(lines=line("90834", date="D8*20240801")), "late-filing", "DTP*472*"),
    "medicare a year later": (
        whole(BILLER, subscriber("SBR*P*18*******MB"), claim(lines=line("90834", date="D8*20250901"))), "late-filing", "DTP*472*",
    ),
    "other separators than announced": (
        whole(BILLER, SUBSCRIBER, claim()).replace(":B:", ">B>"), "component-separator", "ISA*",
    ),
    "a diagnosis nobody ever had": (one(diagnoses="HI*ABK:F4199"), "diagnosis-unlisted", "HI*"),
    "a heading": (one(diagnoses="HI*ABK:F43"), "diagnosis-unlisted", "HI*"),
    "by video in an office": (one(lines=line("90834:95")), "telehealth-place", "SV1*"),
    "an amount of words": (one(lines=line("90834", "ABC")), "amount", "SV1*"),
}  # fmt: skip


def test_there_are_many() -> None:
    assert len(GOOD) + len(WARNED) + len(REFUSED) > 100


@pytest.mark.parametrize("name", GOOD)
def test_a_legal_file_of_another_program_passes_without_a_word(name: str) -> None:
    assert check_837p(GOOD[name]) == []


@pytest.mark.parametrize("name", WARNED)
def test_what_is_legal_and_unusual_is_pointed_out_at_its_place(name: str) -> None:
    text, code, place = WARNED[name]
    (found,) = check_837p(text)
    assert (found.code, found.severity) == (code, "warning")
    assert _segment(text, found.position).startswith(place)
    assert refused([found]) == []


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_refused_at_its_place(name: str) -> None:
    text, code, place = REFUSED[name]
    found = [problem for problem in refused(check_837p(text)) if problem.code == code]
    assert found
    for problem in found:
        assert _segment(text, problem.position).startswith(place)
        assert problem.message.endswith(".")


def _segment(text: str, position: int) -> str:
    return text.split("~\n")[position - 1]


@pytest.mark.parametrize(
    ("version", "words"),
    [("005010X223A2", "institutional"), ("005010X224A2", "dental"), ("004010X098A1", "4010")],
)
def test_claims_of_another_kind_are_named(version: str, words: str) -> None:
    (problem,) = check_837p(guide(version))
    assert words in problem.message
    assert "was not checked" in problem.message


def test_a_large_file_is_judged_whole() -> None:
    people = [
        (f"HL*{number + 2}*1*22*0", SUBSCRIBER[1], f"NM1*IL*1*FROST*ROBIN****MI*W{number}", *SUBSCRIBER[3:], *claim(f"B-{number}"))
        for number in range(600)
    ]  # fmt: skip
    assert check_837p(whole(BILLER, *people)) == []
    wrong = [*people[:-1], (*people[-1][:-1], "DTP*472*D8*20271102")]
    (problem,) = check_837p(whole(BILLER, *wrong))
    assert (problem.code, problem.claim_control_number) == ("service-future", "B-599")
