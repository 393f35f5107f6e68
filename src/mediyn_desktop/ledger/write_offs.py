# SPDX-License-Identifier: MIT
"""Asking for something no more, with the type and the reason; and what of it came in after all."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from mediyn_desktop.core.errors import NotFound, UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger import accounts
from mediyn_desktop.ledger.accounts import Account
from mediyn_desktop.ledger.items import (
    AllocationRefused,
    Share,
    allocate_rows,
    allocations_of,
    get_item,
    open_cents,
    open_item,
)
from mediyn_desktop.ledger.journal import Line, post
from mediyn_desktop.ledger.kinds import ACCOUNT_OF, WriteOff
from mediyn_desktop.ledger.payments import payment_row
from mediyn_desktop.ledger.tables import AccountRow, EntryRow, OpenItemRow, PaymentRow, PostingRow
from mediyn_desktop.store.uow import Reading, UnitOfWork


class RecoveryRefused(UserFacingError):
    """More came in than was given up as bad debt."""

    code = "recovery-refused"


class ReasonNeeded(UserFacingError):
    """Money is given up only with a reason."""

    code = "reason-needed"


def write_off(
    uow: UnitOfWork,
    *,
    ref: str,
    item: int,
    cents: int,
    kind: WriteOff,
    on: date,
    source: str,
    reason: str,
) -> int:
    """Take ``cents`` off an open item into the contra account of ``kind``; return the entry's id.

    Args:
        ref: unique: the same write-off cannot be made twice.

    Raises:
        AllocationRefused: more than is still open of the item, or not more than nothing.
        ReasonNeeded: ``reason`` is blank.
    """
    row = get_item(uow, item)
    left = open_cents(uow, item)
    if not reason.strip():
        raise ReasonNeeded("A write-off needs a reason. Nothing was changed.")
    if not 0 < cents <= left:
        raise AllocationRefused(
            f"{format_cents(left)} is still open; {format_cents(cents)} cannot be written off. "
            "Nothing was changed."
        )
    entry = post(
        uow,
        on=on,
        kind="adjustment",
        source=source,
        key=f"adjustment:{ref}",
        client=row.client,
        reason=reason.strip(),
        lines=[Line(ACCOUNT_OF[kind], cents), Line(receivable(row), -cents)],
    )
    payment = payment_row(
        uow, ref=ref, client=row.client, cents=cents, method=kind.value, on=on, entry=entry
    )
    allocate_rows(uow, payment=payment, shares=[Share(item, cents)], entry=entry)
    return entry


def reverse_write_off(uow: UnitOfWork, *, ref: str, on: date, reason: str) -> int:
    """Ask again for what the write-off ``ref`` took off; return the entry's id.

    Raises:
        NotFound: no such write-off.
        AllocationRefused: it was reversed before.
    """
    row = uow.session.scalar(select(PaymentRow).where(PaymentRow.ref == ref))
    if row is None or uow.session.get_one(EntryRow, row.entry_id).kind != "adjustment":
        raise NotFound(
            f"There is no write-off “{ref}” that stands for itself. Nothing was changed. What an "
            "insurer took off is reversed with its remittance."
        )
    settled = allocations_of(uow, payment=row.id)
    if not settled:
        raise AllocationRefused("This write-off was reversed before. Nothing was changed.")
    ((_, item, cents),) = settled
    entry = post(
        uow,
        on=on,
        kind="adjustment-reversed",
        source=f"adjustment:{ref}",
        key=f"adjustment-reversed:{ref}",
        client=row.client,
        reason=reason,
        lines=[
            Line(receivable(get_item(uow, item)), cents),
            Line(ACCOUNT_OF[WriteOff(row.method)], -cents),
        ],
    )
    allocate_rows(uow, payment=row.id, shares=[Share(item, -cents)], entry=entry)
    return entry


def recover_bad_debt(
    uow: UnitOfWork,
    *,
    ref: str,
    client: str,
    cents: int,
    method: str,
    on: date,
    source: str,
    reference: str | None = None,
) -> int:
    """Record money that came in for a debt given up before; return the entry's id.

    The receipt is a payment like any other; what it settles is asked for and settled at once.

    Raises:
        RecoveryRefused: more than was given up as bad debt of this client and not recovered.
    """
    left = recoverable_cents(uow, client)
    if not 0 < cents <= left:
        raise RecoveryRefused(
            f"{format_cents(left)} of this client's was given up as bad debt and not recovered; "
            f"{format_cents(cents)} cannot be recovered. Nothing was saved. What is above it is a "
            "payment."
        )
    entry = post(
        uow,
        on=on,
        kind="recovery",
        source=source,
        key=f"payment:{ref}",
        client=client,
        lines=[
            Line(accounts.RESTING_PLACE[method], cents),
            Line(accounts.BAD_DEBT, -cents),
        ],
    )
    item = open_item(
        uow, client=client, source=f"recovery:{ref}", date_of_service=on, cents=cents, entry=entry
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
    )
    allocate_rows(uow, payment=payment, shares=[Share(item, cents)], entry=entry)
    return entry


def recoverable_cents(read: Reading, client: str) -> int:
    """Return what of the client's was given up as bad debt, is not asked again, and not recovered.

    It is what stands in the account of bad debts for the client: write-offs and lost disputes on
    one side, what was asked again or came in on the other.
    """
    return (
        read.session.scalar(
            select(func.sum(PostingRow.amount_cents))
            .join(AccountRow, AccountRow.id == PostingRow.account_id)
            .where(AccountRow.name == accounts.BAD_DEBT.name, PostingRow.client == client)
        )
        or 0
    )


def receivable(item: OpenItemRow) -> Account:
    """Return the account an open item stands in: the client's, or its payer's."""
    if item.debtor is None:
        return accounts.client_receivable(item.client)
    return accounts.payer_receivable(item.debtor)
