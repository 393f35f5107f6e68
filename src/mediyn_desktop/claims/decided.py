# SPDX-License-Identifier: MIT
"""Keeping what an insurer decided: the facts as they came, and which decisions are in force."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

from sqlalchemy import select

from mediyn_desktop.claims.decision_tables import ClaimDecision
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.x12.model835 import Adjustment, RemitClaim
from mediyn_desktop.store.uow import Reading

_POSTED = "posted"
# Answers that decide nothing: they neither pay nor refuse, or take back what did.
_UNDECIDED = ("forwarded", "predetermined", "reversed")


def facts_json(answer: RemitClaim, *, state_before: str) -> str:
    """Return the answer's amounts and reasons as JSON, by line: for matching, reports, secondaries.

    ``state_before`` is where the claim stood, for taking the posting back.
    """
    return json.dumps(
        {
            "state_before": state_before,
            "adjustments": _adjustments(answer.adjustments),
            "remarks": list(answer.remarks),
            "lines": [
                {
                    "control": line.control_number,
                    "procedure": line.procedure,
                    "submitted": line.submitted_procedure,
                    "modifiers": list(line.modifiers),
                    "charge_cents": line.charge_cents,
                    "paid_cents": line.paid_cents,
                    "units": line.units,
                    "adjustments": _adjustments(line.adjustments),
                    "remarks": list(line.remarks),
                }
                for line in answer.lines
            ],
        },
        sort_keys=True,
    )


def no_facts(state_before: str) -> str:
    """The facts of a decision that no insurer's answer stands behind."""
    facts = {"state_before": state_before, "adjustments": [], "remarks": [], "lines": []}
    return json.dumps(facts, sort_keys=True)


def in_force(read: Reading, claim: Claim) -> list[ClaimDecision]:
    """Return the decisions about ``claim`` that stand, by insurer and by hand, oldest first."""
    return list(
        read.session.scalars(
            select(ClaimDecision)
            .where(ClaimDecision.claim_id == claim.id, ClaimDecision.state == _POSTED)
            .where(ClaimDecision.reverses_id.is_(None))
            .where(ClaimDecision.outcome.not_in(_UNDECIDED))
            .order_by(ClaimDecision.id)
        )
    )


def of_charge(read: Reading, claim: Claim) -> list[ClaimDecision]:
    """Return what the insurer of ``claim`` decided of its charge that stands, oldest first.

    A claim, its replacement and its void ask for the same lines: what was decided under one number
    counts under each.
    """
    return list(
        read.session.scalars(
            select(ClaimDecision)
            .join(Claim, Claim.id == ClaimDecision.claim_id)
            .where(Claim.charge_id == claim.charge_id, Claim.coverage_id == claim.coverage_id)
            .where(ClaimDecision.state == _POSTED, ClaimDecision.payment_id.is_not(None))
            .where(ClaimDecision.reverses_id.is_(None))
            .where(ClaimDecision.outcome.not_in(_UNDECIDED))
            .order_by(ClaimDecision.id)
        )
    )


def held_with_money(read: Reading, claim: Claim) -> set[int]:
    """Return the ids of the held answers about ``claim`` whose money waits to be placed."""
    held = select(ClaimDecision.id).where(
        ClaimDecision.claim_id == claim.id,
        ClaimDecision.state == "held",
        ClaimDecision.paid_cents != 0,
    )
    return set(read.session.scalars(held))


def by_insurer(decisions: Iterable[ClaimDecision]) -> list[ClaimDecision]:
    """Return those of ``decisions`` that a remittance brought."""
    return [one for one in decisions if one.payment_id is not None]


def lines_of(decision: ClaimDecision) -> set[tuple[str, int]]:
    """Return which lines a decision names: our number of each, else its code; and its charge."""
    return {
        (line["control"] or line["submitted"] or line["procedure"], line["charge_cents"])
        for line in json.loads(decision.facts)["lines"]
    }


def sums_of_decision(decision: ClaimDecision) -> Counter[str]:
    """Return charge, paid and each adjustment's sum by ``group-reason``, in cents."""
    facts = json.loads(decision.facts)
    sums = Counter({"charge": decision.charge_cents, "paid": decision.paid_cents})
    for rows in (facts["adjustments"], *(line["adjustments"] for line in facts["lines"])):
        for group, reason, cents, _ in rows:
            sums[f"{group}-{reason}"] += cents
    return sums


def sums_of_answer(answer: RemitClaim) -> Counter[str]:
    """The same sums of an answer that was just read."""
    sums = Counter({"charge": answer.charge_cents, "paid": answer.paid_cents})
    for rows in (answer.adjustments, *(line.adjustments for line in answer.lines)):
        for each in rows:
            sums[f"{each.group}-{each.reason}"] += each.amount_cents
    return sums


def left_of(standing: Iterable[ClaimDecision], reversal: RemitClaim) -> dict[str, int]:
    """Return what ``reversal`` leaves of the ``standing`` decisions; empty when it undoes them."""
    sums = sums_of_answer(reversal)
    for decision in standing:
        sums.update(sums_of_decision(decision))
    return {what: cents for what, cents in sums.items() if cents}


def _adjustments(rows: tuple[Adjustment, ...]) -> list[list[object]]:
    return [[each.group, each.reason, each.amount_cents, each.quantity] for each in rows]
