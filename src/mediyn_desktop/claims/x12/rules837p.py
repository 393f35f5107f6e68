# SPDX-License-Identifier: MIT
"""Checks of an 837P file that need nothing but the file, and that the guide's map cannot make.

A map knows segments, lengths and codes; it does not add, count diagnoses or compare one segment
with another. These rules read any vendor's file. What needs a calendar, a code table or a payer's
own wishes (timely filing, NPI check digits, telehealth modifiers) is the scrubber's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mediyn_desktop.claims.x12.claim837p import (
    MOST_DIAGNOSES,
    MOST_LINES,
    MOST_MODIFIERS,
    MOST_POINTERS,
    VERSION,
)
from mediyn_desktop.claims.x12.loops837p import STATES
from mediyn_desktop.claims.x12.segments import Segment
from mediyn_desktop.core.money import parse_cents

# NM101: whose name, address and numbers follow.
PARTIES = {
    "41": "submitter",
    "40": "receiver",
    "85": "billing provider",
    "87": "pay-to address",
    "IL": "subscriber",
    "QC": "patient",
    "PR": "payer",
    "DN": "referring provider",
    "82": "rendering provider",
    "77": "place of service",
    "DQ": "supervising provider",
}

_AMOUNT = re.compile(r"\d{0,8}(\.\d{1,2})?")
_ICD10 = re.compile(r"[A-Z]\d[0-9A-Z]{1,5}")


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason to hold a file or a claim back.

    ``segment`` and ``element`` name the place as guides do (``SV1``, ``01-2``; the element may be
    empty), ``position`` counts segments from 1 (0: the file as a whole), ``code`` is stable, and
    ``message`` is for people and quotes no value. ``claim_control_number`` is empty where the
    place belongs to no one claim.
    """

    segment: str
    element: str
    code: str
    message: str
    claim_control_number: str = ""
    position: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """What a segment belongs to: a claim (by CLM01) and a party in words; either may be empty."""

    claim: str = ""
    party: str = ""


@dataclass(slots=True)
class _Line:
    service: Segment
    dates: list[Segment] = field(default_factory=list)
    references: list[Segment] = field(default_factory=list)


@dataclass(slots=True)
class _ClaimText:
    header: Segment
    references: list[Segment] = field(default_factory=list)
    codes: list[Segment] = field(default_factory=list)
    lines: list[_Line] = field(default_factory=list)

    def problem(self, at: Segment, element: str, code: str, message: str) -> Problem:
        return Problem(at.id, element, code, message, self.header.element(1), at.position)


def places(segments: Sequence[Segment]) -> dict[int, Place]:
    """Return what each segment belongs to, by position.

    A subscriber's and a patient's segments belong to the first claim that follows them.
    """
    found: dict[int, Place] = {}
    waiting: list[tuple[int, str]] = []
    claim = party = ""
    insured = False  # inside a subscriber's or patient's level
    for segment in segments:
        if segment.id in ("HL", "ST", "SE", "GS", "GE", "ISA", "IEA"):
            claim = party = ""
            insured = segment.id == "HL" and segment.element(3) in ("22", "23")
            if not insured or segment.element(3) == "22":
                waiting.clear()
        elif segment.id == "CLM":
            claim, party = segment.element(1), ""
            found.update((position, Place(claim, who)) for position, who in waiting)
            waiting.clear()
        elif segment.id == "NM1":
            party = PARTIES.get(segment.element(1), "")
        elif segment.id in ("SBR", "LX"):
            party = ""
        if insured and not claim:
            waiting.append((segment.position, party))
        found[segment.position] = Place(claim, party)
    return found


def check_rules(segments: Sequence[Segment]) -> list[Problem]:
    """Return every breach of this module's rules in ``segments``, in the order of the file."""
    where = places(segments)
    problems = [*check_versions(segments)]
    for check in (_check_identities, _check_addresses, _check_levels):
        problems += check(segments, where)
    claims = list(_claims(segments))
    seen: set[str] = set()
    for claim in claims:
        problems += _check_header(claim, seen)
        problems += _check_diagnoses(claim)
        problems += _check_total(claim)
        for line in claim.lines:
            problems += _check_line(claim, line)
    if not claims:
        problems.append(Problem("CLM", "", "no-claim", "The file holds no claim."))
    return sorted(problems, key=lambda problem: problem.position)


def _claims(segments: Iterable[Segment]) -> Iterator[_ClaimText]:
    """Yield each CLM with what belongs to it."""
    claim: _ClaimText | None = None
    elsewhere = False  # inside another payer's loop (2320 to 2330) or a provider's loop (2310)
    for segment in segments:
        if segment.id in ("CLM", "HL", "SE"):
            if claim is not None:
                yield claim
            claim = _ClaimText(segment) if segment.id == "CLM" else None
            elsewhere = False
        elif claim is None:
            continue
        elif segment.id == "SV1":
            claim.lines.append(_Line(segment))
            elsewhere = False
        elif segment.id in ("NM1", "SBR"):
            elsewhere = True
        elif elsewhere:
            continue
        elif segment.id == "HI":
            claim.codes.append(segment)
        elif segment.id == "REF":
            (claim.lines[-1].references if claim.lines else claim.references).append(segment)
        elif segment.id == "DTP" and claim.lines:
            claim.lines[-1].dates.append(segment)
    if claim is not None:
        yield claim


