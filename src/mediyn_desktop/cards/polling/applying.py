# SPDX-License-Identifier: MIT
"""Applying what a poll read: effects, events and cursor in one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from mediyn_desktop.cards.clearing.disputes import record_dispute
from mediyn_desktop.cards.clearing.movements import (
    moved_cents,
    post_fees_left,
    record_movements,
)
from mediyn_desktop.cards.clearing.payouts import record_payout, take_apart
from mediyn_desktop.cards.links.recording import LinkSeen, link_for, record_intent, record_seen
from mediyn_desktop.cards.links.standing import get as get_link
from mediyn_desktop.cards.on_file.following import apply_methods
from mediyn_desktop.cards.polling.reading import Told
from mediyn_desktop.cards.polling.tables import PollCursor, PollEvent
from mediyn_desktop.cards.recording import record_read
from mediyn_desktop.cards.refunds.recording import record, row_for
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import Account, Intent
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.store.uow import UnitOfWork

_REMEMBERED = timedelta(days=32)  # longer than the processor lists an event

# A worker is at these, or comes to them next, and reads them back before it does anything.
_WORKERS = frozenset({State.QUEUED, State.CREATING, State.CREATED, State.CONFIRMING})


def apply(
    uow: UnitOfWork, told: Told, links: dict[int, LinkSeen], account: Account, now: datetime
) -> None:
    """Apply everything; harmless to repeat.

    Args:
        links: what was read of ``told.links``. ``now``: the processor's clock when asking began.
    """
    for intent in told.intents.values():
        _apply_intent(uow, intent, now)
    for ident, seen in links.items():
        record_seen(uow, get_link(uow, ident), seen)
    for made in told.refunds.values():
        row = row_for(uow, made)
        if row is not None:
            record(uow, row, made)
    for dispute in told.disputes.values():
        record_dispute(uow, dispute, account)
    apply_methods(uow, told.methods)
    payouts = {one.id: record_payout(uow, one, account) for one in told.payouts.values()}
    record_movements(uow, told.movements.values(), account)
    for payout, inside in told.contents.items():
        take_apart(uow, payouts[payout], inside)
    post_fees_left(uow)
    for hint in told.hints:
        uow.session.add(PollEvent(event_id=hint.id, created=hint.created))
    uow.session.execute(delete(PollEvent).where(PollEvent.created < now - _REMEMBERED))
    uow.session.flush()


def advance(uow: UnitOfWork, now: datetime) -> None:
    """Note that the events up to ``now`` were read."""
    cursor = uow.session.get(PollCursor, 1)
    if cursor is not None:
        cursor.polled_until = max(cursor.polled_until, now)


def advance_sweep(uow: UnitOfWork, now: datetime, held_cents: int, *, whole: bool) -> None:
    """Note that the lists up to ``now`` were read, and whether the movements add up.

    Where all movements were read, what is missing lies before the first of them.
    """
    moved = moved_cents(uow)
    cursor = uow.session.get(PollCursor, 1)
    if cursor is None:
        cursor = PollCursor(id=1, balance_before_cents=0)
        uow.session.add(cursor)
    if whole:
        cursor.balance_before_cents = held_cents - moved
    cursor.swept_whole = cursor.balance_before_cents + moved == held_cents
    cursor.swept_until = now
    cursor.polled_until = now
    uow.session.flush()


def _apply_intent(uow: UnitOfWork, intent: Intent, now: datetime) -> None:
    link = link_for(uow, intent.iid) if intent.iid is not None else None
    if link is not None:
        record_intent(uow, link, intent)
        return
    attempt = uow.session.scalar(select(CardAttempt).where(CardAttempt.processor_id == intent.id))
    if attempt is not None and (attempt.state not in _WORKERS or intent.status == "succeeded"):
        record_read(uow, attempt, intent, server_now=now)
