# SPDX-License-Identifier: MIT
"""What a superbill says: plain values, complete enough to print without asking anything else.

Codes and identifiers are text as printed: diagnoses dotted, place of service with its zero,
identifiers as digits. Labels are the practice's own short words (CPT descriptors belong to the
AMA). ``None`` and blank mean unknown; what may not be unknown is said by ``superbill_checks``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from mediyn_desktop.core import money

POINTER_LETTERS = "ABCDEFGHIJKL"  # twelve diagnoses, as on the CMS-1500


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Who supervises a clinician that is not yet independently licensed."""

    name: str
    credential: str = ""
    npi: str = ""
    license_number: str = ""
    license_state: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """The rendering clinician and the practice. ``legal_name`` is the name registered in NPPES."""

    legal_name: str
    credential: str
    npi: str
    tax_id: str  # nine digits, with or without dashes; printed in full
    license_number: str
    license_state: str
    address: tuple[str, ...]
    phone: str
    tax_id_kind: Literal["EIN", "SSN"] = "EIN"
    practice_name: str = ""
    organization_npi: str = ""
    taxonomy: str = ""
    email: str = ""
    supervisor: Supervisor | None = None

    @property
    def signed_name(self) -> str:
        """Name and credential as on a signature: ``Dana Reyes, LCSW``."""
        return ", ".join(part for part in (self.legal_name, self.credential) if part)

    @property
    def tax_id_printed(self) -> str:
        """``12-3456789`` for an EIN, ``123-45-6789`` for a social security number."""
        digits = self.tax_id.replace("-", "")
        if self.tax_id_kind == "SSN":
            return f"{digits[:3]}-{digits[3:5]}-{digits[5:]}"
        return f"{digits[:2]}-{digits[2:]}"


@dataclass(frozen=True, slots=True)
class Client:
    """The person treated; ``full_name`` is the legal name the insurer has on file."""

    full_name: str
    dob: date | None
    sex: str = ""
    address: tuple[str, ...] = ()
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Insurance:
    """The plan the client will ask for reimbursement; ``insured_*`` only when not the client."""

    plan_name: str = ""
    member_id: str = ""
    group_number: str = ""
    relationship: str = "self"
    insured_name: str = ""
    insured_dob: date | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One ICD-10-CM code, dotted; its pointer letter is its place in the list."""

    code: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One service on one exact date. The fee is what was really charged, after any discount."""

    date_of_service: date | None
    place_of_service: str
    code: str
    pointers: tuple[str, ...]
    charged_cents: int
    paid_cents: int
    label: str = ""
    modifiers: tuple[str, ...] = ()
    units: int = 1

    @property
    def balance_cents(self) -> int:
        """What is still owed for this line."""
        return self.charged_cents - self.paid_cents


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received from the client: proof of payment."""

    date: date
    method: str  # in words: "Card ending 4242", "Check no. 118"
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Signature:
    """The clinician's electronic signature."""

    name: str
    signed_on: date | None


@dataclass(frozen=True, slots=True)
class SuperbillData:
    """One superbill. ``replaces`` is an earlier document's number; ``void`` withdraws this one."""

    number: str
    issue_date: date | None
    provider: Provider
    client: Client
    diagnoses: tuple[Diagnosis, ...]
    lines: tuple[Line, ...]
    insurance: Insurance = field(default_factory=Insurance)
    payments: tuple[Payment, ...] = ()
    signature: Signature | None = None
    version: int = 1
    replaces: str = ""
    void: bool = False
    replaced_by: str = ""
    referring_name: str = ""
    referring_npi: str = ""

    @property
    def charged_cents(self) -> int:
        """Sum of the fees."""
        return money.total([line.charged_cents for line in self.lines])

    @property
    def paid_cents(self) -> int:
        """Sum of what was paid on the lines."""
        return money.total([line.paid_cents for line in self.lines])

    @property
    def balance_cents(self) -> int:
        """Sum of what is still owed."""
        return self.charged_cents - self.paid_cents

    @property
    def received_cents(self) -> int:
        """Sum of the payments listed as proof."""
        return money.total([payment.amount_cents for payment in self.payments])