def check_versions(segments: Sequence[Segment]) -> Iterator[Problem]:
    """Yield each group or transaction that is not of the one guide this program knows."""
    for segment in segments:
        number = {"GS": 8, "ST": 3}.get(segment.id)
        if number and segment.element(number) != VERSION:
            yield Problem(
                segment.id,
                f"{number:02d}",
                "version",
                f"Professional claims carry {VERSION} here, exactly.",
                position=segment.position,
            )


def _check_identities(segments: Sequence[Segment], where: dict[int, Place]) -> Iterator[Problem]:
    """Billing and rendering providers have an NPI, the billing provider a tax id."""
    for segment in segments:
        at = where[segment.position]
        kind, number = segment.element(1), segment.element(2)
        provider = segment.id == "NM1" and kind in ("85", "82")
        has_npi = segment.element(8) == "XX" and re.fullmatch(r"[12]\d{9}", segment.element(9))
        if provider and not has_npi:
            message = f"The {at.party} needs an NPI: ten digits, the first 1 or 2."
            yield Problem("NM1", "09", "npi", message, at.claim, segment.position)
        tax_id = segment.id == "REF" and at.party == "billing provider" and kind in ("EI", "SY")
        if tax_id and not re.fullmatch(r"\d{9}", number):
            message = "The billing provider's tax id must have nine digits."
            yield Problem("REF", "02", "tax-id", message, at.claim, segment.position)


def _check_addresses(segments: Sequence[Segment], where: dict[int, Place]) -> Iterator[Problem]:
    """A US address has a state and a ZIP code; one abroad names its country (N404)."""
    for segment in segments:
        if segment.id != "N4" or segment.element(4) not in ("", "US"):
            continue
        at = where[segment.position]
        owner = f"The {at.party}'s" if at.party else "The"
        if segment.element(2) not in STATES:
            message = f"{owner} state is missing or no US state."
            yield Problem("N4", "02", "state", message, at.claim, segment.position)
        if not re.fullmatch(r"\d{5}(\d{4})?", segment.element(3)):
            message = f"{owner} ZIP code must have five or nine digits."
            yield Problem("N4", "03", "zip", message, at.claim, segment.position)


def _check_levels(segments: Sequence[Segment], where: dict[int, Place]) -> Iterator[Problem]:
    """A subscriber is the patient (SBR02 = 18) or has dependents below (HL04 = 1), never both."""
    for index, segment in enumerate(segments):
        if segment.id != "HL" or segment.element(3) != "22":
            continue
        loop: list[Segment] = []
        for later in segments[index + 1 :]:
            if later.id in ("HL", "CLM", "SE"):
                break
            loop.append(later)
        insured = next((later for later in loop if later.id == "SBR"), None)
        if insured is None:
            continue
        is_patient = insured.element(2) == "18"
        claim = where[insured.position].claim
        if is_patient == (segment.element(4) == "1"):
            message = "Either the subscriber is the patient, or dependents follow; not both."
            yield Problem("SBR", "02", "levels", message, claim, insured.position)
        if is_patient and not {"N3", "N4", "DMG"} <= _ids_of_subscriber(loop):
            message = "A subscriber who is the patient needs an address, a birth date and a sex."
            yield Problem("NM1", "", "subscriber-details", message, claim, insured.position)


def _ids_of_subscriber(loop: Sequence[Segment]) -> set[str]:
    found: set[str] = set()
    inside = False
    for segment in loop:
        if segment.id == "NM1":
            inside = segment.element(1) == "IL"
        elif inside:
            found.add(segment.id)
    return found


def _check_header(claim: _ClaimText, seen: set[str]) -> Iterator[Problem]:
    header = claim.header
    number = header.element(1)
    if not re.fullmatch(r"[A-Za-z0-9]{1,20}", number):
        message = (
            "The claim's number must be 1 to 20 letters and digits; longer ones come back cut."
        )
        yield claim.problem(header, "01", "control-number", message)
    if number in seen:
        message = "Two claims in the file have this number."
        yield claim.problem(header, "01", "control-number-twice", message)
    seen.add(number)
    frequency = header.component(5, 3)
    if frequency not in ("1", "7", "8"):
        message = "The frequency must be 1 (new), 7 (replacement) or 8 (void)."
        yield claim.problem(header, "05-3", "frequency", message)
    named = any(reference.element(1) == "F8" for reference in claim.references)
    if frequency in ("7", "8") and not named:
        message = "A replacement or void needs the payer's number of the first claim (REF*F8)."
        yield claim.problem(header, "05-3", "original-reference", message)
    if not 0 < len(claim.lines) <= MOST_LINES:
        message = f"A claim has 1 to {MOST_LINES} lines; this one has {len(claim.lines)}."
        yield claim.problem(header, "", "line-count", message)


