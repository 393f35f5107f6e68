# SPDX-License-Identifier: MIT
"""Which payments a file of claims brings: at once, and later."""

from __future__ import annotations

import itertools
from dataclasses import replace

from mediyn_desktop.sandbox.clearinghouse.acknowledging import (
    is_sound,
    payer_claim_number,
    refusal,
)
from mediyn_desktop.sandbox.clearinghouse.adjudicating import (
    Decision,
    as_secondary,
    decide,
    reverse,
    without_copay,
)
from mediyn_desktop.sandbox.clearinghouse.memory import Memory, Owed
from mediyn_desktop.sandbox.clearinghouse.outcomes import Outcome, outcome_of
from mediyn_desktop.sandbox.clearinghouse.reading import Claim, Interchange
from mediyn_desktop.sandbox.clearinghouse.remitting import Balancing, Payment

_UNPAID = (Outcome.LOST, Outcome.PAYER_REFUSED)


def payments(claims: Interchange, memory: Memory) -> tuple[list[Payment], list[Payment]]:
    """Return the payments made at once and those made later, by payer and provider."""
    reached = [
        claim
        for group in claims.groups
        for each in group.sets
        if is_sound(each)
        for claim in each.claims
        if claim.lines
        and outcome_of(claim.subscriber.identifier) not in _UNPAID
        and refusal(claim, memory) is None
    ]
    now: list[Decision] = []
    later: list[Decision] = []
    for claim in reached:
        now += _decided(claim, memory)
        later += _second_thoughts(claim)
    first = [_payment(together, memory) for together in _by_payer(now)]
    for claim in reached:
        if claim.frequency != "8":
            memory.claims[payer_claim_number(claim)] = claim
    return first, [_payment(together, memory) for together in _by_payer(later)]


def _decided(claim: Claim, memory: Memory) -> list[Decision]:
    """What comes at once; a correction is preceded by the reversal of what it replaces."""
    made = []
    if claim.frequency in ("7", "8"):
        made.append(reverse(decide(memory.claims[claim.original])))
    if claim.frequency != "8":
        made.append(decide(claim))
    if outcome_of(claim.subscriber.identifier) is Outcome.STRAY:
        lines = [replace(line, control="") for line in claim.lines]
        made.append(decide(replace(claim, control="NOTOURS1", lines=lines)))
    return made


def _second_thoughts(claim: Claim) -> list[Decision]:
    made = decide(claim)
    match outcome_of(claim.subscriber.identifier):
        case Outcome.CORRECTED:
            return [reverse(made), without_copay(made)]
        case Outcome.TAKEN_BACK:
            return [reverse(made)]
        case Outcome.CROSSED_OVER:
            return [as_secondary(made)]
        case _:
            return []


def _by_payer(decisions: list[Decision]) -> list[list[Decision]]:
    def key(decision: Decision) -> tuple[str, str]:
        return decision.claim.payer.identifier, decision.claim.provider.identifier

    # Sorting keeps the order within a payment: a reversal stands before its correction.
    return [list(together) for _, together in itertools.groupby(sorted(decisions, key=key), key)]


def _payment(decisions: list[Decision], memory: Memory) -> Payment:
    """Balance a payment: interest raises it, an old debt lowers it, and it is never below zero."""
    made = Payment(decisions)
    for decision in decisions:
        if decision.interest:
            number = payer_claim_number(decision.claim)
            made.balancing.append(Balancing("L6", number, -decision.interest))
    taken = memory.take_back(made.key, made.cents)
    if taken is not None:
        made.balancing.append(Balancing("WO", taken.reference, taken.cents))
    if made.cents < 0:
        number = payer_claim_number(decisions[0].claim)
        debt = memory.owed.setdefault(made.key, Owed(0, number))
        debt.cents -= made.cents
        made.balancing.append(Balancing("FB", number, made.cents))
    if any(outcome_of(one.claim.subscriber.identifier) is Outcome.OFF_BALANCE for one in decisions):
        made.off_by = 100
    return made
