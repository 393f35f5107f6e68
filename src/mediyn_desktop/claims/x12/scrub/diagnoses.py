# SPDX-License-Identifier: MIT
"""Diagnoses: written as claims carry them, billable on the date of service, pointed to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from mediyn_desktop.claims.x12.body837p import MOST_DIAGNOSES, MOST_POINTERS
from mediyn_desktop.claims.x12.scrub.rule import Context, Hit, rule
from mediyn_desktop.claims.x12.segments import Segment
from mediyn_desktop.claims.x12.view837p import Claim, ClaimFile
from mediyn_desktop.codes.icd10 import Icd10Check, IcdStatus

_CHART = "Client or session: diagnoses"
_GUIDE = "005010X222A1, loop 2300 HI"
_CODE = re.compile(r"[A-Z][0-9A-Z]{2,6}")
_ICD10_SINCE = date(2015, 10, 1)  # 45 CFR 162.1002(c)


@rule(
    "diagnosis-count", f"A claim has 1 to {MOST_DIAGNOSES} diagnoses.", mend=_CHART, source=_GUIDE
)
def diagnosis_count(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        many = len(claim.diagnoses())
        if not 0 < many <= MOST_DIAGNOSES:
            sentence = f"A claim has 1 to {MOST_DIAGNOSES} diagnoses; this one has {many}."
            yield Hit(claim.header, "", sentence)


@rule(
    "diagnosis-qualifier",
    "The first diagnosis is marked ABK and the others ABF (ICD-10-CM); ICD-9 ended in 2015.",
    mend=_CHART,
    source=f"{_GUIDE}; 45 CFR 162.1002(c)",
)
def diagnosis_qualifier(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        served = _served(claim)
        if served is not None and served < _ICD10_SINCE:
            continue
        for index, (segment, number, qualifier, _code) in enumerate(claim.diagnoses()):
            if qualifier != ("ABF" if index else "ABK"):
                yield Hit(segment, f"{number:02d}-1")


@rule(
    "diagnosis-shape",
    "A diagnosis is an ICD-10-CM code in capital letters, without its decimal point.",
    mend=_CHART,
    source=_GUIDE,
)
def diagnosis_shape(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        for segment, number, qualifier, code in claim.diagnoses():
            if qualifier.startswith("AB") and not _CODE.fullmatch(code):
                yield Hit(segment, f"{number:02d}-2")


@rule(
    "diagnosis-unlisted",
    "The ICD-10-CM list of the date of service does not have this diagnosis as a billable code.",
    mend=_CHART,
    source="CDC/NCHS, ICD-10-CM of the fiscal year of the date of service",
)
def diagnosis_unlisted(file: ClaimFile, context: Context) -> Iterator[Hit]:
    for segment, element, checked in _not_billable(file, context):
        if not _may_have_been(checked):
            says = " ".join(filter(None, (checked.message, checked.caution)))
            yield Hit(segment, element, says)


@rule(
    "diagnosis-unsure",
    "This diagnosis has been divided into more specific codes; when, the list in use does not say.",
    mend=_CHART,
    source="CDC/NCHS, ICD-10-CM of another fiscal year than that of the date of service",
    severity="warning",
)
def diagnosis_unsure(file: ClaimFile, context: Context) -> Iterator[Hit]:
    for segment, element, checked in _not_billable(file, context):
        if _may_have_been(checked):
            yield Hit(segment, element, f"{checked.message} {checked.caution}")


def _not_billable(file: ClaimFile, context: Context) -> Iterator[tuple[Segment, str, Icd10Check]]:
    for claim in file.claims:
        served = _served(claim)
        for segment, number, qualifier, code in claim.diagnoses():
            if qualifier.startswith("AB") and _CODE.fullmatch(code):
                checked = context.diagnosis(code, served)
                if not checked.billable:
                    yield segment, f"{number:02d}-2", checked


def _may_have_been(checked: Icd10Check) -> bool:
    """Whether the code is only too short by the list of another year than that of the service."""
    return bool(checked.caution) and checked.status is IcdStatus.HEADING and len(checked.code) > 3


@rule("diagnosis-twice", "A diagnosis is listed twice.", mend=_CHART, source=_GUIDE)
def diagnosis_twice(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        seen: set[str] = set()
        for segment, number, _qualifier, code in claim.diagnoses():
            if code in seen:
                yield Hit(segment, f"{number:02d}-2")
            seen.add(code)


@rule(
    "diagnosis-cause-first",
    "A cause from outside (V to Y) is never the first diagnosis.",
    mend=_CHART,
    source="ICD-10-CM Official Guidelines, section I.C.20",
)
def diagnosis_cause_first(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        for segment, number, qualifier, code in claim.diagnoses()[:1]:
            if qualifier == "ABK" and code[:1] in ("V", "W", "X", "Y"):
                yield Hit(segment, f"{number:02d}-2")


@rule(
    "pointer",
    f"A line points to 1 to {MOST_POINTERS} of the claim's diagnoses, each once.",
    mend=_CHART,
    source="005010X222A1, loop 2400 SV107",
)
def pointer(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        known = {str(number) for number in range(1, len(claim.diagnoses()) + 1)}
        for line in claim.lines:
            if line.service is None:
                continue
            named = line.service.components(7)
            sound = 0 < len(named) <= MOST_POINTERS and set(named) <= known
            if not sound or len(set(named)) < len(named):
                yield Hit(line.service, "07")


def _served(claim: Claim) -> date | None:
    """The first day of service of the claim."""
    days = [first for line in claim.lines if (first := line.dates[0]) is not None]
    return min(days, default=None)


RULES = (
    diagnosis_count,
    diagnosis_qualifier,
    diagnosis_shape,
    diagnosis_unlisted,
    diagnosis_unsure,
    diagnosis_twice,
    diagnosis_cause_first,
    pointer,
)
