# SPDX-License-Identifier: MIT
"""Open items: what is owed, by whom, and what settles it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, func, insert, select

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger.kinds import NOT_MONEY, WITHDRAWN
from mediyn_desktop.ledger.tables import AllocationRow, OpenItemRow, PaymentRow
from mediyn_desktop.store.uow import Reading, UnitOfWork


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


_ALLOCATE = insert(AllocationRow)
_PAID_OF_CLIENT = (
    select(AllocationRow.item_id, func.sum(AllocationRow.amount_cents).label("paid"))
    .join(OpenItemRow, OpenItemRow.id == AllocationRow.item_id)
    .where(OpenItemRow.client == bindparam("whose"))
    .group_by(AllocationRow.item_id)
    .subquery()
)
_OF_CLIENT = (
    select(OpenItemRow, func.coalesce(_PAID_OF_CLIENT.c.paid, 0))
    .outerjoin(_PAID_OF_CLIENT, _PAID_OF_CLIENT.c.item_id == OpenItemRow.id)
    .where(OpenItemRow.client == bindparam("whose"), OpenItemRow.debtor.is_(None))
    .where(OpenItemRow.amount_cents > func.coalesce(_PAID_OF_CLIENT.c.paid, 0))
    .order_by(OpenItemRow.date_of_service, OpenItemRow.id)
)
_OF_SESSION = _OF_CLIENT.where(OpenItemRow.session == bindparam("session_ref"))
_OPEN_CENTS = select(
    OpenItemRow.amount_cents
    - func.coalesce(
        select(func.sum(AllocationRow.amount_cents))
        .where(AllocationRow.item_id == OpenItemRow.id)
        .scalar_subquery(),
        0,
    )
).where(OpenItemRow.id == bindparam("item"))


def open_item(
    uow: UnitOfWork,
    *,
    client: str,
    source: str,
    date_of_service: date,
    cents: int,
    entry: int,
    debtor: str | None = None,
    session: str | None = None,
) -> int:
    """Record what a posted entry made somebody owe and return the item's id.

    Args:
        source: unique for ever; what the item is about, such as ``session:s12``.
        debtor: the payer's ref where not the client owes it.
        session: the session's ref where it is about one.
    """
    row = OpenItemRow(
        client=client,
        debtor=debtor,
        session=session,
        source=source,
        date_of_service=date_of_service,
        amount_cents=cents,
        entry_id=entry,
    )
    uow.session.add(row)
    uow.session.flush()
    return row.id


def get_item(read: Reading, item: int) -> OpenItemRow:
    """Return the row of the open item ``item``, which exists."""
    return read.session.get_one(OpenItemRow, item)


def open_items(read: Reading, client: str, *, session: str | None = None) -> list[OpenItem]:
    """Return what the client owes and has not fully paid, oldest date of service first.

    With ``session``, only what is owed for that session.
    """
    query = _OF_CLIENT if session is None else _OF_SESSION
    return [
        OpenItem(row.id, row.source, row.date_of_service, row.amount_cents, row.amount_cents - got)
        for row, got in read.session.execute(query, {"whose": client, "session_ref": session})
    ]


def items_of_session(read: Reading, session: str) -> list[OpenItemRow]:
    """Return every item a session left, settled or not, in the order they arose."""
    return list(
        read.session.scalars(
            select(OpenItemRow).where(OpenItemRow.session == session).order_by(OpenItemRow.id)
        )
    )


def open_cents(read: Reading, item: int) -> int:
    """Return what is still unpaid of the open item ``item``."""
    return read.session.scalar(_OPEN_CENTS, {"item": item}) or 0


def paid_cents(read: Reading, item: int) -> int:
    """Return what has been allocated to the open item ``item``, adjustments included."""
    return (
        read.session.scalar(
            select(func.sum(AllocationRow.amount_cents)).where(AllocationRow.item_id == item)
        )
        or 0
    )


def adjusted_cents(read: Reading, item: int) -> int:
    """Return what was taken off the open item ``item`` without money: write-offs, transfers."""
    return (
        read.session.scalar(
            select(func.sum(AllocationRow.amount_cents))
            .join(PaymentRow, PaymentRow.id == AllocationRow.payment_id)
            .where(AllocationRow.item_id == item, PaymentRow.method.in_(NOT_MONEY))
        )
        or 0
    )


def withdrawn(read: Reading, item: int) -> bool:
    """Whether the open item ``item`` is asked of nobody any more: voided, or its share reversed."""
    return (
        read.session.scalar(
            select(AllocationRow.id)
            .join(PaymentRow, PaymentRow.id == AllocationRow.payment_id)
            .where(AllocationRow.item_id == item, PaymentRow.method == WITHDRAWN)
            .limit(1)
        )
        is not None
    )


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


def allocate_rows(uow: UnitOfWork, *, payment: int, shares: Sequence[Share], entry: int) -> None:
    """Write down that ``payment`` settles ``shares``; the caller has posted ``entry`` for it.

    Negative shares take an allocation back.

    Raises:
        AllocationRefused: a share is larger than what is open of its item.
    """
    for share in shares:
        left = open_cents(uow, share.item)
        if share.cents > left:
            raise AllocationRefused(
                f"{format_cents(share.cents)} was to settle a charge of which only "
                f"{format_cents(left)} is still owed. Nothing was saved."
            )
        uow.session.connection().execute(
            _ALLOCATE,
            {
                "payment_id": payment,
                "item_id": share.item,
                "amount_cents": share.cents,
                "entry_id": entry,
                "recorded_at": uow.now,
            },
        )


def allocations_of(
    read: Reading, *, payment: int | None = None, item: int | None = None
) -> list[tuple[int, int, int]]:
    """Return ``(payment, item, cents)`` still allocated, by payment or item; oldest first."""
    query = select(
        AllocationRow.payment_id, AllocationRow.item_id, func.sum(AllocationRow.amount_cents)
    )
    if payment is not None:
        query = query.where(AllocationRow.payment_id == payment)
    if item is not None:
        query = query.where(AllocationRow.item_id == item)
    rows = read.session.execute(
        query.group_by(AllocationRow.payment_id, AllocationRow.item_id)
        .having(func.sum(AllocationRow.amount_cents) != 0)
        .order_by(func.min(AllocationRow.id))
    )
    return [(row[0], row[1], row[2]) for row in rows]
