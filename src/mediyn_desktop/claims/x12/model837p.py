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
    post office box, best with a nine-digit ZIP. ``phone`` is sent when it is not empty, and is
    asked for only where it differs from the submitter's.
    """

    name: Person | Organization
    npi: str
    tax_id: str
    tax_id_type: Literal["EIN", "SSN"]
    address: Address
    taxonomy: str = ""
    phone: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Rendering:
    """Who treated the client (2310B); needed when that is not the billing provider."""

    name: Person
    npi: str
    taxonomy: str = ""


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
class Line:
    """One service on one date. ``pointers`` count the claim's diagnoses from 1, primary first.

    ``charge_cents`` is the line's total, units included. ``control_number`` comes back in the
    remittance (REF*6R). ``place`` only where it differs from the claim's.
    """

    code: str
    charge_cents: int
    service_date: date
    control_number: str
    units: int = 1
    modifiers: tuple[str, ...] = ()
    pointers: tuple[int, ...] = (1,)
    place: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim (2300). ``control_number`` (CLM01) comes back in every answer of the payer.

    ``frequency``: 1 new, 7 replaces, 8 voids; 7 and 8 need ``original_reference``, the payer's own
    number of the claim meant. ``patient`` is None when the subscriber is the client.
    ``diagnoses`` are ICD-10-CM codes, primary first, with or without the dot.
    ``assignment``: A accepted, C not accepted. ``pay_provider``: the client assigned the benefits.
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


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything one transaction (ST to SE) carries. ``reference`` (BHT03) is never used twice."""

    reference: str
    submitter: Submitter
    receiver: Receiver
    billing: BillingProvider
    claims: tuple[Claim, ...]
