# SPDX-License-Identifier: MIT
"""What the pretend payer pays. The beginning of the member id picks the outcome.

DENY: nothing, no authorization (CO-197). DED: the allowed amount is deductible (PR-1).
PART: the client owes a fifth of the allowed amount (PR-2). Anything else: the allowed amount less
a copay of 25.00 for each day of service (PR-3), where the allowed amount covers it. Allowed is four
fifths of the charge; the rest is a contractual write-off (CO-45).
"""

from __future__ import annotations

from dataclasses import dataclass

from mediyn_desktop.core.money import total
from mediyn_desktop.sandbox.clearinghouse.reading import Claim, Line

COPAY_CENTS = 2500


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
    """A claim as decided. ``status`` is CLP02."""

    claim: Claim
    status: str
    lines: tuple[PaidLine, ...]

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
    member = claim.subscriber.identifier.upper()
    denied = member.startswith("DENY")
    copay_taken: set[str] = set()
    lines = []
    for line in claim.lines:
        if denied:
            lines.append(PaidLine(line, 0, _kept(Adjustment("CO", "197", line.charge))))
            continue
        allowed = line.charge * 4 // 5
        owed = Adjustment("PR", "3", 0)
        if member.startswith("DED"):
            owed = Adjustment("PR", "1", allowed)
        elif member.startswith("PART"):
            owed = Adjustment("PR", "2", allowed // 5)
        elif line.date not in copay_taken and allowed >= COPAY_CENTS:
            copay_taken.add(line.date)
            owed = Adjustment("PR", "3", COPAY_CENTS)
        write_off = Adjustment("CO", "45", line.charge - allowed)
        lines.append(PaidLine(line, allowed, _kept(write_off, owed)))
    return Decision(claim, "4" if denied else "1", tuple(lines))


def _kept(*adjustments: Adjustment) -> tuple[Adjustment, ...]:
    return tuple(each for each in adjustments if each.amount)
