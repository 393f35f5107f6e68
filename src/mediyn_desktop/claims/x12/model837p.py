# SPDX-License-Identifier: MIT
"""What one file of professional claims says (837P, guide 005010X222A1), as frozen values.

Plain text goes in as people type it; ``claim837p`` cleans it for the wire. Money is integer cents.
Equal subscribers, payers and patients are written once, with their claims below them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Sex = Literal["F", "M", "U"]


@dataclass(frozen=True, slots=True)
class Person:
    """A person's name; only ``last`` is required (some people have one name)."""

    last: str
    first: str = ""
    middle: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Organization:
    """The legal name of a practice, payer or clearinghouse."""

    name: str


@dataclass(frozen=True, slots=True)
class Address:
    """A US address; ``zip_code`` has 5 or 9 digits, with or without the hyphen."""

    line1: str
    city: str
    state: str
    zip_code: str
    line2: str = ""


@dataclass(frozen=True, slots=True)
class Submitter:
    """Who sends the file (1000A). ``etin`` is the id the clearinghouse gave the sender.

    At least one of ``phone`` and ``email`` is needed; ``contact`` defaults to the name.
    """

    name: Person | Organization
    etin: str
    contact: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who gets the file (1000B): the clearinghouse, or the payer when sent directly."""

    name: str
    etin: str


@dataclass(frozen=True, slots=True)
class BillingProvider:
    """Who is paid (2010AA): a ``Person`` with a type 1 NPI or an ``Organization`` with a type 2.

    A person may bill under an EIN as well as an SSN. The address is a street address, never a
    post office box, with a nine-digit ZIP; ``pay_to`` (2010AB) is where checks go instead, and may
    be a post office box. ``phone`` is sent when it is not empty, and is asked for only where it
    differs from the submitter's.
    """

    name: Person | Organization
    npi: str
    tax_id: str
    tax_id_type: Literal["EIN", "SSN"]
    address: Address
    taxonomy: str = ""
    phone: str = ""
    contact: str = ""
    pay_to: Address | None = None


@dataclass(frozen=True, slots=True)
class Rendering:
    """Who treated the client (2310B); needed when that is not the billing provider."""

    name: Person
    npi: str
    taxonomy: str = ""


@dataclass(frozen=True, slots=True)
class Clinician:
    """Who referred the client (2310A) or supervises the associate who rendered (2310D)."""

    name: Person
    npi: str = ""


@dataclass(frozen=True, slots=True)
class ServiceFacility:
    """Where the session took place (2310C); needed when that is not the billing address."""

    name: str
    address: Address
    npi: str = ""


@dataclass(frozen=True, slots=True)
class Payer:
    """The insurer (2010BB); ``payer_id`` comes from the clearinghouse's own list."""

    name: str
    payer_id: str
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who holds the policy (2000B). When also the patient: date of birth, sex, address needed.

    ``responsibility``: P this payer pays first, S second, T third. ``claim_filing_code`` says what
    kind of plan it is (SBR09; CI commercial, BL Blue Cross, MB Medicare part B, 12 PPO, ...).
    ``group_name`` is sent only without a group number. ``insurance_type`` (SBR05) is for Medicare
    as second payer only.
    """

    member_id: str
    name: Person
    birth_date: date | None = None
    sex: Sex = "U"
    address: Address | None = None
    group_number: str = ""
    group_name: str = ""
    responsibility: Literal["P", "S", "T"] = "P"
    claim_filing_code: str = "CI"
    insurance_type: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """A client insured through someone else (2000C).

    ``relationship``: 01 spouse, 19 child, G8 other.
    """

    relationship: Literal["01", "19", "G8"]
    name: Person
    birth_date: date
    sex: Sex
    address: Address


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Why an earlier payer did not pay a part (CAS): group, reason, cents; a negative adds."""

    group: Literal["CO", "PR", "OA", "PI", "CR"]
    reason: str
    cents: int


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What an earlier payer decided about one line (2430), as its remittance said it.

    ``payer_id`` names one of the claim's ``others``. The charge is ``paid_cents`` and all
    ``adjustments`` together. ``code`` only where the payer recoded the line. ``remaining_cents``:
    what the client still owes of the line, where known (AMT*EAF).
    """

    payer_id: str
    paid_cents: int
    decided_on: date
    adjustments: tuple[Adjustment, ...] = ()
    code: str = ""
    modifiers: tuple[str, ...] = ()
    units: int = 1
    remaining_cents: int | None = None


@dataclass(frozen=True, slots=True)
class OtherCoverage:
    """Another insurance of the same patient (2320, 2330A, 2330B).

    ``responsibility``: its place in the order of payers. ``relationship``: of the patient to its
    insured (18 self, 01 spouse, 19 child, G8 other). ``paid_cents`` (AMT*D) is None until it has
    decided; ``decided_on`` only where no line carries the date; ``adjustments`` only those it made
    to the claim as a whole. ``claim_number`` is its own number of the claim (REF*F8).
    """

    payer: Payer
    responsibility: Literal["P", "S", "T"]
    relationship: Literal["18", "01", "19", "G8"]
    insured: Person
    member_id: str
    claim_filing_code: str = "CI"
    group_number: str = ""
    group_name: str = ""
    insurance_type: str = ""
    insured_address: Address | None = None
    paid_cents: int | None = None
    remaining_cents: int | None = None
    adjustments: tuple[Adjustment, ...] = ()
    decided_on: date | None = None
    claim_number: str = ""
    pay_provider: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """One service on one date. ``pointers`` count the claim's diagnoses from 1, primary first.

    ``charge_cents`` is the line's total, units included. ``control_number`` comes back in the
    remittance (REF*6R). ``place`` only where it differs from the claim's. ``decisions`` are those
    of earlier payers.
    """

    code: str
    charge_cents: int
    service_date: date
    control_number: str
    units: int = 1
    modifiers: tuple[str, ...] = ()
    pointers: tuple[int, ...] = (1,)
    place: str = ""
    note: str = ""
    decisions: tuple[LineDecision, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim (2300). ``control_number`` (CLM01) comes back in every answer of the payer.

    ``frequency``: 1 new, 7 replaces, 8 voids; 7 and 8 need ``original_reference``, the payer's own
    number of the claim meant. ``patient`` is None when the subscriber is the client.
    ``diagnoses`` are ICD-10-CM codes, primary first, with or without the dot.
    ``assignment``: A accepted, C not accepted. ``pay_provider``: the client assigned the benefits.
    ``onset`` is when the trouble began (DTP*431), ``first_treated`` when treatment did (DTP*454).
    ``delay_reason`` (CLM20) explains a claim after its deadline. ``others`` are the patient's other
    insurances. ``note`` is read by people at the payer: nothing clinical belongs there.
    """

    control_number: str
    total_cents: int
    place: str
    diagnoses: tuple[str, ...]
    lines: tuple[Line, ...]
    subscriber: Subscriber
    payer: Payer
    patient: Patient | None = None
    rendering: Rendering | None = None
    facility: ServiceFacility | None = None
    frequency: Literal["1", "7", "8"] = "1"
    original_reference: str = ""
    authorization: str = ""
    assignment: Literal["A", "C"] = "A"
    pay_provider: bool = True
    patient_paid_cents: int = 0
    referring: Clinician | None = None
    supervising: Clinician | None = None
    onset: date | None = None
    first_treated: date | None = None
    delay_reason: str = ""
    note: str = ""
    others: tuple[OtherCoverage, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything one transaction (ST to SE) carries. ``reference`` (BHT03) is never used twice."""

    reference: str
    submitter: Submitter
    receiver: Receiver
    billing: BillingProvider
    claims: tuple[Claim, ...]
