# SPDX-License-Identifier: MIT
"""Disputes and refunds as people see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from mediyn_desktop.cards.clearing.disputes import CLOSED
from mediyn_desktop.cards.clearing.tables import CardDispute
from mediyn_desktop.cards.refunds.tables import CardRefund
from mediyn_desktop.core.clock import local_date
from mediyn_desktop.ledger.tables import PaymentRow
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class DisputeView:
    """One dispute; ``due_on`` is the last day to answer, ``days_left`` counts to it while open."""

    id: str
    client_ref: str | None
    payment: str | None
    amount_cents: int
    status: str
    reason: str
    opened_on: date
    due_on: date | None
    days_left: int | None


@dataclass(frozen=True, slots=True)
class RefundView:
    """One refund of a card payment."""

    id: int
    request: str
    payment: str
    client_ref: str
    amount_cents: int
    state: str
    reason: str
    message: str | None
    processor_id: str | None
    planned_at: datetime
    entry_id: int | None


def view_disputes(read: Reading, *, client: str | None = None) -> list[DisputeView]:
    """Return disputes, the open ones first and of those the most urgent, then the newest."""
    rows = read.session.execute(
        select(CardDispute, Client.ref, PaymentRow.ref)
        .outerjoin(Client, Client.id == CardDispute.client_id)
        .outerjoin(
            PaymentRow,
            (PaymentRow.reference == CardDispute.intent) & (PaymentRow.method == "card"),
        )
        .order_by(CardDispute.opened_at.desc(), CardDispute.id.desc())
    ).all()
    views = [
        _view(read, dispute, who, payment)
        for dispute, who, payment in rows
        if client is None or who == client
    ]
    return sorted(views, key=lambda one: (one.days_left is None, one.days_left or 0))


def view_refunds(read: Reading, *, client: str | None = None) -> list[RefundView]:
    """Return refunds of card payments, the newest first."""
    query = (
        select(CardRefund, PaymentRow.ref, PaymentRow.client)
        .join(PaymentRow, PaymentRow.id == CardRefund.payment_id)
        .order_by(CardRefund.id.desc())
    )
    if client is not None:
        query = query.where(PaymentRow.client == client)
    return [
        RefundView(
            row.id,
            row.request,
            payment,
            who,
            row.amount_cents,
            row.state,
            row.reason,
            row.message,
            row.refund_id,
            row.planned_at,
            row.entry_id,
        )
        for row, payment, who in read.session.execute(query)
    ]


def _view(read: Reading, row: CardDispute, client: str | None, payment: str | None) -> DisputeView:
    due = local_date(row.due_by, read.zone) if row.due_by is not None else None
    waits = due is not None and row.status not in CLOSED
    return DisputeView(
        id=row.processor_id,
        client_ref=client,
        payment=payment,
        amount_cents=row.amount_cents,
        status=row.status,
        reason=row.reason,
        opened_on=local_date(row.opened_at, read.zone),
        due_on=due,
        days_left=(due - read.today).days if waits and due is not None else None,
    )
