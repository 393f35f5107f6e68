# SPDX-License-Identifier: MIT
"""Money a client paid: recording it, and which charge it settles.

A payment is posted to the client's receivable as far as it is allocated at once, the rest to the
client's credit. Applying credit later moves it from the credit to the receivable; releasing moves
it back. So the credit account always equals what no charge has used.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, func, select

from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger import accounts
from mediyn_desktop.ledger.accounts import Account
from mediyn_desktop.ledger.items import (
    AllocationRefused,
    Share,
    allocate_rows,
    allocations_of,
    oldest_first,
    open_cents,
    open_items,
)
from mediyn_desktop.ledger.journal import Line, post
from mediyn_desktop.ledger.kinds import CLIENT_MONEY
from mediyn_desktop.ledger.tables import AllocationRow, PaymentReturnRow, PaymentRow
from mediyn_desktop.store.uow import Reading, UnitOfWork


def get_payment(read: Reading, ref: str) -> PaymentRow:
    """Return the money received under ``ref``.

    Raises:
        NotFound: there is none.
    """
    found = read.session.scalar(select(PaymentRow).where(PaymentRow.ref == ref))
    if found is None:
        raise NotFound(f"There is no payment “{ref}”. Nothing was changed.")
    return found


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
    deposited_on: date | None = None,
) -> int:
    """Post a payment, allocate ``shares`` of it, keep the rest as credit; return its entry's id.

    Args:
        ref: the payment's own reference, unique: the same payment cannot be recorded twice.
        into: where the money rests; by default what ``method`` says.
        deposited_on: when it reached the bank, where it goes there by itself.

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
    payment = payment_row(
        uow,
        ref=ref,
        client=client,
        cents=cents,
        method=method,
        on=on,
        entry=entry,
        reference=reference,
        deposited_on=deposited_on,
    )
    allocate_rows(uow, payment=payment, shares=shares, entry=entry)
    return entry


