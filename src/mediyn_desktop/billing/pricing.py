# SPDX-License-Identifier: MIT
"""What a code costs on a day: the fee schedule's precedence, and the rule it used in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.practice.tables import Fee
from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class Price:
    """A fee for one unit in cents, and why that one."""

    cents: int
    rule: str


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One row of the fee schedule; ``None`` means it is not limited to a payer or client or day."""

    cents: int
    payer: int | None
    client: int | None
    effective_from: date | None


def choose(fees: Iterable[FeeLine], *, on: date, client: int, payer: int | None) -> Price | None:
    """Return the fee that applies: client before payer before general, then the latest started.

    A fee for another client or payer, or one that starts after ``on``, never applies.
    """
    fitting = [
        fee
        for fee in fees
        if fee.client in (None, client)
        and (fee.payer is None or fee.payer == payer)
        and (fee.effective_from is None or fee.effective_from <= on)
    ]
    if not fitting:
        return None
    best = max(
        fitting,
        key=lambda fee: (
            fee.client is not None,
            fee.payer is not None,
            fee.effective_from or date.min,
        ),
    )
    whose = (
        "the client's own fee"
        if best.client is not None
        else "the payer's fee"
        if best.payer is not None
        else "the general fee"
    )
    since = f" since {best.effective_from.isoformat()}" if best.effective_from else ""
    return Price(best.cents, f"{whose}{since}: {format_cents(best.cents)}")


def price(read: Reading, code: str, *, on: date, client: int, payer: int | None) -> Price | None:
    """Return what one unit of ``code`` costs this client on ``on``, or ``None`` without a fee."""
    rows = read.session.scalars(
        select(Fee)
        .where(Fee.code == code)
        .where(or_(Fee.client_id.is_(None), Fee.client_id == client))
        .order_by(Fee.id)
    )
    return choose(
        (FeeLine(row.fee_cents, row.payer_id, row.client_id, row.effective_from) for row in rows),
        on=on,
        client=client,
        payer=payer,
    )
