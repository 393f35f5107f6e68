# SPDX-License-Identifier: MIT
"""Sessions paid in advance: a liability until each is held.

A package's payment is no credit: it settles the sessions of its own package and nothing else.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger import accounts
from mediyn_desktop.ledger.accounts import Account
from mediyn_desktop.ledger.deposits import is_deposited
from mediyn_desktop.ledger.items import Share, allocate_rows
from mediyn_desktop.ledger.journal import Line, post
from mediyn_desktop.ledger.kinds import PACKAGE
from mediyn_desktop.ledger.payments import payment_row, unallocated_cents
from mediyn_desktop.ledger.tables import (
    AccountRow,
    PaymentReturnRow,
    PaymentRow,
    PostingRow,
)
from mediyn_desktop.store.uow import Reading, UnitOfWork


class PackageRefused(UserFacingError):
    """More was to be refunded than the package still holds."""

    code = "package-refused"


def record_package_sale(
    uow: UnitOfWork,
    *,
    ref: str,
    client: str,
    cents: int,
    on: date,
    source: str,
    into: Account,
    reference: str | None = None,
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
    return payment_row(
        uow,
        ref=ref,
        client=client,
        cents=cents,
        method=PACKAGE,
        on=on,
        entry=entry,
        reference=reference,
    )


def resting_place(read: Reading, payment: int) -> Account:
    """Return where the money of a package's sale is.

    What was deposited, and what was paid before these books began, is in the bank.
    """
    row = read.session.get_one(PaymentRow, payment)
    if is_deposited(read, payment):
        return accounts.BANK
    name = read.session.scalar(
        select(AccountRow.name)
        .join(PostingRow, PostingRow.account_id == AccountRow.id)
        .where(PostingRow.entry_id == row.entry_id, PostingRow.amount_cents > 0)
    )
    there = {one.name: one for one in (accounts.UNDEPOSITED, accounts.STRIPE)}
    return there.get(name or "", accounts.BANK)


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
    allocate_rows(uow, payment=payment, shares=[Share(item, cents)], entry=entry)
    return entry


def give_back_to_package(
    uow: UnitOfWork, *, payment: int, client: str, item: int, cents: int, on: date, reason: str
) -> int:
    """Undo the use of a package for ``item``: the session may be used again; return the entry."""
    entry = post(
        uow,
        on=on,
        kind="package-use-reversed",
        source=f"item:{item}",
        key=f"package-use-reversed:{item}",
        client=client,
        reason=reason,
        lines=[
            Line(accounts.client_receivable(client), cents),
            Line(accounts.deferred(client), -cents),
        ],
    )
    allocate_rows(uow, payment=payment, shares=[Share(item, -cents)], entry=entry)
    return entry


def refund_package(
    uow: UnitOfWork,
    *,
    ref: str,
    payment: int,
    cents: int,
    on: date,
    out_of: Account,
    reason: str,
) -> int:
    """Pay back what a package's unused sessions cost; return the entry's id.

    Raises:
        PackageRefused: more than it still holds.
    """
    row = uow.session.get_one(PaymentRow, payment)
    left = unallocated_cents(uow, payment)
    if not 0 < cents <= left:
        raise PackageRefused(
            f"The package still holds {format_cents(left)}; {format_cents(cents)} cannot be paid "
            "back. Nothing was changed."
        )
    entry = post(
        uow,
        on=on,
        kind="refund",
        source=f"payment:{row.ref}",
        key=f"refund:{ref}",
        client=row.client,
        reason=reason,
        lines=[Line(accounts.deferred(row.client), cents), Line(out_of, -cents)],
    )
    uow.session.add(
        PaymentReturnRow(
            ref=ref,
            payment_id=payment,
            kind="refund",
            amount_cents=cents,
            returned_on=on,
            reason=reason,
            entry_id=entry,
            recorded_at=uow.now,
        )
    )
    uow.session.flush()
    uow.changed("payment", row.ref)
    return entry
