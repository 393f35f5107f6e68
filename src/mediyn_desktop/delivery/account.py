# SPDX-License-Identifier: MIT
"""One client's account in plain words: what was charged, paid and adjusted, and what was owed then.

Each event is one journal entry. Words come from what the entry is about (a charge's lines, a
payment's method); the postings behind it go along for whoever wants to see the journal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from mediyn_desktop.billing.routing import CLAIM_ROUTES
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.codes import cpt
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger import accounts
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.ledger.queries import EntryView, PostingView, journal
from mediyn_desktop.ledger.tables import (
    AllocationRow,
    OpenItemRow,
    PaymentReturnRow,
    PaymentRow,
)
from mediyn_desktop.practice.journal import KINDS, NamedPosting, account_words
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.store.uow import Reading

_PAYER = "Assets:Receivable:Payer:"
METHODS = {
    "card": "Card payment",
    "external_card": "Card payment, outside this program",
    "cash": "Cash payment",
    "check": "Check payment",
    "other": "Other payment",
}
_SETTLED_BY = {
    "insurer": "Insurance payment",
    "package": "Package",
    "opening": "Credit brought forward",
    "transfer": "Passed on by the insurer",
    "withdrawn": "Asked no more",
}
_KINDS = {
    "package-sale": "Package bought, paid in advance",
    "opening-balance": "Balance brought forward",
    "opening": "Balance brought forward",
    "refund": "Paid back",
    "void": "Payment voided",
    "adjustment-reversed": "Asked for again",
    "allocation-reversed": "A payment settles something else",
}
_TAKEN_OFF: dict[str, str] = {
    WriteOff.CONTRACTUAL: "Not allowed by the insurer’s contract",
    WriteOff.SLIDING: "Sliding-fee discount",
    WriteOff.COURTESY: "Courtesy",
    WriteOff.SMALL_BALANCE: "Small balance written off",
    WriteOff.BAD_DEBT: "Bad debt written off",
    WriteOff.TIMELY_FILING: "Written off, filed too late",
    WriteOff.HARDSHIP: "Written off for hardship",
    WriteOff.DENIED: "Written off, denied by the insurer",
}


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind a line of the account, in cents.

    ``how`` is ``settled`` (by ``what`` of that day), ``settles`` (the session of that day),
    ``open`` (still owed) or ``unused`` (settles nothing yet).
    """

    how: str
    what: str
    on: date
    cents: int


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """One thing that happened to a client's account, in cents.

    Args:
        amount_cents: positive when it made somebody owe more, negative when it was paid or taken
            off, zero when money only changed its place within the account.
        client_cents: what the client owed after it; negative is money held for the client.
        insurer_cents: what insurers owed after it.
    """

    entry: int
    date: date
    words: str
    amount_cents: int
    client_cents: int
    insurer_cents: int
    postings: tuple[NamedPosting, ...]
    behind: tuple[Behind, ...] = ()


@dataclass(frozen=True, slots=True)
class _Facts:
    charges: dict[int, Charge]
    payments: dict[int, PaymentRow]
    last4: dict[int, str]


def method_words(method: str) -> str:
    """Return what settles something is called: ``Cash payment``, ``Package``, ``Taken off``."""
    return METHODS.get(method) or _SETTLED_BY.get(method, "Taken off")


def account_history(read: Reading, client: Client) -> list[AccountEvent]:
    """Return the client's events, oldest first, each with what was owed after it."""
    entries = sorted(journal(read, client=client.ref), key=lambda entry: (entry.date, entry.id))
    facts = _facts(read, client)
    behind = _behind(read, client)
    said = account_words(read, {line.account for one in entries for line in one.postings})
    by_id = {entry.id: entry for entry in entries}
    events: list[AccountEvent] = []
    owed = insured = 0
    for entry in entries:
        moved = _moved(entry.postings, client.ref)
        owed += moved.receivable + moved.credit
        insured += moved.insurer
        events.append(
            AccountEvent(
                entry=entry.id,
                date=entry.date,
                words=_words(entry, facts, by_id, moved),
                amount_cents=moved.receivable + moved.credit + moved.insurer + moved.deferred,
                client_cents=owed,
                insurer_cents=insured,
                postings=tuple(
                    NamedPosting(said[line.account], line.account, line.amount_cents)
                    for line in entry.postings
                ),
                behind=tuple(behind.get(entry.id, ())),
            )
        )
    return events


