# SPDX-License-Identifier: MIT
"""Writes what other insurances mean for a claim: SBR, loops 2320, 2330A, 2330B and 2430.

A later payer reads here what the earlier ones paid and why not the rest, line by line, exactly as
their remittance said it. Charge = paid + adjustments on every line (guide 005010X222A1, 1.4.4).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mediyn_desktop.claims.x12.charset import X12DataError, alphanumeric, basic, identifier
from mediyn_desktop.claims.x12.envelope import day
from mediyn_desktop.claims.x12.loops837p import (
    LARGEST_CHARGE_CENTS,
    address_segments,
    amount,
    name_segment,
)
from mediyn_desktop.claims.x12.model837p import (
    Adjustment,
    Line,
    LineDecision,
    Organization,
    OtherCoverage,
    Subscriber,
)
from mediyn_desktop.claims.x12.segments import join_segment

RELATIONSHIPS = ("18", "01", "19", "G8")
GROUPS = ("CO", "PR", "OA", "PI", "CR")
_TRIPLETS = 6  # A CAS segment has room for six reasons of one group.
_MOST_CAS = 5


def insurance_segment(insured: Subscriber | OtherCoverage, relationship: str) -> str:
    """Return SBR; ``relationship`` is SBR02, empty above a dependent."""
    if insured.responsibility not in ("P", "S", "T"):
        raise X12DataError("payer responsibility", "must be P, S or T")
    number = identifier(insured.group_number, "group number", most=50)
    group_name = basic(insured.group_name, "group name", most=60)
    return join_segment(
        "SBR",
        insured.responsibility,
        relationship,
        number,
        "" if number else group_name,
        alphanumeric(insured.insurance_type, "insurance type", most=3, least=0),
        "",
        "",
        "",
        alphanumeric(insured.claim_filing_code, "claim filing code", most=2),
    )


def member_number(text: str) -> str:
    """Return a member id as it is sent: without blanks, otherwise as on the card."""
    return identifier(text, "member id", most=80, least=2).replace(" ", "")


def other_coverage_segments(other: OtherCoverage) -> Iterator[str]:
    """Yield loops 2320, 2330A and 2330B of one other insurance."""
    who = "other insured"
    if other.relationship not in RELATIONSHIPS:
        raise X12DataError(f"{who} relationship", "must be 18, 01, 19 or G8")
    yield insurance_segment(other, other.relationship)
    yield from _adjustments(other.adjustments)
    if other.paid_cents is not None:
        yield join_segment("AMT", "D", amount(other.paid_cents, "amount the other payer paid"))
    if other.remaining_cents is not None:
        left = amount(other.remaining_cents, "amount the client still owes")
        yield join_segment("AMT", "EAF", left)
    assigned = "Y" if other.pay_provider else "N"
    yield join_segment("OI", "", "", assigned, "", "", "Y")  # OI06: the release is signed.
    yield name_segment("IL", other.insured, who, kind="MI", number=member_number(other.member_id))
    if other.insured_address is not None:
        yield from address_segments(other.insured_address, who)
    number = identifier(other.payer.payer_id, "other payer id", most=80, least=2)
    name = Organization(other.payer.name)
    yield name_segment("PR", name, "other payer", kind="PI", number=number)
    if other.payer.address is not None:
        yield from address_segments(other.payer.address, "other payer")
    if other.decided_on is not None:
        yield join_segment("DTP", "573", "D8", day(other.decided_on, "date of the decision"))
    if other.claim_number.strip():
        theirs = identifier(other.claim_number, "other payer's claim number", most=50)
        yield join_segment("REF", "F8", theirs)


def decision_segments(
    decision: LineDecision, line: Line, code: str, modifiers: Sequence[str]
) -> Iterator[str]:
    """Yield loop 2430: what one earlier payer decided about ``line``.

    ``code`` and ``modifiers`` are those sent, already clean; a recoded line has its own.
    """
    known = decision.paid_cents + sum(one.cents for one in decision.adjustments)
    if known != line.charge_cents:
        raise X12DataError(
            "earlier payer's decision",
            f"about line {line.control_number} does not add up to its charge",
        )
    if decision.code.strip():
        code = alphanumeric(decision.code, "procedure code paid", most=5, least=5)
        modifiers = [
            alphanumeric(one, "modifier paid", most=2, least=2) for one in decision.modifiers
        ]
    if not 0 < decision.units <= 999:
        raise X12DataError("units paid", "must be 1 to 999")
    yield join_segment(
        "SVD",
        identifier(decision.payer_id, "other payer id", most=80, least=2),
        amount(decision.paid_cents, "amount paid for the line"),
        ("HC", code, *modifiers),
        "",
        str(decision.units),
    )
    yield from _adjustments(decision.adjustments)
    yield join_segment("DTP", "573", "D8", day(decision.decided_on, "date of the decision"))
    if decision.remaining_cents is not None:
        left = amount(decision.remaining_cents, "amount the client still owes for the line")
        yield join_segment("AMT", "EAF", left)


def _adjustments(adjustments: Sequence[Adjustment]) -> Iterator[str]:
    """Yield CAS by group, six reasons in each; amounts that change nothing are left out."""
    for group in GROUPS:
        ours = [one for one in adjustments if one.group == group and one.cents]
        for start in range(0, len(ours), _TRIPLETS):
            elements: list[str] = []
            for one in ours[start : start + _TRIPLETS]:
                reason = alphanumeric(one.reason, "adjustment reason", most=5)
                elements += [reason, _signed(one.cents), ""]
            yield join_segment("CAS", group, *elements)
        if len(ours) > _TRIPLETS * _MOST_CAS:
            raise X12DataError("adjustments", f"of group {group} are more than fit")
    if any(one.group not in GROUPS for one in adjustments):
        raise X12DataError("adjustment group", f"must be one of {', '.join(GROUPS)}")


def _signed(cents: int) -> str:
    """Return an adjustment's amount; the only one of a claim that may be below zero."""
    if abs(cents) > LARGEST_CHARGE_CENTS:
        raise X12DataError("adjustment", "must be below $100,000,000.00")
    return f"{'-' if cents < 0 else ''}{amount(abs(cents), 'adjustment')}"
