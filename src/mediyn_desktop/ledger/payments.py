# SPDX-License-Identifier: MIT
"""Open items, payments, and which payment settles which item.

A payment is posted to the client's receivable as far as it is allocated at once, the rest to the
client's credit. Applying credit later moves it from the credit to the receivable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, insert, select

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ledger import accounts
from mediyn_desktop.ledger.accounts import Account
from mediyn_desktop.ledger.journal import Line, post
from mediyn_desktop.ledger.tables import AllocationRow, OpenItemRow, PaymentRow
from mediyn_desktop.store.uow import Reading, UnitOfWork

# Methods of rows that settle an item without money changing hands tonight.
ADJUSTMENT = "courtesy"
PACKAGE = "package"


class AllocationRefused(UserFacingError):
    """More was to be allocated than the payment holds or the charge still needs."""

    code = "allocation-refused"


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An open item and what is still unpaid of it (cents)."""

    id: int
    source: str
    date_of_service: date
    amount_cents: int
    open_cents: int


@dataclass(frozen=True, slots=True)
class Share:
    """So many cents for one open item."""

    item: int
    cents: int


def open_item(
    uow: UnitOfWork, *, client: str, source: str, date_of_service: date, cents: int, entry: int
) -> int:
    """Record what a posted entry made the client owe and return the item's id."""
    row = OpenItemRow(
        client=client,
        source=source,
        date_of_service=date_of_service,
        amount_cents=cents,
        entry_id=entry,
    )
    uow.session.add(row)
    uow.session.flush()
    return row.id


def open_items(read: Reading, client: str) -> list[OpenItem]:
    """Return the client's items that are not fully paid, oldest date of service first."""
    paid = (
        select(AllocationRow.item_id, func.sum(AllocationRow.amount_cents).label("paid"))
        .group_by(AllocationRow.item_id)
        .subquery()
    )
    rows = read.session.execute(
        select(OpenItemRow, func.coalesce(paid.c.paid, 0))
        .outerjoin(paid, paid.c.item_id == OpenItemRow.id)
        .where(OpenItemRow.client == client)
        .where(OpenItemRow.amount_cents > func.coalesce(paid.c.paid, 0))
        .order_by(OpenItemRow.date_of_service, OpenItemRow.id)
    )
    return [
        OpenItem(row.id, row.source, row.date_of_service, row.amount_cents, row.amount_cents - got)
        for row, got in rows
    ]


def open_cents(read: Reading, item: int) -> int:
    """Return what is still unpaid of the open item ``item``."""
    amount = read.session.scalar(select(OpenItemRow.amount_cents).where(OpenItemRow.id == item))
    return (amount or 0) - paid_cents(read, item)


def adjusted_cents(read: Reading, item: int) -> int:
    """Return what has been taken off the open item ``item`` by adjustments."""
    return (
        read.session.scalar(
            select(func.sum(AllocationRow.amount_cents))
            .join(PaymentRow, PaymentRow.id == AllocationRow.payment_id)
            .where(AllocationRow.item_id == item, PaymentRow.method == ADJUSTMENT)
        )
        or 0
    )


def paid_cents(read: Reading, item: int) -> int:
    """Return what has been allocated to the open item ``item``, adjustments included."""
    return (
        read.session.scalar(
            select(func.sum(AllocationRow.amount_cents)).where(AllocationRow.item_id == item)
        )
        or 0
    )