def _behind(read: Reading, client: Client) -> dict[int, list[Behind]]:
    """What settles each charge, and what each payment settles, by the entry that made it."""
    items = read.session.scalars(select(OpenItemRow).where(OpenItemRow.client == client.ref)).all()
    rows = read.session.scalars(select(PaymentRow).where(PaymentRow.client == client.ref)).all()
    by_item, by_payment = {row.id: row for row in items}, {row.id: row for row in rows}
    cents = func.sum(AllocationRow.amount_cents)
    pairs = read.session.execute(
        select(AllocationRow.payment_id, AllocationRow.item_id, cents)
        .join(OpenItemRow, OpenItemRow.id == AllocationRow.item_id)
        .where(OpenItemRow.client == client.ref)
        .group_by(AllocationRow.payment_id, AllocationRow.item_id)
        .having(cents != 0)
        .order_by(func.min(AllocationRow.id))
    ).all()
    returned = select(PaymentReturnRow.payment_id, func.sum(PaymentReturnRow.amount_cents))
    returned = returned.join(PaymentRow, PaymentRow.id == PaymentReturnRow.payment_id)
    returned = returned.where(PaymentRow.client == client.ref)
    by_payment_returned = returned.group_by(PaymentReturnRow.payment_id)
    gone: dict[int, int] = {}
    for payment_id, part in read.session.execute(by_payment_returned):
        gone[payment_id] = part
    found: dict[int, list[Behind]] = {}
    left = {row.id: row.amount_cents for row in items}
    unused = {row.id: row.amount_cents - gone.get(row.id, 0) for row in rows}
    for payment_id, item_id, part in pairs:
        item, payment = by_item[item_id], by_payment[payment_id]
        what = method_words(payment.method)
        found.setdefault(item.entry_id, []).append(
            Behind("settled", what, payment.received_on, part)
        )
        if payment.method in METHODS:
            found.setdefault(payment.entry_id, []).append(
                Behind("settles", "Session", item.date_of_service, part)
            )
        left[item_id] -= part
        unused[payment_id] -= part
    for item in items:
        if left[item.id]:
            whose = "Insurer" if item.debtor is not None else "Client"
            found.setdefault(item.entry_id, []).append(
                Behind("open", whose, item.date_of_service, left[item.id])
            )
    for payment in rows:
        if payment.method in METHODS and unused[payment.id]:
            found.setdefault(payment.entry_id, []).append(
                Behind("unused", "Credit", payment.received_on, unused[payment.id])
            )
    return found


@dataclass(slots=True)
class _Moved:
    """What one entry did to the client's accounts; a liability that grows is negative."""

    receivable: int = 0
    insurer: int = 0
    credit: int = 0
    deferred: int = 0


def _moved(postings: Iterable[PostingView], ref: str) -> _Moved:
    moved = _Moved()
    names = {
        accounts.client_receivable(ref).name: "receivable",
        accounts.credit(ref).name: "credit",
        accounts.deferred(ref).name: "deferred",
    }
    for posting in postings:
        field = "insurer" if posting.account.startswith(_PAYER) else names.get(posting.account)
        if field is not None:
            setattr(moved, field, getattr(moved, field) + posting.amount_cents)
    return moved


def _facts(read: Reading, client: Client) -> _Facts:
    charges = read.session.scalars(
        select(Charge).where(Charge.client_id == client.id).options(selectinload(Charge.lines))
    )
    payments = read.session.scalars(select(PaymentRow).where(PaymentRow.client == client.ref))
    attempts = read.session.scalars(
        select(CardAttempt).where(
            CardAttempt.client_id == client.id, CardAttempt.payment_entry_id.is_not(None)
        )
    )
    return _Facts(
        charges={charge.entry_id: charge for charge in charges if charge.entry_id is not None},
        payments={payment.entry_id: payment for payment in payments},
        last4={
            attempt.payment_entry_id: attempt.last4
            for attempt in attempts
            if attempt.payment_entry_id is not None
        },
    )


def _words(entry: EntryView, facts: _Facts, by_id: dict[int, EntryView], moved: _Moved) -> str:
    match entry.kind:
        case "charge" if entry.id in facts.charges:
            return _charge(facts.charges[entry.id])
        case "payment" if entry.id in facts.payments:
            return _payment(facts.payments[entry.id], facts.last4.get(entry.id), -moved.credit)
        case "credit-applied":
            return f"{format_cents(moved.credit)} of credit used for a session"
        case "package-use":
            return f"{format_cents(moved.deferred)} of a package used for a session"
        case "adjustment":
            row = facts.payments.get(entry.id)
            return _said(_TAKEN_OFF.get(row.method if row is not None else "", "Taken off"), entry)
        case "refund" | "void" | "adjustment-reversed" | "allocation-reversed":
            return _said(_KINDS[entry.kind], entry)
        case "reversal":
            taken = by_id.get(entry.reverses or 0)
            what = _words(taken, facts, by_id, moved) if taken is not None else "an earlier entry"
            why = f" ({entry.reason})" if entry.reason else ""
            return f"Taken back: {what}{why}"
        case kind:
            return _KINDS.get(kind) or KINDS.get(kind) or kind.replace("-", " ").capitalize()


def _said(what: str, entry: EntryView) -> str:
    return f"{what}: {entry.reason}" if entry.reason else what


def _charge(charge: Charge) -> str:
    lines = ", ".join(
        cpt.label(line.code) if cpt.is_fee_key(line.code) and not cpt.is_cpt_shape(line.code)
        else f"{cpt.label(line.code)} · {line.code}"
        for line in charge.lines
    )  # fmt: skip
    return f"{lines}, billed to the insurer" if charge.route in CLAIM_ROUTES else lines


def _payment(payment: PaymentRow, last4: str | None, kept_cents: int) -> str:
    words = METHODS.get(payment.method, "Payment")
    if last4:
        words += f" •{last4}"
    elif payment.reference and payment.method != "card":
        words += f", {payment.reference}"
    if 0 < kept_cents < payment.amount_cents:
        words += f"; {format_cents(kept_cents)} of it kept as credit"
    elif kept_cents > 0:
        words += ", kept as credit"
    return words
