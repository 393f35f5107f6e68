# SPDX-License-Identifier: MIT
"""A client's open charges and payments, as the forms that correct an account need them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from mediyn_desktop.billing.estimates import expected_charge
from mediyn_desktop.codes import cpt
from mediyn_desktop.ledger.kinds import CLIENT_MONEY
from mediyn_desktop.ledger.tables import (
    AllocationRow,
    DepositLineRow,
    DepositRow,
    OpenItemRow,
    PaymentReturnRow,
    PaymentRow,
)
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.tables import Fee
from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class Owed:
    """A charge with something open (cents); ``debtor`` is the payer's ref, None the client.

    ``session`` is the session's ref, None for a balance brought forward.
    """

    item: int
    entry: int
    debtor: str | None
    date_of_service: date
    amount_cents: int
    open_cents: int
    session: str | None


@dataclass(frozen=True, slots=True)
class Settles:
    """What a payment settles of one charge (cents)."""

    item: int
    date_of_service: date
    cents: int


@dataclass(frozen=True, slots=True)
class Paid:
    """Money a client paid of which something is left (cents).

    ``unused_cents`` settles nothing; ``held_cents`` has not gone back. ``deposited_on`` is when it
    reached the bank, None while it has not or nobody said.
    """

    ref: str
    entry: int
    method: str
    received_on: date
    reference: str
    amount_cents: int
    unused_cents: int
    held_cents: int
    settles: tuple[Settles, ...]
    deposited_on: date | None = None


@dataclass(frozen=True, slots=True)
class AccountMoney:
    """What a client's account can be corrected by; charges and payments oldest first.

    ``prices`` is what one session of each code costs this client today.
    """

    client_ref: str
    full_name: str
    today: date
    owed: tuple[Owed, ...]
    paid: tuple[Paid, ...]
    prices: tuple[tuple[str, int], ...]


def account_money(read: Reading, client_ref: str) -> AccountMoney:
    """Return the client's open charges, payments and prices.

    Raises:
        NotFound: no such client.
    """
    client = get_client(read, client_ref)
    items = read.session.scalars(
        select(OpenItemRow)
        .where(OpenItemRow.client == client.ref)
        .order_by(OpenItemRow.date_of_service, OpenItemRow.id)
    ).all()
    cents = func.sum(AllocationRow.amount_cents)
    settled = read.session.execute(
        select(AllocationRow.payment_id, AllocationRow.item_id, cents)
        .join(OpenItemRow, OpenItemRow.id == AllocationRow.item_id)
        .where(OpenItemRow.client == client.ref)
        .group_by(AllocationRow.payment_id, AllocationRow.item_id)
        .having(cents != 0)
    ).all()
    open_of = {row.id: row.amount_cents for row in items}
    for _, item, part in settled:
        open_of[item] -= part
    prices = [
        (code, found.cents)
        for code in session_codes(read)
        if (found := expected_charge(read, client, code, on=read.today)) is not None
    ]
    return AccountMoney(
        client_ref=client.ref,
        full_name=client.full_name,
        today=read.today,
        owed=tuple(
            Owed(
                row.id, row.entry_id, row.debtor, row.date_of_service, row.amount_cents,
                open_of[row.id], row.session,
            )
            for row in items
            if open_of[row.id]
        ),
        paid=tuple(_paid(read, client.ref, {row.id: row for row in items}, settled)),
        prices=tuple(prices),
    )  # fmt: skip


def session_codes(read: Reading) -> list[str]:
    """Return the codes a whole session may be billed as that have a fee, in order."""
    codes = read.session.scalars(select(Fee.code).distinct().order_by(Fee.code))
    return [code for code in codes if cpt.is_session_code(code)]


def _paid(
    read: Reading,
    client: str,
    items: dict[int, OpenItemRow],
    settled: Sequence[Any],
) -> list[Paid]:
    rows = read.session.scalars(
        select(PaymentRow)
        .where(PaymentRow.client == client, PaymentRow.method.in_(CLIENT_MONEY))
        .order_by(PaymentRow.received_on, PaymentRow.id)
    ).all()
    gone = dict(
        read.session.execute(
            select(PaymentReturnRow.payment_id, func.sum(PaymentReturnRow.amount_cents))
            .join(PaymentRow, PaymentRow.id == PaymentReturnRow.payment_id)
            .where(PaymentRow.client == client)
            .group_by(PaymentReturnRow.payment_id)
        ).all()
    )
    on_slips = dict(
        read.session.execute(
            select(DepositLineRow.payment_id, DepositRow.deposited_on)
            .join(DepositRow, DepositRow.id == DepositLineRow.deposit_id)
            .join(PaymentRow, PaymentRow.id == DepositLineRow.payment_id)
            .where(PaymentRow.client == client)
        ).all()
    )
    found: list[Paid] = []
    for row in rows:
        uses = tuple(
            Settles(item, items[item].date_of_service, part)
            for payment, item, part in settled
            if payment == row.id
        )
        held = row.amount_cents - gone.get(row.id, 0)
        if held:
            found.append(
                Paid(
                    ref=row.ref,
                    entry=row.entry_id,
                    method=row.method,
                    received_on=row.received_on,
                    reference=row.reference or "",
                    amount_cents=row.amount_cents,
                    unused_cents=held - sum(use.cents for use in uses),
                    held_cents=held,
                    settles=uses,
                    deposited_on=on_slips.get(row.id, row.deposited_on),
                )
            )
    return found
