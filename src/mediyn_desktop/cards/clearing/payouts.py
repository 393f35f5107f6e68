# SPDX-License-Identifier: MIT
"""Payouts: posted when they reach the bank, taken back when the bank returns them, taken apart.

Between leaving the processor and arriving, a payout is in neither account; the tie-out names it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from mediyn_desktop.cards.clearing.movements import CHARGES, PAYOUTS
from mediyn_desktop.cards.clearing.tables import CardMovement, CardPayout
from mediyn_desktop.cards.stripe_api import Account, Movement, PayoutRead
from mediyn_desktop.core.clock import local_date
from mediyn_desktop.ledger import bank
from mediyn_desktop.ledger.tables import PaymentRow
from mediyn_desktop.store.uow import Reading, UnitOfWork

ON_THE_WAY = frozenset({"pending", "in_transit"})
RETURNED = frozenset({"failed", "canceled"})


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """One movement a payout took along; cents. ``payment`` and ``client`` where these books know.

    ``net_cents`` is ``amount_cents`` less ``fee_cents``.
    """

    transaction_id: str
    kind: str
    source: str | None
    payment: str | None
    client: str | None
    amount_cents: int
    fee_cents: int
    net_cents: int


@dataclass(frozen=True, slots=True)
class PayoutView:
    """One payout as shown; ``taken_apart`` says that its lines add up to it."""

    id: str
    amount_cents: int
    status: str
    arrives_on: date
    failure: str | None
    taken_apart: bool
    lines: tuple[PayoutLine, ...]


def record_payout(uow: UnitOfWork, read: PayoutRead, account: Account) -> CardPayout:
    """Take a payout over as it was read, and post what reached the bank or came back."""
    row = uow.session.scalar(select(CardPayout).where(CardPayout.processor_id == read.id))
    if row is None:
        row = CardPayout(
            processor_id=read.id,
            created=read.created,
            account=account.id,
            livemode=account.livemode,
            taken_apart=False,
        )
        uow.session.add(row)
    if row.status in RETURNED and read.status not in RETURNED:
        return row  # an old answer: what came back does not leave again
    row.amount_cents, row.status, row.automatic = read.amount, read.status, read.automatic
    row.arrives_on = read.arrival.date()  # the processor names a day, as midnight UTC
    row.failure = read.failure
    uow.session.flush()
    if read.status == "paid" and row.entry_id is None and read.amount:
        row.entry_id = bank.payout(uow, ref=read.id, cents=read.amount, on=_arrived(uow, read))
    if read.status in RETURNED and row.entry_id is not None and row.returned_entry_id is None:
        row.returned_entry_id = bank.payout_returned(
            uow, ref=read.id, cents=read.amount, on=uow.today
        )
    uow.changed("card_payout", read.id)
    return row


def _arrived(uow: UnitOfWork, read: PayoutRead) -> date:
    """The day it reached the bank; never one that has not come yet where the practice is."""
    return min(read.arrival.date(), local_date(uow.now, uow.zone))


def take_apart(uow: UnitOfWork, row: CardPayout, told: Sequence[Movement]) -> None:
    """Tie what a payout took along to it; complete only where it adds up to the payout.

    The movements themselves were recorded before.
    """
    inside = [one for one in told if one.kind not in PAYOUTS or one.source != row.processor_id]
    if sum(one.net for one in inside) != row.amount_cents:
        return  # asked again next time
    ids = [one.id for one in told]
    for start in range(0, len(ids), 500):
        for movement in uow.session.scalars(
            select(CardMovement).where(CardMovement.transaction_id.in_(ids[start : start + 500]))
        ):
            movement.payout_id = row.id
    row.taken_apart = True
    uow.session.flush()
    uow.changed("card_payout", row.processor_id)


def to_take_apart(read: Reading) -> list[str]:
    """Return the ids of payouts whose movements are not tied to them yet."""
    return list(
        read.session.scalars(
            select(CardPayout.processor_id)
            .where(CardPayout.taken_apart.is_(False), CardPayout.automatic)
            .where(CardPayout.status.not_in(RETURNED))
            .order_by(CardPayout.id)
        )
    )


def view_payouts(read: Reading, only: Collection[int] | None = None) -> list[PayoutView]:
    """Return every payout with what it took along, the newest first; or those numbered ``only``."""
    query = select(CardPayout).order_by(CardPayout.created.desc(), CardPayout.id.desc())
    inside = select(CardMovement).where(CardMovement.payout_id.is_not(None))
    if only is not None:
        query = query.where(CardPayout.id.in_(list(only)))
        inside = select(CardMovement).where(CardMovement.payout_id.in_(list(only)))
    payers = _payers(read, inside)
    lines: dict[int, list[PayoutLine]] = {}
    for one in read.session.scalars(inside.order_by(CardMovement.id)):
        if one.kind in PAYOUTS or one.payout_id is None:
            continue
        payment, client = payers.get(one.intent or "", (None, None))
        lines.setdefault(one.payout_id, []).append(
            PayoutLine(
                one.transaction_id,
                "charge" if one.kind in CHARGES else one.category,
                one.source,
                payment,
                client,
                one.amount_cents,
                one.fee_cents,
                one.net_cents,
            )
        )
    return [
        PayoutView(
            row.processor_id,
            row.amount_cents,
            row.status,
            row.arrives_on,
            row.failure,
            row.taken_apart,
            tuple(lines.get(row.id, ())),
        )
        for row in read.session.scalars(query)
    ]


def _payers(read: Reading, inside: Select[Any]) -> dict[str, tuple[str | None, str | None]]:
    """Return the payment and the client of each intent of these movements."""
    intents = inside.with_only_columns(CardMovement.intent)
    rows = read.session.execute(
        select(PaymentRow.reference, PaymentRow.ref, PaymentRow.client).where(
            PaymentRow.method == "card", PaymentRow.reference.in_(intents)
        )
    )
    return {str(reference): (ref, client) for reference, ref, client in rows}


def on_the_way_cents(read: Reading) -> int:
    """Return what left the processor and has not reached the bank."""
    rows = read.session.scalars(
        select(CardPayout.amount_cents).where(CardPayout.status.in_(ON_THE_WAY))
    )
    return sum(rows)
