# SPDX-License-Identifier: MIT
"""Does a remittance add up? The exact differences at line, claim and payment level, as values.

Source: 005010X221A1 section 1.10.2.1. Line: charge - adjustments = paid. Claim: charge - all
adjustments = paid; the lines' charges = the claim's; the lines' payments - the claim's own
adjustments = the claim's payment. Payment: the claims' payments - provider adjustments = BPR02.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mediyn_desktop.claims.x12.inbound import Flaw
from mediyn_desktop.claims.x12.model835 import Payment, PaymentEnd, RemitClaim, Remittance
from mediyn_desktop.core.money import format_cents


class Level(StrEnum):
    """Which equation does not hold."""

    LINE = "line"  # charge - adjustments = paid
    CLAIM = "claim"  # charge - all adjustments = paid
    LINES_CHARGED = "lines-charged"  # the lines' charges = the claim's charge
    LINES_PAID = "lines-paid"  # the lines' payments - the claim's own adjustments = claim's payment
    PAYMENT = "payment"  # the claims' payments - provider adjustments = amount paid
    UNREADABLE = "unreadable"  # an amount could not be read, so nothing was proved


@dataclass(frozen=True, slots=True)
class Difference:
    """One equation that does not hold. ``expected_cents`` follows from the parts, ``stated_cents``
    is what the file says of the whole; the claim and line are named by number (line from 1).
    """

    level: Level
    stated_cents: int
    expected_cents: int
    claim: str = ""
    line: int | None = None
    position: int = 0

    @property
    def difference_cents(self) -> int:
        return self.stated_cents - self.expected_cents

    def sentence(self) -> str:
        """Say the difference in plain words with its amounts."""
        stated, expected = format_cents(self.stated_cents), format_cents(self.expected_cents)
        gap = format_cents(abs(self.difference_cents))
        claim = f"Claim {self.claim}" if self.claim else "A claim without a number"
        match self.level:
            case Level.LINE:
                return (
                    f"{claim}, line {self.line}: paid {stated}, but charge and adjustments leave "
                    f"{expected}; {gap} apart."
                )
            case Level.CLAIM:
                return (
                    f"{claim}: paid {stated}, but charge and adjustments leave {expected}; "
                    f"{gap} apart."
                )
            case Level.LINES_CHARGED:
                return (
                    f"{claim}: charged {stated}, but its lines add up to {expected}; {gap} apart."
                )
            case Level.LINES_PAID:
                return f"{claim}: paid {stated}, but its lines were paid {expected}; {gap} apart."
            case Level.PAYMENT:
                return (
                    f"The payment is {stated}, but its claims and provider adjustments add up to "
                    f"{expected}; {gap} apart."
                )
            case Level.UNREADABLE:
                where = claim if self.claim else "The payment"
                return f"{where} holds something that cannot be read, so it cannot be added up."


@dataclass(frozen=True, slots=True)
class Balance:
    """What does not add up. ``claims`` stands beside ``Remittance.claims``, one tuple for each."""

    payment: tuple[Difference, ...]
    claims: tuple[tuple[Difference, ...], ...]

    @property
    def ok(self) -> bool:
        return not self.payment and not any(self.claims)

    @property
    def payment_ok(self) -> bool:
        """Whether the deposit adds up; if not, nothing of the payment may be posted."""
        return not self.payment

    @property
    def differences(self) -> tuple[Difference, ...]:
        return (*self.payment, *(each for found in self.claims for each in found))


def balance(remittance: Remittance) -> Balance:
    """Return everything in ``remittance`` that does not add up."""
    return Balance(
        payment_differences(remittance.payment, remittance.end),
        tuple(claim_differences(claim) for claim in remittance.claims),
    )


def claim_differences(claim: RemitClaim) -> tuple[Difference, ...]:
    """Return the equations of one claim and its lines that do not hold; none when it balances."""
    charged = paid = adjusted = 0
    found: list[Difference] = []
    for number, line in enumerate(claim.lines, start=1):
        left = line.charge_cents
        charged += left
        paid += line.paid_cents
        for adjustment in line.adjustments:
            left -= adjustment.amount_cents
            adjusted += adjustment.amount_cents
        if left != line.paid_cents:
            found.append(_at(Level.LINE, line.paid_cents, left, claim, number))
    own = 0
    for adjustment in claim.adjustments:
        own += adjustment.amount_cents
    expected = claim.charge_cents - own - adjusted
    if expected != claim.paid_cents:
        found.append(_at(Level.CLAIM, claim.paid_cents, expected, claim))
    if claim.lines:
        if charged != claim.charge_cents:
            found.append(_at(Level.LINES_CHARGED, claim.charge_cents, charged, claim))
        if paid - own != claim.paid_cents:
            found.append(_at(Level.LINES_PAID, claim.paid_cents, paid - own, claim))
    if claim.flaws and any(flaw.blocks for flaw in claim.flaws):
        found.append(_at(Level.UNREADABLE, 0, 0, claim))
    return tuple(found)


def payment_differences(payment: Payment, end: PaymentEnd) -> tuple[Difference, ...]:
    """Return what keeps the payment from adding up; none when the deposit is explained."""
    found: list[Difference] = []
    expected = end.paid_cents - end.provider_adjustment_cents
    if expected != payment.amount_cents:
        found.append(
            Difference(Level.PAYMENT, payment.amount_cents, expected, position=payment.position)
        )
    if _blocks(payment.flaws) or _blocks(end.flaws):
        found.append(Difference(Level.UNREADABLE, 0, 0, position=payment.position))
    return tuple(found)


def _blocks(flaws: Iterable[Flaw]) -> bool:
    return any(flaw.blocks for flaw in flaws)


def _at(
    level: Level, stated: int, expected: int, claim: RemitClaim, line: int | None = None
) -> Difference:
    position = claim.position if line is None else claim.lines[line - 1].position
    return Difference(level, stated, expected, claim.control_number, line, position)
