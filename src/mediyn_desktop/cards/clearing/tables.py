# SPDX-License-Identifier: MIT
"""Balance transactions, disputes and payouts, as the processor told them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from mediyn_desktop.store.base import Base, Instant
from mediyn_desktop.store.guards import no_delete, row_of


class CardMovement(Base):
    """One balance transaction: signed cents, ``net`` is ``amount`` less ``fee``.

    Only ``payout_id`` is filled in later: which payout took it along.
    """

    __tablename__ = "card_movement"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    transaction_id: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    category: Mapped[str] = mapped_column(String(60))
    source: Mapped[str | None] = mapped_column(String(80), index=True)
    intent: Mapped[str | None] = mapped_column(String(80), index=True)
    amount_cents: Mapped[int] = mapped_column(Integer)
    fee_cents: Mapped[int] = mapped_column(Integer)
    net_cents: Mapped[int] = mapped_column(Integer)
    created: Mapped[datetime] = mapped_column(Instant)
    available_on: Mapped[datetime] = mapped_column(Instant, index=True)
    account: Mapped[str] = mapped_column(String(80))
    livemode: Mapped[bool] = mapped_column(Boolean)
    payout_id: Mapped[int | None] = mapped_column(ForeignKey("card_payout.id"), index=True)


class CardPayout(Base):
    """One payout to the bank account. ``taken_apart``: its movements are tied to it and add up."""

    __tablename__ = "card_payout"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    processor_id: Mapped[str] = mapped_column(String(80), unique=True)
    amount_cents: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(20))
    arrives_on: Mapped[date] = mapped_column(Date)
    created: Mapped[datetime] = mapped_column(Instant)
    automatic: Mapped[bool] = mapped_column(Boolean)
    failure: Mapped[str | None] = mapped_column(String(80))
    account: Mapped[str] = mapped_column(String(80))
    livemode: Mapped[bool] = mapped_column(Boolean)
    taken_apart: Mapped[bool] = mapped_column(Boolean, default=False)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))
    returned_entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))


class CardDispute(Base):
    """One dispute of one payment; ``posted`` counts its movements that stand in the journal."""

    __tablename__ = "card_dispute"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    processor_id: Mapped[str] = mapped_column(String(80), unique=True)
    intent: Mapped[str | None] = mapped_column(String(80), index=True)
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"), index=True)
    amount_cents: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(60))
    due_by: Mapped[datetime | None] = mapped_column(Instant)  # evidence reaches the bank by then
    opened_at: Mapped[datetime] = mapped_column(Instant)
    account: Mapped[str] = mapped_column(String(80))
    livemode: Mapped[bool] = mapped_column(Boolean)
    disputed_cents: Mapped[int] = mapped_column(Integer, default=0)  # posted as held by the bank
    closed_entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))


_FROZEN = (
    "transaction_id, kind, category, source, intent, amount_cents, fee_cents, net_cents, created"
)


GUARDS: dict[str, str] = {
    **no_delete("card_movement", what="movements of card money"),
    "card_movement_frozen": (
        "CREATE TRIGGER card_movement_frozen BEFORE UPDATE ON card_movement "
        f"WHEN ({row_of('NEW', _FROZEN)}) IS NOT ({row_of('OLD', _FROZEN)}) BEGIN "
        "SELECT RAISE(ABORT, 'a movement of card money is never changed'); END"
    ),
    **no_delete("card_payout", what="card payouts"),
    **no_delete("card_dispute", what="disputes"),
}
