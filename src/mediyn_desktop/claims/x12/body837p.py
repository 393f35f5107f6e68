# SPDX-License-Identifier: MIT
"""Writes one professional claim: loop 2300 with its people and places (2310) and lines (2400)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mediyn_desktop.claims.x12.charset import X12DataError, alphanumeric, basic, digits, identifier
from mediyn_desktop.claims.x12.cob837p import decision_segments, other_coverage_segments
from mediyn_desktop.claims.x12.envelope import day
from mediyn_desktop.claims.x12.loops837p import (
    address_segments,
    amount,
    control,
    name_segment,
    npi,
    taxonomy,
)
from mediyn_desktop.claims.x12.model837p import Claim, Clinician, Line, Organization
from mediyn_desktop.claims.x12.segments import join_segment

MOST_LINES = 50  # Loop 2400 repeats at most 50 times.
MOST_DIAGNOSES = 12
MOST_POINTERS = 4
MOST_MODIFIERS = 4

_NOTE_LENGTH = 80


def claim_segments(claim: Claim) -> Iterator[str]:
    """Yield loop 2300 with its 2310, 2320 and 2400 loops.

    Raises:
        X12DataError: a value that cannot be sent, or values that contradict each other.
    """
    if not re.fullmatch(r"[A-Z0-9]{1,20}", claim.control_number):
        raise X12DataError("control number", "must be 1 to 20 capital letters and digits")
    _refuse_odd_claim(claim)
    yield _header(claim)
    for qualifier, when, field in (
        ("431", claim.onset, "date of onset"),
        ("454", claim.first_treated, "date of the first treatment"),
    ):
        if when is not None:
            yield join_segment("DTP", qualifier, "D8", day(when, field))
    if claim.patient_paid_cents:
        yield join_segment("AMT", "F5", amount(claim.patient_paid_cents, "amount paid by client"))
    for qualifier, text, field in (
        ("G1", claim.authorization, "authorization number"),
        ("F8", claim.original_reference, "payer's claim number"),
    ):
        if text.strip():
            yield join_segment("REF", qualifier, identifier(text, field, most=50))
    yield from _note(claim.note, "claim note")
    yield join_segment("HI", *_diagnoses(claim.diagnoses))
    yield from _places_and_people(claim)
    for other in claim.others:
        yield from other_coverage_segments(other)
    for number, line in enumerate(claim.lines, start=1):
        yield from _line(number, line, claim)


def _header(claim: Claim) -> str:
    blanks = [""] * 10  # CLM10 to CLM19
    delay = alphanumeric(claim.delay_reason, "delay reason", most=2, least=0)
    return join_segment(
        "CLM",
        claim.control_number,
        amount(claim.total_cents, "claim total"),
        "",
        "",
        (_place(claim.place), "B", claim.frequency),
        "Y",  # The provider's signature is on file.
        claim.assignment,
        "Y" if claim.pay_provider else "N",
        "Y",  # The client agreed in writing that the claim may be sent.
        *blanks,
        delay,
    )


def _refuse_odd_claim(claim: Claim) -> None:
    """Refuse a claim that contradicts itself; the map of the guide would let each of these pass."""
    if claim.frequency not in ("1", "7", "8"):
        raise X12DataError("frequency", "must be 1 (new), 7 (replacement) or 8 (void)")
    if (claim.frequency == "1") == bool(claim.original_reference.strip()):
        needed = "belongs only to" if claim.frequency == "1" else "is required for"
        raise X12DataError("payer's claim number", f"{needed} a replacement or a void")
    if claim.assignment not in ("A", "C"):
        raise X12DataError("assignment", "must be A or C")
    if not 0 < len(claim.lines) <= MOST_LINES:
        raise X12DataError("claim", f"has {len(claim.lines)} lines; 1 to {MOST_LINES} fit")
    if sum(line.charge_cents for line in claim.lines) != claim.total_cents:
        raise X12DataError("claim total", "is not the sum of its lines")
    numbers = [line.control_number for line in claim.lines]
    if len(set(numbers)) != len(numbers):
        raise X12DataError("line control number", "is used twice")
    _refuse_odd_order(claim)


def _refuse_odd_order(claim: Claim) -> None:
    """Each payer has its own place in the order, and a line's decision is of one of them."""
    ranks = [claim.subscriber.responsibility, *(one.responsibility for one in claim.others)]
    if len(set(ranks)) != len(ranks):
        raise X12DataError("payer responsibility", "is the same for two insurances")
    known = {one.payer.payer_id for one in claim.others}
    for line in claim.lines:
        if any(one.payer_id not in known for one in line.decisions):
            raise X12DataError(
                "earlier payer", f"of line {line.control_number} is none of the other insurances"
            )


