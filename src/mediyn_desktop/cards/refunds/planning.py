# SPDX-License-Identifier: MIT
"""Planning refunds of card payments: bounded by the ledger, written before anything is sent.

What is not known yet holds its money back, so two refunds can never exceed the payment between
them; what the processor says is left is asked for again before sending (``sending``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from mediyn_desktop.cards.clearing.disputes import open_dispute
from mediyn_desktop.cards.refunds.states import OPEN, RefundState, assert_transition
from mediyn_desktop.cards.refunds.tables import CardRefund, CardRefundEvent
from mediyn_desktop.cards.tables import CardFreeze
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.core.ids import keyed_id, new_ref
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger.payments import get_payment, unallocated
from mediyn_desktop.ledger.returns import RefundRefused, refundable_cents
from mediyn_desktop.ledger.tables import PaymentRow
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.store.uow import Reading, UnitOfWork

LATE = timedelta(minutes=10)
"""So long a request without an answer may still take effect."""


def by_processor(payment: PaymentRow) -> bool:
    """Whether the payment went through the card processor, so that it goes back that way."""
    return payment.method == "card" and (payment.reference or "").startswith("pi_")


def find_payment(read: Reading, name: str) -> PaymentRow:
    """Return a payment by its own ref, or a card payment by the processor's id of it.

    Raises:
        NotFound: there is none.
    """
    found = read.session.scalar(
        select(PaymentRow).where(PaymentRow.reference == name, PaymentRow.method == "card")
    )
    return found if found is not None and by_processor(found) else get_payment(read, name)


def plan(uow: UnitOfWork, payment: str, cents: int, reason: str) -> int:
    """Write down one refund of one card payment and return its id; nothing is sent.

    The same amount of a payment whose last refund is not finished takes that refund up again: who
    asks twice because no answer came does not pay back twice.

    Raises:
        NotFound: no such payment.
        RefundRefused: codes ``refund-refused``, ``card-refund``, ``refund-unknown``,
            ``refund-disputed``, ``frozen``; nothing was changed.
    """
    row = get_payment(uow, payment)
    _must_be_ours(uow, row)
    for other in unfinished(uow, row.id):
        if other.amount_cents == cents:
            return other.id
        raise RefundRefused(
            f"A refund of {format_cents(other.amount_cents)} of this payment is not finished. "
            "Nothing was changed. Finish it first: ask for the same amount once more.",
            code="refund-unknown",
        )
    _must_fit(uow, row, cents, refundable_cents(uow, row))
    return _add(uow, row, cents, reason, new_ref("ref"))


def plan_split(uow: UnitOfWork, client: str, cents: int, reason: str) -> list[int]:
    """Pay back ``cents`` of a client's credit, split over the card payments it came from.

    The newest payment first, as card networks refund recent payments most readily. Returns the ids
    of the refunds; nothing is sent.

    Raises:
        NotFound: no such client.
        RefundRefused: less of the credit came by card, or as in ``plan``.
    """
    get_client(uow, client)
    parts: list[tuple[PaymentRow, int]] = []
    needed = cents
    for number, free in reversed(unallocated(uow, client)):
        row = uow.session.get_one(PaymentRow, number)
        part = min(free - waiting_cents(uow, row.id), needed)
        if not by_processor(row) or part <= 0:
            continue
        parts.append((row, part))
        needed -= part
        if needed == 0:
            break
    if needed or cents <= 0:
        raise RefundRefused(
            f"{format_cents(max(cents - needed, 0))} of this client's credit was paid by card; "
            f"{format_cents(cents)} cannot be paid back to cards. Nothing was changed."
        )
    for row, _ in parts:
        _must_be_ours(uow, row)
        if unfinished(uow, row.id):
            raise RefundRefused(
                "A refund of this client is not finished. Nothing was changed. Finish it first.",
                code="refund-unknown",
            )
    request = new_ref("ref")
    return [_add(uow, row, part, reason, request) for row, part in parts]


def drop(uow: UnitOfWork, ident: int) -> None:
    """Give up a refund of which nothing was made.

    Raises:
        NotFound, RefundRefused: it was made, or may still be.
    """
    row = get(uow, ident)
    late = row.sent_at is not None and uow.now - row.sent_at < LATE
    if row.state != RefundState.QUEUED or late:
        raise RefundRefused(
            f"This refund of {format_cents(row.amount_cents)} may have been made. Nothing was "
            "changed. Ask the processor first (“mediyn cards sync”).",
            code="refund-unknown",
        )
    move(uow, row, RefundState.DROPPED, "Given up; nothing was paid back")


def get(read: Reading, ident: int) -> CardRefund:
    """Return the refund ``ident``.

    Raises:
        NotFound: there is none.
    """
    row = read.session.get(CardRefund, ident)
    if row is None:
        raise NotFound(f"There is no refund {ident}. Nothing was changed.")
    return row


def unfinished(read: Reading, payment: int) -> Sequence[CardRefund]:
    """Return the refunds of a payment that are not made yet, or not known to be."""
    return read.session.scalars(
        select(CardRefund).where(CardRefund.payment_id == payment, CardRefund.state.in_(OPEN))
    ).all()


def waiting_cents(read: Reading, payment: int) -> int:
    """Return what unfinished refunds hold back of a payment."""
    return sum(row.amount_cents for row in unfinished(read, payment))


def move(uow: UnitOfWork, row: CardRefund, state: RefundState, text: str) -> None:
    """Take one arrow of the diagram and write down why; staying put writes nothing."""
    old = RefundState(row.state)
    assert_transition(old, state)
    row.state = state
    row.message = text
    row.updated_at = uow.now
    uow.session.flush()
    if old != state:
        _tell(uow, row, text)
    uow.changed("card_refund", row.id)


def _add(uow: UnitOfWork, payment: PaymentRow, cents: int, reason: str, request: str) -> int:
    count = uow.session.scalar(
        select(func.count()).select_from(CardRefund).where(CardRefund.payment_id == payment.id)
    )
    number = str((count or 0) + 1)
    row = CardRefund(
        iid=keyed_id(uow.subkey("identity"), "refund", payment.ref, number, str(cents)),
        request=request,
        payment_id=payment.id,
        intent=payment.reference,
        amount_cents=cents,
        reason=" ".join(reason.split()),
        state=RefundState.QUEUED,
        keys=1,
        planned_at=uow.now,
        updated_at=uow.now,
    )
    if not row.reason:
        raise RefundRefused("A refund needs a reason. Nothing was changed.")
    uow.session.add(row)
    uow.session.flush()
    _tell(uow, row, f"{format_cents(cents)} to be paid back")
    uow.changed("card_refund", row.id)
    return row.id


def _tell(uow: UnitOfWork, row: CardRefund, text: str) -> None:
    uow.session.add(CardRefundEvent(refund_id=row.id, at=uow.now, state=row.state, text=text))


def _must_be_ours(read: Reading, payment: PaymentRow) -> None:
    if not by_processor(payment):
        raise RefundRefused(
            "This was not paid through the card processor connected here. Nothing was changed. "
            "Pay it back where it was paid.",
            code="card-refund",
        )
    freeze = read.session.get(CardFreeze, 1)
    if freeze is not None:
        raise RefundRefused(f"{freeze.reason} Nothing was paid back.", code="frozen")
    if open_dispute(read, payment.reference) is not None:
        raise RefundRefused(
            "The client's bank disputes this payment, so the money is in its hands. Nothing was "
            "paid back. Answer the dispute, or accept it, on Stripe's page.",
            code="refund-disputed",
        )


def _must_fit(read: Reading, payment: PaymentRow, cents: int, left: int) -> None:
    if not 0 < cents <= left:
        raise RefundRefused(
            f"{format_cents(left)} of this payment of {format_cents(payment.amount_cents)} can be "
            f"paid back; {format_cents(cents)} cannot. Nothing was changed."
        )


def rows_of(read: Reading, idents: Iterable[int]) -> list[tuple[CardRefund, PaymentRow]]:
    """Return these refunds, each with its payment."""
    found = read.session.execute(
        select(CardRefund, PaymentRow)
        .join(PaymentRow, PaymentRow.id == CardRefund.payment_id)
        .where(CardRefund.id.in_(list(idents)))
        .order_by(CardRefund.id)
    )
    return [(refund, payment) for refund, payment in found]


def history(read: Reading, ident: int) -> list[tuple[datetime, str, str]]:
    """Return what happened to a refund: when, the state, and in plain words."""
    rows = read.session.scalars(
        select(CardRefundEvent)
        .where(CardRefundEvent.refund_id == ident)
        .order_by(CardRefundEvent.id)
    )
    return [(row.at, row.state, row.text) for row in rows]
