# SPDX-License-Identifier: MIT
"""How long a claim may still be filed: from the date of service to the insurer's receipt.

The limits are the payer's own and editable; a rejected claim was never filed, so its clock keeps
running. For a later insurer the clock runs from the first insurer's answer. A correction has the
first claim's limit unless the payer says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims.decision_tables import ClaimDecision
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.practice.tables import Coverage
from mediyn_desktop.store.uow import Reading

LAST_DAYS = 14


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when a claim must have reached the insurer; ``begins_on`` is where the clock began."""

    begins_on: date
    last_day: date

    def days_left(self, today: date) -> int:
        """Days after ``today`` on which it is still in time; negative once it is too late."""
        return (self.last_day - today).days

    def used_percent(self, today: date) -> int:
        """How much of the time is gone, 0 to 100 and beyond."""
        whole = (self.last_day - self.begins_on).days
        return 100 if whole <= 0 else (today - self.begins_on).days * 100 // whole


def filing_deadline(read: Reading, claim: Claim) -> Deadline | None:
    """Return the deadline of ``claim``, or None where its payer names no limit."""
    coverage = read.session.get_one(Coverage, claim.coverage_id)
    limit = coverage.payer.timely_filing_days
    if limit is None:
        return None
    begins = read.session.get_one(Charge, claim.charge_id).date_of_service
    if claim.rank > 1:
        answered = read.session.scalar(
            select(func.max(ClaimDecision.decided_on))
            .join(Claim, Claim.id == ClaimDecision.claim_id)
            .where(Claim.charge_id == claim.charge_id, Claim.rank < claim.rank)
            .where(ClaimDecision.state == "posted")
        )
        begins = answered or begins
    return Deadline(begins, begins + timedelta(days=limit))
