# SPDX-License-Identifier: MIT
"""Money of a practice folder: what was taken in before, and posting what is new.

Rows about money have no ref, so they are told apart by counting: of the same payment written three
times, as many are new as the practice has not taken in from a folder yet.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

from sqlalchemy import func, select

from mediyn_desktop.exchange.practice_folder.rows import (
    PAYMENT_METHODS,
    OpeningRow,
    PackageRow,
    PaymentRow,
)
from mediyn_desktop.ledger import accounts, items, packages, payments
from mediyn_desktop.ledger.journal import Line, post
from mediyn_desktop.ledger.tables import EntryRow, OpenItemRow
from mediyn_desktop.ledger.tables import PaymentRow as LedgerPayment
from mediyn_desktop.practice.tables import Client, Package
from mediyn_desktop.store.uow import Reading, UnitOfWork

# A client's credit from before this program: a payment whose money never passed through it.
OPENING = "opening"
_IMPORTED = "import-"
_OPENING_ENTRY = "opening-balance"

# Whose money of which day a row is about, and all it says of it.
Subject = tuple[object, ...]
Key = tuple[Subject, tuple[object, ...]]


def payment_key(row: PaymentRow) -> Key:
    """Return what tells one payment from another."""
    return ((row.client_ref, row.date), (row.amount, PAYMENT_METHODS[row.method]))


def package_key(row: PackageRow) -> Key:
    """Return what tells one package from another."""
    return ((row.client_ref, row.sold_on, row.code), (row.sessions, row.price))


def opening_key(row: OpeningRow) -> Key:
    """Return what tells one opening balance from another."""
    return ((row.client_ref, row.date_of_service), (row.amount,))


def imported_payments(read: Reading) -> Counter[Key]:
    """Return the payments that came from folders, with how many of each."""
    rows = read.session.scalars(
        select(LedgerPayment).where(LedgerPayment.ref.startswith(_IMPORTED))
    )
    return Counter(((row.client, row.received_on), (row.amount_cents, row.method)) for row in rows)


def sold_packages(read: Reading) -> Counter[Key]:
    """Return the packages of the practice, with how many of each."""
    rows = read.session.execute(
        select(Package, Client.ref).join(Client, Client.id == Package.client_id)
    )
    return Counter(
        ((ref, one.sold_on, one.code), (one.sessions, one.price_cents)) for one, ref in rows
    )


def opening_balances(read: Reading) -> Counter[Key]:
    """Return the opening balances of the practice, with how many of each."""
    owed = read.session.execute(
        select(OpenItemRow.client, OpenItemRow.date_of_service, OpenItemRow.amount_cents)
        .join(EntryRow, EntryRow.id == OpenItemRow.entry_id)
        .where(EntryRow.kind == _OPENING_ENTRY)
    )
    credit = read.session.execute(
        select(LedgerPayment.client, LedgerPayment.received_on, -LedgerPayment.amount_cents).where(
            LedgerPayment.method == OPENING
        )
    )
    return Counter(((client, on), (cents,)) for client, on, cents in (*owed, *credit))


class MoneyWriter:
    """Posts the money rows of one folder."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._payments = _count(uow, LedgerPayment.ref.startswith(_IMPORTED))
        self._credits = _count(uow, LedgerPayment.method == OPENING)
        self._openings: Counter[tuple[str | None, dt.date]] = Counter(
            {
                (client, on): number
                for client, on, number in uow.session.execute(
                    select(EntryRow.client, EntryRow.date, func.count())
                    .where(EntryRow.kind == _OPENING_ENTRY)
                    .group_by(EntryRow.client, EntryRow.date)
                )
            }
        )

    def opening(self, row: OpeningRow) -> None:
        """Post what the client owes from before, or the credit it brings along."""
        if row.amount < 0:
            self._credits += 1
            ref = f"opening-{self._credits}"
            payments.record_payment(
                self._uow,
                ref=ref,
                client=row.client_ref,
                cents=-row.amount,
                method=OPENING,
                on=row.date_of_service,
                source=f"payment:{ref}",
                into=accounts.OPENING,
            )
            return
        self._openings[row.client_ref, row.date_of_service] += 1
        number = self._openings[row.client_ref, row.date_of_service]
        source = f"opening:{row.client_ref}:{row.date_of_service.isoformat()}:{number}"
        entry = post(
            self._uow,
            on=row.date_of_service,
            kind=_OPENING_ENTRY,
            source=source,
            key=source,
            client=row.client_ref,
            lines=[
                Line(accounts.client_receivable(row.client_ref), row.amount),
                Line(accounts.OPENING, -row.amount),
            ],
        )
        items.open_item(
            self._uow,
            client=row.client_ref,
            source=source,
            date_of_service=row.date_of_service,
            cents=row.amount,
            entry=entry,
        )

    def package(self, row: PackageRow, client: int) -> None:
        """Record a package sold before: its money was earned outside this program."""
        package = Package(
            client_id=client,
            sold_on=row.sold_on,
            sessions=row.sessions,
            price_cents=row.price,
            code=row.code,
        )
        self._uow.session.add(package)
        self._uow.session.flush()
        ref = f"package:{package.id}"
        package.payment_id = packages.record_package_sale(
            self._uow,
            ref=ref,
            client=row.client_ref,
            cents=row.price,
            on=row.sold_on,
            source=ref,
            into=accounts.OPENING,
        )
        self._uow.session.flush()
        self._uow.changed("package", package.id)

    def payment(self, row: PaymentRow) -> None:
        """Record a payment: the oldest open items first, the rest is credit."""
        self._payments += 1
        ref = f"{_IMPORTED}{self._payments}"
        owed = items.open_items(self._uow, row.client_ref)
        payments.record_payment(
            self._uow,
            ref=ref,
            client=row.client_ref,
            cents=row.amount,
            method=PAYMENT_METHODS[row.method],
            on=row.date,
            source=f"payment:{ref}",
            shares=items.oldest_first(owed, row.amount),
        )

    def settle_from_credit(self, client: str, on: dt.date) -> None:
        """Use what is left of the client's payments for what is still open, oldest first."""
        payments.apply_all_credit(self._uow, client=client, on=on)


def _count(read: Reading, condition: object) -> int:
    query = select(func.count()).select_from(LedgerPayment).where(condition)  # type: ignore[arg-type]
    return read.session.scalar(query) or 0
