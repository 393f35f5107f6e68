# SPDX-License-Identifier: MIT
"""Superbills: which sessions they list, when they may be issued, and what was issued.

A superbill lists rendered, private sessions of one client with one clinician: never a claim's,
never a missed session's fee, never a waived one. By default only what was paid is listed, because
plans reimburse paid lines. Issuing the same facts again gives the same document; changed facts give
the next version, and the version before is kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path

from sqlalchemy import func, select

from mediyn_desktop.billing.charges import diagnoses_to_report
from mediyn_desktop.billing.routing import Route
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.codes import cpt, icd10
from mediyn_desktop.codes.postal import format_phone, format_zip
from mediyn_desktop.codes.vocabulary import PaymentType, SuperbillCadence
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.delivery.files import put
from mediyn_desktop.delivery.tables import IssuedDocument
from mediyn_desktop.documents.superbill_checks import missing_fields
from mediyn_desktop.documents.superbill_data import (
    Client as PrintedClient,
)
from mediyn_desktop.documents.superbill_data import (
    Diagnosis,
    Insurance,
    Line,
    Payment,
    Provider,
    Signature,
    SuperbillData,
)
from mediyn_desktop.ledger import items, kinds
from mediyn_desktop.ledger.tables import AllocationRow, PaymentRow
from mediyn_desktop.practice import code_lists
from mediyn_desktop.practice.tables import Client, Clinician, Coverage, Practice, Session
from mediyn_desktop.store.uow import Reading, Store, UnitOfWork

KIND = "superbill"
_LISTED_ROUTES = frozenset({Route.SUPERBILL, Route.CARD, Route.PACKAGE})
_NOT_YET = "not issued"


class NothingToList(UserFacingError):
    """There is no session a superbill could list in that period."""

    code = "superbill-empty"


class SuperbillHeld(UserFacingError):
    """Something a superbill must show is missing."""

    code = "superbill-incomplete"


@dataclass(frozen=True, slots=True)
class Superbill:
    """An issued superbill; amounts in cents; ``file`` where it was saved."""

    document_id: int
    client_ref: str
    number: str
    version: int
    charged_cents: int
    paid_cents: int
    issued_on: date
    period_from: date
    period_to: date
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class Blocker:
    """Why a superbill is held: a stable code and what to mend."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Prospect:
    """What issuing a period's superbills would come to; ``held`` says why it would be refused.

    ``sessions`` is 0 when there is nothing to list; ``issued`` names the superbills that say
    exactly this already, so that issuing gives them again.
    """

    sessions: int
    charged_cents: int
    paid_cents: int
    held: tuple[str, ...] = ()
    issued: tuple[str, ...] = ()


def may_list(client: Client, charge: Charge) -> bool:
    """Whether a superbill may list ``charge`` at all."""
    return (
        charge.route in _LISTED_ROUTES
        and client.payment_type in (PaymentType.OUT_OF_NETWORK, PaymentType.SELF_PAY)
        and charge.total_cents > 0
    )


def blockers(read: Reading, charge: Charge) -> list[Blocker]:
    """Return what holds back the superbill that would list ``charge``, if the client gets any."""
    client = read.session.get_one(Client, charge.client_id)
    if client.superbill == SuperbillCadence.NONE or not may_list(client, charge):
        return []
    session = read.session.get_one(Session, charge.session_id)
    return _blockers(read, _gather(read, client, session.clinician, [charge], number=_NOT_YET))


def issue_for_day(uow: UnitOfWork, day: date) -> list[Superbill]:
    """Issue the superbills due after the sessions of ``day``; held and unpaid ones are left."""
    issued: list[Superbill] = []
    clients = uow.session.scalars(
        select(Client)
        .join(Charge, Charge.client_id == Client.id)
        .where(Charge.date_of_service == day, Charge.voided_at.is_(None))
        .where(Client.superbill == SuperbillCadence.SESSION)
        .distinct()
        .order_by(Client.ref)
    )
    for client in clients.all():
        for group in _groups(uow, client, day, day, all_lines=False):
            if not _blockers(uow, _gather(uow, *group, number=_NOT_YET)):
                issued.append(_issue(uow, *group, since=day, until=day))
    return issued


def issue(
    uow: UnitOfWork, client: Client, since: date, until: date, *, all_lines: bool = False
) -> list[Superbill]:
    """Issue the client's superbill for a period, one for each clinician seen.

    Raises:
        NothingToList: no session in the period may be listed.
        SuperbillHeld: a required field is missing; the message names each.
    """
    groups = _groups(uow, client, since, until, all_lines=all_lines)
    if not groups:
        raise NothingToList(
            f"There is no paid, private session of {client.full_name} from {since} to {until} that "
            "a superbill could list. Nothing was issued. Include unpaid sessions if you want them."
        )
    for group in groups:
        found = _blockers(uow, _gather(uow, *group, number=_NOT_YET))
        if found:
            raise SuperbillHeld(
                f"The superbill of {client.full_name} is held. "
                + " ".join(dict.fromkeys(blocker.message for blocker in found))
                + " Nothing was issued."
            )
    return [_issue(uow, *group, since=since, until=until) for group in groups]


