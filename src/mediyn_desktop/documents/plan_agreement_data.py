# SPDX-License-Identifier: MIT
"""What stands in the agreement of a payment plan. Loads nothing that draws."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.documents.dates import long_day


@dataclass(frozen=True, slots=True)
class PlanLine:
    """So many cents: owed for the service of a day, or due on a day."""

    on: date
    amount_cents: int


@dataclass(frozen=True, slots=True)
class PlanAgreementData:
    """A payment plan as it was agreed; amounts in cents.

    ``owed`` and ``installments`` have the same sum. ``card`` is such as ``Visa ending 4242``, blank
    where the client pays by hand. It names days and amounts and says nothing about the care.
    """

    reference: str
    agreed_on: date
    practice_name: str
    practice_address: tuple[str, ...]
    practice_phone: str
    client_name: str
    amount_cents: int
    day_of_month: int
    owed: tuple[PlanLine, ...]
    installments: tuple[PlanLine, ...]
    card: str = ""

    @property
    def total_cents(self) -> int:
        """What is paid off."""
        return sum(line.amount_cents for line in self.owed)


def terms(data: PlanAgreementData) -> tuple[tuple[str, str], ...]:
    """Return the terms as title and sentences, in the words both sides sign.

    The figures are those the Truth in Lending rules ask for where they apply (12 CFR 1026.18):
    amount, finance charge, annual rate, total and schedule.
    """
    amount = format_cents(data.amount_cents)
    if data.card:
        how = (
            f"I authorize {data.practice_name} to charge my card ({data.card}) for each "
            "installment on or after its day, and for nothing else under this plan. I can withdraw "
            "this in writing at any time before a charge."
        )
    else:
        how = "I pay each installment on or before its day. No card is charged for it."
    short = " A month without that day has its last day instead." if data.day_of_month > 28 else ""
    total, first = format_cents(data.total_cents), long_day(data.installments[0].on)
    many = len(data.installments)
    return (
        (
            "Installments",
            f"{total} is paid in one installment on {first}."
            if many == 1
            else f"{total} is paid in {many} installments of {amount} on day {data.day_of_month} "
            f"of the month, the last one being what is left, beginning {first}.{short}",
        ),
        (
            "No interest, no fees",
            "There is no finance charge: $0.00, an annual percentage rate of 0%. The total of the "
            f"payments is {total}, the same as what is owed today. "
            "Nothing is added for a late or missed installment; it makes the plan longer.",
        ),
        ("How it is paid", how),
        (
            "What is not in it",
            "Sessions after this day are paid as usual and are not part of this plan.",
        ),
        (
            "Changes",
            "I may pay more or everything at any time without a fee. The plan can be paused or "
            "ended by agreement; what is then left is owed as before.",
        ),
    )
