# SPDX-License-Identifier: MIT
"""Superbills: which sessions they list, when they may be issued, and what was issued.

A superbill lists rendered, private sessions of one client with one clinician: never a claim's,
never a missed session's fee, never a waived one. By default only what was paid is listed, because
plans reimburse paid lines. Issuing the same facts again gives the same document; changed facts give
the next version, and the version before is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path

from sqlalchemy import func, select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.codes.vocabulary import SuperbillCadence
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.delivery.files import put_beside
from mediyn_desktop.delivery.superbill_facts import gather, paid_cents
from mediyn_desktop.delivery.superbill_inputs import decode, encode
from mediyn_desktop.delivery.superbill_rules import blockers_of, may_list
from mediyn_desktop.delivery.tables import IssuedDocument
from mediyn_desktop.documents.superbill_checks import warnings
from mediyn_desktop.documents.superbill_data import SuperbillData
from mediyn_desktop.practice.tables import Client, Clinician, Session
from mediyn_desktop.store.uow import Reading, Store, UnitOfWork

KIND = "superbill"


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
    cautions: tuple[str, ...] = ()  # what may make an insurer ask back
    file: Path | None = None


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
            if not blockers_of(uow, gather(uow, *group)):
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
        found = blockers_of(uow, gather(uow, *group))
        if found:
            raise SuperbillHeld(
                f"The superbill of {client.full_name} is held. "
                + " ".join(dict.fromkeys(blocker.what for blocker in found))
                + " Nothing was issued."
            )
    return [_issue(uow, *group, since=since, until=until) for group in groups]


def prospect(
    read: Reading, client: Client, since: date, until: date, *, all_lines: bool = False
) -> Prospect:
    """Return what ``issue`` would do. Writes nothing."""
    groups = _groups(read, client, since, until, all_lines=all_lines)
    found = [(gather(read, *group), group) for group in groups]
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
            dict.fromkeys(
                blocker.message for data, _ in found for blocker in blockers_of(read, data)
            )
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


def given_per_session(read: Reading, client: Client, since: date, until: date) -> bool:
    """Whether superbills of single days list all that one of the whole period would list.

    An insurer that sees a date of service on two superbills refuses the second.
    """
    if client.superbill != SuperbillCadence.SESSION:
        return False
    days = {
        charge.date_of_service
        for _, _, charges in _groups(read, client, since, until, all_lines=False)
        for charge in charges
    }
    given = read.session.scalars(
        select(IssuedDocument.period_from)
        .where(IssuedDocument.client_id == client.id, IssuedDocument.kind == KIND)
        .where(IssuedDocument.period_from == IssuedDocument.period_to)
    )
    return days <= set(given)


def data_of(read: Reading, document_id: int) -> SuperbillData:
    """Return the stored inputs of an issued superbill."""
    row = read.session.get_one(IssuedDocument, document_id)
    return decode(row.inputs)


def save(store: Store, bill: Superbill, out: Path | None) -> Superbill:
    """Render ``bill`` and write it into ``out`` whole or not at all; None leaves it unwritten.

    Raises:
        NotSaved: the folder cannot be written to or the disk is full.
    """
    if out is None:
        return bill
    # ReportLab loads slowly and only printing needs it.
    from mediyn_desktop.documents.superbill import render_superbill  # noqa: PLC0415

    with store.read() as read:
        data = data_of(read, bill.document_id)
    path = out / file_name(bill.client_ref, bill.number, bill.version)
    return replace(bill, file=put_beside(path, render_superbill(data)))


def file_name(client_ref: str, number: str, version: int) -> str:
    """Return what the PDF is called where it is saved; no client's name in it."""
    return f"superbill-{client_ref}-{number}-v{version}.pdf"


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
        if may_list(session, charge) and (all_lines or paid_cents(read, charge) > 0)
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
    data = gather(uow, client, clinician, charges)
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
        cautions=tuple(one.sentence for one in warnings(data)),
    )
