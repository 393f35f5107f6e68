# SPDX-License-Identifier: MIT
# ruff: noqa: E501  # the catalogue is read as a table, one fault a line
"""A catalogue of single faults in good files: each is refused by its own rule, the good are not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import pytest
from claim_samples import BATCH, CHILD, CLAIM, ENVELOPE, GROUP, LINE, SECONDARY, THERAPIST, batch
from hypothesis import given, settings
from hypothesis import strategies as st

from mediyn_desktop.claims.x12.check837p import check_837p, refused
from mediyn_desktop.claims.x12.claim837p import write_837p
from mediyn_desktop.claims.x12.model837p import Batch, Clinician, Person, Rendering
from mediyn_desktop.claims.x12.readable837p import read_aloud
from mediyn_desktop.claims.x12.scrub import remote_places
from mediyn_desktop.claims.x12.scrub.payer_rules import PayerRules
from mediyn_desktop.claims.x12.scrub.rule import Context
from mediyn_desktop.claims.x12.scrub.running import RULES, scrub
from mediyn_desktop.claims.x12.segments import tokenize

REMOTE = replace(
    CLAIM, control_number="C1002", place="10", authorization="AUTH77", diagnoses=("F41.1", "F33.1"),
    lines=(replace(LINE, control_number="C1002L1", modifiers=("95",), pointers=(1, 2), service_date=date(2026, 3, 3)),),
)  # fmt: skip
CRISIS = replace(
    CLAIM, control_number="C1003", total_cents=35_000,
    lines=(
        replace(LINE, code="90839", control_number="C1003L1", service_date=date(2026, 3, 4)),
        replace(LINE, code="90840", control_number="C1003L2", units=2, service_date=date(2026, 3, 4)),
    ),
)  # fmt: skip
FIXED = replace(CLAIM, frequency="7", original_reference="ICN1", patient_paid_cents=2_500)
ASSOCIATE = replace(
    CLAIM,
    rendering=Rendering(Person("Berg", "Ida"), "1558598797", "106H00000X"),
    supervising=Clinician(Person("Okafor", "Ada"), "1234567893"),
)

GOOD: dict[str, Batch] = {
    "own": BATCH,
    "remote": batch(REMOTE),
    "crisis": batch(CRISIS),
    "two": batch(CLAIM, REMOTE),
    "child": batch(replace(CLAIM, patient=CHILD)),
    "fixed": batch(FIXED),
    "second": batch(SECONDARY),
    "group": batch(
        replace(CLAIM, rendering=Rendering(Person("Okafor", "Ada"), "1234567893")), billing=GROUP
    ),
    "associate": batch(ASSOCIATE),
    "ssn": batch(billing=replace(THERAPIST, tax_id="123-45-6789", tax_id_type="SSN")),
    # These differ from the others by one fact, where a fault needs it.
    "child-of-one-age": batch(replace(CLAIM, patient=replace(CHILD, birth_date=date(1988, 7, 4)))),
    "second-same-member": batch(
        replace(SECONDARY, others=(replace(SECONDARY.others[0], member_id="XYZ00123456"),))
    ),
    "two-alike": batch(
        CLAIM,
        replace(
            CLAIM,
            control_number="C1009",
            lines=(replace(LINE, control_number="C1009L1", service_date=date(2026, 3, 3)),),
        ),
    ),
}


@cache
def good(name: str) -> str:
    return write_837p(GOOD[name], interchange=ENVELOPE)


@dataclass(frozen=True)
class Fault:
    """``old`` of the good file ``file`` becomes ``new``; ``rule`` must refuse it."""

    rule: str
    old: str
    new: str
    file: str = "own"
    context: Context | None = None


def _payer(**rules: object) -> Context:
    return Context(payers={"60054": PayerRules(**rules)})  # type: ignore[arg-type]


FAULTS = [
    # Structure, elements, codes: the map of the guide.
    Fault("guide-transaction", "SE*25*", "SE*24*"),
    Fault("guide-transaction", "SE*25*0001", "SE*25*0002"),
    Fault("guide-group", "GE*1*", "GE*2*"),
    Fault("guide-group", "GE*1*101", "GE*1*102"),
    Fault("guide-interchange", "IEA*1*000000101", "IEA*1*000000109"),
    Fault("guide-interchange", "IEA*1*000000101~\n", ""),
    Fault("guide-code", "*T*:", "*X*:"),
    Fault("guide-code", "11:B:1", "98:B:1"),
    Fault("guide-code", "19880704*F", "19880704*X"),
    Fault("guide-unexpected", "SBR*P*18*", "SBR*Z*18*"),
    Fault("guide-code", "******CI~", "******XX~"),
    Fault("procedure", "HC:90837", "ZZ:90837"),
    Fault("guide-date", "19880704*F", "19880732*F"),
    Fault("guide-date", "DTP*472*D8*20260302", "DTP*472*D8*20260232"),
    Fault("guide-segment-missing", "REF*EI*123456789~\n", ""),
    Fault("guide-segment-missing", "DTP*472*D8*20260302~\n", ""),
    Fault("guide-segment-missing", "PER*IC*ADA OKAFOR*TE*2175550142~\n", ""),
    Fault("guide-unexpected", "HL*2*1*22*0~\n", ""),
    Fault("guide-unexpected", "NM1*PR*", "NM1*QQ*"),
    Fault("guide-level-number", "HL*2*1*22", "HL*7*1*22"),
    Fault("guide-level-parent", "HL*2*1*22", "HL*2*9*22"),
    Fault("guide-line-number", "LX*1~", "LX*2~"),
    Fault("guide-characters", "*JUNE*", "*Jüne*"),
    Fault("guide-characters", "CLM*C1001*175*", "CLM*C1001*ABC*"),
    Fault("guide-too-short", "SPRINGFIELD*IL*62701~", "S*IL*62701~"),
    Fault("guide-too-long", "*CLEARING HOUSE*", f"*{'X' * 61}*"),
    Fault("guide-element-missing", "PRV*BI*PXC*101YM0800X~", "PRV*BI*PXC~"),
    Fault("guide-empty-end", "REF*6R*C1001L1~", "REF*6R*C1001L1*~"),
    Fault("guide-segment-values", "*1***1~", "*1~"),
    Fault("guide-loop-repeats", "NM1*40*2", "NM1*41*2*OTHER*****46*X1~\nPER*IC*A*TE*2175550142~\nNM1*40*2"),
    Fault("envelope", "SE*25*0001~\n", ""),
    Fault("envelope", "ST*837*0001*005010X222A1~\n", ""),
    Fault("not-claims", "GS*HC", "GS*HP"),
    Fault("not-claims", "ST*837", "ST*835"),
    Fault("not-x12", "ISA*", "XSA*"),
    # 1. Identifiers.
    Fault("npi", "*XX*1234567893", "*XX*1234567890"),
    Fault("npi", "*XX*1234567893", "*XX*123456789"),
    Fault("npi", "*XX*1234567893", "*XX*3234567899"),
    Fault("npi", "*XX*1558598797", "*XX*1558598796", "associate"),
    Fault("npi-missing", "*XX*1234567893~", "~"),
    Fault("npi-missing", "*XX*1558598797~\nPRV", "~\nPRV", "associate"),
    Fault("tax-id-missing", "REF*EI*", "REF*0B*"),
    Fault("tax-id", "REF*EI*123456789", "REF*EI*12345678"),
    Fault("tax-id", "REF*EI*123456789", "REF*EI*000000000"),
    Fault("tax-id", "REF*EI*123456789", "REF*EI*12-3456789"),
    Fault("tax-id", "REF*SY*123456789", "REF*SY*666456789", "ssn"),
    Fault("taxonomy", "PXC*101YM0800X", "PXC*101YM0800"),
    Fault("taxonomy", "PXC*101YM0800X", "PXC*101YM0800Y"),
    Fault("taxonomy-unknown", "PXC*101YM0800X", "PXC*101YM0008X"),
    Fault("taxonomy-unknown", "PXC*101YM0800X", "PXC*999YM0800X"),
    Fault("member-id-missing", "*MI*XYZ00123456~", "~"),
    Fault("payer-id-missing", "*PI*60054~", "~"),
    Fault("payer-id-unlisted", "*PI*60054~", "*PI*60055~", context=Context(known_payers=frozenset({"60054"}))),
    # 2. Diagnoses.
    Fault("diagnosis-shape", "ABK:F411", "ABK:F41.1"),
    Fault("diagnosis-unlisted", "ABK:F411", "ABK:F419Z"),
    Fault("diagnosis-unlisted", "ABK:F411", "ABK:F41"),
    Fault("diagnosis-unlisted", "ABK:F411", "ABK:Q999Q"),
    Fault("diagnosis-qualifier", "ABK:F411", "BK:30000"),
    Fault("diagnosis-qualifier", "ABF:F331", "ABK:F331", "remote"),
    Fault("diagnosis-twice", "ABF:F331", "ABF:F411", "remote"),
    Fault("diagnosis-cause-first", "ABK:F411", "ABK:X58XXXA"),
    Fault("diagnosis-count", "HI*ABK:F411~\n", ""),
    Fault("diagnosis-count", "HI*ABK:F411~", "HI*ABK:F411" + "".join(f"*ABF:F43{n}" for n in range(12)) + "~"),
    Fault("pointer", "UN*1***1~", "UN*1***2~"),
    Fault("pointer", "UN*1***1~", "UN*1***1:1~"),
    Fault("pointer", "UN*1***1:2~", "UN*1***1:3~", "remote"),
    Fault("pointer", "UN*1***1~", "UN*1***1:2:3:4:5~"),
    # 3. Procedures, modifiers, places, units.
    Fault("procedure", "HC:90837", "HC:9083"),
    Fault("procedure", "HC:90837", "HC:908377"),
    Fault("procedure-unlisted", "HC:90837", "HC:90843"),
    Fault("procedure-unlisted", "HC:90837", "HC:00000"),
    Fault("procedure-ended", "HC:90837", "HC:90806"),
    Fault("procedure-prescriber", "HC:90837", "HC:90792"),
    Fault("modifier", "HC:90837:95", "HC:90837:955", "remote"),
    Fault("modifier", "HC:90837:95", "HC:90837:9", "remote"),
    Fault("modifier-unknown", "HC:90837:95", "HC:90837:95:ZZ", "remote"),
    Fault("modifier-twice", "HC:90837:95", "HC:90837:95:95", "remote"),
    Fault("modifier-conflict", "HC:90837:95", "HC:90837:95:93", "remote"),
    Fault("modifier-conflict", "HC:90837:95", "HC:90837:95:GT", "remote"),
    Fault("place", "11:B:1", "1:B:1"),
    Fault("telehealth-modifier", "HC:90837:95", "HC:90837", "remote"),
    Fault("telehealth-modifier", "11:B:1", "02:B:1"),
    Fault("telehealth-place", "10:B:1", "11:B:1", "remote"),
    Fault("unit-of-measure", "UN*1***1~", "MJ*60***1~"),
    Fault("units", "UN*1***1~", "UN*0***1~"),
    Fault("units", "UN*1***1~", "UN*-1***1~"),
    Fault("units", "UN*1***1~", "UN*1.5***1~"),
    Fault("units-once", "UN*1***1~", "UN*2***1~"),
    Fault("charge-zero", "90837*175*", "90837*0*"),
    Fault("add-on-alone", "HC:90839", "HC:90834", "crisis"),
    Fault("codes-together", "HC:90840*175*UN*2", "HC:90834*175*UN*1", "crisis"),
    Fault("amount", "90837*175*", "90837*-175*"),
    Fault("amount", "CLM*C1001*175*", "CLM*C1001*175.001*"),
    # 4. Dates.
    Fault("service-date", "DTP*472*D8*20260302", "DTP*472*D8*20260200"),
    Fault("service-future", "DTP*472*D8*20260302", "DTP*472*D8*20260402"),
    Fault("service-before-birth", "D8*19880704*F", "D8*20260305*F"),
    Fault("date-order", "DTP*472*D8*20260302", "DTP*472*RD8*20260302-20260301"),
    Fault("service-range", "DTP*472*D8*20260302", "DTP*472*RD8*20260302-20260304"),
    Fault("late-filing", "DTP*472*D8*20260302", "DTP*472*D8*20240302"),
    Fault("late-filing", "DTP*472*D8*20260302", "DTP*472*D8*20251101", context=_payer(filing_days=90)),
    Fault("birth-date", "D8*19880704*F", "D8*18880704*F"),
    Fault("birth-date", "D8*20120131*M", "D8*20270131*M", "child"),
    Fault("onset-after-service", "HI*ABK", "DTP*431*D8*20260308~\nHI*ABK"),
    Fault("decision-date", "DTP*573*D8*20260308", "DTP*573*D8*20260301", "second"),
    # 5. Subscriber and patient.
    Fault("levels", "SBR*P*18*", "SBR*P**"),
    Fault("levels", "SBR*P**", "SBR*P*18*", "child"),
    Fault("level-flag", "HL*2*1*22*0", "HL*2*1*22*1"),
    Fault("level-flag", "HL*2*1*22*1", "HL*2*1*22*0", "child"),
    Fault("patient-missing", "HL*3*2*23*0~\nPAT*19~\n", "", "child"),
    Fault("subscriber-details", "DMG*D8*19880704*F~\n", ""),
    Fault("subscriber-details", "N3*9 OAK AVE~\n", ""),
    Fault("dependent-details", "DMG*D8*20120131*M~\n", "", "child"),
    Fault("dependent-is-subscriber", "NM1*QC*1*MARLOWE*THEO", "NM1*QC*1*MARLOWE*JUNE", "child-of-one-age"),
    Fault("person-kind", "NM1*IL*1*MARLOWE*JUNE", "NM1*IL*2*MARLOWE*JUNE"),
    Fault("billing-missing", "NM1*85*", "NM1*87*"),
    Fault("payer-missing", "NM1*PR*2*PRAIRIE HEALTH PLAN*****PI*60054~\n", ""),
    Fault("medicare-second", "SBR*S*18*GRP77******CI", "SBR*S*18*GRP77******MB", "second"),
    # 6. Frequency, references, numbers, other insurance.
    Fault("frequency", "11:B:1", "11:B:6"),
    Fault("original-reference", "11:B:1", "11:B:7"),
    Fault("original-reference", "REF*F8*ICN1~\n", "", "fixed"),
    Fault("original-reference-new", "11:B:7", "11:B:1", "fixed"),
    Fault("control-number", "CLM*C1001*", "CLM*C10010000000000000000*"),
    Fault("control-number", "CLM*C1001*", "CLM* *"),
    Fault("control-number-twice", "CLM*C1002*", "CLM*C1001*", "two"),
    Fault("control-number-used", "CLM*C1001*", "CLM*C0900*", context=Context(used_numbers=frozenset({"C0900"}))),
    Fault("line-number-twice", "REF*6R*C1003L2", "REF*6R*C1003L1", "crisis"),
    Fault("line-number-long", "REF*6R*C1001L1", f"REF*6R*{'C' * 31}"),
    Fault("total", "CLM*C1001*175*", "CLM*C1001*200*"),
    Fault("client-paid", "AMT*F5*25~", "AMT*F5*176~", "fixed"),
    Fault("accident", "*Y*A*Y*Y~", "*Y*A*Y*Y**AA:::IL~"),
    Fault("accident-cause", "HI*ABK", "DTP*439*D8*20260105~\nHI*ABK"),
    Fault("signatures", "*Y*A*Y*Y~", "*Y**Y*Y~"),
    Fault("line-count", "LX*1~\nSV1*HC:90837*175*UN*1***1~\nDTP*472*D8*20260302~\nREF*6R*C1001L1~\n", ""),
    Fault("cob-missing", "SBR*P*18*", "SBR*S*18*"),
    Fault("cob-order", "SBR*P*18*G1", "SBR*S*18*G1", "second"),
    Fault("cob-paid", "AMT*D*100~\n", "", "second"),
    Fault("cob-decided", "DTP*573*D8*20260308~\n", "", "second"),
    Fault("cob-lines", "SVD*BFH01*100*HC:90837**1~\nCAS*CO*45*50~\nCAS*PR*3*25~\nDTP*573*D8*20260308~\n", "", "second"),
    Fault("cob-payer", "SVD*BFH01*", "SVD*OTHER*", "second"),
    Fault("cob-line-balance", "CAS*CO*45*50~", "CAS*CO*45*49~", "second"),
    Fault("cob-claim-balance", "AMT*D*100~", "AMT*D*99~", "second"),
    Fault("cob-group", "CAS*CO*45*50~", "CAS*ZZ*45*50~", "second"),
    Fault("cob-payer-missing", "OI***Y***Y~\n", "", "second"),
    Fault("cob-same-payer", "*PI*BFH01~", "*PI*60054~", "second-same-member"),
    # 7. Addresses.
    Fault("billing-po-box", "N3*12 ELM STREET*", "N3*PO BOX 12*"),
    Fault("billing-po-box", "N3*12 ELM STREET*", "N3*P.O. BOX 12*"),
    Fault("billing-zip", "*627041234~", "*62704~"),
    Fault("zip", "*IL*62701~", "*IL*6270~"),
    Fault("state", "*IL*62701~", "*ZZ*62701~"),
    Fault("address-missing", "N3*12 ELM STREET*SUITE 3~\n", ""),
    # 8. Repetition and the file as a whole.
    Fault("supervising-repeats", "NM1*DQ*1*OKAFOR*ADA****XX*1234567893", "NM1*DQ*1*OKAFOR*ADA****XX*1558598797", "associate"),
    Fault("service-twice", "DTP*472*D8*20260303", "DTP*472*D8*20260302", "two-alike"),
    Fault("usage", "*0*T*:", "*0*T*:", context=Context(usage="P")),
    Fault("version", "005010X222A1~\nST", "005010X222~\nST"),
    Fault("version", "ST*837*0001*005010X222A1", "ST*837*0001*005010X222A2"),
    Fault("version", "*00501*", "*00401*"),
    Fault("header-width", "*ZZ*SENDER01       *", "*ZZ*SENDER01*"),
    Fault("component-separator", "11:B:1", "11>B>1"),
    Fault("no-claim", good("own")[good("own").index("CLM*") : good("own").index("\nSE*") + 1], ""),
    # 9. What one payer asks.
    Fault("payer-telehealth", ":95*", ":95*", "remote", _payer(telehealth="GT")),
    Fault("payer-taxonomy", "PRV*BI*PXC*101YM0800X~\n", "", context=_payer(needs_taxonomy=True)),
    Fault("payer-group-number", "SBR*P*18*GRP77*", "SBR*P*18**", context=_payer(needs_group_number=True)),
    Fault("payer-authorization", "REF*G1*AUTH77~\n", "", "remote", _payer(needs_authorization=True)),
    Fault("payer-rendering", "CLM*", "CLM*", context=_payer(always_rendering=True)),
    Fault("payer-replacement", "******CI~", "******MB~", "fixed"),
]  # fmt: skip


def mutated(fault: Fault) -> str:
    text = good(fault.file)
    assert fault.old in text, "the fault no longer touches the good file"
    return text.replace(fault.old, fault.new)


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_has_no_problem(name: str) -> None:
    assert check_837p(good(name)) == []


@pytest.mark.parametrize(
    "fault", FAULTS, ids=[f"{number}-{fault.rule}" for number, fault in enumerate(FAULTS)]
)
def test_a_single_fault_is_refused_by_its_rule(fault: Fault) -> None:
    own = {rule.id for rule in RULES}
    text = mutated(fault)
    if fault.rule in own:  # the map of the guide is slow and has nothing to say about these
        found = scrub(tokenize(text), fault.context)
    else:
        found = check_837p(text, fault.context)
    hits = [problem for problem in refused(found) if problem.code == fault.rule]
    assert hits, {problem.code for problem in found}
    for problem in hits:
        assert problem.message.endswith((".", "?"))
        assert problem.mend
        assert problem.source


def test_the_catalogue_is_long_and_touches_every_rule() -> None:
    assert len({(fault.file, fault.old, fault.new) for fault in FAULTS}) >= 60
    faulted = {fault.rule for fault in FAULTS}
    warn = {rule.id for rule in RULES if rule.severity == "warning"}
    untested = {rule.id for rule in RULES} - faulted - warn
    assert untested == {"claims-in-set", "batch-number-twice", "interchange-number-twice"}


def test_numbers_used_twice_in_one_file_are_refused() -> None:
    found = {problem.code for problem in scrub(tokenize(good("own") + good("remote")))}
    assert found == {"batch-number-twice", "interchange-number-twice"}


def test_more_claims_than_one_transaction_holds_are_refused() -> None:
    text = good("own")
    start, end = text.index("CLM*"), text.index("\nSE*") + 1
    many = text[:start] + text[start:end] * 5_001 + text[end:]
    assert "claims-in-set" in {problem.code for problem in scrub(tokenize(many))}


def test_a_file_from_the_future_is_pointed_out_and_not_refused() -> None:
    (problem, *more) = scrub(tokenize(good("own")), Context(today=date(2026, 3, 2)))
    assert (problem.code, problem.severity) == ("file-date", "warning")
    assert {one.code for one in more} == {"file-date"}


def test_a_rule_can_be_told_to_warn_only() -> None:
    text = good("own").replace("*627041234~", "*62704~")
    (problem,) = scrub(tokenize(text), Context(only_warn=frozenset({"billing-zip"})))
    assert (problem.code, problem.severity) == ("billing-zip", "warning")
    assert refused([problem]) == []


SAME = "NM1*82*1*OKAFOR*ADA*L***XX*1234567893~\n"


@pytest.mark.parametrize(
    ("rule", "old", "new", "file"),
    [
        ("rendering-repeats", "HI*ABK:F411~\n", f"HI*ABK:F411~\n{SAME}", "own"),
        ("control-number-signs", "CLM*C1001*", "CLM*C10/01*", "own"),
        ("late-filing-unsure", "D8*20260302", "D8*20250201", "own"),
        ("telehealth-place-unsure", "10:B:1", "22:B:1", "remote"),
    ],
)
def test_what_some_payers_take_is_pointed_out_and_not_refused(
    rule: str, old: str, new: str, file: str
) -> None:
    text = good(file)
    assert old in text
    found = {(one.code, one.severity) for one in scrub(tokenize(text.replace(old, new)))}
    assert found == {(rule, "warning")}


@pytest.mark.parametrize(
    ("plan", "day", "place", "codes"),
    [
        ("MB", "20230601", "11", set()),
        ("MB", "20231231", "11", set()),
        ("MB", "20240101", "11", {"telehealth-place"}),
        ("MB", "20240101", "22", set()),
        ("MB", "20200229", "11", {"telehealth-place"}),
        ("CI", "20230601", "11", {"telehealth-place-unsure"}),
        ("MC", "20200301", "12", {"telehealth-place-unsure"}),
        ("CI", "20240101", "11", {"telehealth-place"}),
        ("CI", "20240101", "19", {"telehealth-place-unsure"}),
    ],
)
def test_where_a_telehealth_modifier_may_stand_depends_on_plan_and_date(
    plan: str, day: str, place: str, codes: set[str]
) -> None:
    text = good("remote").replace("10:B:1", f"{place}:B:1").replace("******CI~", f"******{plan}~")
    text = text.replace("DTP*472*D8*20260303", f"DTP*472*D8*{day}")
    found = {one.code for one in scrub(tokenize(text))} - {"late-filing", "late-filing-unsure"}
    assert found == codes
    any_place = _payer(telehealth_place="any")
    found = {one.code for one in scrub(tokenize(text), any_place)}
    assert not {code for code in found if code.startswith("telehealth-place")}


def test_the_table_of_remote_places_says_where_each_row_comes_from() -> None:
    assert all(row.source for row in remote_places.RULES)
    unsure = [row for row in remote_places.RULES if row.verdict is remote_places.Verdict.UNSURE]
    assert all(row.source.startswith("Not verified") for row in unsure)


@pytest.mark.parametrize(
    ("context", "file", "old", "new"),
    [
        (_payer(telehealth="none"), "remote", "HC:90837:95", "HC:90837"),
        (_payer(telehealth="GT"), "remote", "HC:90837:95", "HC:90837:GT"),
        (_payer(filing_days=3660), "own", "D8*20260302", "D8*20240302"),
        (_payer(always_rendering=True), "group", "CLM", "CLM"),
        (
            _payer(always_rendering=True),
            "own",
            "HI*ABK:F411~\n",
            "HI*ABK:F411~\nNM1*82*1*OKAFOR*ADA*L***XX*1234567893~\n",
        ),
        (Context(known_payers=frozenset({"60054"}), usage="T"), "own", "CLM", "CLM"),
        (Context(today=date(2026, 3, 9)), "own", "CLM", "CLM"),
        (None, "own", "*Y*A*Y*Y~", "*Y*A*Y*Y**AA:::IL~\nDTP*439*D8*20260105~"),
        (None, "own", "*Y*A*Y*Y~", "*Y*A*Y*Y**EM~"),
        (None, "own", "HC:90837", "HC:90899"),
        (None, "remote", "HC:90837:95", "HC:90837:HO:95:U1:KX"),
        (None, "own", "HC:90837", "HC:90837:AJ:HE:59:TS"),
        (
            Context(plans={"CI": PayerRules(telehealth="optional")}),
            "remote",
            "HC:90837:95",
            "HC:90837",
        ),
        (None, "own", "HC:90837*175*UN*1", "HC:00790*175*MJ*60"),
    ],
)
def test_what_a_payer_allows_is_not_refused(
    context: Context | None, file: str, old: str, new: str
) -> None:
    text = good(file)
    assert old in text
    found = {problem.code for problem in scrub(tokenize(text.replace(old, new)), context)}
    assert found == set()


@pytest.mark.parametrize("name", ["own", "second", "child"])
def test_other_separators_change_nothing(name: str) -> None:
    """Each sign is changed everywhere at once, as another program would have written it."""
    text = good(name).replace("*", "|").replace(":", ">").replace("~\n", "\n").replace("^", "!")
    assert check_837p(text) == []
    assert "npi" in {one.code for one in check_837p(text.replace("|1234567893", "|1234567890"))}


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_damage_is_judged_and_read_aloud_without_an_error(data: st.DataObject) -> None:
    text = good(data.draw(st.sampled_from(["second", "crisis", "child", "associate"])))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(107, len(text) - 1))
        piece = data.draw(
            st.sampled_from(
                ["*", ":", "~", "", "-", "٣", "\n", "*9*", "HL*", "~SVD*", "~NM1*", "~LX*"]
            )
        )
        text = text[:at] + piece + text[at + data.draw(st.integers(0, 9)) :]
    for problem in scrub(tokenize(text), Context(today=date(2026, 3, 9), usage="T")):
        assert problem.message
    for line in read_aloud(tokenize(text)):
        assert line.says


def test_no_message_quotes_a_person() -> None:
    private = ("MARLOWE", "JUNE", "THEO", "XYZ00123456", "19880704", "OAK AVE", "123456789")
    for fault in FAULTS:
        if fault.rule.startswith(("diagnosis", "not-x12")):
            continue  # a code itself is what must be mended
        for problem in scrub(tokenize(mutated(fault)), fault.context):
            assert not any(word in problem.message for word in private), problem.code
