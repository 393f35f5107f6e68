# SPDX-License-Identifier: MIT
"""A client's statement as data: opening + charges - insurance - adjustments - payments = closing.

Every line is a journal entry and every cent of the client's entries is on it, so a statement cannot
disagree with the ledger. What an insurer still owes is shown apart and never as the client's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import func, select

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ledger import accounts
from mediyn_desktop.ledger.tables import (
    AccountRow,
    AllocationRow,
    EntryRow,
    OpenItemRow,
    PaymentRow,
    PostingRow,
)
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.store.uow import Reading

AGES = ((30, "0-30"), (60, "31-60"), (90, "61-90"), (120, "91-120"))
OLDEST = "over-120"
_OWED = (accounts.CLIENT_RECEIVABLE, accounts.PAYER_RECEIVABLE, accounts.CREDIT)
_EARNED = (accounts.SERVICES.role, accounts.FEES.role)
_MONEY = (
    accounts.BANK.role,
    accounts.STRIPE.role,
    accounts.UNDEPOSITED.role,
    accounts.DISPUTED.role,
    accounts.DEFERRED,
)
_PAYER_DUE = accounts.payer_due("").role


class StatementRefused(UserFacingError):
    """The period cannot be stated."""

    code = "statement-period"


class Standing(StrEnum):
    """What a statement asks of the client."""

    DUE = "due"
    INSURANCE_PENDING = "nothing_due_insurance_pending"
    CREDIT = "credit"
    NOTHING_DUE = "nothing_due"


@dataclass(frozen=True, slots=True)
class Line:
    """One journal entry as the client sees it, in cents; ``balance`` is the running total.

    ``date_of_service`` is the session's where the entry charges one; ``source`` names what the
    entry is about, such as ``session:s12`` or ``payment:pay-1``.
    """

    entry_id: int
    source: str
    posted_on: date
    date_of_service: date | None
    kind: str
    charges_cents: int
    insurance_cents: int
    adjustments_cents: int
    payments_cents: int
    balance_cents: int


@dataclass(frozen=True, slots=True)
class Settled:
    """Part of a payment, package or adjustment that settles one charge."""

    entry_id: int
    received_on: date
    method: str
    cents: int


@dataclass(frozen=True, slots=True)
class Share:
    """What the client was asked for one session (or opening balance), and what settles it."""

    date_of_service: date
    session_ref: str | None
    amount_cents: int
    open_cents: int
    settled: tuple[Settled, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A client's account through ``as_of``; everything in cents.

    ``closing_cents`` is what client and insurers owe less the client's credit; of it
    ``insurance_pending_cents`` is the insurers'. ``due_cents`` is what the client is asked for.
    ``prepaid_cents`` of packages stand apart. ``ages`` sorts what the client owes by the days since
    the date of service.
    """

    client_ref: str
    since: date | None
    as_of: date
    opening_cents: int
    charges_cents: int
    insurance_cents: int
    adjustments_cents: int
    payments_cents: int
    closing_cents: int
    insurance_pending_cents: int
    client_cents: int
    credit_cents: int
    due_cents: int
    prepaid_cents: int
    standing: Standing
    lines: tuple[Line, ...]
    shares: tuple[Share, ...]
    ages: Mapping[str, int]


def statement(
    read: Reading, client_ref: str, *, as_of: date | None = None, since: date | None = None
) -> Statement:
    """Return the client's statement from ``since`` (the first entry) through ``as_of`` (today).

    Raises:
        NotFound: no such client.
        StatementRefused: the period ends before it begins, or lies ahead.
    """
    client = get_client(read, client_ref).ref
    as_of = as_of or read.today
    if as_of > read.today or (since is not None and since > as_of):
        raise StatementRefused(
            "A statement ends today or earlier, and not before it begins. Check the dates."
        )
    opening, lines = _lines(read, client, since, as_of)
    roles = _by_role(read, client, as_of)
    shares = _shares(read, client, as_of)
    owes, credit = roles[accounts.CLIENT_RECEIVABLE], -roles[accounts.CREDIT]
    pending = roles[accounts.PAYER_RECEIVABLE]
    return Statement(
        client_ref=client,
        since=since,
        as_of=as_of,
        opening_cents=opening,
        charges_cents=sum(line.charges_cents for line in lines),
        insurance_cents=sum(line.insurance_cents for line in lines),
        adjustments_cents=sum(line.adjustments_cents for line in lines),
        payments_cents=sum(line.payments_cents for line in lines),
        closing_cents=lines[-1].balance_cents if lines else opening,
        insurance_pending_cents=pending,
        client_cents=owes,
        credit_cents=credit,
        due_cents=max(0, owes - credit),
        prepaid_cents=-roles[accounts.DEFERRED],
        standing=_standing(owes - credit, pending),
        lines=tuple(lines),
        shares=tuple(shares),
        ages=_ages(shares, as_of),
    )


