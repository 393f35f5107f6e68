# SPDX-License-Identifier: MIT
"""What earlier insurers decided about a session: kept as told, handed on to the next insurer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import select

from mediyn_desktop.claims import parties
from mediyn_desktop.claims.facts import Facts
from mediyn_desktop.claims.tables import Claim, ToldDecision
from mediyn_desktop.claims.x12 import model837p as x12
from mediyn_desktop.practice.tables import Coverage
from mediyn_desktop.store.uow import Reading

GroupCode = Literal["CO", "PR", "OA", "PI", "CR"]


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A part of a line the insurer did not pay: group, reason, cents (CAS)."""

    group: GroupCode
    reason: str
    cents: int


@dataclass(frozen=True, slots=True)
class DecidedLine:
    """One line of the remittance; ``position`` is that of the charge's line, from 1.

    ``paid_cents`` and all ``adjusted`` together are the line's charge. ``remaining_cents`` is what
    the client owes of it, where the insurer said so.
    """

    position: int
    paid_cents: int
    adjusted: tuple[Adjusted, ...] = ()
    remaining_cents: int | None = None


@dataclass(frozen=True, slots=True)
class EarlierDecision:
    """One insurer's decision about all lines; ``claim_number`` is its own (CLP07)."""

    coverage_id: int
    decided_on: date
    claim_number: str
    lines: tuple[DecidedLine, ...]

    @property
    def paid_cents(self) -> int:
        """What it paid for the claim."""
        return sum(line.paid_cents for line in self.lines)


def to_json(decision: EarlierDecision) -> str:
    """Return ``decision`` as it is kept."""
    return json.dumps(asdict(decision) | {"decided_on": decision.decided_on.isoformat()})


def from_json(text: str) -> EarlierDecision:
    """Return a decision that was kept."""
    row: dict[str, Any] = json.loads(text)
    lines = tuple(
        DecidedLine(
            line["position"],
            line["paid_cents"],
            tuple(Adjusted(**one) for one in line["adjusted"]),
            line["remaining_cents"],
        )
        for line in row["lines"]
    )
    decided_on = date.fromisoformat(row["decided_on"])
    return EarlierDecision(row["coverage_id"], decided_on, row["claim_number"], lines)


def decisions_for(read: Reading, claim: Claim) -> list[EarlierDecision]:
    """Return what the insurers before this claim's decided, first insurer first."""
    if not claim.id:
        return []  # not made yet
    rows = read.session.scalars(
        select(ToldDecision.content)
        .where(ToldDecision.claim_id == claim.id)
        .order_by(ToldDecision.id)
    )
    return [from_json(content) for content in rows]


def responsibility(coverage: Coverage) -> Literal["P", "S"]:
    """Return the place of an insurance in the order of payers (SBR01)."""
    return "P" if coverage.rank == 1 else "S"


def other_coverages(facts: Facts) -> tuple[x12.OtherCoverage, ...]:
    """Return the client's other insurances on the date of service, as the claim tells of them.

    One that has not decided is named when its numbers are known; an insurer asks the client for
    the rest.
    """
    decided = {one.coverage_id: one for one in decisions_for(facts.read, facts.claim)}
    day = facts.charge.date_of_service
    found = []
    for other in facts.client.coverages:
        in_force = (other.effective_from or day) <= day <= (other.effective_to or day)
        known = other.member_id and other.payer.payer_id
        named = other.relationship_to_insured == "self" or other.insured_last_name
        same_rank = other.rank == facts.coverage.rank or other.id == facts.coverage.id
        if other.id in decided or (in_force and known and named and not same_rank):
            found.append(_other(facts, other, decided.get(other.id)))
    return tuple(found)


def _other(facts: Facts, other: Coverage, decision: EarlierDecision | None) -> x12.OtherCoverage:
    return x12.OtherCoverage(
        payer=parties.payer_of(other.payer),
        responsibility=responsibility(other),
        relationship=parties.relationship_code(other),
        insured=parties.insured_name(facts.client, other),
        member_id=other.member_id,
        claim_filing_code=other.payer.claim_filing_code,
        group_number=other.group_number,
        insurance_type=other.insurance_type,
        insured_address=parties.insured_address(facts.client, other),
        paid_cents=None if decision is None else decision.paid_cents,
        claim_number="" if decision is None else decision.claim_number,
    )


def line_decisions(facts: Facts, position: int) -> tuple[x12.LineDecision, ...]:
    """Return what each earlier insurer decided about the charge's line ``position``."""
    payers = {other.id: other.payer.payer_id for other in facts.client.coverages}
    return tuple(
        x12.LineDecision(
            payer_id=payers[decision.coverage_id],
            paid_cents=line.paid_cents,
            decided_on=decision.decided_on,
            adjustments=_adjustments(line.adjusted),
            units=next(one.units for one in facts.charge.lines if one.position == position),
            remaining_cents=line.remaining_cents,
        )
        for decision in decisions_for(facts.read, facts.claim)
        for line in decision.lines
        if line.position == position
    )


def _adjustments(adjusted: Sequence[Adjusted]) -> tuple[x12.Adjustment, ...]:
    return tuple(x12.Adjustment(one.group, one.reason, one.cents) for one in adjusted)