def prospect(
    read: Reading, client: Client, since: date, until: date, *, all_lines: bool = False
) -> Prospect:
    """Return what ``issue`` would do. Writes nothing."""
    groups = _groups(read, client, since, until, all_lines=all_lines)
    found = [(_gather(read, *group, number=_NOT_YET), group) for group in groups]
    issued = []
    for data, (_, clinician, _) in found:
        last = _last(read, _subject(client, clinician, since, until))
        if last is not None and _says_the_same(data, decode(last.inputs)):
            issued.append(last.number)
    return Prospect(
        sessions=sum(len(charges) for _, _, charges in groups),
        charged_cents=sum(data.charged_cents for data, _ in found),
        paid_cents=sum(data.paid_cents for data, _ in found),
        held=tuple(
            dict.fromkeys(blocker.message for data, _ in found for blocker in _blockers(read, data))
        ),
        issued=tuple(issued) if len(issued) == len(groups) else (),
    )


def clients_due_monthly(read: Reading, since: date, until: date) -> list[Client]:
    """Return the clients who get monthly superbills and were charged in the period."""
    return list(
        read.session.scalars(
            select(Client)
            .join(Charge, Charge.client_id == Client.id)
            .where(Charge.date_of_service.between(since, until), Charge.voided_at.is_(None))
            .where(Client.superbill != SuperbillCadence.NONE)
            .distinct()
            .order_by(Client.ref)
        )
    )


def data_of(read: Reading, document_id: int) -> SuperbillData:
    """Return the stored inputs of an issued superbill."""
    row = read.session.get_one(IssuedDocument, document_id)
    return decode(row.inputs)


def listing(read: Reading, client: Client | None = None, limit: int = 500) -> list[Superbill]:
    """Return issued superbills, the newest first, of one client where asked."""
    query = select(IssuedDocument, Client.ref).join(Client, Client.id == IssuedDocument.client_id)
    query = query.where(IssuedDocument.kind == KIND).order_by(IssuedDocument.id.desc()).limit(limit)
    if client is not None:
        query = query.where(IssuedDocument.client_id == client.id)
    return [view(row, ref) for row, ref in read.session.execute(query)]


def save(store: Store, bill: Superbill, out: Path | None) -> Superbill:
    """Render ``bill`` and write it into ``out`` whole or not at all; None leaves it unwritten."""
    if out is None:
        return bill
    # ReportLab loads slowly and only printing needs it.
    from mediyn_desktop.documents.superbill import render_superbill  # noqa: PLC0415

    with store.read() as read:
        data = data_of(read, bill.document_id)
    path = out / f"superbill-{bill.client_ref}-{bill.number}-v{bill.version}.pdf"
    put(path, render_superbill(data))
    return replace(bill, file=path)


def _groups(
    read: Reading, client: Client, since: date, until: date, *, all_lines: bool
) -> list[tuple[Client, Clinician, list[Charge]]]:
    """The charges a superbill lists in the period, grouped by clinician."""
    rows = read.session.execute(
        select(Charge, Session)
        .join(Session, Session.id == Charge.session_id)
        .where(Charge.client_id == client.id, Charge.date_of_service.between(since, until))
        .where(Charge.voided_at.is_(None))
        .order_by(Session.clinician_id, Session.starts_at)
    ).all()
    listed = [
        (charge, session)
        for charge, session in rows
        if may_list(client, charge) and (all_lines or _paid(read, charge) > 0)
    ]
    return [
        (client, read.session.get_one(Clinician, number), [charge for charge, _ in rows_of])
        for number, rows_of in groupby(listed, key=lambda pair: pair[1].clinician_id)
    ]


