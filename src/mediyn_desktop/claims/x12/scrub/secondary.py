# SPDX-License-Identifier: MIT
"""Claims to a later payer: what the earlier ones decided is there, theirs, and adds up.

Balancing: guide 005010X222A1, section 1.4.4 (charge = paid + adjustments on every line).
"""

from __future__ import annotations

from collections.abc import Iterator

from mediyn_desktop.claims.x12.scrub.rule import Context, Hit, rule
from mediyn_desktop.claims.x12.segments import Segment
from mediyn_desktop.claims.x12.view837p import Claim, ClaimFile, Decision, Group, Other, cents_of

_REMITTANCE = "Claim: the first payer's remittance"
_GUIDE = "005010X222A1, loops 2320 to 2330B and 2430"
_ORDER = "PSTABCDEFGH"


@rule(
    "cob-missing",
    "A claim to a second payer must tell what the first one is and decided.",
    mend=_REMITTANCE,
    source=_GUIDE,
)
def cob_missing(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        insurance = claim.insurance
        later = insurance is not None and insurance.element(1) not in ("P", "U", "")
        if later and insurance is not None and not list(_earlier(claim)):
            yield Hit(insurance, "01")


@rule(
    "cob-order",
    "Two insurances of the claim have the same place in the order of payers.",
    mend="Client, coverage: rank",
    source=f"{_GUIDE}, SBR01",
)
def cob_order(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        seen = {claim.insurance.element(1)} if claim.insurance is not None else set()
        for other in claim.others:
            if other.header.element(1) in seen - {"U"}:
                yield Hit(other.header, "01")
            seen.add(other.header.element(1))


@rule(
    "cob-paid",
    "An earlier payer's loop must say what it paid (AMT*D), or zero.",
    mend=_REMITTANCE,
    source=f"{_GUIDE}, AMT*D",
)
def cob_paid(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        for other in _earlier(claim):
            paid = other.first("AMT", "D")
            if paid is None or cents_of(paid.element(2)) is None:
                yield Hit(paid or other.header, "02" if paid else "")


@rule(
    "cob-decided",
    "An earlier payer's loop needs the date of its decision (DTP*573), once or on each line.",
    mend=_REMITTANCE,
    source=f"{_GUIDE}, DTP*573",
)
def cob_decided(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        for other in _earlier(claim):
            payer = other.party("PR")
            whole = payer is not None and payer.first("DTP", "573") is not None
            number = payer.number if payer is not None else ""
            theirs = _decisions(claim, number)
            if not whole and (not theirs or any(one.first("DTP", "573") is None for one in theirs)):
                yield Hit(other.header)


@rule(
    "cob-lines",
    "A line lacks the earlier payer's decision, though other lines have one.",
    mend=_REMITTANCE,
    source=f"{_GUIDE}, SVD",
)
def cob_lines(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        for other in _earlier(claim):
            payer = other.party("PR")
            number = payer.number if payer is not None else ""
            by_claim = other.first("CAS") is not None
            decided = [
                any(one.header.element(1) == number for one in line.decisions)
                for line in claim.lines
            ]
            for line, known in zip(claim.lines, decided, strict=True):
                if not known and (any(decided) or not by_claim):
                    yield Hit(line.service or line.header)


@rule(
    "cob-payer",
    "A line's decision names a payer that is none of the claim's other insurances.",
    mend=_REMITTANCE,
    source=f"{_GUIDE}, SVD01 and NM109",
)
def cob_payer(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        known = {party.number for other in claim.others if (party := other.party("PR"))}
        for line in claim.lines:
            for decision in line.decisions:
                if decision.header.element(1) not in known:
                    yield Hit(decision.header, "01")


@rule(
    "cob-line-balance",
    "What the earlier payer paid and adjusted on the line is not the line's charge.",
    mend=_REMITTANCE,
    source="005010X222A1, section 1.4.4",
)
def cob_line_balance(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        for line in claim.lines:
            charge = cents_of(line.service.element(2)) if line.service is not None else None
            for decision in line.decisions:
                paid, off = cents_of(decision.header.element(2)), _adjusted(decision)
                if None in (paid, off, charge) or (paid or 0) + (off or 0) != charge:
                    yield Hit(decision.header, "02")


@rule(
    "cob-claim-balance",
    "What the earlier payer paid for the claim (AMT*D) is not what it paid for its lines.",
    mend=_REMITTANCE,
    source="005010X222A1, section 1.4.4",
)
def cob_claim_balance(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        for other in _earlier(claim):
            payer, paid = other.party("PR"), other.first("AMT", "D")
            theirs = _decisions(claim, payer.number if payer is not None else "")
            whole = cents_of(paid.element(2)) if paid is not None else None
            off = _adjusted(other)
            parts = [cents_of(one.header.element(2)) for one in theirs]
            if paid is None or whole is None or off is None or None in parts:
                continue
            total = cents_of(claim.header.element(2))
            known = sum(part or 0 for part in parts) if theirs else (total or 0)
            if known - off != whole:
                yield Hit(paid, "02")


@rule(
    "cob-group",
    "An adjustment has a group (CO, PR, OA, PI, CR) and pairs of reason and amount.",
    mend=_REMITTANCE,
    source=f"{_GUIDE}, CAS",
)
def cob_group(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for segment in file.segments:
        if segment.id == "CAS":
            if segment.element(1) not in ("CO", "PR", "OA", "PI", "CR"):
                yield Hit(segment, "01")
            elif _sum(segment) is None:
                yield Hit(segment, "03")


@rule(
    "cob-payer-missing",
    "Another insurance needs its payer, its insured and the assignment of benefits (OI).",
    mend="Client, coverage",
    source=_GUIDE,
)
def cob_payer_missing(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        for other in claim.others:
            if not (other.party("PR") and other.party("IL") and other.first("OI")):
                yield Hit(other.header)


@rule(
    "cob-same-payer",
    "The claim goes to a payer that is also named as the other insurance.",
    mend="Client, coverage: payers",
    source=_GUIDE,
)
def cob_same_payer(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        subscriber = claim.subscriber.party("IL") if claim.subscriber is not None else None
        for other in claim.others:
            payer, insured = other.party("PR"), other.party("IL")
            same_payer = payer and claim.payer and payer.number == claim.payer.number
            same_member = insured and subscriber and insured.number == subscriber.number
            if payer is not None and same_payer and same_member:
                yield Hit(payer.name, "09")


def _earlier(claim: Claim) -> Iterator[Other]:
    """Yield the insurances that come before the payer this claim goes to."""
    own = _ORDER.find(claim.insurance.element(1)[:1] or "-") if claim.insurance is not None else -1
    for other in claim.others:
        if 0 <= _ORDER.find(other.header.element(1)[:1] or "-") < own:
            yield other


def _decisions(claim: Claim, payer: str) -> list[Decision]:
    return [one for line in claim.lines for one in line.decisions if one.header.element(1) == payer]


def _adjusted(group: Group) -> int | None:
    """The sum of all adjustments, or None where one cannot be read."""
    parts = [_sum(segment) for segment in group.all("CAS")]
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


def _sum(adjustment: Segment) -> int | None:
    """The amounts of one CAS: elements 3, 6, ... 18, each with a reason before it."""
    whole = 0
    for element in range(2, 18, 3):
        reason, text = adjustment.element(element), adjustment.element(element + 1)
        if not reason and not text:
            continue
        cents = cents_of(text)
        if not reason or cents is None:
            return None
        whole += cents
    return whole


RULES = (
    cob_missing,
    cob_order,
    cob_paid,
    cob_decided,
    cob_lines,
    cob_payer,
    cob_line_balance,
    cob_claim_balance,
    cob_group,
    cob_payer_missing,
    cob_same_payer,
)
