# SPDX-License-Identifier: MIT
"""999 (was the file sound?) and 277CA (was each claim taken?).

Guides: 005010X231A1 and 005010X214.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from mediyn_desktop.core.money import plain_cents, total
from mediyn_desktop.sandbox.clearinghouse.memory import Memory
from mediyn_desktop.sandbox.clearinghouse.outcomes import Outcome, outcome_of
from mediyn_desktop.sandbox.clearinghouse.reading import (
    Claim,
    Group,
    Person,
    Segment,
    TransactionSet,
)
from mediyn_desktop.sandbox.clearinghouse.writing import clean, day, segment

VERSION_999 = "005010X231A1"
VERSION_277CA = "005010X214"

# The element of SE that disagrees: its data element number, and the code IK502 has for it.
_SE_ELEMENTS = {1: ("96", "4"), 2: ("329", "3")}


def body_999(group: Group) -> list[Segment]:
    """Return the 999 for one group: a set is refused as ``is_sound`` says."""
    accepted = sum(is_sound(each) for each in group.sets)
    rows = [segment("AK1", "HC", group.header[6], group.header[8])]
    for each in group.sets:
        rows.append(segment("AK2", "837", each.control, each.version))
        rows.extend(_refusals(each))
    verdict = "A" if accepted == len(group.sets) else "P" if accepted else "R"
    rows.append(segment("AK9", verdict, len(group.sets), len(group.sets), accepted))
    return rows


def is_sound(each: TransactionSet) -> bool:
    """Whether a set passes the 999: its SE agrees with it, and no member id is one of IK5."""
    return not each.problems and not _unfit(each)


def _unfit(each: TransactionSet) -> list[Claim]:
    return [
        claim
        for claim in each.claims
        if outcome_of(claim.subscriber.identifier) is Outcome.SET_REFUSED
    ]


def _refusals(each: TransactionSet) -> Iterator[Segment]:
    if is_sound(each):
        yield segment("IK5", "A")
        return
    for claim in _unfit(each):
        yield segment("IK3", "NM1", claim.subscriber_at, "2010", "8")
        yield segment("IK4", 9, "67", "7", clean(claim.subscriber.identifier))
    if each.problems:
        yield segment("IK3", "SE", each.segment_count, "", "8")
        for position, found in each.problems:
            yield segment("IK4", position, _SE_ELEMENTS[position][0], "7", clean(found))
    codes = [_SE_ELEMENTS[position][1] for position, _ in each.problems]
    yield segment("IK5", "R", *(codes or ["5"]))


def refusal(claim: Claim, memory: Memory) -> str | None:
    """Return the status (category:code) a claim is refused with, or ``None``.

    A member id that begins with REJ is unknown (code 164, entity IL). A replacement or void of a
    claim this clearinghouse never decided is refused too, with code 464.
    """
    if outcome_of(claim.subscriber.identifier) is Outcome.REFUSED:
        return "A3:164:IL"
    if claim.frequency in ("7", "8") and claim.original not in memory.claims:
        return "A3:464"
    return None


def payer_claim_number(claim: Claim) -> str:
    """Return the number the payer gives a claim: made from ours, so that it can be foretold."""
    return f"SBX{claim.control}"[:30]


def body_277ca(
    each: TransactionSet, now: datetime, memory: Memory, *, of_payer: bool = False
) -> list[Segment]:
    """Return the 277CA for one accepted set: of the clearinghouse, or of the payer afterwards.

    The clearinghouse says nothing of claims it is to lose; the payer answers for those only whose
    member id begins with PREJ, and refuses them.
    """
    if of_payer:
        claims = [
            claim
            for claim in each.claims
            if outcome_of(claim.subscriber.identifier) is Outcome.PAYER_REFUSED
        ]
        refused = {id(claim): "A3:33:IL" for claim in claims}
        payer = claims[0].payer
        source = segment(
            *("NM1", "PR", 2, clean(payer.last) or "SANDBOX PAYER", "", "", "", "", "PI"),
            clean(payer.identifier) or "SANDBOX",
        )
    else:
        claims = [
            claim
            for claim in each.claims
            if outcome_of(claim.subscriber.identifier) is not Outcome.LOST
        ]
        found = {id(claim): refusal(claim, memory) for claim in claims}
        refused = {key: code for key, code in found.items() if code is not None}
        source = segment("NM1", "AY", 2, "SANDBOX CLEARINGHOUSE", "", "", "", "", 46, "SANDBOX")
    taken = [claim for claim in claims if id(claim) not in refused]
    returned = [claim for claim in claims if id(claim) in refused]
    today = day(now)
    reference = clean(each.reference) or each.control
    rows = [
        segment("BHT", "0085", "08", reference, today, now.strftime("%H%M"), "TH"),
        segment("HL", 1, "", 20, 1),
        source,
        segment("TRN", 1, reference),
        segment("DTP", "050", "D8", today),
        segment("DTP", "009", "D8", today),
        segment("HL", 2, 1, 21, 1),
        _name("41", each.submitter, "46"),
        segment("TRN", 2, reference),
        segment("STC", "A1:20", today, "WQ", _sum(claims)),
        *_counts(taken, returned, "90", "AA"),
    ]
    level = 2
    providers = {claim.provider.identifier: claim.provider for claim in claims}
    for npi, provider in providers.items():
        level += 1
        above = level
        rows += [segment("HL", level, 2, 19, 1), _name("85", provider, "XX")]
        mine = [claim for claim in claims if claim.provider.identifier == npi]
        # Some validators want the situational TRN and STC of the provider's level (2200C).
        rows.append(segment("TRN", 1, reference))
        rows.append(segment("STC", "A1:20", "", "WQ", _sum(mine)))
        rows += _counts(
            [claim for claim in mine if id(claim) not in refused],
            [claim for claim in mine if id(claim) in refused],
            "QA",
            "QC",
        )
        for claim in mine:
            level += 1
            rows.append(segment("HL", level, above, "PT"))
            rows.extend(_claim_status(claim, refused.get(id(claim)), today))
    return rows


def _counts(
    taken: list[Claim], returned: list[Claim], taken_as: str, returned_as: str
) -> Iterator[Segment]:
    if taken:
        yield segment("QTY", taken_as, len(taken))
    if returned:
        yield segment("QTY", returned_as, len(returned))
    if taken:
        yield segment("AMT", "YU", _sum(taken))
    if returned:
        yield segment("AMT", "YY", _sum(returned))


def _claim_status(claim: Claim, refused: str | None, today: str) -> Iterator[Segment]:
    patient = Person(claim.patient.last, claim.patient.first, claim.subscriber.identifier)
    yield _name("QC", patient, "MI")
    yield segment("TRN", 2, clean(claim.control))
    yield segment(
        "STC", refused or "A1:20", today, "U" if refused else "WQ", plain_cents(claim.charge)
    )
    if refused is None:
        yield segment("REF", "1K", clean(payer_claim_number(claim)))
    dates = sorted(line.date for line in claim.lines if line.date)
    if dates and dates[0] == dates[-1]:
        yield segment("DTP", "472", "D8", dates[0])
    elif dates:
        yield segment("DTP", "472", "RD8", f"{dates[0]}-{dates[-1]}")


def _name(role: str, person: Person, qualifier: str) -> Segment:
    entity = 1 if person.first else 2
    return segment(
        *("NM1", role, entity, clean(person.last) or "UNKNOWN", clean(person.first), "", "", ""),
        *(qualifier, clean(person.identifier) or "UNKNOWN"),
    )


def _sum(claims: list[Claim]) -> str:
    return plain_cents(total([claim.charge for claim in claims]))
