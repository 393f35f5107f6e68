# SPDX-License-Identifier: MIT
"""Taking back what was recorded as gone and never went: a refund, a voiding, by mistake."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from mediyn_desktop.ledger import accounts
from mediyn_desktop.ledger.items import Share, allocate_rows, open_cents
from mediyn_desktop.ledger.journal import Line, post, reverse
from mediyn_desktop.ledger.tables import (
    AccountRow,
    AllocationRow,
    EntryRow,
    PaymentReturnRow,
    PaymentRow,
    PostingRow,
)
from mediyn_desktop.store.uow import UnitOfWork


def take_refund_back(uow: UnitOfWork, *, entry: int, on: date, reason: str) -> int:
    """Take back the refund or voiding posted as ``entry``, whose money never left.

    The payment holds its money again, and the charges it settled are settled again as far as they
    are still open; what is open no more is the client's credit. Returns the new entry's id.

    Raises:
        AlreadyReversed: it was taken back before.
    """
    number = reverse(uow, entry, on=on, reason=reason)
    gone = select(PaymentReturnRow).where(PaymentReturnRow.entry_id == entry)
    for row in uow.session.scalars(gone).all():
        uow.session.add(
            PaymentReturnRow(
                ref=row.ref,
                payment_id=row.payment_id,
                kind=row.kind,
                amount_cents=-row.amount_cents,
                returned_on=on,
                reason=reason,
                entry_id=number,
                recorded_at=uow.now,
            )
        )
        uow.changed("payment", uow.session.get_one(PaymentRow, row.payment_id).ref)
    uow.session.flush()
    settled = _settle_again(uow, entry, number)
    _keep_as_credit(uow, entry, settled, on=on, reason=reason)
    return number


def _settle_again(uow: UnitOfWork, entry: int, number: int) -> int:
    """Settle what ``entry`` took back from charges, as far as they are open; return the cents."""
    settled = 0
    taken = select(AllocationRow).where(AllocationRow.entry_id == entry).order_by(AllocationRow.id)
    for row in uow.session.scalars(taken).all():
        part = min(-row.amount_cents, open_cents(uow, row.item_id))
        if part > 0:
            shares = [Share(row.item_id, part)]
            allocate_rows(uow, payment=row.payment_id, shares=shares, entry=number)
            settled += part
    return settled


def _keep_as_credit(uow: UnitOfWork, entry: int, settled: int, *, on: date, reason: str) -> None:
    """Make credit of what the mirrored entry took off the client beyond ``settled`` cents."""
    original = uow.session.get_one(EntryRow, entry)
    client = original.client
    assert client is not None  # a payment is somebody's
    owed_again = uow.session.scalar(
        select(func.coalesce(func.sum(PostingRow.amount_cents), 0))
        .join(AccountRow, AccountRow.id == PostingRow.account_id)
        .where(PostingRow.entry_id == entry)
        .where(AccountRow.name == accounts.client_receivable(client).name)
    )
    rest = (owed_again or 0) - settled
    if rest:
        post(
            uow,
            on=on,
            kind="allocation-reversed",
            source=original.source,
            key=f"credit-again:{entry}",
            client=client,
            reason=reason,
            lines=[
                Line(accounts.client_receivable(client), rest),
                Line(accounts.credit(client), -rest),
            ],
        )
