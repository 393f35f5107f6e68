# SPDX-License-Identifier: MIT
"""An 835 as values: one payment, its claims with their lines, what the payer took or gave besides.

Guide: 005010X221A1. Amounts are int cents with the file's own signs: paid and charged amounts of a
reversal are negative, a positive provider adjustment lowers the payment. An amount that cannot be
read is 0 together with a ``Flaw`` that blocks, and one that may be left out is None.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from mediyn_desktop.claims.x12.inbound import (
    NO_PLACE,
    Contact,
    Dated,
    Flaw,
    Origin,
    Party,
    Place,
    Reference,
    dated,
    party,
    reference,
)
from mediyn_desktop.claims.x12.segments import Segment

REVERSAL = "22"
PREDETERMINATION = "25"
DENIED = "4"
# 19 to 21 were processed and passed on to the next payer; 23 was only passed on.
FORWARDED = frozenset({"19", "20", "21", "23"})
NOT_OURS_FORWARDED = "23"
_RANKS = {"1": 1, "19": 1, "2": 2, "20": 2, "3": 3, "21": 3}


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One reason of a CAS: group (who bears it), reason (CARC), amount, and units if any."""

    group: str
    reason: str
    amount_cents: int
    quantity: str = ""


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """SVC: one service as decided. ``units`` and quantities are text as sent ("" means 1).

    ``submitted_procedure`` (with its modifiers) is there when the payer paid another code than the
    one that was sent. ``position`` is the segment's number in the file.
    """

    procedure_qualifier: str
    procedure: str
    modifiers: tuple[str, ...]
    charge_cents: int
    paid_cents: int
    units: str = ""
    revenue_code: str = ""
    submitted_procedure: str = ""
    submitted_modifiers: tuple[str, ...] = ()
    submitted_units: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    dates: tuple[Dated, ...] = ()
    references: tuple[Reference, ...] = ()
    amounts: tuple[tuple[str, int], ...] = ()
    quantities: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()
    others: tuple[Segment, ...] = ()
    position: int = 0
    description: str = field(default="", repr=False)

    @property
    def control_number(self) -> str:
        """Our own number of the line (REF*6R), or an empty string."""
        return reference(self.references, "6R")

    @property
    def service_from(self) -> date | None:
        found = dated(self.dates, "472", "150")
        return found.first if found else None

    @property
    def service_to(self) -> date | None:
        found = dated(self.dates, "472", "151")
        return found.last if found else self.service_from

    @property
    def allowed_cents(self) -> int | None:
        """The allowed amount as the payer states it (AMT*B6): for information only."""
        return _amount(self.amounts, "B6")


