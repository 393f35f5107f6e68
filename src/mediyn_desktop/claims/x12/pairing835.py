# SPDX-License-Identifier: MIT
"""Which reversal belongs to which correction, and does a reversal undo what it says it undoes.

A payer corrects a claim by sending it again with the signs turned (status 22) and then as it should
have been. Both may stand in either order, in one remittance or in two (X12 RFI 791, 1429, 2150).
The number of the claim that was first sent binds them, together with the payer's own number; where
only one of the two agrees it must be the only candidate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mediyn_desktop.claims.x12.inbound import reference
from mediyn_desktop.claims.x12.model835 import RemitClaim


class MatchedBy(StrEnum):
    """Which numbers agree."""

    BOTH = "both"
    OURS = "ours"  # CLP01; the payer gave the correction a new number
    PAYERS = "payers"  # CLP07 (or the original number in REF*F8); ours was changed


@dataclass(frozen=True, slots=True)
class Pair:
    """A reversal and the claim that takes its place."""

    reversal: RemitClaim
    correction: RemitClaim
    matched_by: MatchedBy


@dataclass(frozen=True, slots=True)
class Pairing:
    """The claims of a payment, sorted by what they do to what was posted before.

    ``reversals`` have no correction here (a take-back, or the correction comes later);
    ``ambiguous`` could belong to several, so a person decides.
    """

    pairs: tuple[Pair, ...]
    reversals: tuple[RemitClaim, ...]
    ambiguous: tuple[RemitClaim, ...]
    plain: tuple[RemitClaim, ...]

    def in_posting_order(self) -> tuple[RemitClaim, ...]:
        """Return all reversals, then the corrections and the claims that correct nothing."""
        undone = (*(pair.reversal for pair in self.pairs), *self.reversals)
        return (*undone, *(pair.correction for pair in self.pairs), *self.plain)


def pair(claims: Iterable[RemitClaim]) -> Pairing:
    """Pair the reversals among ``claims`` with their corrections."""
    everything = list(claims)
    reversals = [claim for claim in everything if claim.is_reversal]
    if not reversals:
        return Pairing((), (), (), tuple(everything))
    free = {
        id(claim): claim
        for claim in everything
        if not claim.is_reversal and not claim.is_predetermination
    }
    pairs: list[Pair] = []
    for by in MatchedBy:
        index: dict[str | tuple[str, str], list[RemitClaim]] = {}
        for claim in free.values():
            for key in _keys(claim, by):
                index.setdefault(key, []).append(claim)
        rivals: dict[str | tuple[str, str], int] = {}
        for reversal in reversals:
            for key in _keys(reversal, by):
                rivals[key] = rivals.get(key, 0) + 1
        left = []
        for reversal in reversals:
            found = {
                id(claim): claim
                for key in _keys(reversal, by)
                if rivals[key] == 1
                for claim in index.get(key, ())
                if id(claim) in free
            }
            if len(found) == 1:
                (chosen,) = found.values()
                pairs.append(Pair(reversal, chosen, by))
                del free[id(chosen)]
            else:
                left.append(reversal)
        reversals = left
    named = {key for claim in free.values() for by in MatchedBy for key in _keys(claim, by)}
    ambiguous = [
        each
        for each in reversals
        if any(key in named for by in MatchedBy for key in _keys(each, by))
    ]
    unclear = {id(each) for each in ambiguous}
    taken = {id(each.correction) for each in pairs}
    return Pairing(
        tuple(pairs),
        tuple(each for each in reversals if id(each) not in unclear),
        tuple(ambiguous),
        tuple(each for each in everything if not each.is_reversal and id(each) not in taken),
    )


@dataclass(frozen=True, slots=True)
class NotUndone:
    """An amount that a reversal leaves standing. ``what``: charge, paid, or group-reason."""

    what: str
    left_cents: int


def left_standing(posted: Sequence[RemitClaim], reversal: RemitClaim) -> tuple[NotUndone, ...]:
    """Return what remains of ``posted`` after ``reversal``; nothing when it undoes them exactly.

    ``posted`` are the earlier answers to the same claim that are in force, earlier reversals
    included. A reversal must leave nothing: otherwise a person looks at it.
    """
    sums: dict[str, int] = {"charge": 0, "paid": 0}
    for claim in (*posted, reversal):
        sums["charge"] += claim.charge_cents
        sums["paid"] += claim.paid_cents
        adjustments = [*claim.adjustments, *(a for line in claim.lines for a in line.adjustments)]
        for each in adjustments:
            key = f"{each.group}-{each.reason}"
            sums[key] = sums.get(key, 0) + each.amount_cents
    return tuple(NotUndone(what, cents) for what, cents in sums.items() if cents)


def _keys(claim: RemitClaim, by: MatchedBy) -> Iterable[str | tuple[str, str]]:
    ours, payers = claim.control_number, claim.payer_number
    original = reference(claim.references, "F8")
    match by:
        case MatchedBy.BOTH:
            return [(ours, number) for number in {payers, original} if ours and number]
        case MatchedBy.OURS:
            return [ours] if ours else []
        case MatchedBy.PAYERS:
            return [number for number in {payers, original} if number]
