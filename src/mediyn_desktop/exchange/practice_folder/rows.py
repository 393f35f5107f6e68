# SPDX-License-Identifier: MIT
# ruff: noqa: RUF009 - cell() declares a dataclass field, as field() does
"""The columns of each file of a practice folder, as rows.

A row class *is* the contract of its file: a field is a column of the same name, with its reader,
whether it must be filled, and what stands for a blank. A new column is a new field here and a
line where it is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from mediyn_desktop.codes.filing import FILING_KINDS
from mediyn_desktop.codes.places import MARKED_PLACES
from mediyn_desktop.codes.vocabulary import (
    Autopay,
    ConsentScope,
    Entity,
    PaymentType,
    Place,
    Relationship,
    SessionKind,
    SessionStatus,
    Sex,
    SuperbillCadence,
    TaxIdType,
)
from mediyn_desktop.exchange.practice_folder import cells

PRACTICE_TOML = "practice.toml"
DEFAULT_CLINICIAN = "me"


@dataclass(frozen=True, slots=True)
class Column:
    """How a column is read; ``blank`` stands for an empty cell or an absent column."""

    name: str
    read: cells.Reader
    required: bool
    blank: Any


def cell(read: cells.Reader, *, required: bool = False, blank: Any = None) -> Any:
    """Declare a field as a column."""
    return field(metadata={"read": read, "required": required, "blank": blank})


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file; ``line`` is its physical line."""

    FILE: ClassVar[str]

    line: int


def columns(row: type[Row]) -> Mapping[str, Column]:
    """Return the columns of ``row`` by name, in the order of the contract."""
    return {
        one.name: Column(
            one.name, one.metadata["read"], one.metadata["required"], one.metadata["blank"]
        )
        for one in fields(row)
        if one.metadata
    }


_name = cells.words(80)
_line = cells.words(120)
_city = cells.words(80)
_id = cells.words(80)


@dataclass(frozen=True, slots=True)
class PracticeRow(Row):
    """The ``[practice]`` table; ``tax_id`` is nine digits once checked against its type."""

    FILE = PRACTICE_TOML

    name: str = cell(_line, required=True)
    legal_name: str = cell(_line, blank="")
    entity: Entity = cell(cells.one_of(Entity), blank=Entity.INDIVIDUAL)
    npi: str = cell(cells.npi_number, blank="")
    tax_id: str = cell(cells.words(20), blank="")
    tax_id_type: TaxIdType = cell(cells.one_of(TaxIdType), blank=TaxIdType.EIN)
    taxonomy: str = cell(cells.taxonomy_code, blank="")
    address1: str = cell(_line, blank="")
    address2: str = cell(_line, blank="")
    city: str = cell(_city, blank="")
    state: str = cell(cells.state, blank="")
    zip: str = cell(cells.zip_code, blank="")
    phone: str = cell(cells.phone, blank="")
    email: str = cell(cells.email, blank="")
    pay_to_address1: str = cell(_line, blank="")
    pay_to_address2: str = cell(_line, blank="")
    pay_to_city: str = cell(_city, blank="")
    pay_to_state: str = cell(cells.state, blank="")
    pay_to_zip: str = cell(cells.zip_code, blank="")
    facility_name: str = cell(_line, blank="")
    facility_npi: str = cell(cells.npi_number, blank="")
    facility_address1: str = cell(_line, blank="")
    facility_city: str = cell(_city, blank="")
    facility_state: str = cell(cells.state, blank="")
    facility_zip: str = cell(cells.zip_code, blank="")
    timezone: ZoneInfo | None = cell(cells.time_zone)


@dataclass(frozen=True, slots=True)
class ClinicianRow(Row):
    """A clinician."""

    FILE = "clinicians.csv"

    ref: str = cell(cells.ref, required=True)
    first_name: str = cell(_name, required=True)
    last_name: str = cell(_name, required=True)
    credential: str = cell(cells.words(40), blank="")
    npi: str = cell(cells.npi_number, blank="")
    license_number: str = cell(cells.words(40), blank="")
    license_state: str = cell(cells.state, blank="")
    taxonomy: str = cell(cells.taxonomy_code, blank="")
    supervisor_ref: str = cell(cells.ref, blank="")


