# SPDX-License-Identifier: MIT
"""One card attempt whole: what happened to it, what is known, and what a person may do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.clearing.disputes import open_dispute
from mediyn_desktop.cards.deciding import may_charge_anyway, may_stop
from mediyn_desktop.cards.declines import Refusal, kind_of
from mediyn_desktop.cards.holds import held
from mediyn_desktop.cards.links.standing import open_link
from mediyn_desktop.cards.listing import AttemptRow, attempt_rows
from mediyn_desktop.cards.refunds.planning import unfinished
from mediyn_desktop.cards.states import IN_FLIGHT, REFUSED, WAITING, State
from mediyn_desktop.cards.tables import CardAttempt, CardAttemptEvent, CardFreeze
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.ledger.returns import refundable_cents
from mediyn_desktop.ledger.tables import PaymentRow
from mediyn_desktop.practice.tables import Session
from mediyn_desktop.store.uow import Reading

NOW, STOP, ANYWAY, REFUND = "now", "stop", "anyway", "refund"
LINK, CLOSE_LINK, CLIENT = "link", "close-link", "client"


@dataclass(frozen=True, slots=True)
class AttemptEvent:
    """One thing that happened; ``at`` is in the practice's zone."""

    id: int
    at: datetime
    state: State
    text: str


@dataclass(frozen=True, slots=True)
class AttemptStory:
    """An attempt as a person needs it, its oldest event first; ``actions``: the usual one first.

    ``asked_bank``: whether the card was ever asked for, so that money may have moved. ``held`` and
    ``frozen`` (a code) say why nothing is sent now. ``refundable_cents`` is what the ledger says
    may go back of what was charged.
    """

    row: AttemptRow
    events: tuple[AttemptEvent, ...]
    actions: tuple[str, ...]
    asked_bank: bool
    session_ref: str | None
    refusal: Refusal | None
    decline_code: str | None
    decline: str
    declines: int
    not_before: datetime | None
    held: str | None
    frozen: str | None
    link_id: int | None
    payment_ref: str | None
    refundable_cents: int


def attempt_story(read: Reading, ident: int) -> AttemptStory:
    """Return the attempt ``ident`` whole.

    Raises:
        NotFound: there is none.
    """
    one = read.session.get(CardAttempt, ident)
    if one is None:
        raise NotFound("There is no such card charge.")
    (row,) = attempt_rows(read, [ident])
    freeze = read.session.get(CardFreeze, 1)
    frozen = freeze.code if freeze is not None else None
    link = open_link(read, one.client_id)
    payment = _payment(read, one)
    cents = _refundable(read, payment) if payment is not None else 0
    refused = row.state in REFUSED
    return AttemptStory(
        row=row,
        events=_events(read, ident),
        actions=_actions(read, one, frozen=frozen, link=link is not None, refundable=cents),
        asked_bank=one.processor_id is not None,
        session_ref=_session(read, one),
        refusal=kind_of(one.decline_code) if refused else None,
        decline_code=one.decline_code if refused else None,
        decline=(one.message or "") if refused else "",
        declines=one.declines,
        not_before=one.not_before.astimezone(read.zone) if one.not_before else None,
        held=held(read, one.client_id),
        frozen=frozen,
        link_id=link.id if link is not None else None,
        payment_ref=payment.ref if payment is not None else None,
        refundable_cents=cents,
    )


def _events(read: Reading, ident: int) -> tuple[AttemptEvent, ...]:
    rows = read.session.scalars(
        select(CardAttemptEvent)
        .where(CardAttemptEvent.attempt_id == ident)
        .order_by(CardAttemptEvent.id)
    )
    return tuple(
        AttemptEvent(one.id, one.at.astimezone(read.zone), State(one.state), one.text)
        for one in rows
    )


def _actions(
    read: Reading, one: CardAttempt, *, frozen: str | None, link: bool, refundable: int
) -> tuple[str, ...]:
    state = State(one.state)
    found: list[str] = []
    if may_charge_anyway(one):
        found.append(ANYWAY)
    if frozen is None and _may_ask_now(read, one):
        found.append(NOW)
    if link:
        found.append(CLOSE_LINK)
    elif frozen is None and state in REFUSED | WAITING and not one.withdraw:
        found.append(LINK)
    if may_stop(one):
        found.append(STOP)
    if refundable and frozen is None:
        found.append(REFUND)
    return (*found, CLIENT)


def _may_ask_now(read: Reading, one: CardAttempt) -> bool:
    """Whether a pass would do something about it now (``worker``)."""
    if one.state in IN_FLIGHT or one.state == State.QUEUED or one.withdraw:
        return True
    return one.state == State.DECLINED and one.retry_on is not None and one.retry_on <= read.today


def _payment(read: Reading, one: CardAttempt) -> PaymentRow | None:
    if one.state != State.SUCCEEDED or one.processor_id is None:
        return None
    return read.session.scalar(
        select(PaymentRow).where(
            PaymentRow.reference == one.processor_id, PaymentRow.method == "card"
        )
    )


def _refundable(read: Reading, payment: PaymentRow) -> int:
    if unfinished(read, payment.id) or open_dispute(read, payment.reference) is not None:
        return 0
    return max(refundable_cents(read, payment), 0)


def _session(read: Reading, one: CardAttempt) -> str | None:
    if one.charge_id is None:
        return None
    of = select(Session.ref).join(Charge, Charge.session_id == Session.id)
    return read.session.scalar(of.where(Charge.id == one.charge_id))