@dataclass(frozen=True, slots=True)
class RemitClaim:
    """CLP: one claim as decided, with everything said about it.

    ``control_number`` is our own (CLM01) as the payer echoes it, ``payer_number`` the payer's
    (CLP07), ``patient_cents`` what the payer says the patient owes (CLP05, information only).
    ``remarks`` are the codes in MIA and MOA. The claim reaches from segment ``position`` to
    segment ``end`` of the file.
    """

    control_number: str
    status: str
    charge_cents: int
    paid_cents: int
    patient_cents: int | None
    filing_code: str
    payer_number: str
    facility: str = ""
    frequency: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    lines: tuple[ServiceLine, ...] = ()
    parties: tuple[Party, ...] = field(default=(), repr=False)
    references: tuple[Reference, ...] = ()
    dates: tuple[Dated, ...] = ()
    amounts: tuple[tuple[str, int], ...] = ()
    quantities: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    others: tuple[Segment, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    position: int = 0
    end: int = 0

    @property
    def is_reversal(self) -> bool:
        return self.status == REVERSAL

    @property
    def is_predetermination(self) -> bool:
        """An answer to a question, not to a claim: nothing was paid and nothing is owed."""
        return self.status == PREDETERMINATION

    @property
    def is_forwarded(self) -> bool:
        """The payer passed the claim on to another payer itself: wait, do not send it again."""
        return self.status in FORWARDED

    @property
    def is_processed_here(self) -> bool:
        """False when the claim was only passed on or only predetermined."""
        return self.status not in (NOT_OURS_FORWARDED, PREDETERMINATION)

    @property
    def payer_rank(self) -> int | None:
        """1, 2, 3: processed as primary, secondary, tertiary. None where the status says not."""
        return _RANKS.get(self.status)

    @property
    def patient(self) -> Party | None:
        return party(self.parties, "QC")

    @property
    def insured(self) -> Party | None:
        """The insured where named, else the patient."""
        return party(self.parties, "IL", "QC")

    @property
    def member_id(self) -> str:
        """The member id used for this claim, the payer's correction of it first."""
        for role in ("74", "IL", "QC"):
            found = party(self.parties, role)
            if found is not None and found.id:
                return found.id
        return ""

    @property
    def corrected(self) -> Party | None:
        """The name or member id as the payer has it (NM1*74), when it differs from ours."""
        return party(self.parties, "74")

    @property
    def forwarded_to(self) -> Party | None:
        """The payer the claim was passed on to (NM1*TT)."""
        return party(self.parties, "TT")

    @property
    def service_from(self) -> date | None:
        found = dated(self.dates, "232", "472")
        if found is not None and found.first is not None:
            return found.first
        return min((day for line in self.lines if (day := line.service_from)), default=None)

    @property
    def received_on(self) -> date | None:
        """When the payer received the claim (DTM*050): proof of timely filing."""
        found = dated(self.dates, "050")
        return found.first if found else None

    @property
    def interest_cents(self) -> int | None:
        """Interest as stated beside the claim (AMT*I); its money is in a provider adjustment."""
        return _amount(self.amounts, "I")


@dataclass(frozen=True, slots=True)
class PaymentParty:
    """N1*PR (payer) or N1*PE (payee): name, address, numbers and people to call."""

    role: str
    name: str = field(default="", repr=False)
    id_qualifier: str = ""
    id: str = ""
    place: Place = NO_PLACE
    references: tuple[Reference, ...] = ()
    contacts: tuple[Contact, ...] = ()

    @property
    def npi(self) -> str:
        return self.id if self.id_qualifier == "XX" else reference(self.references, "HPI")

    @property
    def tax_id(self) -> str:
        return self.id if self.id_qualifier == "FI" else reference(self.references, "TJ")


@dataclass(frozen=True, slots=True)
class Payment:
    """ST to the first claim: who pays whom, how much, how, when, and under which number.

    ``handling`` is BPR01, ``method`` BPR04 (ACH, CHK, NON ...), ``paid_on`` BPR16, ``trace`` TRN02
    (check or EFT number), ``originator`` TRN03 (payer's tax id behind a 1). Bank numbers are as
    sent; a currency that is not stated is US dollars.
    """

    origin: Origin
    handling: str
    amount_cents: int
    credit_or_debit: str
    method: str
    paid_on: date | None
    trace: str
    originator: str
    trace_supplement: str = ""
    payer_bank: str = field(default="", repr=False)
    payer_account: str = field(default="", repr=False)
    payee_bank: str = field(default="", repr=False)
    payee_account: str = field(default="", repr=False)
    currency: str = "USD"
    produced_on: date | None = None
    payer: PaymentParty = PaymentParty("PR")
    payee: PaymentParty = PaymentParty("PE")
    references: tuple[Reference, ...] = ()
    dates: tuple[Dated, ...] = ()
    others: tuple[Segment, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    position: int = 0

    @property
    def identity(self) -> tuple[str, str, int, date | None]:
        """Trace number, originator, amount, date: the same again is the same money again."""
        return self.trace, self.originator, self.amount_cents, self.paid_on


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """One reason of a PLB: money that belongs to no claim of this payment.

    Positive lowers the payment. ``reference`` is what the payer wrote behind the reason (PLB03-2),
    often a claim number; ``provider`` is PLB01, ``period_end`` PLB02.
    """

    provider: str
    period_end: date | None
    reason: str
    reference: str
    amount_cents: int
    position: int = 0


@dataclass(frozen=True, slots=True)
class PaymentEnd:
    """SE (or where the file broke off): the sums over what was read, and the flaws of the set.

    ``complete`` is False when the end is missing: then claims may be missing too.
    """

    claims: int
    charge_cents: int
    paid_cents: int
    provider_adjustment_cents: int
    complete: bool
    others: tuple[Segment, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    position: int = 0


@dataclass(frozen=True, slots=True)
class Remittance:
    """One whole payment, for those who need it at once; ``end`` holds its sums."""

    payment: Payment
    claims: tuple[RemitClaim, ...]
    provider_adjustments: tuple[ProviderAdjustment, ...]
    end: PaymentEnd

    @property
    def origin(self) -> Origin:
        return self.payment.origin

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """Everything stumbled over, in the order of the file."""
        of_claims = (flaw for claim in self.claims for flaw in claim.flaws)
        found = (*self.payment.flaws, *of_claims, *self.end.flaws)
        return tuple(sorted(found, key=lambda flaw: flaw.position))


def _amount(amounts: tuple[tuple[str, int], ...], qualifier: str) -> int | None:
    for kind, cents in amounts:
        if kind == qualifier:
            return cents
    return None