def _diagnoses(codes: Sequence[str]) -> list[tuple[str, str]]:
    if not 0 < len(codes) <= MOST_DIAGNOSES:
        raise X12DataError("diagnosis list", f"has {len(codes)} codes; 1 to {MOST_DIAGNOSES} fit")
    bare = [alphanumeric(code, "diagnosis", most=7, least=3) for code in codes]
    for code in bare:
        if not re.fullmatch(r"[A-Z][0-9][0-9A-Z]{1,5}", code):
            raise X12DataError("diagnosis", f"{code} is not an ICD-10-CM code")
    if len(set(bare)) != len(bare):
        raise X12DataError("diagnosis list", "names one code twice")
    return [("ABF" if index else "ABK", code) for index, code in enumerate(bare)]


def _places_and_people(claim: Claim) -> Iterator[str]:
    """Yield the 2310 loops in the order of the guide: DN, 82, 77, DQ."""
    if claim.referring is not None:
        yield _clinician("DN", claim.referring, "referring provider")
    if claim.rendering is not None:
        who = "rendering provider"
        number = npi(claim.rendering.npi, who)
        yield name_segment("82", claim.rendering.name, who, kind="XX", number=number)
        if claim.rendering.taxonomy.strip():
            yield join_segment("PRV", "PE", "PXC", taxonomy(claim.rendering.taxonomy, who))
    if claim.facility is not None:
        who = "place of service"
        number = npi(claim.facility.npi, who) if claim.facility.npi.strip() else ""
        kind = "XX" if number else ""
        name = Organization(claim.facility.name)
        yield name_segment("77", name, who, kind=kind, number=number)
        yield from address_segments(claim.facility.address, who)
    if claim.supervising is not None:
        yield _clinician("DQ", claim.supervising, "supervising provider")


def _clinician(entity: str, clinician: Clinician, who: str) -> str:
    number = npi(clinician.npi, who) if clinician.npi.strip() else ""
    kind = "XX" if number else ""
    return name_segment(entity, clinician.name, who, kind=kind, number=number)


def _line(number: int, line: Line, claim: Claim) -> Iterator[str]:
    if len(line.modifiers) > MOST_MODIFIERS:
        raise X12DataError("modifiers", f"are more than {MOST_MODIFIERS} on line {number}")
    pointers = line.pointers
    in_reach = all(1 <= pointer <= len(claim.diagnoses) for pointer in pointers)
    if not 0 < len(pointers) <= MOST_POINTERS or not in_reach or len(set(pointers)) < len(pointers):
        raise X12DataError(
            "diagnosis pointers",
            f"of line {number} must name 1 to {MOST_POINTERS} of the claim's diagnoses, each once",
        )
    if not 0 < line.units <= 999:
        raise X12DataError("units", f"of line {number} must be 1 to 999")
    code = alphanumeric(line.code, "procedure code", most=5, least=5)
    modifiers = [alphanumeric(modifier, "modifier", most=2, least=2) for modifier in line.modifiers]
    elsewhere = line.place.strip() not in ("", claim.place.strip())
    yield join_segment("LX", str(number))
    yield join_segment(
        "SV1",
        ("HC", code, *modifiers),
        amount(line.charge_cents, "line charge"),
        "UN",
        str(line.units),
        _place(line.place) if elsewhere else "",
        "",
        [str(pointer) for pointer in pointers],
    )
    yield join_segment("DTP", "472", "D8", day(line.service_date, "date of service"))
    yield join_segment("REF", "6R", control(line.control_number, "line control number", 30))
    yield from _note(line.note, f"note of line {number}")
    for decision in line.decisions:
        yield from decision_segments(decision, line, code, modifiers)


def _note(text: str, field: str) -> Iterator[str]:
    if text.strip():
        yield join_segment("NTE", "ADD", basic(text, field, most=_NOTE_LENGTH, least=1))


def _place(code: str) -> str:
    return digits(code, "place of service", 2)
