# SPDX-License-Identifier: MIT
"""Money a client hands over outside the card batch: cash, a check, another way.

It lives in this room, not in ``billing``, because it must know whether a card is being charged, and
because a card charge that only waits must not ask for what was just paid.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import or_, select

from mediyn_desktop.billing.charges import charge_of
from mediyn_desktop.billing.plan_views import items_under_plans
from mediyn_desktop.cards.attempts import move, plan_attempt, withdraw
from mediyn_desktop.cards.choosing import COPAYS
from mediyn_desktop.cards.due import due_on_card
from mediyn_desktop.cards.installments import still_asked
from mediyn_desktop.cards.links.standing import close_outdated
from mediyn_desktop.cards.links.tables import PaymentLink
from mediyn_desktop.cards.states import REFUSED, WAITING, State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.cards.under_way import client_in_flight
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.ids import new_ref
from mediyn_desktop.ledger import items, payments
from mediyn_desktop.ledger.items import OpenItem, Share
from mediyn_desktop.ledger.returns import RefundRefused, refund
from mediyn_desktop.ledger.tables import PaymentRow
from mediyn_desktop.ledger.write_offs import recover_bad_debt
from mediyn_desktop.practice import sessions
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.store.uow import Reading, UnitOfWork

METHODS = ("cash", "check", "external_card", "other")
_ON_A_SLIP = ("cash", "check")
LONGEST_REFERENCE = 80  # characters
_EARLIEST = date(2000, 1, 1)
_AT_ONCE = 500  # refs in one query


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
    *,
    session: str | None = None,
    first: Sequence[int] = (),
    deposited_on: date | None = None,
) -> str:
    """Record a payment and return its reference; the oldest open items are settled first.

    What is paid off under a payment plan comes after the rest. What is left over becomes the
    client's credit. Card charges of the client that wait, unsent, are lowered to what is still
    owed, or canceled when nothing is.

    Args:
        method: one of ``METHODS``; ``external_card`` is a card charged outside this program.
        on: the day it was received, today unless given.
        reference: what the user knows it by, such as a check's number.
        session: the ref of the session it was paid for: its copay and its charge come before
            anything older.
        first: ids of open items to settle before any other, in their order.
        deposited_on: when the money reached the bank, of a card or another way; cash and checks
            are deposited on a slip.

    Raises:
        NotFound: there is no such client or session.
        PaymentRefused: the amount is not above zero, the session is another client's, a day has
            not come yet, the deposit lies before the payment, or the reference is longer than
            ``LONGEST_REFERENCE``.
        ChargeUnknown: a card charge of the client has no known outcome; nobody should pay twice.
    """
    if method not in METHODS:
        raise ValueError(f"no such way of paying: {method}")
    if cents <= 0:
        raise PaymentRefused("A payment is more than zero. Nothing was saved.")
    noted = _noted(reference)
    client = sessions.get_client(uow, client_ref)
    received = on or uow.today
    _must_be_possible(uow, method, received, deposited_on)
    copay, own = _for_session(uow, client, session) if session is not None else (0, [])
    refuse_in_flight(uow, client)
    ref = new_ref("pay")
    payments.record_payment(
        uow,
        ref=ref,
        client=client.ref,
        cents=cents,
        method=method,
        on=received,
        source=f"payment:{ref}",
        # A copay has no open item: it stays the client's credit until the insurer has answered.
        shares=items.oldest_first(
            in_turn(uow, client.ref, [*own, *first]), cents - min(copay, cents)
        ),
        reference=noted,
        deposited_on=deposited_on,
    )
    lower_waiting(uow, client)
    return ref


def give_back(
    uow: UnitOfWork, payment: str, cents: int, reason: str, *, session: str | None = None
) -> int:
    """Pay back ``cents`` of the payment ``payment`` outside the card network; return the entry.

    What settles nothing goes back first, then the newest allocations: those charges are owed again.

    Args:
        session: the ref of the session it is paid back for: what settles that one goes back first.

    Raises:
        NotFound: there is no such payment.
        RefundRefused: more than is left of it, or than settles that session; no reason; or it was
            paid by card: a card's money goes back through the processor only.
    """
    row = payments.get_payment(uow, payment)
    if row.method == "card":
        raise RefundRefused(
            "This was paid by card, and a card's money goes back through the card processor only. "
            "Nothing was changed. Pay it back to the card instead.",
            code="card-refund",
        )
    taken_from = _settled_of(uow, row, session, cents) if session is not None else None
    return refund(
        uow,
        ref=new_ref("ref"),
        payment=payment,
        cents=cents,
        on=uow.today,
        reason=reason,
        taken_from=taken_from,
    )


def recover(
    uow: UnitOfWork,
    client_ref: str,
    cents: int,
    method: str,
    on: date | None = None,
    reference: str | None = None,
) -> str:
    """Record money that came in for a debt given up as bad; return the payment's reference.

    Raises:
        NotFound: there is no such client.
        PaymentRefused: not above zero, or the day has not come yet.
        RecoveryRefused: more than was given up as bad debt of this client and not recovered.
    """
    if method not in METHODS:
        raise ValueError(f"no such way of paying: {method}")
    if cents <= 0:
        raise PaymentRefused("A payment is more than zero. Nothing was saved.")
    client = sessions.get_client(uow, client_ref)
    received = on or uow.today
    _must_be_possible(uow, method, received, None)
    ref = new_ref("pay")
    recover_bad_debt(
        uow,
        ref=ref,
        client=client.ref,
        cents=cents,
        method=method,
        on=received,
        source=f"payment:{ref}",
        reference=_noted(reference),
    )
    return ref


def _noted(reference: str | None) -> str | None:
    """The reference on one line, or None where there is none."""
    noted = " ".join((reference or "").split())
    if len(noted) > LONGEST_REFERENCE:
        raise PaymentRefused(
            f"A reference has up to {LONGEST_REFERENCE} characters; this one has {len(noted)}. "
            "Nothing was saved. Shorten it, for example to the check's number.",
            code="bad-reference",
        )
    return noted or None


def _must_be_possible(
    read: Reading, method: str, received: date, deposited_on: date | None
) -> None:
    if not _EARLIEST <= received <= read.today:
        raise PaymentRefused(
            f"A payment received on {received.isoformat()} cannot be recorded on "
            f"{read.today.isoformat()}. Nothing was saved. Check the date.",
            code="bad-date",
        )
    if deposited_on is None:
        return
    if method in _ON_A_SLIP:
        raise PaymentRefused(
            "Cash and checks reach the bank with a deposit slip. Nothing was saved. Record the "
            "payment, then the deposit.",
            code="bad-date",
        )
    if not received <= deposited_on <= read.today:
        raise PaymentRefused(
            f"Money received on {received.isoformat()} cannot have reached the bank on "
            f"{deposited_on.isoformat()}. Nothing was saved. Check the dates.",
            code="bad-date",
        )


def _for_session(read: Reading, client: Client, session: str) -> tuple[int, list[int]]:
    """The copay still to collect for a session of the client's, and its own open items."""
    found = sessions.get(read, session)
    if found.client_id != client.id:
        raise PaymentRefused(
            f"Session “{session}” is another client's. Nothing was saved.", code="other-client"
        )
    charge = charge_of(read, found)
    due = due_on_card(read, charge) if charge is not None else None
    copay = due.cents if due is not None and due.purpose == COPAYS else 0
    return copay, [item.id for item in items.open_items(read, client.ref, session=session)]


