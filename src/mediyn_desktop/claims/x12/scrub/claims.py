# SPDX-License-Identifier: MIT
"""The claim itself: numbers, frequency, references, totals, and the same service twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mediyn_desktop.claims.x12.scrub.rule import Context, Hit, rule
from mediyn_desktop.claims.x12.view837p import Claim, ClaimFile, cents_of
from mediyn_desktop.codes import cpt

_CLAIM = "Claim"
_GUIDE = "005010X222A1, loop 2300 CLM"
_ACCIDENTS = frozenset({"AA", "EM", "OA"})
_REPEATED = frozenset({"59", "76", "77", "XE", "XP", "XS", "XU"})


@rule(
    "control-number",
    "The claim's number must be 1 to 20 characters; longer ones come back cut.",
    mend=_CLAIM,
    source=f"{_GUIDE}01",
)
def control_number(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        if not 1 <= len(claim.number.strip()) <= 20:
            yield Hit(claim.header, "01")


@rule(
    "control-number-signs",
    "The claim's number has signs in it; some payers send it back without them.",
    mend=_CLAIM,
    source=f"{_GUIDE}01; payers' companion guides",
    severity="warning",
)
def control_number_signs(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        # Hyphens and blanks come back.
        if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9 .-]*[A-Za-z0-9])?", claim.number or "x"):
            yield Hit(claim.header, "01")


@rule(
    "control-number-twice",
    "Two claims in the file have this number.",
    mend=_CLAIM,
    source=f"{_GUIDE}01",
)
def control_number_twice(file: ClaimFile, _: Context) -> Iterator[Hit]:
    seen: set[str] = set()
    for claim in file.claims:
        if claim.number in seen:
            yield Hit(claim.header, "01")
        seen.add(claim.number)


@rule(
    "control-number-used",
    "An earlier file carried a claim with this number.",
    mend=_CLAIM,
    source=f"{_GUIDE}01",
)
def control_number_used(file: ClaimFile, context: Context) -> Iterator[Hit]:
    for claim in file.claims:
        if claim.number in context.used_numbers:
            yield Hit(claim.header, "01")


@rule(
    "frequency",
    "The frequency must be 1 (new), 7 (replacement) or 8 (void).",
    mend=_CLAIM,
    source=f"{_GUIDE}05-3; NUBC frequency codes",
)
def frequency(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        if claim.frequency not in ("1", "7", "8"):
            yield Hit(claim.header, "05-3")


@rule(
    "original-reference",
    "A replacement or void needs the payer's number of the first claim (REF*F8).",
    mend="Claim: the payer's claim number, from the remittance",
    source="005010X222A1, loop 2300 REF*F8",
)
def original_reference(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        named = claim.first("REF", "F8")
        if claim.frequency in ("7", "8") and not (named and named.element(2).strip()):
            yield Hit(claim.header, "05-3")


@rule(
    "original-reference-new",
    "A new claim carries no payer's number of an earlier one (REF*F8); send a replacement.",
    mend="Claim: frequency",
    source="005010X222A1, loop 2300 REF*F8",
)
def original_reference_new(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        named = claim.first("REF", "F8")
        if claim.frequency == "1" and named is not None:
            yield Hit(named, "01")


@rule(
    "amount",
    "An amount is dollars with at most two decimals, without sign or comma.",
    mend="Fees",
    source=f"{_GUIDE}02 and SV102",
)
def amount(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        cents = cents_of(claim.header.element(2))
        if cents is None or cents < 0:
            yield Hit(claim.header, "02")
        for line in claim.lines:
            if line.service is not None:
                cents = cents_of(line.service.element(2))
                if cents is None or cents < 0:
                    yield Hit(line.service, "02")


@rule(
    "total",
    "The claim's total is not the sum of its lines.",
    mend="Fees",
    source=f"{_GUIDE}02",
)
def total(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        charges = _charges(claim)
        whole = cents_of(claim.header.element(2))
        if whole is not None and charges is not None and sum(charges) != whole:
            yield Hit(claim.header, "02")


@rule(
    "client-paid",
    "The client cannot have paid more than the claim's total.",
    mend="Payments of the session",
    source="005010X222A1, loop 2300 AMT*F5",
)
def client_paid(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        whole = cents_of(claim.header.element(2))
        for paid in claim.all("AMT", "F5"):
            cents = cents_of(paid.element(2))
            if cents is None or cents < 0 or (whole is not None and cents > whole):
                yield Hit(paid, "02")


@rule(
    "line-number-twice",
    "Two lines of the claim have this line number.",
    mend=_CLAIM,
    source="005010X222A1, loop 2400 REF*6R",
)
def line_number_twice(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        seen: set[str] = set()
        for line in claim.lines:
            for named in line.all("REF", "6R"):
                if named.element(2) in seen:
                    yield Hit(named, "02")
                seen.add(named.element(2))


@rule(
    "line-number-long",
    "A line's number is at most 30 characters; longer ones come back cut.",
    mend=_CLAIM,
    source="005010X222A1, loop 2400 REF*6R",
)
def line_number_long(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        for line in claim.lines:
            for named in line.all("REF", "6R"):
                if len(named.element(2)) > 30:
                    yield Hit(named, "02")


@rule(
    "accident",
    "A claim after an accident needs its date (DTP*439), and one with a car its state.",
    mend="Claim: accident",
    source=f"{_GUIDE}11 and DTP*439",
)
def accident(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        causes = set(claim.header.components(11)[:3])
        undated = causes & {"AA", "OA"} and claim.first("DTP", "439") is None
        if undated or ("AA" in causes and not claim.header.component(11, 4)):
            yield Hit(claim.header, "11")


@rule(
    "accident-cause",
    "The claim has an accident date and no cause, or a cause there is no code for.",
    mend="Claim: accident",
    source=f"{_GUIDE}11 and DTP*439",
)
def accident_cause(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        causes = {part for part in claim.header.components(11)[:3] if part}
        if causes - _ACCIDENTS or (claim.first("DTP", "439") is not None and not causes):
            yield Hit(claim.header, "11")


@rule(
    "signatures",
    "The claim lacks a statement: signature on file, assignment, or release of information.",
    mend="Client: consents",
    source=f"{_GUIDE}06 to 09",
)
def signatures(file: ClaimFile, _: Context) -> Iterator[Hit]:
    allowed = ((6, "YN"), (7, "ABC"), (8, "YNW"), (9, "YI"))
    for claim in file.claims:
        for element, codes in allowed:
            text = claim.header.element(element)
            if len(text) != 1 or text not in codes:
                yield Hit(claim.header, f"{element:02d}")
                break


@rule(
    "service-twice",
    "The same service of the same client on the same day is billed twice.",
    mend="Sessions of the client",
    source="Payers refuse exact duplicates (adjustment reason 18)",
)
def service_twice(file: ClaimFile, _: Context) -> Iterator[Hit]:
    seen: set[tuple[str, ...]] = set()
    for claim in file.claims:
        treated, subscriber = claim.treated, claim.subscriber
        member = subscriber.party("IL") if subscriber is not None else None
        if treated is None or member is None or claim.frequency != "1":
            continue
        payer = claim.payer.number if claim.payer is not None else ""
        who = (payer, member.number, treated.name.element(3), treated.name.element(4))
        for line in claim.lines:
            dated, rendering = line.first("DTP", "472"), claim.rendering(line)
            session = cpt.is_labelled(line.code) and not _REPEATED & set(line.modifiers)
            if line.service is None or dated is None or not session:
                continue
            by = rendering.number if rendering is not None else ""
            key = (*who, dated.element(3), by, line.code, *line.modifiers)
            if key in seen:
                yield Hit(line.service)
            seen.add(key)


def _charges(claim: Claim) -> list[int] | None:
    """The lines' charges, or None where one cannot be read."""
    found = [
        cents_of(line.service.element(2)) if line.service is not None else None
        for line in claim.lines
    ]
    known = [one for one in found if one is not None]
    return known if len(known) == len(found) else None


RULES = (
    control_number,
    control_number_signs,
    control_number_twice,
    control_number_used,
    frequency,
    original_reference,
    original_reference_new,
    amount,
    total,
    client_paid,
    line_number_twice,
    line_number_long,
    accident,
    accident_cause,
    signatures,
    service_twice,
)
