# SPDX-License-Identifier: MIT
"""Planning card attempts, and each step they take. No network here.

Every function runs inside one transaction, and each change of state also writes the event that
explains it. What the processor said is applied in ``recording``.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select

from mediyn_desktop.cards.choosing import BALANCE
from mediyn_desktop.cards.due import Due, InstallmentDue
from mediyn_desktop.cards.states import IN_FLIGHT, State, assert_transition
from mediyn_desktop.cards.stripe_api import API_VERSION, create_params
from mediyn_desktop.cards.tables import CardAttempt, CardAttemptEvent
from mediyn_desktop.core.ids import keyed_id
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.practice.tables import Card
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading, UnitOfWork

ASKING = "Asking the bank"
"""How the event of an attempt begins for which the bank is being asked."""


def identity(uow: UnitOfWork, obligation: str) -> str:
    """Return the iid: derived from the obligation alone, the same after every restore."""
    return keyed_id(uow.subkey("identity"), "iid", obligation)


def duplicate_mark(uow: UnitOfWork, client: str, on: str, kind: str) -> str:
    """Return the dup: the same for a session that was typed a second time under another ref."""
    return keyed_id(uow.subkey("identity"), "dup", client, on, kind)


def plan_attempt(uow: UnitOfWork, due: Due | InstallmentDue, card: Card) -> CardAttempt:
    """Return the attempt for ``due``, queued; the same obligation always gives the same attempt.

    A row nothing was sent for yet takes today's amount and card. Once sending began it is frozen.
    """
    last = last_for(uow, due.obligation)
    if last is not None and last.state != State.CANCELED:
        if last.state in (State.PLANNED, State.QUEUED) and last.create_started_at is None:
            _freeze(uow, last, due, card)
            last.planned_at = uow.now
            move(uow, last, State.QUEUED, f"{format_cents(due.cents)} queued for the card")
        return last
    attempt = new_attempt(uow, due, series=last.series + 1 if last is not None else 1)
    _freeze(uow, attempt, due, card)
    uow.session.add(attempt)
    uow.session.flush()
    tell(uow, attempt, f"{format_cents(due.cents)} queued for the card ending {card.last4}")
    return attempt


def new_attempt(uow: UnitOfWork, due: Due | InstallmentDue, *, series: int = 1) -> CardAttempt:
    """Return an attempt nothing was sent for, without its amount and card; the caller adds it."""
    return CardAttempt(
        obligation=due.obligation,
        series=series,
        iid=identity(uow, due.obligation),
        dup=duplicate_mark(uow, due.client.ref, due.on.isoformat(), due.kind),
        charge_id=due.charge.id if isinstance(due, Due) else None,
        plan_id=due.plan.id if isinstance(due, InstallmentDue) else None,
        due_on=due.on if isinstance(due, InstallmentDue) else None,
        client_id=due.client.id,
        purpose=due.purpose,
        currency="usd",
        api_version=API_VERSION,
        state=State.QUEUED,
        creates=0,
        attempt=0,
        key_spent=True,
        declines=0,
        withdraw=False,
        planned_at=uow.now,
        updated_at=uow.now,
    )


def last_for(read: Reading, obligation: str) -> CardAttempt | None:
    """Return the latest attempt at an obligation, under whichever charge it was made."""
    return read.session.scalar(
        select(CardAttempt)
        .where(CardAttempt.obligation == obligation)
        .order_by(CardAttempt.series.desc())
        .limit(1)
    )


def attempts_for(read: Reading, charge_ids: list[int]) -> dict[int, CardAttempt]:
    """Return the latest attempt of each charge that has one, none at its balance."""
    return _latest(read, charge_ids, CardAttempt.purpose != BALANCE)


def of_balances(read: Reading, charge_ids: list[int]) -> dict[int, CardAttempt]:
    """Return the latest attempt at the balance of each charge that has one."""
    return _latest(read, charge_ids, CardAttempt.purpose == BALANCE)


def _latest(
    read: Reading, charge_ids: list[int], which: ColumnElement[bool]
) -> dict[int, CardAttempt]:
    rows = read.session.scalars(
        select(CardAttempt)
        .where(CardAttempt.charge_id.in_(charge_ids), which)
        .order_by(CardAttempt.id)  # a later series or turn is planned later
    )
    return {row.charge_id: row for row in rows if row.charge_id is not None}


def waiting_count(read: Reading) -> int:
    """Return how many attempts are queued, without a final answer, or to be tried again today."""
    again = (CardAttempt.state == State.DECLINED) & (CardAttempt.retry_on <= read.today)
    return (
        read.session.scalar(
            select(func.count())
            .select_from(CardAttempt)
            .where(CardAttempt.state.in_([*IN_FLIGHT, State.QUEUED]) | again | CardAttempt.withdraw)
        )
        or 0
    )


def move(uow: UnitOfWork, attempt: CardAttempt, state: State, text: str) -> None:
    """Take one arrow of the diagram and write down why; staying put writes nothing."""
    old = State(attempt.state)
    assert_transition(old, state)
    attempt.state = state
    attempt.updated_at = uow.now
    if state in (State.SUCCEEDED, State.CANCELED):
        attempt.withdraw = False
        attempt.retry_on = None
    if old != state:
        tell(uow, attempt, text)
    uow.changed("card_attempt", attempt.id)


def withdraw(uow: UnitOfWork, attempt: CardAttempt, text: str) -> None:
    """Have the attempt canceled at the processor by the next pass; over when it is read back."""
    if not attempt.withdraw:
        attempt.withdraw = True
        attempt.retry_on = None
        attempt.updated_at = uow.now
        tell(uow, attempt, text)


def tell(uow: UnitOfWork, attempt: CardAttempt, text: str) -> None:
    """Add to the attempt's history what happened without a change of state."""
    uow.session.flush()
    uow.session.add(
        CardAttemptEvent(attempt_id=attempt.id, at=uow.now, state=attempt.state, text=text)
    )
    uow.changed("card_attempt", attempt.id)


def _freeze(uow: UnitOfWork, attempt: CardAttempt, due: Due | InstallmentDue, card: Card) -> None:
    attempt.amount_cents = due.cents
    attempt.customer = card.stripe_customer
    attempt.payment_method = card.stripe_payment_method
    attempt.last4 = card.last4
    attempt.params = create_params(
        amount=due.cents,
        currency="usd",
        customer=card.stripe_customer,
        payment_method=card.stripe_payment_method,
        iid=attempt.iid,
        dup=attempt.dup,
        descriptor=settings.get(uow, settings.STRIPE_DESCRIPTOR),
    )
