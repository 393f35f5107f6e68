# SPDX-License-Identifier: MIT
"""One poll: the events of the last while, or the lists where events are not enough.

When nothing happened it costs one request. Whole lists are read on the first poll, once a day, when
more happened than is worth looking up one by one, and when the events may be forgotten already: the
processor keeps them for thirty days.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from sqlalchemy import func, select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.accounts import other_account
from mediyn_desktop.cards.links import closing
from mediyn_desktop.cards.links.recording import LinkSeen
from mediyn_desktop.cards.links.tables import PaymentLink
from mediyn_desktop.cards.on_file import following
from mediyn_desktop.cards.on_file.tables import CardRequest
from mediyn_desktop.cards.pacing import Pace
from mediyn_desktop.cards.polling import reading
from mediyn_desktop.cards.polling.applying import advance, advance_sweep, apply
from mediyn_desktop.cards.polling.tables import PollCursor
from mediyn_desktop.cards.refunds.sending import resolve, unresolved
from mediyn_desktop.cards.stripe_api import (
    NO_ANSWER,
    Account,
    Hint,
    KeyRefused,
    OutcomeUnknown,
    Refused,
    StripeApi,
    TryLater,
)
from mediyn_desktop.cards.tables import CardFreeze
from mediyn_desktop.cards.turns import taking_turns
from mediyn_desktop.ledger.tables import PaymentRow
from mediyn_desktop.store.uow import Reading, Store

log = logging.getLogger(__name__)

OVERLAP: Final = timedelta(hours=1)
FORGOTTEN: Final = timedelta(days=25)
SWEEP_EVERY: Final = timedelta(days=1)
_SWEEP_AGAIN: Final = timedelta(hours=1)  # where the movements did not add up
_NOTED_EVERY: Final = timedelta(minutes=30)  # how often a poll without news is written down


@dataclass(slots=True)
class Polled:
    """What one poll came to. ``stopped`` is a stable word where it could not run to its end."""

    stopped: str | None = None  # "no-key", "offline", "key-refused", "frozen"
    message: str | None = None
    events: int = 0
    swept: bool = False


class _Stop(Exception):
    def __init__(self, word: str, message: str) -> None:
        super().__init__(word)
        self.outcome = Polled(word, message)


@taking_turns()
def poll(store: Store, api: StripeApi | None, *, sweep: bool = False) -> Polled:
    """Ask what changed and apply it.

    Args:
        sweep: read the lists, whatever the events say.
    """
    if api is None:
        return Polled("no-key", "No card processor is connected yet.")
    with store.read() as read:
        freeze = read.session.get(CardFreeze, 1)
        if freeze is not None:
            return Polled("frozen", freeze.reason)
        open_work = bool(unresolved(read)) or _links_to_finish(read) or following.has_work(read)
    pace = Pace(store.clock)
    try:
        result = pace.call(lambda: _poll(store, api, sweep=sweep))
        if open_work:
            _account(store, api)
            resolve(store, api)
            closing.finish(store, api)
            following.finish(store, api)
    except _Stop as stop:
        return stop.outcome
    except KeyRefused:
        return Polled(
            "key-refused",
            "The card processor's key may not read all that is needed to see refunds, disputes, "
            "payouts and fees. Nothing was changed. “mediyn cards check” names what is missing.",
        )
    except (OutcomeUnknown, TryLater):
        return Polled(
            "offline",
            "The card processor did not answer to the end, so nothing was changed. It is asked "
            "again later.",
        )
    except NO_ANSWER as error:
        return Polled(
            "refused", f"The card processor did not answer: {error}. Nothing was changed."
        )
    return result


def watching(read: Reading) -> bool:
    """Whether there is anything at the processor to ask about."""
    paid = select(PaymentRow.id).where(PaymentRow.method == "card").limit(1)
    link = select(PaymentLink.id).limit(1)
    asked = select(CardRequest.id).limit(1)
    return any(read.session.scalar(one) is not None for one in (paid, link, asked))


def _poll(store: Store, api: StripeApi, *, sweep: bool) -> Polled:
    with store.read() as read:
        cursor = read.session.get(PollCursor, 1)
        if cursor is not None:
            read.session.expunge(cursor)
    if sweep or cursor is None:
        return _sweep(store, api)
    since = cursor.polled_until
    hints = _hints(store, api, since - OVERLAP)
    now = api.connection.server_time or since  # without its clock the cursor stays
    if hints is None or _sweep_due(cursor, now):
        return _sweep(store, api)
    if not hints:
        if now - since >= _NOTED_EVERY:
            with store.write("Note that the card processor has no news") as uow:
                advance(uow, now)
        return Polled()
    account = _account(store, api)
    told = reading.look_up(store, api, hints)
    if told is None:
        return _sweep(store, api)
    links = {ident: seen for ident in told.links if (seen := _seen(store, api, ident))}
    with store.write("Apply what changed at the card processor") as uow:
        apply(uow, told, links, account, now)
        advance(uow, now)
    return Polled(events=len(hints))


def _hints(store: Store, api: StripeApi, since: datetime) -> list[Hint] | None:
    """Return new events, or None where this server lists none."""
    try:
        return reading.new_hints(store, api, since)
    except Refused:
        return None


def _sweep(store: Store, api: StripeApi) -> Polled:
    account = _account(store, api)
    with store.read() as read:
        cursor = read.session.get(PollCursor, 1)
        begin = _books_begin(read)
        whole = cursor is None or not cursor.swept_whole
        since = cursor.swept_until if cursor is not None else begin
    now = account.server_time or since
    told = reading.sweep(store, api, since, whole_since=begin if whole else None)
    links = {ident: seen for ident in told.links if (seen := _seen(store, api, ident))}
    with store.write("Apply what the card processor holds") as uow:
        apply(uow, told, links, account, now)
        advance_sweep(uow, now, told.held_cents or 0, whole=whole)
    return Polled(swept=True)


def _seen(store: Store, api: StripeApi, ident: int) -> LinkSeen | None:
    with store.read() as read:
        row = read.session.get_one(PaymentLink, ident)
        link_id = row.link_id
    return closing.read_link(api, link_id) if link_id is not None else None


def _account(store: Store, api: StripeApi) -> Account:
    account = api.accounts.current()
    other = other_account(store, account)
    if other is not None:
        raise _Stop("frozen", other)
    return account


def _sweep_due(cursor: PollCursor, now: datetime) -> bool:
    """Whether a day has passed by the processor's clock, or its events may be forgotten."""
    wait = SWEEP_EVERY if cursor.swept_whole else _SWEEP_AGAIN
    return now - cursor.swept_until >= wait or now - cursor.polled_until >= FORGOTTEN


def _books_begin(read: Reading) -> datetime:
    """The oldest charge of these books: what moved before belongs to another program."""
    first = read.session.scalar(select(func.min(Charge.date_of_service)))
    return datetime.combine(first, time(), UTC) if first is not None else read.now


def _links_to_finish(read: Reading) -> bool:
    return (
        read.session.scalar(
            select(PaymentLink.id).where(PaymentLink.state.in_(closing.UNFINISHED)).limit(1)
        )
        is not None
    )
