# SPDX-License-Identifier: MIT
"""835: what was paid, balanced at line, claim and payment level. Guide: 005010X221A1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from mediyn_desktop.core.money import plain_cents, total
from mediyn_desktop.sandbox.clearinghouse.acknowledging import payer_claim_number
from mediyn_desktop.sandbox.clearinghouse.adjudicating import Decision, PaidLine
from mediyn_desktop.sandbox.clearinghouse.reading import Segment
from mediyn_desktop.sandbox.clearinghouse.writing import COMPONENT, clean, day, segment

VERSION = "005010X221A1"
_PAYER_TAX_ID = "1999999999"  # TRN03: a 1, then the payer's made-up tax id


@dataclass(frozen=True, slots=True)
class Balancing:
    """One PLB adjustment in cents. Positive lowers the payment, negative raises it."""

    reason: str
    reference: str
    amount: int


@dataclass(slots=True)
class Payment:
    """One payment of a payer to a provider. ``off_by`` cents are added that nothing explains."""

    decisions: list[Decision]
    balancing: list[Balancing] = field(default_factory=list)
    off_by: int = 0

    @property
    def cents(self) -> int:
        """What is paid: claims less adjustments (X12 835 section 1.10.2.1)."""
        claims = total([decision.paid for decision in self.decisions])
        return claims - total([one.amount for one in self.balancing]) + self.off_by

    @property
    def key(self) -> str:
        """Who pays whom."""
        claim = self.decisions[0].claim
        return f"{claim.payer.identifier}|{claim.provider.identifier}"


def body(payment: Payment, trace: str, now: datetime) -> list[Segment]:
    """Return the 835 of ``payment``. ``trace`` is its check number."""
    today = day(now)
    first = payment.decisions[0].claim
    paid = payment.cents
    rows = [
        # No money moves: an H notification with method NON.
        segment(
            *("BPR", "I" if paid else "H", plain_cents(paid), "C", "CHK" if paid else "NON"),
            *([""] * 11),
            today,
        ),
        segment("TRN", 1, trace, _PAYER_TAX_ID),
        segment("DTM", "405", today),
        segment("N1", "PR", clean(first.payer.last) or "SANDBOX PAYER"),
        segment("N3", "1 SANDBOX WAY"),
        segment("N4", "ALBANY", "NY", "12207"),
        segment("REF", "2U", clean(first.payer.identifier) or "SANDBOX"),
        segment("PER", "BL", "SANDBOX PAYER", "TE", "8005550100"),
        segment(
            *("N1", "PE", clean(f"{first.provider.first} {first.provider.last}".strip())),
            *("XX", clean(first.provider.identifier)),
        ),
        *([segment("REF", "TJ", clean(first.tax_id))] if first.tax_id else []),
        segment("LX", 1),
    ]
    for decision in payment.decisions:
        rows.extend(_claim(decision, today))
    for one in payment.balancing:
        rows.append(
            segment(
                *("PLB", clean(first.provider.identifier), f"{now.year}1231"),
                f"{one.reason}{COMPONENT}{clean(one.reference)}",
                plain_cents(one.amount),
            )
        )
    return rows


def _claim(decision: Decision, today: str) -> Iterator[Segment]:
    claim = decision.claim
    yield segment(
        *("CLP", clean(claim.control), decision.status),
        *(plain_cents(decision.charge), plain_cents(decision.paid)),
        plain_cents(decision.patient_owes) if decision.patient_owes else "",
        *("12", clean(payer_claim_number(claim)), claim.place, claim.frequency),
    )
    patient, subscriber = claim.patient, claim.subscriber
    member = ("MI", clean(subscriber.identifier))
    yield segment(*("NM1", "QC", 1, clean(patient.last), clean(patient.first), "", "", ""), *member)
    if patient is not subscriber and patient != subscriber:
        yield segment(
            *("NM1", "IL", 1, clean(subscriber.last), clean(subscriber.first), "", "", ""), *member
        )
    if decision.forwarded is not None:
        to = decision.forwarded
        yield segment("NM1", "TT", 2, clean(to.last), "", "", "", "", "PI", clean(to.identifier))
    yield segment("DTM", "050", today)
    if decision.interest:
        yield segment("AMT", "I", plain_cents(decision.interest))
    for each in decision.lines:
        yield from _line(each)


def _line(each: PaidLine) -> Iterator[Segment]:
    line = each.line
    yield segment(
        *("SVC", COMPONENT.join(clean(part) for part in line.procedure[:6])),
        *(plain_cents(line.charge), plain_cents(each.paid), "", line.units),
    )
    if line.date:
        yield segment("DTM", "472", line.date)
    for adjustment in each.adjustments:
        yield segment("CAS", adjustment.group, adjustment.reason, plain_cents(adjustment.amount))
    if line.control:
        yield segment("REF", "6R", clean(line.control))
    if each.allowed:
        yield segment("AMT", "B6", plain_cents(each.allowed))
