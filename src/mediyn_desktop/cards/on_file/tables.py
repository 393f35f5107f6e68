# SPDX-License-Identifier: MIT
"""Requests for a card, consents, and the history of cards."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from mediyn_desktop.store.base import Base, Instant
from mediyn_desktop.store.guards import append_only, no_delete, row_of


class CardCustomer(Base):
    """What the processor knows a client by: an opaque mark, and the customer that carries it."""

    __tablename__ = "card_customer"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), unique=True)
    mark: Mapped[str] = mapped_column(String(32), unique=True)
    keys: Mapped[int] = mapped_column(Integer, default=1)  # idempotency keys used to make it
    customer: Mapped[str | None] = mapped_column(String(80), unique=True)


class CardRequest(Base):
    """One page on which a client may save a card, and what the client agrees to by doing so.

    ``open_for`` is the client's id while the request is under way and nothing afterwards: being
    unique, it lets a client have one. ``scope`` is a semicolon list as in a card's consent.
    """

    __tablename__ = "card_request"
    __table_args__ = (Index("ix_card_request_state", "state"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    iid: Mapped[str] = mapped_column(String(32), unique=True)  # what the processor knows it by
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    open_for: Mapped[int | None] = mapped_column(Integer, unique=True)
    scope: Mapped[str] = mapped_column(String(40))
    how: Mapped[str] = mapped_column(String(20))  # how the consent is given
    text_version: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    keys: Mapped[int] = mapped_column(Integer, default=1)
    customer: Mapped[str | None] = mapped_column(String(80))
    page_id: Mapped[str | None] = mapped_column(String(120), unique=True)
    url: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    account: Mapped[str | None] = mapped_column(String(80))
    livemode: Mapped[bool | None] = mapped_column(Boolean)
    card_id: Mapped[int | None] = mapped_column(ForeignKey("card.id"))
    message: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class CardConsent(Base):
    """What a client agreed to, in the very words, and the card as it was then."""

    __tablename__ = "card_consent"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("card.id"), index=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("card_request.id"), unique=True)
    scope: Mapped[str] = mapped_column(String(40))
    given_on: Mapped[date] = mapped_column(Date)
    how: Mapped[str] = mapped_column(String(20))
    text_version: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    text_sha256: Mapped[str] = mapped_column(String(64))
    brand: Mapped[str] = mapped_column(String(30))
    last4: Mapped[str] = mapped_column(String(4))
    exp_month: Mapped[int | None] = mapped_column(Integer)
    exp_year: Mapped[int | None] = mapped_column(Integer)
    recorded_at: Mapped[datetime] = mapped_column(Instant)


class CardRevocation(Base):
    """What a client took back of what was agreed for a card, when and why.

    ``consent_id`` is the consent that stood then; None where none was recorded. Their order is so
    told without a clock, which may have been set back in between.
    """

    __tablename__ = "card_revocation"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("card.id"), index=True)
    consent_id: Mapped[int | None] = mapped_column(ForeignKey("card_consent.id"))
    scope: Mapped[str] = mapped_column(String(40))
    revoked_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(Instant)


class CardChange(Base):
    """What happened to a card on file, in plain words, in order, and what it shows since."""

    __tablename__ = "card_change"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("card.id"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    brand: Mapped[str] = mapped_column(String(30))
    last4: Mapped[str] = mapped_column(String(4))
    exp_month: Mapped[int | None] = mapped_column(Integer)
    exp_year: Mapped[int | None] = mapped_column(Integer)


class CardDetachment(Base):
    """A saved card to be taken off its customer at the processor; ``done_at`` once read back."""

    __tablename__ = "card_detachment"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("card.id"), index=True)
    payment_method: Mapped[str] = mapped_column(String(80), unique=True)
    wanted_at: Mapped[datetime] = mapped_column(Instant)
    asked_at: Mapped[datetime | None] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)


_FROZEN = "iid, client_id, scope, how, text_version, text"
_ONCE = "page_id, account, livemode, card_id"


def _rewritten() -> str:
    return " OR ".join(
        f"(OLD.{one} IS NOT NULL AND NEW.{one} IS NOT OLD.{one})" for one in _ONCE.split(", ")
    )


GUARDS: dict[str, str] = {
    **no_delete("card_customer", what="customers at the card processor"),
    **no_delete("card_request", what="requests for a card"),
    "card_request_frozen": (
        "CREATE TRIGGER card_request_frozen BEFORE UPDATE ON card_request "
        f"WHEN ({row_of('NEW', _FROZEN)}) IS NOT ({row_of('OLD', _FROZEN)}) OR {_rewritten()} "
        "OR (OLD.state = 'completed' AND NEW.state <> 'completed') BEGIN "
        "SELECT RAISE(ABORT, 'a request for a card keeps what was asked and answered'); END"
    ),
    **append_only("card_consent", what="consents"),
    **append_only("card_revocation", what="revocations"),
    **append_only("card_change", what="changes of cards"),
    **no_delete("card_detachment", what="cards to be taken off"),
}
