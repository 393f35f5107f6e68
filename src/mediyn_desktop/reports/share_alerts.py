# SPDX-License-Identifier: MIT
"""What insurers have left to clients of late: to be looked at, never charged by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import select

from mediyn_desktop.billing.plan_views import items_under_plans
from mediyn_desktop.billing.routing import CLAIM_ROUTES
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger.queries import client_balances
from mediyn_desktop.ledger.tables import EntryRow, OpenItemRow
from mediyn_desktop.practice.tables import Session
from mediyn_desktop.reports.alert import Alert
from mediyn_desktop.reports.open_money import open_money
from mediyn_desktop.store.uow import Reading

_LATELY = timedelta(days=30)  # what is older has an alert for its age


def client_shares_decided(read: Reading) -> Iterator[Alert]:
    """Yield one alert for each client to whom an insurer's answer has left something to pay."""
    rows = read.session.execute(
        select(OpenItemRow.id, EntryRow.date)
        .join(EntryRow, EntryRow.id == OpenItemRow.entry_id)
        .join(Session, Session.ref == OpenItemRow.session)
        .join(Charge, Charge.session_id == Session.id)
        .where(OpenItemRow.debtor.is_(None), EntryRow.date >= read.today - _LATELY)
        .where(Charge.route.in_(CLAIM_ROUTES), Charge.voided_at.is_(None))
    )
    decided: dict[int, date] = {item: on for item, on in rows}  # noqa: C416 - rows are no pairs
    if not decided:
        return
    planned = items_under_plans(read)  # agreed on: late installments are an alert of their own
    cents: dict[str, int] = {}
    since: dict[str, date] = {}
    for item in open_money(read):
        if item.item in decided and item.item not in planned:
            cents[item.client] = cents.get(item.client, 0) + item.cents
            since[item.client] = max(decided[item.item], since.get(item.client, date.min))
    balances = client_balances(read)
    for client, left in cents.items():
        owed = left - balances[client].credit_cents
        if owed > 0:
            yield Alert(
                "client-share",
                client,
                since[client],
                owed,
                f"The insurer left {format_cents(owed)} to the client. Charge the card on file, "
                "send a payment link, or put it on the statement.",
                2,
            )