@dataclass(frozen=True, slots=True)
class OwnClinicianRow(ClinicianRow):
    """The ``[clinician]`` table; its ``ref`` is what a blank ``clinician_ref`` means."""

    FILE = PRACTICE_TOML


@dataclass(frozen=True, slots=True)
class PayerRow(Row):
    """An insurer."""

    FILE = "payers.csv"

    ref: str = cell(cells.ref, required=True)
    name: str = cell(_line, required=True)
    payer_id: str = cell(_id, blank="")
    claim_filing_code: str = cell(cells.listed(tuple(FILING_KINDS)), blank="CI")
    timely_filing_days: int | None = cell(cells.count(1, 3660))
    timely_filing_source: str = cell(_line, blank="")
    timely_filing_as_of: dt.date | None = cell(cells.day)
    expected_payment_days: int | None = cell(cells.count(1, 3660))
    telehealth_modifier: str | None = cell(cells.telehealth_rule)
    telehealth_place: str | None = cell(cells.listed(MARKED_PLACES))
    missed_fee_allowed: bool | None = cell(cells.yes)
    packages_allowed: bool = cell(cells.yes, blank=False)
    always_rendering: bool = cell(cells.yes, blank=False)
    needs_taxonomy: bool = cell(cells.yes, blank=False)
    needs_group_number: bool = cell(cells.yes, blank=False)
    needs_authorization: bool = cell(cells.yes, blank=False)
    takes_replacements: bool | None = cell(cells.yes)
    address1: str = cell(_line, blank="")
    city: str = cell(_city, blank="")
    state: str = cell(cells.state, blank="")
    zip: str = cell(cells.zip_code, blank="")


@dataclass(frozen=True, slots=True)
class ClientRow(Row):
    """A client."""

    FILE = "clients.csv"

    ref: str = cell(cells.ref, required=True)
    first_name: str = cell(_name, required=True)
    last_name: str = cell(_name, required=True)
    preferred_name: str = cell(_name, blank="")
    dob: dt.date | None = cell(cells.day)
    sex: Sex = cell(cells.one_of(Sex), blank=Sex.UNKNOWN)
    email: str = cell(cells.email, blank="")
    phone: str = cell(cells.phone, blank="")
    address1: str = cell(_line, blank="")
    address2: str = cell(_line, blank="")
    city: str = cell(_city, blank="")
    state: str = cell(cells.state, blank="")
    zip: str = cell(cells.zip_code, blank="")
    payment_type: PaymentType = cell(cells.one_of(PaymentType), required=True)
    diagnoses: tuple[str, ...] = cell(cells.diagnoses, blank=())
    autopay: Autopay = cell(cells.one_of(Autopay), blank=Autopay.NONE)
    superbill: SuperbillCadence = cell(cells.one_of(SuperbillCadence), blank=SuperbillCadence.NONE)


@dataclass(frozen=True, slots=True)
class CoverageRow(Row):
    """A client's insurance."""

    FILE = "coverage.csv"

    client_ref: str = cell(cells.ref, required=True)
    rank: int = cell(cells.count(1, 2), blank=1)
    payer_ref: str = cell(cells.ref, required=True)
    member_id: str = cell(_id, blank="")
    group_number: str = cell(_id, blank="")
    relationship: Relationship = cell(cells.one_of(Relationship), blank=Relationship.SELF)
    insured_first_name: str = cell(_name, blank="")
    insured_last_name: str = cell(_name, blank="")
    insured_dob: dt.date | None = cell(cells.day)
    insured_sex: Sex = cell(cells.one_of(Sex), blank=Sex.UNKNOWN)
    insured_address1: str = cell(_line, blank="")
    insured_city: str = cell(_city, blank="")
    insured_state: str = cell(cells.state, blank="")
    insured_zip: str = cell(cells.zip_code, blank="")
    copay: int | None = cell(cells.amount(least=0))
    effective_from: dt.date | None = cell(cells.day)
    effective_to: dt.date | None = cell(cells.day)
    authorization_number: str = cell(cells.words(50), blank="")
    authorization_sessions: int | None = cell(cells.count(0, 9999))
    referring_first_name: str = cell(_name, blank="")
    referring_last_name: str = cell(_name, blank="")
    referring_npi: str = cell(cells.npi_number, blank="")
    insurance_type: str = cell(cells.insurance_type, blank="")