def _standing(due: int, pending: int) -> Standing:
    if due > 0:
        return Standing.DUE
    if pending > 0:
        return Standing.INSURANCE_PENDING
    return Standing.CREDIT if due < 0 else Standing.NOTHING_DUE


def _lines(read: Reading, client: str, since: date | None, as_of: date) -> tuple[int, list[Line]]:
    """The balance before ``since`` and the lines from then on, in the order they count."""
    rows = read.session.execute(
        select(EntryRow, AccountRow.role, PostingRow.amount_cents)
        .join(PostingRow, PostingRow.entry_id == EntryRow.id)
        .join(AccountRow, AccountRow.id == PostingRow.account_id)
        .where(PostingRow.client == client, PostingRow.date <= as_of)
        .order_by(EntryRow.date, EntryRow.id)
    )
    entries: dict[EntryRow, Counter[str]] = defaultdict(Counter)
    for entry, role, cents in rows:
        entries[entry][role] += cents
    services = dict(
        read.session.execute(
            select(OpenItemRow.entry_id, func.min(OpenItemRow.date_of_service))
            .where(OpenItemRow.client == client)
            .group_by(OpenItemRow.entry_id)
        ).all()
    )
    balance = opening = 0
    lines: list[Line] = []
    for entry, roles in entries.items():
        if not any(role in roles for role in _OWED):
            continue  # a package sold, a processor's fee: nothing the client owes changed
        parts = _parts(roles)
        balance += sum(roles[role] for role in _OWED)
        if since is not None and entry.date < since:
            opening = balance
        elif any(parts.values()):
            lines.append(
                Line(
                    entry_id=entry.id,
                    source=entry.source,
                    posted_on=entry.date,
                    date_of_service=services.get(entry.id),
                    kind=entry.kind,
                    charges_cents=parts["charges"],
                    insurance_cents=parts["insurance"],
                    adjustments_cents=parts["adjustments"],
                    payments_cents=parts["payments"],
                    balance_cents=balance,
                )
            )
    return opening, lines


def _parts(roles: Counter[str]) -> Counter[str]:
    """Sort an entry's other side: what was charged, and what took how much off."""
    insurer = accounts.PAYER_RECEIVABLE in roles or _PAYER_DUE in roles
    parts: Counter[str] = Counter()
    for role, cents in roles.items():
        if role in _OWED:
            continue
        if role in _EARNED or (role == accounts.OPENING.role and cents < 0):
            parts["charges"] -= cents
        elif role in (*_MONEY, _PAYER_DUE, accounts.OPENING.role):
            parts["insurance" if insurer else "payments"] += cents
        else:
            parts["adjustments"] += cents
    return parts


def _by_role(read: Reading, client: str, as_of: date) -> Counter[str]:
    rows = read.session.execute(
        select(AccountRow.role, func.sum(PostingRow.amount_cents))
        .join(PostingRow, PostingRow.account_id == AccountRow.id)
        .where(PostingRow.client == client, PostingRow.date <= as_of)
        .where(AccountRow.role.in_(accounts.OF_CLIENTS))
        .group_by(AccountRow.role)
    )
    found: Counter[str] = Counter()
    for role, cents in rows:
        found[role] = cents
    return found


def _shares(read: Reading, client: str, as_of: date) -> list[Share]:
    settled: dict[int, list[Settled]] = defaultdict(list)
    parts = read.session.execute(
        select(AllocationRow, PaymentRow)
        .join(PaymentRow, PaymentRow.id == AllocationRow.payment_id)
        .join(EntryRow, EntryRow.id == AllocationRow.entry_id)
        .join(OpenItemRow, OpenItemRow.id == AllocationRow.item_id)
        .where(OpenItemRow.client == client, OpenItemRow.debtor.is_(None), EntryRow.date <= as_of)
        .order_by(AllocationRow.id)
    )
    for allocation, payment in parts:
        settled[allocation.item_id].append(
            Settled(
                allocation.entry_id, payment.received_on, payment.method, allocation.amount_cents
            )
        )
    rows = read.session.scalars(
        select(OpenItemRow)
        .join(EntryRow, EntryRow.id == OpenItemRow.entry_id)
        .where(OpenItemRow.client == client, OpenItemRow.debtor.is_(None), EntryRow.date <= as_of)
        .order_by(OpenItemRow.date_of_service, OpenItemRow.id)
    )
    return [
        Share(
            date_of_service=row.date_of_service,
            session_ref=row.session,
            amount_cents=row.amount_cents,
            open_cents=row.amount_cents - sum(part.cents for part in settled[row.id]),
            settled=tuple(settled[row.id]),
        )
        for row in rows
    ]


def _ages(shares: list[Share], as_of: date) -> dict[str, int]:
    ages = {**{name: 0 for _, name in AGES}, OLDEST: 0}
    for share in shares:
        days = (as_of - share.date_of_service).days
        ages[next((name for most, name in AGES if days <= most), OLDEST)] += share.open_cents
    return ages
