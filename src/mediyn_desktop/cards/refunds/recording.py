# SPDX-License-Identifier: MIT
"""Applying what was read of a refund. Posted once, taken back once, and nothing on faith."""

from __future__ import annotations

from sqlalchemy import select

from mediyn_desktop.cards.refunds.planning import move
from mediyn_desktop.cards.refunds.states import RefundState
from mediyn_desktop.cards.refunds.tables import CardRefund
from mediyn_desktop.cards.stripe_api import RefundMade
from mediyn_desktop.core.clock import local_date
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger import accounts
from mediyn_desktop.ledger.returns import RefundRefused, refund, refund_came_back
from mediyn_desktop.ledger.tables import PaymentReturnRow, PaymentRow
from mediyn_desktop.store.uow import Reading, UnitOfWork

_GONE = frozenset({"failed", "canceled"})
_MADE = {
    "succeeded": RefundState.SUCCEEDED,
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
}


def row_for(read: Reading, made: RefundMade) -> CardRefund | None:
    """Return the row a refund of the processor belongs to, if this ledger planned it."""
    found = read.session.scalar(select(CardRefund).where(CardRefund.refund_id == made.id))
    if found is None and made.iid is not None:
        found = read.session.scalar(select(CardRefund).where(CardRefund.iid == made.iid))
    return found


def record(uow: UnitOfWork, row: CardRefund, made: RefundMade) -> RefundState:
    """Apply a refund as it was read; what differs from the plan in one point posts nothing."""
    if row.state == RefundState.FAILED:
        return RefundState.FAILED
    wrong = _mismatch(row, made)
    if wrong is not None:
        return _review(uow, row, f"What the processor holds differs: {wrong}. Nothing was posted.")
    row.refund_id = made.id
    amount = format_cents(row.amount_cents)
    if made.status in _GONE:
        if row.entry_id is not None and row.returned_entry_id is None:
            row.returned_entry_id = refund_came_back(
                uow,
                entry=row.entry_id,
                on=uow.today,
                reason="The bank could not deliver the refund",
            )
        text = f"The bank could not deliver {amount}; the money is here again. Pay it another way."
        if row.entry_id is None and row.state in (RefundState.QUEUED, RefundState.SENDING):
            text = f"The refund of {amount} failed at once; nothing went back."
        move(uow, row, RefundState.FAILED, text)
        return RefundState.FAILED
    state = _MADE.get(made.status)
    if state is None:
        return _review(uow, row, "The processor answered with a state this program does not know.")
    if row.entry_id is None:
        try:
            row.entry_id = _posted(uow, row, made)
        except RefundRefused as error:
            return _review(uow, row, f"{amount} went back, but was not posted: {error.message}")
    text = f"{amount} paid back"
    if state is RefundState.PENDING:
        text = f"{amount} is on its way back; the bank has not delivered it yet"
    if row.state == RefundState.SUCCEEDED and state is RefundState.PENDING:
        return RefundState.SUCCEEDED  # an old answer; nothing un-succeeds but a failure
    move(uow, row, state, text)
    return state


def _posted(uow: UnitOfWork, row: CardRefund, made: RefundMade) -> int:
    """Post the refund, unless an accepted comparison has posted it already."""
    entry = uow.session.scalar(
        select(PaymentReturnRow.entry_id).where(PaymentReturnRow.ref.in_([made.id, row.iid]))
    )
    if entry is not None:
        return entry
    return refund(
        uow,
        ref=row.iid,
        payment=uow.session.get_one(PaymentRow, row.payment_id).ref,
        cents=row.amount_cents,
        on=local_date(made.created, uow.zone),
        reason=row.reason,
        out_of=accounts.STRIPE,
    )


def _review(uow: UnitOfWork, row: CardRefund, text: str) -> RefundState:
    if row.state in (RefundState.PENDING, RefundState.SUCCEEDED):
        # What stands is kept; what was read now is noted and looked at by a person.
        row.message = text
        uow.changed("card_refund", row.id)
        return RefundState(row.state)
    move(uow, row, RefundState.REVIEW, text)
    return RefundState.REVIEW


def _mismatch(row: CardRefund, made: RefundMade) -> str | None:
    if row.refund_id not in (None, made.id):
        return "another refund"
    if made.payment_intent != row.intent:
        return "it belongs to another payment"
    if made.amount != row.amount_cents or made.currency != "usd":
        return f"the amount is {format_cents(made.amount)}"
    if made.iid != row.iid:
        return "it was made for something else"
    return None