def payment_row(
    uow: UnitOfWork,
    *,
    ref: str,
    client: str,
    cents: int,
    method: str,
    on: date,
    entry: int,
    reference: str | None = None,
    deposited_on: date | None = None,
) -> int:
    """Write down what settles open items and return its id; the caller has posted ``entry``."""
    row = PaymentRow(
        ref=ref,
        client=client,
        method=method,
        amount_cents=cents,
        received_on=on,
        deposited_on=deposited_on,
        reference=reference,
        entry_id=entry,
        recorded_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.changed("payment", ref)
    return row.id


def _sum_of(table: type[AllocationRow] | type[PaymentReturnRow]):  # type: ignore[no-untyped-def]
    return (
        select(func.coalesce(func.sum(table.amount_cents), 0))
        .where(table.payment_id == PaymentRow.id)
        .correlate(PaymentRow)
        .scalar_subquery()
    )


_LEFT = PaymentRow.amount_cents - _sum_of(AllocationRow) - _sum_of(PaymentReturnRow)
_UNALLOCATED = (
    select(PaymentRow.id, _LEFT)
    .where(PaymentRow.client == bindparam("client"), PaymentRow.method.in_(CLIENT_MONEY))
    .where(_LEFT > 0)
    .order_by(PaymentRow.received_on, PaymentRow.id)
)


def unallocated(read: Reading, client: str) -> list[tuple[int, int]]:
    """Return ``(payment id, cents left)`` of the client's payments with credit, oldest first."""
    rows = read.session.execute(_UNALLOCATED, {"client": client})
    return [(number, cents) for number, cents in rows]


def unallocated_cents(read: Reading, payment: int) -> int:
    """Return what of ``payment`` neither settles anything nor went back."""
    return read.session.scalar(select(_LEFT).where(PaymentRow.id == payment)) or 0


def apply_credit(uow: UnitOfWork, *, client: str, item: int, on: date, source: str) -> int:
    """Settle ``item`` from the client's unallocated payments, oldest first; return the cents."""
    needed = open_cents(uow, item)
    applied = 0
    shares: list[tuple[int, Share]] = []
    for payment, left in unallocated(uow, client):
        part = min(left, needed - applied)
        if part <= 0:
            break
        shares.append((payment, Share(item, part)))
        applied += part
    if applied:
        _use_credit(uow, client=client, shares=shares, on=on, source=source, reason=None)
    return applied


def apply_all_credit(uow: UnitOfWork, *, client: str, on: date) -> int:
    """Settle what the client owes from the client's credit, oldest first; return the cents."""
    return sum(
        apply_credit(uow, client=client, item=item.id, on=on, source=item.source)
        for item in open_items(uow, client)
    )


def allocate(
    uow: UnitOfWork, *, payment: str, shares: Sequence[Share], on: date, reason: str
) -> int:
    """Settle ``shares`` from what is left of a payment, by hand; return the entry's id.

    Raises:
        AllocationRefused: more than is left of the payment, or than is open of an item.
    """
    row = get_payment(uow, payment)
    left, wanted = unallocated_cents(uow, row.id), sum(share.cents for share in shares)
    if wanted > left or row.method not in CLIENT_MONEY:
        raise AllocationRefused(
            f"Only {format_cents(left)} of this payment is not used yet, and "
            f"{format_cents(wanted)} was to be allocated. Nothing was changed."
        )
    return _use_credit(
        uow,
        client=row.client,
        shares=[(row.id, share) for share in shares],
        on=on,
        source=f"payment:{payment}",
        reason=reason,
    )


def release(uow: UnitOfWork, *, payment: str, share: Share, on: date, reason: str) -> int:
    """Take ``share`` of a payment back from its charge; it is the client's credit again.

    Raises:
        AllocationRefused: the payment settles less of the item than that.
    """
    row = get_payment(uow, payment)
    _must_settle(uow, row.id, share)
    entry = post(
        uow,
        on=on,
        kind="allocation-reversed",
        source=f"payment:{payment}",
        key=_next_key(uow, f"release:{row.id}:{share.item}"),
        client=row.client,
        reason=reason,
        lines=[
            Line(accounts.client_receivable(row.client), share.cents),
            Line(accounts.credit(row.client), -share.cents),
        ],
    )
    allocate_rows(uow, payment=row.id, shares=[Share(share.item, -share.cents)], entry=entry)
    return entry


def move(uow: UnitOfWork, *, payment: str, share: Share, to: int, on: date, reason: str) -> None:
    """Let so much of a payment settle another charge: taken back from one, allocated to the other.

    Raises:
        AllocationRefused: the payment settles less of the item, or ``to`` needs less.
    """
    release(uow, payment=payment, share=share, on=on, reason=reason)
    allocate(uow, payment=payment, shares=[Share(to, share.cents)], on=on, reason=reason)


def suggested(read: Reading, client: str, cents: int, *, session: str | None = None) -> list[Share]:
    """Return how ``cents`` would be spread: the session's own charge first, then oldest first."""
    mine = open_items(read, client, session=session) if session is not None else []
    own = {item.id for item in mine}
    return oldest_first([*mine, *(i for i in open_items(read, client) if i.id not in own)], cents)


def _use_credit(
    uow: UnitOfWork,
    *,
    client: str,
    shares: Sequence[tuple[int, Share]],
    on: date,
    source: str,
    reason: str | None,
) -> int:
    applied = sum(share.cents for _, share in shares)
    entry = post(
        uow,
        on=on,
        kind="credit-applied",
        source=source,
        key=_next_key(uow, f"credit:{shares[0][0]}:{shares[0][1].item}"),
        client=client,
        reason=reason,
        lines=[
            Line(accounts.credit(client), applied),
            Line(accounts.client_receivable(client), -applied),
        ],
    )
    for payment, share in shares:
        allocate_rows(uow, payment=payment, shares=[share], entry=entry)
    return entry


def _must_settle(read: Reading, payment: int, share: Share) -> None:
    settled = {item: cents for _, item, cents in allocations_of(read, payment=payment)}
    if not 0 < share.cents <= settled.get(share.item, 0):
        raise AllocationRefused(
            f"This payment settles {format_cents(settled.get(share.item, 0))} of that charge, and "
            f"{format_cents(share.cents)} was to be taken back. Nothing was changed."
        )


def _next_key(uow: UnitOfWork, stem: str) -> str:
    """A key for what may happen again and again; the allocations so far count the times."""
    times = uow.session.scalar(select(func.count()).select_from(AllocationRow)) or 0
    return f"{stem}:{times}"
