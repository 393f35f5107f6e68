# SPDX-License-Identifier: MIT
"""What a payer says the client owes (CLP05), beside what its reasons come to: told, never posted.

The reasons are what balances and what is posted; the figure is information only (005010X221A1,
section 1.10.2.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mediyn_desktop.claims.x12.model835 import RemitClaim
from mediyn_desktop.codes.adjustments import Group
from mediyn_desktop.core.money import format_cents


def said_otherwise(answers: Iterable[RemitClaim]) -> Iterator[str]:
    """Yield a sentence for each answer whose figure and reasons differ.

    None and zero say nothing: many payers leave the figure out or write 0.
    """
    for answer in answers:
        every = (*answer.adjustments, *(one for line in answer.lines for one in line.adjustments))
        reasons = sum(one.amount_cents for one in every if one.group == Group.CLIENT)
        if answer.patient_cents and abs(answer.patient_cents) != abs(reasons):
            yield (
                f"Claim {answer.control_number or 'without a number'}: the payer says that the "
                f"client owes {format_cents(answer.patient_cents)}, and its reasons come to "
                f"{format_cents(reasons)}. The reasons count."
            )