@dataclass(frozen=True, slots=True)
class FeeRow(Row):
    """A fee in cents; blank refs make it general."""

    FILE = "fees.csv"

    code: str = cell(cells.fee_code, required=True)
    fee: int = cell(cells.amount(least=0), required=True)
    payer_ref: str | None = cell(cells.ref)
    client_ref: str | None = cell(cells.ref)
    effective_from: dt.date | None = cell(cells.day)
    modifier: str | None = cell(cells.modifier)


@dataclass(frozen=True, slots=True)
class CardRow(Row):
    """A card on file."""

    FILE = "cards.csv"

    client_ref: str = cell(cells.ref, required=True)
    stripe_customer: str = cell(cells.processor_id("cus_"), required=True)
    stripe_payment_method: str = cell(cells.processor_id("pm_", "card_", "src_"), required=True)
    brand: str = cell(cells.words(30), blank="")
    last4: str = cell(cells.digits(4, what="What is shown of a card"), blank="")
    exp_month: int | None = cell(cells.count(1, 12))
    exp_year: int | None = cell(cells.count(2000, 2099))
    consent_date: dt.date | None = cell(cells.day)
    consent_scope: tuple[ConsentScope, ...] = cell(cells.several_of(ConsentScope), blank=())


@dataclass(frozen=True, slots=True)
class SessionRow(Row):
    """An appointment; naive times are the practice's own.

    ``kind`` and ``place`` may be blank where no session was held.
    """

    FILE = "sessions.csv"

    ref: str = cell(cells.ref, required=True)
    client_ref: str = cell(cells.ref, required=True)
    clinician_ref: str | None = cell(cells.ref)
    start: dt.datetime = cell(cells.moment, required=True)
    end: dt.datetime = cell(cells.moment, required=True)
    break_minutes: int = cell(cells.count(0, 480), blank=0)
    kind: SessionKind | None = cell(cells.one_of(SessionKind))
    status: SessionStatus = cell(cells.one_of(SessionStatus), required=True)
    place: Place | None = cell(cells.one_of(Place))
    diagnoses: tuple[str, ...] = cell(cells.diagnoses, blank=())
    note_signed_at: dt.datetime | None = cell(cells.moment)
    do_not_bill_insurer: bool = cell(cells.yes, blank=False)


@dataclass(frozen=True, slots=True)
class PackageRow(Row):
    """Sessions sold in advance; ``price`` in cents for all of them."""

    FILE = "packages.csv"

    client_ref: str = cell(cells.ref, required=True)
    sold_on: dt.date = cell(cells.day, required=True)
    sessions: int = cell(cells.count(1, 999), required=True)
    price: int = cell(cells.amount(least=1), required=True)
    code: str = cell(cells.service_code, required=True)


# The contract's word to the ledger's: a card in this file was charged outside this program.
PAYMENT_METHODS = {
    "cash": "cash",
    "check": "check",
    "card": "external_card",
    "other": "other",
}


@dataclass(frozen=True, slots=True)
class PaymentRow(Row):
    """Money received, in cents."""

    FILE = "payments.csv"

    client_ref: str = cell(cells.ref, required=True)
    date: dt.date = cell(cells.day, required=True)
    amount: int = cell(cells.amount(least=1), required=True)
    method: str = cell(cells.listed(tuple(PAYMENT_METHODS)), required=True)


@dataclass(frozen=True, slots=True)
class OpeningRow(Row):
    """What a client owes from before, in cents; below zero it is the client's credit."""

    FILE = "opening_balances.csv"

    client_ref: str = cell(cells.ref, required=True)
    date_of_service: dt.date = cell(cells.day, required=True)
    amount: int = cell(cells.any_amount, required=True)


CSV_ROWS: tuple[type[Row], ...] = (
    ClinicianRow,
    PayerRow,
    ClientRow,
    CoverageRow,
    FeeRow,
    CardRow,
    SessionRow,
    PackageRow,
    PaymentRow,
    OpeningRow,
)
FILES = (PRACTICE_TOML, *(row.FILE for row in CSV_ROWS))
