# SPDX-License-Identifier: MIT
"""Asking the processor: what changed, or everything since a day. Writes nothing.

All of it is read before anything is applied: a list that breaks off, or an object that cannot be
read, leaves the books as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import select

from mediyn_desktop.cards.clearing.disputes import CLOSED
from mediyn_desktop.cards.clearing.movements import strangers
from mediyn_desktop.cards.clearing.payouts import ON_THE_WAY, to_take_apart
from mediyn_desktop.cards.clearing.tables import CardDispute, CardPayout
from mediyn_desktop.cards.links.states import OPEN
from mediyn_desktop.cards.links.tables import PaymentLink
from mediyn_desktop.cards.on_file.following import known_methods, read_before
from mediyn_desktop.cards.polling.tables import PollEvent
from mediyn_desktop.cards.refunds.states import RefundState
from mediyn_desktop.cards.refunds.tables import CardRefund
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import (
    DisputeRead,
    Hint,
    Intent,
    MethodRead,
    Movement,
    PayoutRead,
    RefundMade,
    Refused,
    StripeApi,
)
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.ledger.tables import PaymentRow
from mediyn_desktop.store.uow import Reading, Store

MOST_LOOK_UPS: Final = 40
"""Where more objects than that changed, reading the lists is less work."""
_OVERLAP = timedelta(days=2)
# So long after the fact a bank sends a payout or a refund back (docs.stripe.com/payouts, /refunds).
_PAYOUT_RETURNS = timedelta(days=14)
_REFUND_FAILS = timedelta(days=35)

T = TypeVar("T")


@dataclass(slots=True)
class Told:
    """What one poll read: each object once, as it is now. ``held_cents`` is the whole balance."""

    hints: list[Hint] = field(default_factory=list)
    intents: dict[str, Intent] = field(default_factory=dict)
    refunds: dict[str, RefundMade] = field(default_factory=dict)
    disputes: dict[str, DisputeRead] = field(default_factory=dict)
    payouts: dict[str, PayoutRead] = field(default_factory=dict)
    methods: dict[str, MethodRead] = field(default_factory=dict)
    movements: dict[str, Movement] = field(default_factory=dict)
    contents: dict[str, list[Movement]] = field(default_factory=dict)  # by payout
    links: set[int] = field(default_factory=set)  # ours, to be looked at
    held_cents: int | None = None


def new_hints(store: Store, api: StripeApi, since: datetime) -> list[Hint]:
    """Return the events from ``since`` on that were not looked into yet.

    Raises: see ``stripe_api.outcomes``.
    """
    found: dict[str, Hint] = {}
    for page in api.events.pages(since):
        found.update({one.id: one for one in page})
    if not found:
        return []
    with store.read() as read:
        seen = set(
            read.session.scalars(
                select(PollEvent.event_id).where(PollEvent.created >= since - _OVERLAP)
            )
        )
    return [hint for ident, hint in found.items() if ident not in seen]


def look_up(store: Store, api: StripeApi, hints: Iterable[Hint]) -> Told | None:
    """Read what ``hints`` point to; None where they are so many that lists are less work.

    Raises: see ``stripe_api.outcomes``.
    """
    told = Told(hints=list(hints))
    with store.read() as read:
        wanted = _wanted(read, told)
    if sum(len(ids) for ids in wanted.values()) > MOST_LOOK_UPS:
        return None
    _read_all(told.intents, wanted["payment_intent"], api.intents.read)
    _read_all(told.refunds, wanted["refund"], api.refunds.read)
    _read_all(told.disputes, wanted["dispute"], api.disputes.read)
    _read_all(told.payouts, wanted["payout"], api.payouts.read)
    _read_all(told.methods, wanted["payment_method"], api.methods.read)
    for payout in told.payouts.values():
        _take_apart(api, told, payout)
    return told


def sweep(store: Store, api: StripeApi, since: datetime, *, whole_since: datetime | None) -> Told:
    """Read the lists from ``since`` on, and everything here that is not final.

    Args:
        whole_since: read the movements from there, to see whether they add up.

    Raises: see ``stripe_api.outcomes``.
    """
    told = Told()
    since -= _OVERLAP
    _list(told.intents, lambda: api.intents.pages(since, fees=True))
    _list(told.refunds, lambda: api.refunds.pages(since - _REFUND_FAILS))
    _list(told.disputes, lambda: api.disputes.pages(since))
    _list(told.payouts, lambda: api.payouts.pages(since - _PAYOUT_RETURNS))
    # Gathered first: no transaction stays open while the network is waited for.
    with store.read() as read:
        refunds, disputes = set(_refunds_open(read)), set(_disputes_open(read))
        payouts = set(_payouts_open(read))
        told.links = set(
            read.session.scalars(select(PaymentLink.id).where(PaymentLink.state.in_(OPEN)))
        )
        loose, known = set(to_take_apart(read)), set(_payouts_known(read))
        cards = read_before(read)
    _read_all(told.refunds, refunds - told.refunds.keys(), api.refunds.read)
    _read_all(told.disputes, disputes - told.disputes.keys(), api.disputes.read)
    _read_all(told.payouts, payouts - told.payouts.keys(), api.payouts.read)
    _read_all(told.methods, cards, api.methods.read)
    begin = since if whole_since is None else whole_since - _OVERLAP
    _list(told.movements, lambda: api.movements.pages(begin))
    with store.read() as read:
        missed = _missed(read, told)
    _read_all(told.refunds, missed["re"], api.refunds.read)
    _read_all(told.disputes, missed["dp"] | missed["du"], api.disputes.read)
    _read_all(told.payouts, missed["po"], api.payouts.read)
    for payout in told.payouts.values():
        if payout.id in loose or payout.id not in known:
            _take_apart(api, told, payout)
    told.held_cents = api.movements.balance()
    return told


def _missed(read: Reading, told: Told) -> dict[str, set[str]]:
    """Return what moved money and no list named, by the beginning of its id.

    A list may break off where nobody can see it; the money that moved gives it away.
    """
    missed: dict[str, set[str]] = {name: set() for name in ("re", "dp", "du", "po")}
    there = {*told.refunds, *told.disputes, *told.payouts}
    paid = set(
        read.session.scalars(select(PaymentRow.reference).where(PaymentRow.method == "card"))
    )
    known = {
        *read.session.scalars(select(CardRefund.refund_id)),
        *read.session.scalars(
            select(CardDispute.processor_id).where(CardDispute.client_id.is_not(None))
        ),
        *read.session.scalars(select(CardPayout.processor_id)),
    }
    moved = {(one.source, one.intent) for one in told.movements.values()}
    moved |= {(one.source, one.intent) for one in strangers(read)}
    for source, intent in moved:
        kind = (source or "").partition("_")[0]
        if source is None or kind not in missed or source in there or source in known:
            continue
        if kind != "re" or intent in paid:
            missed[kind].add(source)
    return missed


def _wanted(read: Reading, told: Told) -> dict[str, set[str]]:
    """Sort hints by what to read; what is final and complete here needs no look."""
    wanted: dict[str, set[str]] = {
        "payment_intent": set(), "refund": set(), "dispute": set(), "payout": set(),
        "payment_method": set(),
    }  # fmt: skip
    links: set[str] = set()
    for hint in told.hints:
        if hint.kind in wanted:
            wanted[hint.kind].add(hint.object_id)
        elif hint.kind == "charge" and hint.intent is not None:
            wanted["payment_intent"].add(hint.intent)
        elif hint.kind == "checkout.session" and hint.link is not None:
            links.add(hint.link)
    settled = select(CardAttempt.processor_id).where(
        CardAttempt.processor_id.in_(wanted["payment_intent"]),
        CardAttempt.state == State.SUCCEEDED,
        CardAttempt.fee_entry_id.is_not(None),
    )
    wanted["payment_intent"] -= set(read.session.scalars(settled))
    wanted["payment_method"] = known_methods(read, wanted["payment_method"])
    told.links = set(
        read.session.scalars(
            select(PaymentLink.id).where(
                PaymentLink.link_id.in_(links), PaymentLink.state.in_(OPEN)
            )
        )
    )
    return wanted


def _read_all(into: dict[str, T], idents: Iterable[str], read: Callable[[str], T]) -> None:
    for ident in sorted(idents):
        try:
            into[ident] = read(ident)
        except Refused as error:
            if not error.missing:
                raise  # what an event named and nobody has is no news


def _list(into: dict[str, T], pages: Callable[[], Iterable[list[T]]]) -> None:
    """Read a list to its end; a server without such things has none."""
    try:
        for page in pages():
            for one in page:
                ident: Any = one
                into[str(ident.id)] = one
    except Refused as error:
        if not error.missing:
            raise


def _take_apart(api: StripeApi, told: Told, payout: PayoutRead) -> None:
    if payout.automatic and payout.status not in ("failed", "canceled"):
        found: dict[str, Movement] = {}
        _list(found, lambda: api.movements.pages(payout=payout.id))
        told.contents[payout.id] = list(found.values())
        told.movements.update(found)


def _refunds_open(read: Reading) -> set[str]:
    rows = read.session.scalars(
        select(CardRefund.refund_id).where(
            CardRefund.state == RefundState.PENDING, CardRefund.refund_id.is_not(None)
        )
    )
    return {str(one) for one in rows}


def _disputes_open(read: Reading) -> set[str]:
    rows = select(CardDispute.processor_id).where(
        CardDispute.status.not_in(CLOSED) | (CardDispute.disputed_cents != 0)
    )
    return set(read.session.scalars(rows))


def _payouts_open(read: Reading) -> set[str]:
    rows = select(CardPayout.processor_id).where(CardPayout.status.in_(ON_THE_WAY))
    return {*read.session.scalars(rows), *to_take_apart(read)}


def _payouts_known(read: Reading) -> Iterable[str]:
    return read.session.scalars(select(CardPayout.processor_id))
