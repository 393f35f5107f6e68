# SPDX-License-Identifier: MIT
"""Disputes: the client's cards are held, and what the bank took and gave back is posted.

Whether something was taken is what the dispute's balance transactions say, not its status. A lost
dispute opens the balance again; it may be given up afterwards like any other. The hold on the
client's cards is lifted by itself only where the practice won.
"""

from __future__ import annotations

from sqlalchemy import select

from mediyn_desktop.cards.clearing.tables import CardDispute
from mediyn_desktop.cards.holds import lift_hold, place_hold
from mediyn_desktop.cards.stripe_api import Account, DisputeRead, Movement
from mediyn_desktop.core.clock import local_date
from mediyn_desktop.core.errors import NotFound, UserFacingError
from mediyn_desktop.ledger import disputes as ledger
from mediyn_desktop.ledger.tables import EntryRow, PaymentRow
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.store.uow import Reading, UnitOfWork

WON = frozenset({"won", "warning_closed", "prevented"})
LOST = frozenset({"lost"})
CLOSED = WON | LOST


class HoldStays(UserFacingError):
    """The hold on a client's cards is not lifted; nothing was changed."""

    code = "hold-stays"


def open_dispute(read: Reading, intent: str | None) -> CardDispute | None:
    """Return the dispute of a payment that is not decided, if there is one."""
    return read.session.scalar(
        select(CardDispute)
        .where(CardDispute.intent == intent, CardDispute.status.not_in(CLOSED))
        .limit(1)
    )


def hold_source(row: CardDispute) -> str:
    """Return what the hold on the client's cards is known by."""
    return f"dispute:{row.intent}"


def may_lift(row: CardDispute) -> bool:
    """Whether the dispute is decided, so that a person may let the cards be charged again."""
    return row.status in CLOSED


def charge_again(uow: UnitOfWork, dispute: str, reason: str) -> None:
    """Lift the hold on the client's cards that a dispute placed, once it is decided.

    Raises:
        NotFound: there is no such dispute.
        HoldStays: it is not decided, or no reason was given; the cards stay held.
    """
    row = uow.session.scalar(select(CardDispute).where(CardDispute.processor_id == dispute))
    if row is None:
        raise NotFound(f"There is no dispute {dispute}. Nothing was changed.")
    words = " ".join(reason.split())
    if not may_lift(row):
        raise HoldStays("The bank has not decided this dispute. No card is charged before it has.")
    if not words:
        raise HoldStays("Write a few words why. The hold stays as it is.")
    lift_hold(uow, hold_source(row), reason=words)
    uow.changed("card_dispute", dispute)


def record_dispute(uow: UnitOfWork, read: DisputeRead, account: Account) -> None:
    """Take a dispute over as it was read; harmless to repeat, and each movement is posted once."""
    payment = _payment_of(uow, read.intent)
    client = get_client(uow, payment.client) if payment is not None else None
    row = uow.session.scalar(select(CardDispute).where(CardDispute.processor_id == read.id))
    if row is None:
        row = CardDispute(
            processor_id=read.id,
            intent=read.intent,
            opened_at=read.created,
            account=account.id,
            livemode=account.livemode,
            disputed_cents=0,
        )
        uow.session.add(row)
    row.amount_cents, row.status, row.reason = read.amount, read.status, read.reason
    row.due_by = read.due_by
    row.client_id = client.id if client is not None else None
    uow.session.flush()
    uow.changed("card_dispute", read.id)
    if payment is None or client is None:
        return  # of a payment these books do not have: shown, never posted
    _hold(uow, row, client)
    for movement in read.movements:
        _post(uow, row, payment, movement)
    if read.status in LOST and row.disputed_cents:
        _lost(uow, row, payment)


def _hold(uow: UnitOfWork, row: CardDispute, client: Client) -> None:
    source = hold_source(row)
    place_hold(uow, client, source=source, reason="The client's bank disputes an earlier charge.")
    if row.status in WON:
        lift_hold(uow, source, reason="The bank decided for the practice")


def _post(uow: UnitOfWork, row: CardDispute, payment: PaymentRow, moved: Movement) -> None:
    """Post one movement of a dispute, once: its key is the balance transaction's."""
    ref, on = f"{row.processor_id}:{moved.id}", local_date(moved.created, uow.zone)
    if _posted(uow, ref):
        return
    if moved.amount < 0:
        ledger.dispute_opened(
            uow, ref=ref, payment=payment.ref, cents=-moved.amount, fee_cents=moved.fee, on=on
        )
        row.disputed_cents -= moved.amount
    elif moved.amount > 0:
        ledger.dispute_won(
            uow,
            ref=ref,
            payment=payment.ref,
            cents=moved.amount,
            fee_returned_cents=-moved.fee,
            on=on,
        )
        row.disputed_cents -= moved.amount
    elif moved.fee:
        ledger.dispute_fee(uow, ref=ref, payment=payment.ref, cents=moved.fee, on=on)
    uow.session.flush()


def _lost(uow: UnitOfWork, row: CardDispute, payment: PaymentRow) -> None:
    """Open the balance again: what the bank kept is owed once more."""
    row.closed_entry_id = ledger.dispute_lost(
        uow,
        ref=row.processor_id,
        payment=payment.ref,
        cents=row.disputed_cents,
        on=uow.today,
        still_owed=True,
    )
    row.disputed_cents = 0
    uow.session.flush()


def _posted(read: Reading, ref: str) -> bool:
    keys = [f"{kind}:{ref}" for kind in ("dispute-opened", "dispute-closed", "dispute-fee")]
    return read.session.scalar(select(EntryRow.id).where(EntryRow.key.in_(keys))) is not None


def _payment_of(read: Reading, intent: str | None) -> PaymentRow | None:
    return read.session.scalar(
        select(PaymentRow).where(PaymentRow.reference == intent, PaymentRow.method == "card")
    )
