# SPDX-License-Identifier: MIT
"""What is still open of everybody's items, in one query each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from mediyn_desktop.ledger.tables import AllocationRow, OpenItemRow
from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class OpenMoney:
    """One item not settled: ``debtor`` is the payer's ref, None where the client owes."""

    client: str
    debtor: str | None
    session: str | None
    date_of_service: date
    cents: int
    item: int


def open_money(read: Reading) -> list[OpenMoney]:
    """Return every item with something open, oldest date of service first."""
    paid = (
        select(AllocationRow.item_id, func.sum(AllocationRow.amount_cents).label("cents"))
        .group_by(AllocationRow.item_id)
        .subquery()
    )
    left = OpenItemRow.amount_cents - func.coalesce(paid.c.cents, 0)
    rows = read.session.execute(
        select(
            OpenItemRow.client,
            OpenItemRow.debtor,
            OpenItemRow.session,
            OpenItemRow.date_of_service,
            left,
            OpenItemRow.id,
        )
        .outerjoin(paid, paid.c.item_id == OpenItemRow.id)
        .where(left > 0)
        .order_by(OpenItemRow.date_of_service, OpenItemRow.id)
    )
    return [OpenMoney(*row) for row in rows]