def _settled_of(read: Reading, payment: PaymentRow, session: str, cents: int) -> list[Share]:
    """What of ``payment`` settles ``session``, as much of it as goes back."""
    shares: list[Share] = []
    left = cents
    for _, item, settled in items.allocations_of(read, payment=payment.id):
        part = min(settled, left)
        if part > 0 and items.get_item(read, item).session == session:
            shares.append(Share(item, part))
            left -= part
    if not shares:
        raise RefundRefused(
            f"This payment settles nothing of session “{session}”. Nothing was changed."
        )
    return shares


def in_turn(read: Reading, client: str, first: Sequence[int]) -> list[OpenItem]:
    """Return what the client owes in the order a payment settles it: the items with the ids in
    ``first``, then the oldest; what is under a payment plan comes last.
    """
    planned = items_under_plans(read)
    rank = {item: place for place, item in enumerate(first)}
    return sorted(
        items.open_items(read, client),
        key=lambda item: (rank.get(item.id, len(rank)), item.id in planned),
    )


def refuse_in_flight(read: Reading, client: Client) -> None:
    """Stop while a card charge of ``client`` has no known outcome: nobody should pay twice.

    Raises:
        ChargeUnknown: there is one.
    """
    if client_in_flight(read, client):
        raise ChargeUnknown(
            "A card charge of this client has no known outcome yet. Nothing was saved, so that the "
            "client does not pay twice. Check the cards first (“mediyn cards sync”)."
        )


def lower_waiting_of(uow: UnitOfWork, clients: Collection[str]) -> None:
    """Do what ``lower_waiting`` does for many clients (refs); those nobody asks cost nothing."""
    refs = sorted(clients)
    attempts = select(CardAttempt.client_id).where(CardAttempt.state.in_([*WAITING, *REFUSED]))
    links = select(PaymentLink.open_for).where(PaymentLink.open_for.is_not(None))
    for start in range(0, len(refs), _AT_ONCE):
        asked = select(Client).where(
            Client.ref.in_(refs[start : start + _AT_ONCE]),
            or_(Client.id.in_(attempts), Client.id.in_(links)),
        )
        for client in uow.session.scalars(asked.order_by(Client.ref)).all():
            lower_waiting(uow, client)


def lower_waiting(
    uow: UnitOfWork,
    client: Client,
    why: str = "Paid another way; nothing is asked of the card",
) -> None:
    """Let no charge that may still be sent ask a card for what was settled another way.

    What was declined has an intent at the processor; it is withdrawn there by the next pass. A
    payment link for the same is closed.
    """
    rows = uow.session.scalars(
        select(CardAttempt).where(
            CardAttempt.client_id == client.id, CardAttempt.state.in_([*WAITING, *REFUSED])
        )
    ).all()
    cards = {card.stripe_payment_method: card for card in client.cards} if rows else {}
    for attempt in rows:
        due = still_asked(uow, attempt)
        card = cards.get(attempt.payment_method)
        if attempt.state in REFUSED:
            if due is None or due.cents < attempt.amount_cents:
                withdraw(uow, attempt, f"{why}. To be withdrawn at the processor")
        elif due is None or card is None:
            move(uow, attempt, State.CANCELED, why)
        elif due.cents < attempt.amount_cents:  # more than was approved is never asked for
            plan_attempt(uow, due, card)
    close_outdated(uow, client)