def _check_diagnoses(claim: _ClaimText) -> Iterator[Problem]:
    codes = _diagnoses(claim)
    if not codes or len(codes) > MOST_DIAGNOSES:
        message = f"A claim has 1 to {MOST_DIAGNOSES} diagnoses; this one has {len(codes)}."
        yield claim.problem(claim.header, "", "diagnosis-count", message)
    for index, (segment, number, qualifier, code) in enumerate(codes):
        if qualifier != ("ABF" if index else "ABK"):
            message = "The first diagnosis is marked ABK and the others ABF (ICD-10-CM)."
            yield claim.problem(segment, f"{number:02d}-1", "diagnosis-qualifier", message)
        if not _ICD10.fullmatch(code):
            message = "A diagnosis is an ICD-10-CM code without its decimal point."
            yield claim.problem(segment, f"{number:02d}-2", "diagnosis", message)
        if code in [other[3] for other in codes[:index]]:
            message = "A diagnosis is listed twice."
            yield claim.problem(segment, f"{number:02d}-2", "diagnosis-twice", message)


def _diagnoses(claim: _ClaimText) -> list[tuple[Segment, int, str, str]]:
    """Return (segment, element, qualifier, code) of each diagnosis, ICD-9 qualifiers included."""
    return [
        (segment, number, segment.component(number, 1), segment.component(number, 2))
        for segment in claim.codes
        for number in range(1, len(segment.elements) + 1)
        if segment.component(number, 1) in ("ABK", "ABF", "BK", "BF")
    ]


def _check_total(claim: _ClaimText) -> Iterator[Problem]:
    total = _cents(claim.header.element(2))
    if total is None:
        yield claim.problem(claim.header, "02", "amount", _AMOUNT_MESSAGE)
    charges: list[int] = []
    for line in claim.lines:
        charge = _cents(line.service.element(2))
        if charge is None:
            yield claim.problem(line.service, "02", "amount", _AMOUNT_MESSAGE)
        else:
            charges.append(charge)
    if total is not None and len(charges) == len(claim.lines) and sum(charges) != total:
        message = "The claim's total is not the sum of its lines."
        yield claim.problem(claim.header, "02", "total", message)


_AMOUNT_MESSAGE = "An amount is dollars with at most two decimals, without sign or comma."


def _cents(text: str) -> int | None:
    if not text or text == "." or not _AMOUNT.fullmatch(text):
        return None
    return parse_cents(f"0{text}" if text.startswith(".") else text)


def _check_line(claim: _ClaimText, line: _Line) -> Iterator[Problem]:
    service = line.service
    known = len(_diagnoses(claim))
    pointers = [pointer for pointer in service.components(7) if pointer]
    usable = all(pointer.isdecimal() and 1 <= int(pointer) <= known for pointer in pointers)
    if not 0 < len(pointers) <= MOST_POINTERS or not usable or len(set(pointers)) < len(pointers):
        message = f"A line points to 1 to {MOST_POINTERS} of the claim's diagnoses, each once."
        yield claim.problem(service, "07", "pointer", message)
    if not re.fullmatch(r"0*[1-9]\d{0,2}(\.0+)?", service.element(4)):
        message = "Units are a whole number from 1 to 999."
        yield claim.problem(service, "04", "units", message)
    if service.element(3) != "UN":
        message = "Therapy is counted in units (UN)."
        yield claim.problem(service, "03", "unit-of-measure", message)
    code, *modifiers = service.components(1)[1 : 2 + MOST_MODIFIERS] or ("",)
    if not re.fullmatch(r"[0-9A-Z]{5}", code):
        message = "A procedure code has five characters."
        yield claim.problem(service, "01-2", "procedure", message)
    if not all(re.fullmatch(r"([0-9A-Z]{2})?", modifier) for modifier in modifiers):
        message = "A modifier has two characters."
        yield claim.problem(service, "01-3", "modifier", message)
    if not any(dated.element(1) == "472" for dated in line.dates):
        yield claim.problem(
            service, "", "service-date", "The line has no date of service (DTP*472)."
        )
    yield from _check_line_number(claim, line)


def _check_line_number(claim: _ClaimText, line: _Line) -> Iterator[Problem]:
    earlier = claim.lines[: claim.lines.index(line)]
    used = {ref.element(2) for one in earlier for ref in one.references if ref.element(1) == "6R"}
    for reference in line.references:
        if reference.element(1) == "6R" and reference.element(2) in used:
            message = "Two lines of the claim have this line number."
            yield claim.problem(reference, "02", "line-number-twice", message)