def _issue(
    uow: UnitOfWork,
    client: Client,
    clinician: Clinician,
    charges: Sequence[Charge],
    *,
    since: date,
    until: date,
) -> Superbill:
    subject = _subject(client, clinician, since, until)
    last = _last(uow, subject)
    data = _gather(uow, client, clinician, charges, number=_NOT_YET)
    if last is not None:
        if _says_the_same(data, decode(last.inputs)):
            return view(last, client.ref)
        data = replace(
            data,
            number=last.number,
            version=last.version + 1,
            replaces=f"{last.number}, version {last.version}",
        )
    else:
        data = replace(data, number=_next_number(uow))
    inputs = encode(data)
    row = IssuedDocument(
        kind=KIND,
        number=data.number,
        version=data.version,
        client_id=client.id,
        subject=subject,
        period_from=since,
        period_to=until,
        issued_on=uow.today,
        inputs=inputs,
        sha256=hashlib.sha256(inputs.encode()).hexdigest(),
        issued_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.changed("document", row.id)
    return view(row, client.ref)


def _subject(client: Client, clinician: Clinician, since: date, until: date) -> str:
    return f"{client.ref}:{clinician.ref}:{since.isoformat()}:{until.isoformat()}"


def _last(read: Reading, subject: str) -> IssuedDocument | None:
    """The latest version of the superbill about ``subject``."""
    return read.session.scalar(
        select(IssuedDocument)
        .where(IssuedDocument.kind == KIND, IssuedDocument.subject == subject)
        .order_by(IssuedDocument.version.desc())
        .limit(1)
    )


def _says_the_same(data: SuperbillData, before: SuperbillData) -> bool:
    """Whether ``data`` differs from what was issued only in what issuing adds."""
    same = replace(
        data,
        number=before.number,
        version=before.version,
        issue_date=before.issue_date,
        replaces=before.replaces,
        signature=before.signature,
    )
    return same == before


def _next_number(uow: UnitOfWork) -> str:
    year = uow.today.year
    used = uow.session.scalar(
        select(func.count(func.distinct(IssuedDocument.number))).where(
            IssuedDocument.kind == KIND, IssuedDocument.number.like(f"{year}-%")
        )
    )
    return f"{year}-{(used or 0) + 1:04d}"


def _blockers(read: Reading, data: SuperbillData) -> list[Blocker]:
    found: list[Blocker] = []
    if not data.diagnoses:
        found.append(
            Blocker("no-diagnosis", "The superbill is held: add a diagnosis to the client's chart.")
        )
    dates = [line.date_of_service for line in data.lines if line.date_of_service is not None]
    for diagnosis in data.diagnoses:
        checked = code_lists.check(read, diagnosis.code, max(dates, default=None))
        if not checked.billable:
            found.append(
                Blocker("diagnosis-not-billable", f"The superbill is held. {checked.message}")
            )
    found.extend(
        Blocker("superbill-incomplete", f"The superbill is held. {missing.sentence}")
        for missing in missing_fields(data)
        if "diagnos" not in missing.field
    )
    return found


def _gather(
    read: Reading, client: Client, clinician: Clinician, charges: Sequence[Charge], *, number: str
) -> SuperbillData:
    codes = list(dict.fromkeys(code for charge in charges for code in _diagnoses(read, charge)))
    return SuperbillData(
        number=number,
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
        insurance=_insurance(client),
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


def _insurance(client: Client) -> Insurance:
    if not client.coverages:
        return Insurance()
    coverage: Coverage = client.coverages[0]
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
    paid = _paid(read, charge)
    mine = _diagnoses(read, charge)
    letters = tuple("ABCDEFGHIJKL"[codes.index(code)] for code in mine if codes.index(code) < 12)
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


def _paid(read: Reading, charge: Charge) -> int:
    """Money really received for the charge: allocations less adjustments."""
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


def view(row: IssuedDocument, client_ref: str) -> Superbill:
    """Return the issued superbill ``row`` with its totals."""
    data = decode(row.inputs)
    return Superbill(
        document_id=row.id,
        client_ref=client_ref,
        number=row.number,
        version=row.version,
        charged_cents=data.charged_cents,
        paid_cents=data.paid_cents,
        issued_on=row.issued_on,
        period_from=row.period_from,
        period_to=row.period_to,
    )


def encode(data: SuperbillData) -> str:
    """Return canonical JSON of ``data``."""
    return json.dumps(asdict(data), default=date.isoformat, ensure_ascii=False, sort_keys=True)


def decode(text: str) -> SuperbillData:
    """Return the data class ``encode`` wrote."""
    raw = json.loads(text)

    def day(value: str | None) -> date | None:
        return date.fromisoformat(value) if value else None

    provider = {**raw["provider"], "address": tuple(raw["provider"]["address"])}
    assert provider["supervisor"] is None
    client = {**raw["client"], "address": tuple(raw["client"]["address"])}
    return SuperbillData(
        **{
            **raw,
            "issue_date": day(raw["issue_date"]),
            "provider": Provider(**provider),
            "client": PrintedClient(**{**client, "dob": day(client["dob"])}),
            "diagnoses": tuple(Diagnosis(**one) for one in raw["diagnoses"]),
            "lines": tuple(
                Line(
                    **{
                        **one,
                        "date_of_service": day(one["date_of_service"]),
                        "pointers": tuple(one["pointers"]),
                        "modifiers": tuple(one["modifiers"]),
                    }
                )
                for one in raw["lines"]
            ),
            "insurance": Insurance(
                **{**raw["insurance"], "insured_dob": day(raw["insurance"]["insured_dob"])}
            ),
            "payments": tuple(
                Payment(**{**one, "date": date.fromisoformat(one["date"])})
                for one in raw["payments"]
            ),
            "signature": Signature(
                **{**raw["signature"], "signed_on": day(raw["signature"]["signed_on"])}
            )
            if raw["signature"]
            else None,
        }
    )
