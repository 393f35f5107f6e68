# SPDX-License-Identifier: MIT
"""Applying what was read of a link: paid is posted once, closed is believed only when all is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from mediyn_desktop.cards.links.standing import move, shares_of
from mediyn_desktop.cards.links.states import LinkState
from mediyn_desktop.cards.links.tables import PaymentLink
from mediyn_desktop.cards.stripe_api import Intent, LinkRead, PageRead
from mediyn_desktop.core.clock import local_date
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger import payments
from mediyn_desktop.ledger.bank import processor_fee
from mediyn_desktop.ledger.items import Share, open_cents
from mediyn_desktop.ledger.tables import PaymentRow
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.store.uow import Reading, UnitOfWork

_OVER = (LinkState.PAID, LinkState.CLOSED)


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """A link, the pages opened from it, and the intents made on them, as read together."""

    link: LinkRead
    pages: Sequence[PageRead]
    intents: Sequence[Intent]


def link_for(read: Reading, iid: str | None) -> PaymentLink | None:
    """Return the link an intent was made on, if this ledger made it."""
    return read.session.scalar(select(PaymentLink).where(PaymentLink.iid == iid))


def record_seen(uow: UnitOfWork, row: PaymentLink, seen: LinkSeen) -> LinkState:
    """Apply a link that was read with everything on it; return where it stands."""
    for intent in sorted(seen.intents, key=lambda one: one.status != "succeeded"):
        if record_intent(uow, row, intent):
            return LinkState(row.state)
    ended = not seen.link.active and all(page.status != "open" for page in seen.pages)
    if ended and row.state not in _OVER:
        move(uow, row, LinkState.CLOSED, "Closed; nothing was paid on it")
    return LinkState(row.state)


def record_intent(uow: UnitOfWork, row: PaymentLink, intent: Intent) -> bool:
    """Apply an intent made on a link; False where it says nothing about money yet."""
    if row.state == LinkState.PAID:
        if row.intent == intent.id:
            _post_fee(uow, intent)
        return True
    if intent.status not in ("succeeded", "processing"):
        return False
    there = _posted_before(uow, intent)
    wrong = _mismatch(row, intent) if there is None else None
    if wrong is not None:
        text = f"What was paid differs: {wrong}. Nothing was posted; compare with the processor."
        move(uow, row, LinkState.REVIEW, text)
        return True
    row.intent = intent.id
    amount = format_cents(row.amount_cents)
    if intent.status == "processing":
        move(uow, row, LinkState.PAYING, f"{amount} is on its way; the bank decides later")
        return True
    row.payment_entry_id = there or _posted(uow, row, intent)
    move(uow, row, LinkState.PAID, f"{amount} paid by link")
    _post_fee(uow, intent)
    return True


def _posted_before(read: Reading, intent: Intent) -> int | None:
    """Return the entry of this very money, where an accepted comparison has posted it."""
    return read.session.scalar(
        select(PaymentRow.entry_id).where(
            PaymentRow.reference == intent.id, PaymentRow.method == "card"
        )
    )


def _posted(uow: UnitOfWork, row: PaymentLink, intent: Intent) -> int:
    asked = shares_of(uow, row)
    shares = [
        Share(share.item, part)
        for share in asked
        if (part := min(share.cents, open_cents(uow, share.item))) > 0
    ]
    return payments.record_payment(
        uow,
        ref=f"link-{row.iid[:16]}",
        client=uow.session.get_one(Client, row.client_id).ref,
        cents=row.amount_cents,
        method="card",
        on=local_date(uow.now, uow.zone),
        source=f"link:{row.iid}",
        shares=shares,
        reference=intent.id,
    )


def _post_fee(uow: UnitOfWork, intent: Intent) -> None:
    if intent.fees is not None and intent.fees.fee_cents:
        processor_fee(
            uow,
            transaction=intent.fees.id,
            cents=intent.fees.fee_cents,
            on=local_date(uow.now, uow.zone),
            source=f"processor:{intent.id}",
        )


def _mismatch(row: PaymentLink, intent: Intent) -> str | None:
    if row.intent not in (None, intent.id):
        return "another payment"
    if intent.iid != row.iid:
        return "the payment belongs to something else"
    if intent.amount != row.amount_cents or intent.currency != "usd":
        return f"the amount is {format_cents(intent.amount)}"
    if row.livemode is not None and intent.livemode != row.livemode:
        return "the mode is another one"
    if intent.status == "succeeded" and intent.amount_received != row.amount_cents:
        return f"{format_cents(intent.amount_received)} was received"
    return None
