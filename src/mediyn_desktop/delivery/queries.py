# SPDX-License-Identifier: MIT
"""Everything about one client on one sheet, and the list of issued superbills. Reads only."""

from __future__ import annotations

from array import array
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.on_file.requests import RequestView
from mediyn_desktop.cards.states import State, public_name
from mediyn_desktop.cards.tables import CardAttempt, CardAttemptEvent
from mediyn_desktop.claims import submission
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.delivery import superbills
from mediyn_desktop.delivery.account import AccountEvent, account_history
from mediyn_desktop.delivery.agreements import Agreements, agreements
from mediyn_desktop.delivery.cards_on_file import CardOnFile, cards_on_file, open_page
from mediyn_desktop.delivery.superbills import Prospect, Superbill
from mediyn_desktop.delivery.tables import IssuedDocument
from mediyn_desktop.ledger.queries import ClientBalance, client_balances
from mediyn_desktop.practice import sessions
from mediyn_desktop.practice.searching import words
from mediyn_desktop.practice.tables import Client, Session
from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session; ``codes`` and ``charged_cents`` once it is billed; ``signed`` is the note.

    ``rules`` says in words which fee was used for each code; ``reason`` why the amount was set by
    hand or waived.
    """

    ref: str
    date: date
    minutes: int
    kind: str
    status: str
    codes: tuple[str, ...]
    charged_cents: int | None
    route: str | None
    signed: bool
    rules: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AttemptEvent:
    """One step of a card attempt: practice-local time, and what happened in words."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One card charge, planned or made; ``state`` as in the command line's contract."""

    id: int
    date_of_service: date
    purpose: str
    amount_cents: int
    last4: str
    state: str
    message: str | None
    events: tuple[AttemptEvent, ...]


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One claim and what holds it back."""

    control_number: str
    date_of_service: date
    state: str
    total_cents: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClientSheet:
    """One client, whole, as of ``today``. Lists are newest first."""

    today: date
    ref: str
    full_name: str
    preferred_name: str
    payment_type: str
    autopay: str
    superbill: str
    plan: str
    email: str
    phone: str
    balance: ClientBalance
    sessions: tuple[SessionLine, ...]
    account: tuple[AccountEvent, ...]
    agreements: Agreements
    cards: tuple[CardOnFile, ...]
    attempts: tuple[Attempt, ...]
    claims: tuple[ClaimLine, ...]
    documents: tuple[SuperbillRow, ...]
    card_page: RequestView | None = None
    """The request for a card that is under way."""


@dataclass(frozen=True, slots=True)
class SuperbillRow:
    """One issued superbill and whose it is; ``replaced`` when a later version exists."""

    id: int
    number: str
    version: int
    client_ref: str
    client_name: str
    issued_on: date
    period_from: date
    period_to: date
    charged_cents: int
    paid_cents: int
    replaced: bool

    @property
    def file_name(self) -> str:
        """What the PDF is called where it is saved; no client's name in it."""
        return superbills.file_name(self.client_ref, self.number, self.version)


@dataclass(frozen=True, slots=True)
class MonthlyDue:
    """One client with sessions in a month, and what issuing their superbill would do."""

    client_ref: str
    client_name: str
    cadence: str
    prospect: Prospect


def client_sheet(read: Reading, ref: str) -> ClientSheet:
    """Return everything about the client ``ref``.

    Raises:
        NotFound: there is no such client.
    """
    client = sessions.get_client(read, ref)
    return ClientSheet(
        today=read.today,
        ref=client.ref,
        full_name=client.full_name,
        preferred_name=client.preferred_name,
        payment_type=client.payment_type,
        autopay=client.autopay,
        superbill=client.superbill,
        plan=client.coverages[0].payer.name if client.coverages else "",
        email=client.email,
        phone=client.phone,
        balance=client_balances(read, ref).get(ref) or ClientBalance(ref),
        sessions=tuple(_sessions(read, client)),
        account=tuple(reversed(account_history(read, client))),
        agreements=agreements(read, ref),
        cards=tuple(cards_on_file(read, ref)),
        attempts=tuple(_attempts(read, client)),
        claims=tuple(_claims(read, client)),
        documents=tuple(superbill_rows(read, superbill_ids(read, client=client))),
        card_page=open_page(read, client.id),
    )


def superbill_ids(read: Reading, search: str = "", *, client: Client | None = None) -> array[int]:
    """Return the ids of issued superbills, the newest first.

    Args:
        search: words that must all occur in the number or the client's name, reference or e-mail.
        client: only this client's.
    """
    query = select(IssuedDocument.id).where(IssuedDocument.kind == superbills.KIND)
    if client is not None:
        query = query.where(IssuedDocument.client_id == client.id)
    wanted = words(search)
    if wanted:
        query = query.join(Client, Client.id == IssuedDocument.client_id)
    for word in wanted:
        in_number = func.instr(func.lower(IssuedDocument.number), word) > 0
        query = query.where(in_number | (func.instr(Client.search, word) > 0))
    query = query.order_by(IssuedDocument.id.desc())
    return array("q", (row[0] for row in read.session.connection().execute(query)))


