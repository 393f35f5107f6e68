# SPDX-License-Identifier: MIT
"""An 837P in plain words: what each of its segments says, one sentence a line.

A table, not code: ``_SAYS`` gives a sentence for a segment, or for one with a certain first
element. In a sentence ``{3}`` is an element, ``{5-3}`` a component, ``{2:money}`` either of them in
words; what stands in square brackets is left out where everything in it is empty. Codes get short
labels of our own. A segment nobody expected is shown by its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from mediyn_desktop.claims.x12.segments import Segment
from mediyn_desktop.claims.x12.view837p import cents_of, day_of, places
from mediyn_desktop.codes import cpt, icd10
from mediyn_desktop.codes.places import modifier_label, pos_label
from mediyn_desktop.codes.taxonomy import taxonomy_label
from mediyn_desktop.core.money import format_cents


@dataclass(frozen=True, slots=True)
class Line:
    """One segment: as it was sent, the claim it belongs to (or none), and what it says."""

    position: int
    segment: str
    claim: str
    says: str


_FREQUENCY = {"1": "a new claim", "7": "replaces an earlier claim", "8": "voids an earlier claim"}
_ORDER = {"P": "first", "S": "second", "T": "third", "U": "unknown"}
_RELATIONSHIP = {
    "18": "the insured themselves",
    "01": "the insured's spouse",
    "19": "the insured's child",
    "G8": "another dependent of the insured",
}
_PLAN = {
    "12": "PPO",
    "13": "POS",
    "14": "EPO",
    "15": "indemnity",
    "16": "Medicare HMO",
    "BL": "Blue Cross",
    "CH": "Tricare",
    "CI": "commercial",
    "HM": "HMO",
    "MA": "Medicare part A",
    "MB": "Medicare part B",
    "MC": "Medicaid",
    "OF": "other federal",
    "VA": "Veterans Affairs",
    "WC": "workers' compensation",
}
_LEVEL = {"20": "billing provider", "22": "subscriber", "23": "patient"}
_SEX = {"F": "female", "M": "male", "U": "sex not known"}
_GROUP = {
    "CO": "taken off by contract",
    "PR": "left to the patient",
    "OA": "otherwise adjusted",
    "PI": "reduced by the payer",
    "CR": "corrected",
}
_USAGE = {"T": "a test", "P": "production"}
_YES = {"Y": "yes", "N": "no", "W": "not applicable", "I": "informed consent"}
_ASSIGNED = {"A": "accepted", "B": "accepted for laboratory work only", "C": "not accepted"}
_CAUSE = {"AA": "a car accident", "EM": "work", "OA": "another accident"}

# Sentences by segment, or by segment and first element.
_SAYS: Mapping[str, str] = {
    "ISA": "Interchange {13} from {6} to {8}, {15:usage}, made {9:short_day} at {10:time}.",
    "GS": "Group {6} of professional claims from {2} to {3}, made {4:day}.",
    "ST": "Transaction {2} begins: claims by the guide {3}.",
    "BHT": "Batch {3}, written {4:day} at {5:time}.",
    "NM1*41": "Sent by {3}[, {4}], known to the receiver as {9}.",
    "NM1*40": "Received by {3}, known as {9}.",
    "NM1*85": "Billed by {3}[, {4}][ {5}]; NPI {9}.",
    "NM1*87": "Payments go to another address:",
    "NM1*IL": "Insured: {3}[, {4}][ {5}][; member id {9}].",
    "NM1*QC": "Patient: {3}[, {4}][ {5}].",
    "NM1*PR": "Payer: {3}; payer id {9}.",
    "NM1*DN": "Referred by {3}[, {4}][; NPI {9}].",
    "NM1*P3": "Primary care by {3}[, {4}][; NPI {9}].",
    "NM1*82": "Treated by {3}[, {4}][; NPI {9}].",
    "NM1*77": "Treated at {3}[; NPI {9}].",
    "NM1*DQ": "Supervised by {3}[, {4}][; NPI {9}].",
    "NM1": "Named: {3}[, {4}][; number {9}].",
    "PER": "Ask {2}[ by {3:reach} {4}][, or by {5:reach} {6}].",
    "N3": "Street: {1}[, {2}].",
    "N4": "City: {1}[, {2}][ {3:zip}].",
    "PRV*BI": "The biller's kind of work: {3:taxonomy}.",
    "PRV*PE": "The treating clinician's kind of work: {3:taxonomy}.",
    "REF*EI": "Tax id (EIN), last four digits {2:last_four}.",
    "REF*SY": "Tax id (SSN), last four digits {2:last_four}.",
    "REF*G1": "Prior authorization {2}.",
    "REF*9F": "Referral number {2}.",
    "REF*F8": "The payer's own number of the claim: {2}.",
    "REF*6R": "Line number {2}; it comes back in the remittance.",
    "REF*D9": "The clearinghouse's number: {2}.",
    "REF": "Number {2} (kind {1}).",
    "SBR": "Insurance: {1:order} payer, {9:plan}[; the patient is {2:relationship}][; group {3}]"
    "[; plan {4}].",
    "PAT": "The patient is {1:relationship}.",
    "DMG": "Born {2:day}, {3:sex}.",
    "CLM": "Claim {1} for {2:money}, {5-3:frequency}; place {5-1:place}; signature on file "
    "{6:yes}, assignment {7:assigned}, benefits to the provider {8:yes}[; because of {11-1:cause}]"
    "[; late, reason {20}].",
    "DTP*472": "Date of service: {3:days}.",
    "DTP*431": "Began on {3:days}.",
    "DTP*454": "First treated on {3:days}.",
    "DTP*439": "Accident on {3:days}.",
    "DTP*573": "Decided on {3:days}.",
    "DTP": "Date (kind {1}): {3:days}.",
    "AMT*F5": "The client paid {2:money}.",
    "AMT*D": "That payer paid {2:money}.",
    "AMT*EAF": "Left for the client: {2:money}.",
    "AMT": "Amount (kind {1}): {2:money}.",
    "NTE": "Note to the payer: {2}",
    "OI": "Benefits of that insurance to the provider: {3:yes}; release signed: {6:yes}.",
    "LX": "Line {1}:",
    "SV1": "{1-2:procedure}[, {1-3:modifier}][, {1-4:modifier}][, {1-5:modifier}][, {1-6:modifier}]"
    ": {2:money}, units {4}[, at {5:place}], for diagnosis {7:pointers}.",
    "SVD": "Payer {1} paid {2:money} for this line[ as {3-2:procedure}].",
    "SE": "The transaction ends after {1} segments.",
    "GE": "The group ends.",
    "IEA": "The interchange ends.",
}  # fmt: skip


def read_aloud(segments: Iterable[Segment]) -> list[Line]:
    """Return what each of ``segments`` says."""
    kept = list(segments)
    where = places(kept)
    return [
        Line(segment.position, segment.text(), where[segment.position].claim, say(segment))
        for segment in kept
    ]


def say(segment: Segment) -> str:
    """Return one segment in plain words; one nobody expected is named and left as it is."""
    said = TABLE.get(f"{segment.id}*{segment.element(1)}") or TABLE.get(segment.id)
    return said(segment) if said else f"{segment.id}: a line this program has no words for."


def _fill(sentence: str, segment: Segment) -> str:
    shown = re.sub(r"\[([^\[\]]*)\]", lambda part: _optional(segment, part[1]), sentence)
    return _FIELD.sub(lambda field: _value(segment, field) or "(nothing)", shown)


_FIELD = re.compile(r"\{(\d+)(?:-(\d+))?(?::(\w+))?\}")


def _optional(segment: Segment, part: str) -> str:
    if not any(_value(segment, field) for field in _FIELD.finditer(part)):
        return ""
    return _FIELD.sub(lambda field: _value(segment, field), part)


def _value(segment: Segment, field: re.Match[str]) -> str:
    number = int(field[1])
    text = segment.component(number, int(field[2])) if field[2] else segment.element(number)
    text = text.strip()
    if not text or field[3] is None:
        return text
    return _WORDS[field[3]](text)


def _coded(labels: Mapping[str, str]) -> Callable[[str], str]:
    return lambda code: labels.get(code, f"code {code}")


def _money(text: str) -> str:
    cents = cents_of(text)
    return text if cents is None else format_cents(cents)


def _day(text: str) -> str:
    day = day_of(text)
    return text if day is None else f"{day:%B} {day.day}, {day.year}"


def _days(text: str) -> str:
    return " to ".join(_day(part) for part in text.split("-"))


def _time(text: str) -> str:
    return f"{text[:2]}:{text[2:4]}" if len(text) >= 4 else text


def _diagnoses(segment: Segment) -> str:
    named = []
    for number in range(1, len(segment.elements) + 1):
        qualifier, code = segment.component(number, 1), segment.component(number, 2)
        title = icd10.title(code) if qualifier in ("ABK", "ABF") else None
        named.append(icd10.dotted(code) + (f" ({title})" if title else ""))
    return f"Diagnoses: {'; '.join(named)}."


def _adjustments(segment: Segment) -> str:
    parts = [
        f"{_money(segment.element(element + 1))} (reason {segment.element(element)})"
        for element in range(2, 18, 3)
        if segment.element(element)
    ]
    group = _GROUP.get(segment.element(1), f"group {segment.element(1)}")
    return f"{group[:1].upper()}{group[1:]}: {', '.join(parts)}."


def _level(segment: Segment) -> str:
    kind = _LEVEL.get(segment.element(3), f"level of kind {segment.element(3)}")
    above = segment.element(2)
    return f"Level {segment.element(1)}: {kind}{f', under level {above}' if above else ''}."


_WORDS: Mapping[str, Callable[[str], str]] = {
    "money": _money,
    "day": _day,
    "days": _days,
    "short_day": lambda text: _day(f"20{text}"),
    "time": _time,
    "zip": lambda text: f"{text[:5]}-{text[5:]}" if len(text) == 9 else text,
    "last_four": lambda text: text[-4:],
    "taxonomy": lambda code: f"{code} ({taxonomy_label(code)})" if taxonomy_label(code) else code,
    "procedure": lambda code: f"{code} ({cpt.label(code)})" if cpt.is_labelled(code) else code,
    "modifier": lambda code: f"{code} ({modifier_label(code)})",
    "place": lambda code: f"{code} ({pos_label(code)})",
    "pointers": lambda text: re.sub(r"\D+", ", ", text),
    "reach": _coded({"TE": "telephone", "EM": "e-mail", "FX": "fax", "EX": "extension"}),
    "order": _coded(_ORDER),
    "relationship": _coded(_RELATIONSHIP),
    "plan": _coded(_PLAN),
    "sex": _coded(_SEX),
    "frequency": _coded(_FREQUENCY),
    "usage": _coded(_USAGE),
    "yes": _coded(_YES),
    "assigned": _coded(_ASSIGNED),
    "cause": _coded(_CAUSE),
}

# What to call for a segment, by its name, or by its name and first element.
TABLE: Mapping[str, Callable[[Segment], str]] = {
    **{key: partial(_fill, sentence) for key, sentence in _SAYS.items()},
    "HI": _diagnoses,
    "CAS": _adjustments,
    "HL": _level,
}
