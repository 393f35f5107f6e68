# SPDX-License-Identifier: MIT
"""What a provider adjustment (PLB) is about, in own words, and which account it concerns.

Positive amounts lower the payment, negative ones raise it. A code that is not here waits for a
person. The wording of the code list belongs to X12 and is not reproduced.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mediyn_desktop.claims.x12.model835 import ProviderAdjustment


class Concerns(StrEnum):
    """What the money of a provider adjustment is to the practice."""

    TAKE_BACK = "take-back"  # repayment of what was paid too much before
    CARRIED = "carried"  # a balance moved into or out of another payment
    INTEREST = "interest"
    WITHHELD = "withheld"  # taxes, levies: the insurer keeps it for somebody else
    PENALTY = "penalty"
    EXTRA = "extra"  # bonus, capitation and other money that belongs to no claim
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class AdjustmentKind:
    """One reason code (PLB03-1): our words for it, and what its money concerns."""

    code: str
    label: str
    concerns: Concerns


_KINDS = (
    AdjustmentKind("WO", "Overpayment taken back", Concerns.TAKE_BACK),
    AdjustmentKind("72", "Overpayment you sent back", Concerns.TAKE_BACK),
    AdjustmentKind("WU", "Amount taken back, reason not given", Concerns.TAKE_BACK),
    AdjustmentKind("OB", "Debt of a related practice taken", Concerns.TAKE_BACK),
    AdjustmentKind("B3", "Recovery allowed", Concerns.TAKE_BACK),
    AdjustmentKind("FB", "Balance carried over", Concerns.CARRIED),
    AdjustmentKind("CS", "Adjustment", Concerns.UNKNOWN),
    AdjustmentKind("RA", "Adjustment for an earlier period", Concerns.UNKNOWN),
    AdjustmentKind("J1", "Amount that is not reimbursed", Concerns.UNKNOWN),
    AdjustmentKind("L6", "Interest", Concerns.INTEREST),
    AdjustmentKind("51", "Interest charged as a penalty", Concerns.PENALTY),
    AdjustmentKind("50", "Charge for late filing", Concerns.PENALTY),
    AdjustmentKind("L3", "Penalty", Concerns.PENALTY),
    AdjustmentKind("IR", "Federal tax withheld", Concerns.WITHHELD),
    AdjustmentKind("LE", "Levy withheld", Concerns.WITHHELD),
    AdjustmentKind("E3", "Amount withheld", Concerns.WITHHELD),
    AdjustmentKind("AM", "Put toward a loan", Concerns.WITHHELD),
    AdjustmentKind("SL", "Put toward a student loan", Concerns.WITHHELD),
    AdjustmentKind("AP", "Paid in advance", Concerns.EXTRA),
    AdjustmentKind("PI", "Regular payment in advance", Concerns.EXTRA),
    AdjustmentKind("IS", "Interim settlement", Concerns.EXTRA),
    AdjustmentKind("LS", "Lump sum", Concerns.EXTRA),
    AdjustmentKind("B2", "Rebate", Concerns.EXTRA),
    AdjustmentKind("BN", "Bonus", Concerns.EXTRA),
    AdjustmentKind("IP", "Incentive", Concerns.EXTRA),
    AdjustmentKind("90", "Discount for early payment", Concerns.EXTRA),
    AdjustmentKind("CT", "Flat fee per member", Concerns.EXTRA),
    AdjustmentKind("CR", "Interest on a flat fee per member", Concerns.INTEREST),
    AdjustmentKind("C5", "Temporary allowance", Concerns.EXTRA),
)
KINDS = {kind.code: kind for kind in _KINDS}


def kind_of(adjustment: ProviderAdjustment) -> AdjustmentKind:
    """Return what ``adjustment`` is about; an unknown code is named by itself, never guessed."""
    known = KINDS.get(adjustment.reason)
    if known is not None:
        return known
    label = f"Provider adjustment {adjustment.reason or 'without a code'}, not in our list"
    return AdjustmentKind(adjustment.reason, label, Concerns.UNKNOWN)
