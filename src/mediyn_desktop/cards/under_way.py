# SPDX-License-Identifier: MIT
"""What a card is being asked for, or may have been asked for: nobody should pay it another way.

One definition for everything that must wait: cash, corrections, undoing, another charge.
"""

from __future__ import annotations

from enum import Enum, auto

from sqlalchemy import ColumnElement, and_, or_, select

from mediyn_desktop.billing.plan_views import plan_items
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.attempts import attempts_for, of_balances
from mediyn_desktop.cards.links.states import LinkState
from mediyn_desktop.cards.links.tables import PaymentLink, PaymentLinkItem
from mediyn_desktop.cards.states import IN_FLIGHT, REFUSED, WAITING, State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.ledger.items import items_of_session
from mediyn_desktop.practice.tables import Client, Session
from mediyn_desktop.store.uow import Reading


class Asked(Enum):
    """How far cards were asked for a session's charge and for its balance, the gravest first."""

    UNCERTAIN = auto()  # begun, and what became of it is not settled
    CHARGED = auto()
    REFUSED = auto()  # the bank said no, or wants the client in person
    WAITS = auto()  # approved; nothing was sent
    NOTHING = auto()


def asked_for(read: Reading, charge: Charge) -> Asked:
    """Return how far cards were asked for ``charge``, its balance included.

    What was begun for the same session under another charge, voided since, is uncertain too; so is
    an installment of a plan, or a payment by link, that may settle it.
    """
    if _session_in_flight(read, charge):
        return Asked.UNCERTAIN
    latest = (attempts_for(read, [charge.id]), of_balances(read, [charge.id]))
    states = {State(found[charge.id].state) for found in latest if charge.id in found}
    if State.REVIEW in states:
        return Asked.UNCERTAIN
    if State.SUCCEEDED in states:
        return Asked.CHARGED
    if states & REFUSED:
        return Asked.REFUSED
    return Asked.WAITS if states & WAITING else Asked.NOTHING


def client_in_flight(read: Reading, client: Client) -> bool:
    """Whether any charge of a card of ``client`` was begun and its outcome is not known."""
    return _any(read, CardAttempt.client_id == client.id)


def charge_in_flight(read: Reading, charge_id: int, but: int | None = None) -> bool:
    """Whether one for ``charge_id`` was, other than the attempt ``but``."""
    return _any(
        read, and_(CardAttempt.charge_id == charge_id, CardAttempt.id.is_distinct_from(but))
    )


def _session_in_flight(read: Reading, charge: Charge) -> bool:
    charges = select(Charge.id).where(Charge.session_id == charge.session_id)
    if _any(read, CardAttempt.charge_id.in_(charges)):
        return True
    session = read.session.get_one(Session, charge.session_id)
    items = {one.id for one in items_of_session(read, session.ref)}
    paying = (
        select(PaymentLinkItem.id)
        .join(PaymentLink, PaymentLink.id == PaymentLinkItem.link_id)
        .where(PaymentLinkItem.item_id.in_(items))
        .where(PaymentLink.state.in_((LinkState.PAYING, LinkState.REVIEW)))
    )
    if read.session.scalar(paying.limit(1)) is not None:
        return True
    plans = read.session.scalars(
        select(CardAttempt.plan_id)
        .where(CardAttempt.client_id == session.client_id, CardAttempt.plan_id.is_not(None))
        .where(_BEGUN)
    )
    return any(not items.isdisjoint(plan_items(read, plan)) for plan in plans if plan is not None)


# A queued charge that was sent once already may still arrive late.
_BEGUN: ColumnElement[bool] = or_(
    CardAttempt.state.in_(IN_FLIGHT),
    (CardAttempt.state == State.QUEUED) & CardAttempt.create_started_at.is_not(None),
)


def _any(read: Reading, which: ColumnElement[bool]) -> bool:
    return read.session.scalar(select(CardAttempt.id).where(which, _BEGUN).limit(1)) is not None
