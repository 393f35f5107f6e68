# SPDX-License-Identifier: MIT
"""Which payments were taken to the bank; a deposit that was taken back does not count."""

from __future__ import annotations

from sqlalchemy import Select, select

from mediyn_desktop.ledger.tables import DepositLineRow, DepositRow
from mediyn_desktop.store.uow import Reading


def standing_lines() -> Select[int]:
    """The ids of the payments on deposit slips that stand."""
    return (
        select(DepositLineRow.payment_id)
        .join(DepositRow, DepositRow.id == DepositLineRow.deposit_id)
        .where(DepositRow.taken_back_entry_id.is_(None))
    )


def is_deposited(read: Reading, payment: int) -> bool:
    """Whether the payment with this id was taken to the bank."""
    found = standing_lines().where(DepositLineRow.payment_id == payment)
    return read.session.scalar(found) is not None
