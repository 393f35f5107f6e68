# SPDX-License-Identifier: MIT
"""Money a client hands over outside the card batch: cash, a check, another way.

It lives in this room, not in ``billing``, because it must know whether a card is being charged, and
because a card charge that only waits must not ask for what was just paid.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.attempts import move, plan_attempt, withdraw
from mediyn_desktop.cards.due import due_on_card
from mediyn_desktop.cards.links.standing import close_outdated
from mediyn_desktop.cards.states import IN_FLIGHT, REFUSED, WAITING, State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.ids import new_ref
from mediyn_desktop.ledger import items, payments
from mediyn_desktop.ledger.returns import RefundRefused, refund
from mediyn_desktop.practice import sessions
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.store.uow import Reading, UnitOfWork

METHODS = ("cash", "check", "other")
_EARLIEST = date(2000, 1, 1)
_TOMORROW = timedelta(days=1)  # a laptop that travels may be a day behind the practice's zone


class PaymentRefused(UserFacingError):
    """The payment cannot be recorded as given."""

    code = "bad-amount"


class ChargeUnknown(UserFacingError):
    """A card charge of the client may or may not have gone through."""

    code = "charge-unknown"


def take_payment(
    uow: UnitOfWork,
    client_ref: str,
    cents: int,
    method: str,
    on: date | None = None,
    reference: str | None = None,
) -> str:
    """Record a payment and return its reference; the oldest open items are settled first.

    What is left over becomes the client's credit. Card charges of the client that wait, unsent, are
    lowered to what is still owed, or canceled when nothing is.

    Args:
        method: one of ``METHODS``.
        on: the day it was received, today unless given.
        reference: what the user knows it by, such as a check's number.

    Raises:
        NotFound: there is no such client.
        PaymentRefused: the amount is not above zero, or the day has not come yet.
        ChargeUnknown: a card charge of the client has no known outcome; nobody should pay twice.
    """
    if method not in METHODS:
        raise ValueError(f"no such way of paying: {method}")
    if cents <= 0:
        raise PaymentRefused("A payment is more than zero. Nothing was saved.")
    if on is not None and not _EARLIEST <= on <= uow.today + _TOMORROW:
        raise PaymentRefused(
            f"A payment received on {on.isoformat()} cannot be recorded on {uow.today.isoformat()}"
            ". Nothing was saved. Check the date.",
            code="bad-date",
        )
    client = sessions.get_client(uow, client_ref)
    refuse_in_flight(uow, client)
    ref = new_ref("pay")
    payments.record_payment(
        uow,
        ref=ref,
        client=client.ref,
        cents=cents,
        method=method,
        on=on or uow.today,
        source=f"payment:{ref}",
        shares=items.oldest_first(items.open_items(uow, client.ref), cents),
        reference=reference or None,
    )
    lower_waiting(uow, client)
    return ref


def give_back(uow: UnitOfWork, payment: str, cents: int, reason: str) -> int:
    """Pay back ``cents`` of the payment ``payment`` outside the card network; return the entry.

    What settles nothing goes back first, then the newest allocations: those charges are owed again.

    Raises:
        NotFound: there is no such payment.
        RefundRefused: more than is left of it, no reason, or it was paid by card: a card's money
            goes back through the processor only.
    """
    row = payments.get_payment(uow, payment)
    if row.method == "card":
        raise RefundRefused(
            "This was paid by card, and a card's money goes back through the card processor only. "
            "Nothing was changed. Refund it on the processor's own page.",
            code="card-refund",
        )
    return refund(
        uow, ref=new_ref("ref"), payment=payment, cents=cents, on=uow.today, reason=reason
    )


def charge_in_flight(read: Reading, client: Client) -> bool:
    """Whether a card charge of ``client`` was begun and its outcome is not known."""
    # A queued charge that was sent once already may still arrive late.
    begun = (CardAttempt.state == State.QUEUED) & CardAttempt.create_started_at.is_not(None)
    return (
        read.session.scalar(
            select(CardAttempt.id)
            .where(CardAttempt.client_id == client.id, CardAttempt.state.in_(IN_FLIGHT) | begun)
            .limit(1)
        )
        is not None
    )


def refuse_in_flight(read: Reading, client: Client) -> None:
    """Stop while a card charge of ``client`` has no known outcome: nobody should pay twice.

    Raises:
        ChargeUnknown: there is one.
    """
    if charge_in_flight(read, client):
        raise ChargeUnknown(
            "A card charge of this client has no known outcome yet. Nothing was saved, so that the "
            "client does not pay twice. Check the cards first (“mediyn cards sync”)."
        )


def lower_waiting(uow: UnitOfWork, client: Client) -> None:
    """Let no charge that may still be sent ask a card for what was settled another way.

    What was declined has an intent at the processor; it is withdrawn there by the next pass. A
    payment link for the same is closed.
    """
    rows = uow.session.scalars(
        select(CardAttempt).where(
            CardAttempt.client_id == client.id, CardAttempt.state.in_([*WAITING, *REFUSED])
        )
    ).all()
    cards = {card.stripe_payment_method: card for card in client.cards}
    for attempt in rows:
        due = due_on_card(uow, uow.session.get_one(Charge, attempt.charge_id))
        card = cards.get(attempt.payment_method)
        if attempt.state in REFUSED:
            if due is None or due.cents < attempt.amount_cents:
                withdraw(uow, attempt, "Paid another way; to be withdrawn at the processor")
        elif due is None or card is None:
            move(uow, attempt, State.CANCELED, "Paid another way; nothing is asked of the card")
        elif due.cents != attempt.amount_cents:
            plan_attempt(uow, due, card)
    close_outdated(uow, client)
