# SPDX-License-Identifier: MIT
"""What the pretend payer pays, by the beginning of the member id (``outcomes``).

Allowed is four fifths of the charge; the rest is a contractual write-off (CO-45). Unless another
outcome says so, a copay of 25.00 is taken once for each day of service (PR-3), where the allowed
amount covers it. A correction (frequency 7) of a denied claim is paid.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from mediyn_desktop.core.money import total
from mediyn_desktop.sandbox.clearinghouse.outcomes import Outcome, outcome_of
from mediyn_desktop.sandbox.clearinghouse.reading import Claim, Line, Person

COPAY_CENTS = 2500
NEXT_PAYER = Person("SANDBOX SECONDARY", "", "99998")


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One CAS: group, reason, cents."""

    group: str
    reason: str
    amount: int


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A line as decided: charge = paid + adjustments, all in cents."""

    line: Line
    allowed: int
    adjustments: tuple[Adjustment, ...]

    @property
    def paid(self) -> int:
        return self.line.charge - total([each.amount for each in self.adjustments])


@dataclass(frozen=True, slots=True)
class Decision:
    """A claim as decided. ``status`` is CLP02; ``interest`` in cents; ``forwarded`` to whom."""

    claim: Claim
    status: str
    lines: tuple[PaidLine, ...]
    interest: int = 0
    forwarded: Person | None = None

    @property
    def charge(self) -> int:
        return total([each.line.charge for each in self.lines])

    @property
    def paid(self) -> int:
        return total([each.paid for each in self.lines])

    @property
    def patient_owes(self) -> int:
        return total(
            [
                adjustment.amount
                for each in self.lines
                for adjustment in each.adjustments
                if adjustment.group == "PR"
            ]
        )


def decide(claim: Claim) -> Decision:
    """Return what the payer decides; the charge of the claim is the sum of its lines."""
    outcome = outcome_of(claim.subscriber.identifier)
    if outcome is Outcome.DENIED and claim.frequency == "7":
        outcome = Outcome.PAID
    if outcome is not Outcome.DENIED and any(line.left is not None for line in claim.lines):
        return _decide_after_another(claim)
    copay_taken: set[str] = set()
    lines = [
        _decide_line(line, outcome, copay_taken, is_first=number == 0)
        for number, line in enumerate(claim.lines)
    ]
    made = Decision(claim, "4" if outcome is Outcome.DENIED else "1", tuple(lines))
    if outcome is Outcome.INTEREST:
        return replace(made, interest=max(1, made.paid // 100))
    if outcome is Outcome.CROSSED_OVER:
        return replace(made, status="19", forwarded=NEXT_PAYER)
    return made


def _decide_after_another(claim: Claim) -> Decision:
    """Pay what the insurer before left to the client; OA-23 is everything that one did."""
    lines = []
    for line in claim.lines:
        left = line.left or 0
        before = Adjustment("OA", "23", line.charge - left)
        lines.append(PaidLine(line, left, _kept(before)))
    return Decision(claim, "2", tuple(lines))


def _decide_line(
    line: Line, outcome: Outcome, copay_taken: set[str], *, is_first: bool
) -> PaidLine:
    if outcome is Outcome.DENIED:
        return PaidLine(line, 0, _kept(Adjustment("CO", "197", line.charge)))
    if outcome is Outcome.SOME_LINES and not is_first:
        return PaidLine(line, 0, _kept(Adjustment("CO", "97", line.charge)))
    allowed = line.charge * 4 // 5
    owed = Adjustment("PR", "3", 0)
    if outcome is Outcome.DEDUCTIBLE:
        owed = Adjustment("PR", "1", allowed)
    elif outcome in (Outcome.COINSURANCE, Outcome.CROSSED_OVER):
        owed = Adjustment("PR", "2", allowed // 5)
    elif line.date not in copay_taken and allowed >= COPAY_CENTS:
        copay_taken.add(line.date)
        owed = Adjustment("PR", "3", COPAY_CENTS)
    cut = Adjustment("CO", "253", 0)
    if outcome is Outcome.SEQUESTERED:
        cut = Adjustment("CO", "253", (allowed - owed.amount) * 2 // 100)
    write_off = Adjustment("CO", "45", line.charge - allowed)
    return PaidLine(line, allowed, _kept(write_off, cut, owed))


def reverse(decision: Decision) -> Decision:
    """Return ``decision`` taken back: status 22, every amount with its sign turned."""
    lines = tuple(
        PaidLine(
            replace(each.line, charge=-each.line.charge),
            -each.allowed,
            tuple(replace(one, amount=-one.amount) for one in each.adjustments),
        )
        for each in decision.lines
    )
    return Decision(decision.claim, "22", lines)


def without_copay(decision: Decision) -> Decision:
    """Return ``decision`` as the payer should have made it: the copay was not due."""
    lines = tuple(
        replace(each, adjustments=tuple(one for one in each.adjustments if one.group != "PR"))
        for each in decision.lines
    )
    return replace(decision, lines=lines)


def as_secondary(decision: Decision) -> Decision:
    """Return what the next payer makes of a crossed over claim: it pays what the client owed.

    OA-23 is everything the first payer did: what it paid and what it wrote off.
    """
    lines = [
        replace(
            each.line, left=total([one.amount for one in each.adjustments if one.group == "PR"])
        )
        for each in decision.lines
    ]
    payer = decision.forwarded or NEXT_PAYER
    return _decide_after_another(replace(decision.claim, payer=payer, lines=lines))


def _kept(*adjustments: Adjustment) -> tuple[Adjustment, ...]:
    return tuple(each for each in adjustments if each.amount)