def record_payment(
    uow: UnitOfWork,
    *,
    ref: str,
    client: str,
    cents: int,
    method: str,
    on: date,
    source: str,
    shares: Sequence[Share] = (),
    reference: str | None = None,
    into: Account | None = None,
) -> int:
    """Post a payment, allocate ``shares`` of it, keep the rest as credit; return its entry's id.

    Args:
        ref: the payment's own reference, unique: the same payment cannot be recorded twice.
        into: where the money rests; by default what ``method`` says.

    Raises:
        AllocationRefused: the shares exceed the payment or an item's open amount.
    """
    allocated = sum(share.cents for share in shares)
    if allocated > cents:
        raise AllocationRefused(
            "The amounts allocated are larger than the payment. Nothing was saved."
        )
    entry = post(
        uow,
        on=on,
        kind="payment",
        source=source,
        key=f"payment:{ref}",
        client=client,
        lines=[
            Line(into or accounts.RESTING_PLACE[method], cents),
            Line(accounts.client_receivable(client), -allocated),
            Line(accounts.credit(client), allocated - cents),
        ],
    )
    row = PaymentRow(
        ref=ref,
        client=client,
        method=method,
        amount_cents=cents,
        received_on=on,
        reference=reference,
        entry_id=entry,
        recorded_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    _allocate(uow, payment=row.id, shares=shares, entry=entry)
    uow.changed("payment", ref)
    return entry


def oldest_first(items: Sequence[OpenItem], cents: int) -> list[Share]:
    """Spread ``cents`` over ``items`` in their order, each up to what is open of it."""
    shares: list[Share] = []
    for item in items:
        part = min(item.open_cents, cents)
        if part <= 0:
            break
        shares.append(Share(item.id, part))
        cents -= part
    return shares


def unallocated(read: Reading, client: str) -> list[tuple[int, int]]:
    """Return ``(payment id, cents left)`` of the client's payments with credit, oldest first."""
    used = (
        select(AllocationRow.payment_id, func.sum(AllocationRow.amount_cents).label("used"))
        .group_by(AllocationRow.payment_id)
        .subquery()
    )
    left = PaymentRow.amount_cents - func.coalesce(used.c.used, 0)
    rows = read.session.execute(
        select(PaymentRow.id, left)
        .outerjoin(used, used.c.payment_id == PaymentRow.id)
        .where(PaymentRow.client == client, PaymentRow.method != PACKAGE, left > 0)
        .order_by(PaymentRow.received_on, PaymentRow.id)
    )
    return [(number, cents) for number, cents in rows]


def apply_credit(uow: UnitOfWork, *, client: str, item: int, on: date, source: str) -> int:
    """Settle ``item`` from the client's unallocated payments, oldest first; return the cents."""
    needed = open_cents(uow, item)
    shares: list[tuple[int, Share]] = []
    for payment, left in unallocated(uow, client):
        part = min(left, needed)
        if part <= 0:
            break
        shares.append((payment, Share(item, part)))
        needed -= part
    applied = sum(share.cents for _, share in shares)
    if not applied:
        return 0
    sequence = uow.session.scalar(
        select(func.count()).select_from(AllocationRow).where(AllocationRow.item_id == item)
    )
    entry = post(
        uow,
        on=on,
        kind="credit-applied",
        source=source,
        key=f"credit:{item}:{sequence}",
        client=client,
        lines=[
            Line(accounts.credit(client), applied),
            Line(accounts.client_receivable(client), -applied),
        ],
    )
    for payment, share in shares:
        _allocate(uow, payment=payment, shares=[share], entry=entry)
    return applied


def settle_from_package(
    uow: UnitOfWork, *, payment: int, client: str, item: int, cents: int, on: date, source: str
) -> int:
    """Earn ``cents`` of a package paid in advance against ``item``; return the entry's id."""
    entry = post(
        uow,
        on=on,
        kind="package-use",
        source=source,
        key=f"package-use:{item}",
        client=client,
        lines=[
            Line(accounts.deferred(client), cents),
            Line(accounts.client_receivable(client), -cents),
        ],
    )
    _allocate(uow, payment=payment, shares=[Share(item, cents)], entry=entry)
    return entry


def record_package_sale(
    uow: UnitOfWork, *, ref: str, client: str, cents: int, on: date, source: str, into: Account
) -> int:
    """Record money taken for sessions to come as a liability; return the payment's id."""
    entry = post(
        uow,
        on=on,
        kind="package-sale",
        source=source,
        key=f"payment:{ref}",
        client=client,
        lines=[Line(into, cents), Line(accounts.deferred(client), -cents)],
    )
    row = PaymentRow(
        ref=ref,
        client=client,
        method=PACKAGE,
        amount_cents=cents,
        received_on=on,
        entry_id=entry,
        recorded_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.changed("payment", ref)
    return row.id


def write_down(
    uow: UnitOfWork,
    *,
    ref: str,
    client: str,
    item: int,
    cents: int,
    on: date,
    source: str,
    into: Account,
    reason: str,
) -> int:
    """Take ``cents`` off an open item into the contra account ``into``; return the entry's id.

    The reduction is kept as a payment of method ``courtesy`` so that one sum tells what is open.

    Raises:
        AllocationRefused: more than is still open of the item.
    """
    entry = post(
        uow,
        on=on,
        kind="adjustment",
        source=source,
        key=f"adjustment:{ref}",
        client=client,
        reason=reason,
        lines=[Line(into, cents), Line(accounts.client_receivable(client), -cents)],
    )
    row = PaymentRow(
        ref=ref,
        client=client,
        method=ADJUSTMENT,
        amount_cents=cents,
        received_on=on,
        entry_id=entry,
        recorded_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    _allocate(uow, payment=row.id, shares=[Share(item, cents)], entry=entry)
    return entry


def _allocate(uow: UnitOfWork, *, payment: int, shares: Sequence[Share], entry: int) -> None:
    for share in shares:
        if share.cents > open_cents(uow, share.item):
            raise AllocationRefused(
                "A payment was to settle more than is still owed. Nothing was saved."
            )
        uow.session.connection().execute(
            insert(AllocationRow).values(
                payment_id=payment,
                item_id=share.item,
                amount_cents=share.cents,
                entry_id=entry,
                recorded_at=uow.now,
            )
        )
