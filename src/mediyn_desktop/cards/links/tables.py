# SPDX-License-Identifier: MIT
"""Payment links, and what each of them asks for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from mediyn_desktop.store.base import Base, Instant
from mediyn_desktop.store.guards import append_only, no_delete, row_of


class PaymentLink(Base):
    """One link for one client's balance; client, amount and iid never change.

    ``open_for`` is the client's id while the link is open and nothing afterwards: being unique, it
    lets a client have one open link.
    """

    __tablename__ = "payment_link"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="positive"),
        Index("ix_payment_link_state", "state"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    iid: Mapped[str] = mapped_column(String(32), unique=True)  # what the processor knows it by
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    open_for: Mapped[int | None] = mapped_column(Integer, unique=True)
    amount_cents: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(20))
    keys: Mapped[int] = mapped_column(Integer, default=1)
    link_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    url: Mapped[str | None] = mapped_column(Text)
    account: Mapped[str | None] = mapped_column(String(80))
    livemode: Mapped[bool | None] = mapped_column(Boolean)
    intent: Mapped[str | None] = mapped_column(String(80), unique=True)  # what it was paid with
    message: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    payment_entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))


class PaymentLinkItem(Base):
    """An open item a link asks for, and how much of it was open then."""

    __tablename__ = "payment_link_item"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("payment_link.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("open_item.id"), index=True)
    amount_cents: Mapped[int] = mapped_column(Integer)


_FROZEN = "iid, client_id, amount_cents"


GUARDS: dict[str, str] = {
    **no_delete("payment_link", what="payment links"),
    "payment_link_frozen": (
        "CREATE TRIGGER payment_link_frozen BEFORE UPDATE ON payment_link "
        f"WHEN ({row_of('NEW', _FROZEN)}) IS NOT ({row_of('OLD', _FROZEN)}) "
        "OR (OLD.link_id IS NOT NULL AND NEW.link_id IS NOT OLD.link_id) "
        "OR (OLD.state = 'paid' AND NEW.state <> 'paid') BEGIN "
        "SELECT RAISE(ABORT, 'a payment link keeps its client and amount'); END"
    ),
    **append_only("payment_link_item", what="items of payment links"),
}