def superbill_rows(read: Reading, ids: Collection[int]) -> list[SuperbillRow]:
    """Return the superbills ``ids``, the newest first."""
    rows = read.session.execute(
        select(IssuedDocument, Client)
        .join(Client, Client.id == IssuedDocument.client_id)
        .where(IssuedDocument.id.in_(list(ids)))
        .order_by(IssuedDocument.id.desc())
    ).all()
    versions = read.session.execute(
        select(IssuedDocument.number, func.max(IssuedDocument.version))
        .where(IssuedDocument.kind == superbills.KIND)
        .where(IssuedDocument.number.in_({document.number for document, _ in rows}))
        .group_by(IssuedDocument.number)
    )
    latest = dict(versions.all())
    return [_superbill(document, client, latest) for document, client in rows]


def monthly_due(read: Reading, since: date, until: date) -> list[MonthlyDue]:
    """Return every client who gets superbills and was charged in the period, by last name."""
    clients = superbills.clients_due_monthly(read, since, until)
    return [
        MonthlyDue(
            client_ref=client.ref,
            client_name=client.full_name,
            cadence=client.superbill,
            prospect=superbills.prospect(read, client, since, until),
        )
        for client in sorted(clients, key=lambda client: client.search)
    ]


def _superbill(document: IssuedDocument, client: Client, latest: dict[str, int]) -> SuperbillRow:
    bill: Superbill = superbills.view(document, client.ref)
    return SuperbillRow(
        id=document.id,
        number=bill.number,
        version=bill.version,
        client_ref=client.ref,
        client_name=client.full_name,
        issued_on=bill.issued_on,
        period_from=bill.period_from,
        period_to=bill.period_to,
        charged_cents=bill.charged_cents,
        paid_cents=bill.paid_cents,
        replaced=bill.version < latest[bill.number],
    )


def _sessions(read: Reading, client: Client) -> list[SessionLine]:
    rows = read.session.execute(
        select(Session, Charge)
        .outerjoin(Charge, (Charge.session_id == Session.id) & Charge.voided_at.is_(None))
        .where(Session.client_id == client.id)
        .options(joinedload(Session.note), selectinload(Charge.lines))
        .order_by(Session.starts_at.desc(), Session.id.desc())
    )
    return [
        SessionLine(
            ref=session.ref,
            date=session.date_of_service,
            minutes=session.minutes,
            kind=session.kind,
            status=session.status,
            codes=tuple(line.code for line in charge.lines) if charge is not None else (),
            charged_cents=charge.total_cents if charge is not None else None,
            route=charge.route if charge is not None else None,
            signed=session.note is not None and session.note.signed_at is not None,
            rules=tuple(f"{line.code}: {line.fee_rule}" for line in charge.lines) if charge else (),
            reason=(charge.reason or "") if charge is not None else "",
        )
        for session, charge in rows
    ]


def _attempts(read: Reading, client: Client) -> list[Attempt]:
    told: dict[int, list[AttemptEvent]] = {}
    events = read.session.scalars(
        select(CardAttemptEvent)
        .join(CardAttempt, CardAttempt.id == CardAttemptEvent.attempt_id)
        .where(CardAttempt.client_id == client.id)
        .order_by(CardAttemptEvent.id)
    )
    for event in events:
        step = AttemptEvent(event.at.astimezone(read.zone), event.text)
        told.setdefault(event.attempt_id, []).append(step)
    rows = read.session.execute(
        select(CardAttempt, func.coalesce(Charge.date_of_service, CardAttempt.due_on))
        .outerjoin(Charge, Charge.id == CardAttempt.charge_id)
        .where(CardAttempt.client_id == client.id)
        .order_by(CardAttempt.id.desc())
    )
    return [
        Attempt(
            id=attempt.id,
            date_of_service=day,
            purpose=attempt.purpose,
            amount_cents=attempt.amount_cents,
            last4=attempt.last4,
            state=public_name(State(attempt.state)),
            message=attempt.message,
            events=tuple(told.get(attempt.id, ())),
        )
        for attempt, day in rows
    ]


def _claims(read: Reading, client: Client) -> list[ClaimLine]:
    rows = read.session.execute(
        select(Claim, Charge.date_of_service)
        .join(Charge, Charge.id == Claim.charge_id)
        .where(Claim.client_id == client.id)
        .order_by(Claim.id.desc())
    )
    return [
        ClaimLine(
            control_number=claim.control_number,
            date_of_service=day,
            state=claim.state,
            total_cents=claim.total_cents,
            problems=tuple(problem.message for problem in submission.problems(claim)),
        )
        for claim, day in rows
    ]
