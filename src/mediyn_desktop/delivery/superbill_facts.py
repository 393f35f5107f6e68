# SPDX-License-Identifier: MIT
"""What a superbill says of one client's charges, gathered from the practice and the ledger.

The fee is what was really charged, less what was taken off; paid is money really received.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from mediyn_desktop.billing.charges import coverage_in_force, diagnoses_to_report
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.codes import cpt, icd10
from mediyn_desktop.codes.postal import format_phone, format_zip
from mediyn_desktop.documents.superbill_data import (
    POINTER_LETTERS,
    Diagnosis,
    Insurance,
    Line,
    Payment,
    Provider,
    Signature,
    SuperbillData,
)
from mediyn_desktop.documents.superbill_data import Client as PrintedClient
from mediyn_desktop.ledger import items, kinds
from mediyn_desktop.ledger.tables import AllocationRow, PaymentRow
from mediyn_desktop.practice import code_lists
from mediyn_desktop.practice.tables import Client, Clinician, Practice, Session
from mediyn_desktop.store.uow import Reading

NOT_ISSUED = "not issued"


def gather(
    read: Reading, client: Client, clinician: Clinician, charges: Sequence[Charge]
) -> SuperbillData:
    """Return the superbill of ``charges``, without a number yet and signed today."""
    codes = list(dict.fromkeys(code for charge in charges for code in _diagnoses(read, charge)))
    return SuperbillData(
        number=NOT_ISSUED,
        issue_date=read.today,
        provider=_provider(read.session.get_one(Practice, 1), clinician),
        client=PrintedClient(
            full_name=client.full_name,
            dob=client.dob,
            sex=client.sex,
            address=_address(client),
            phone=format_phone(client.phone),
        ),
        diagnoses=tuple(
            Diagnosis(icd10.dotted(code), code_lists.title(read, code)) for code in codes
        ),
        lines=tuple(line for charge in charges for line in _lines(read, charge, codes)),
        insurance=_insurance(read, charges),
        payments=tuple(_payments(read, charges)),
        signature=Signature(
            name=", ".join(part for part in (clinician.full_name, clinician.credential) if part),
            signed_on=read.today,
        ),
    )


def _provider(practice: Practice, clinician: Clinician) -> Provider:
    organization = practice.entity == "organization"
    return Provider(
        legal_name=clinician.full_name,
        credential=clinician.credential,
        npi=clinician.npi,
        tax_id=practice.tax_id,
        license_number=clinician.license_number,
        license_state=clinician.license_state,
        address=_address(practice),
        phone=format_phone(practice.phone),
        tax_id_kind="SSN" if practice.tax_id_type == "SSN" else "EIN",
        practice_name=(practice.legal_name or practice.name) if organization else practice.name,
        organization_npi=practice.npi if organization else "",
        taxonomy=clinician.taxonomy or practice.taxonomy,
        email=practice.email,
    )


def _address(row: Client | Practice) -> tuple[str, ...]:
    town = " ".join(part for part in (row.state, format_zip(row.zip)) if part)
    last = ", ".join(part for part in (row.city, town) if part)
    return tuple(part for part in (row.address1, row.address2, last) if part)


def _insurance(read: Reading, charges: Sequence[Charge]) -> Insurance:
    """The plan in force on the last date listed; a plan of another time would refuse it."""
    last = max(charges, key=lambda charge: (charge.date_of_service, charge.id))
    coverage = coverage_in_force(read, read.session.get_one(Session, last.session_id))
    if coverage is None:
        return Insurance()
    own = coverage.relationship_to_insured == "self"
    return Insurance(
        plan_name=coverage.payer.name,
        member_id=coverage.member_id,
        group_number=coverage.group_number,
        relationship=coverage.relationship_to_insured,
        insured_name=""
        if own
        else f"{coverage.insured_first_name} {coverage.insured_last_name}".strip(),
        insured_dob=None if own else coverage.insured_dob,
    )


def _lines(read: Reading, charge: Charge, codes: Sequence[str]) -> Iterable[Line]:
    """The charge's lines; what was taken off and what was paid fill the lines from the first."""
    off = items.adjusted_cents(read, charge.open_item_id) if charge.open_item_id else 0
    paid = paid_cents(read, charge)
    mine = _diagnoses(read, charge)
    places = [codes.index(code) for code in mine]
    letters = tuple(POINTER_LETTERS[place] for place in places if place < len(POINTER_LETTERS))
    for row in charge.lines:
        reduction = min(off, row.fee_cents)
        charged = row.fee_cents - reduction
        share = min(paid, charged)
        off -= reduction
        paid -= share
        yield Line(
            date_of_service=charge.date_of_service,
            place_of_service=charge.pos,
            code=row.code,
            pointers=letters[:4],
            charged_cents=charged,
            paid_cents=share,
            label=cpt.label(row.code),
            modifiers=tuple(m for m in row.modifiers.split(",") if m),
            units=row.units,
        )


def _diagnoses(read: Reading, charge: Charge) -> tuple[str, ...]:
    return diagnoses_to_report(read, read.session.get_one(Session, charge.session_id), charge)


def paid_cents(read: Reading, charge: Charge) -> int:
    """Return the money really received for the charge: allocations less adjustments."""
    if charge.open_item_id is None:
        return 0
    return items.paid_cents(read, charge.open_item_id) - items.adjusted_cents(
        read, charge.open_item_id
    )


_METHODS = {
    "card": "Card",
    "external_card": "Card",
    "cash": "Cash",
    "check": "Check",
    "other": "Other",
    "opening": "Earlier credit",
    kinds.PACKAGE: "Prepaid package",
}


def _payments(read: Reading, charges: Sequence[Charge]) -> Iterable[Payment]:
    items = [charge.open_item_id for charge in charges if charge.open_item_id is not None]
    rows = read.session.execute(
        select(PaymentRow, func.sum(AllocationRow.amount_cents))
        .join(AllocationRow, AllocationRow.payment_id == PaymentRow.id)
        .where(AllocationRow.item_id.in_(items), PaymentRow.method.in_(kinds.MONEY))
        .group_by(PaymentRow.id)
        .order_by(PaymentRow.received_on, PaymentRow.id)
    )
    for row, cents in rows:
        if cents > 0:
            yield Payment(row.received_on, _METHODS.get(row.method, row.method), cents)
