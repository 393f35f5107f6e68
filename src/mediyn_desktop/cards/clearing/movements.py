# SPDX-License-Identifier: MIT
"""Keeping every balance transaction, and posting the fees they tell.

A charge is posted by who made it, a refund, a dispute and a payout by their own; what is left are
the fees. A movement of something these books do not know is kept and named, never posted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from mediyn_desktop.cards.clearing.tables import CardDispute, CardMovement, CardPayout
from mediyn_desktop.cards.refunds.tables import CardRefund
from mediyn_desktop.cards.stripe_api import Account, Movement
from mediyn_desktop.cards.tables import CardAttempt, CardImport
from mediyn_desktop.core.clock import local_date
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger.bank import processor_fee
from mediyn_desktop.ledger.tables import EntryRow, PaymentReturnRow, PaymentRow
from mediyn_desktop.store.uow import Reading, UnitOfWork

CHARGES = frozenset({"charge", "payment"})
REFUNDS = frozenset({"refund", "payment_refund"})
REFUNDS_BACK = frozenset({"refund_failure"})
PAYOUTS = frozenset({"payout", "payout_failure", "payout_cancel"})
FEES = frozenset({"stripe_fee", "stripe_fx_fee", "tax_fee"})
_DISPUTE_IDS = ("dp_", "du_")


@dataclass(frozen=True, slots=True)
class Strange:
    """A movement these books do not have: what moved (signed cents, after fees) and when."""

    transaction_id: str
    kind: str
    source: str | None
    intent: str | None
    net_cents: int
    on: date
    message: str


def record_movements(uow: UnitOfWork, told: Iterable[Movement], account: Account) -> None:
    """Keep new movements and post their fees; harmless to repeat."""
    for one in told:
        if one.currency != "usd":
            continue  # another currency is another balance
        row = uow.session.scalar(select(CardMovement).where(CardMovement.transaction_id == one.id))
        if row is None:
            row = CardMovement(
                transaction_id=one.id,
                kind=one.kind,
                category=one.category,
                source=one.source,
                intent=one.intent,
                amount_cents=one.amount,
                fee_cents=one.fee,
                net_cents=one.net,
                created=one.created,
                available_on=one.available_on,
                account=account.id,
                livemode=account.livemode,
            )
            uow.session.add(row)
            uow.session.flush()
            uow.changed("card_movement", one.id)
        elif row.available_on != one.available_on:
            row.available_on = one.available_on
        _post_fee(uow, row)


def post_fees_left(uow: UnitOfWork) -> None:
    """Post the fees of movements that were told before their payment stood in the books."""
    posted = select(EntryRow.key).where(EntryRow.key.like("card-fee:%"))
    rows = uow.session.scalars(
        select(CardMovement).where(
            (CardMovement.fee_cents != 0) | CardMovement.kind.in_(FEES),
            ("card-fee:" + CardMovement.transaction_id).not_in(posted),
        )
    )
    for row in rows.all():
        _post_fee(uow, row)


def is_dispute(row: CardMovement) -> bool:
    """Whether a movement belongs to a dispute, which posts amount and fee itself."""
    return (row.source or "").startswith(_DISPUTE_IDS)


def strangers(read: Reading) -> list[Strange]:
    """Return what moved at the processor and is not in these books, oldest first."""
    rows = read.session.scalars(select(CardMovement).order_by(CardMovement.created)).all()
    known = _Known(read)
    return [
        Strange(
            row.transaction_id,
            row.kind,
            row.source,
            row.intent,
            row.net_cents,
            local_date(row.created, read.zone),
            f"{format_cents(abs(row.net_cents))} {'came in' if row.net_cents > 0 else 'went out'} "
            "at the processor, and these books do not have it. Compare with the processor.",
        )
        for row in rows
        if not known.has(row)
    ]


class _Known:
    """What these books have, laid out by what a movement can be joined on."""

    def __init__(self, read: Reading) -> None:
        session = read.session
        self._payments = frozenset(
            session.scalars(select(PaymentRow.reference).where(PaymentRow.method == "card"))
        )
        self._returns = frozenset(session.scalars(select(PaymentReturnRow.ref)))
        self._refunds = frozenset(
            session.scalars(select(CardRefund.refund_id).where(CardRefund.refund_id.is_not(None)))
        )
        self._imports = frozenset(
            session.scalars(select(CardImport.processor_id).where(CardImport.entry_id.is_not(None)))
        )
        self._disputes = frozenset(
            session.scalars(
                select(CardDispute.processor_id).where(CardDispute.client_id.is_not(None))
            )
        )
        self._payouts = frozenset(session.scalars(select(CardPayout.processor_id)))

    def has(self, row: CardMovement) -> bool:
        if row.kind in CHARGES:
            return row.intent in self._payments
        if row.kind in REFUNDS | REFUNDS_BACK:
            return row.source in self._refunds | self._returns | self._imports
        if row.kind in PAYOUTS:
            return row.source in self._payouts
        return row.kind in FEES or row.source in self._disputes


def _post_fee(uow: UnitOfWork, row: CardMovement) -> None:
    """Post what the processor kept, once; a charge's fee when its payment stands in the books."""
    cents = -row.net_cents if row.kind in FEES else row.fee_cents
    if not cents or is_dispute(row):
        return
    attempt = None
    if row.kind in CHARGES:
        known = select(PaymentRow.id).where(
            PaymentRow.reference == row.intent, PaymentRow.method == "card"
        )
        if row.intent is None or uow.session.scalar(known) is None:
            return
        attempt = uow.session.scalar(
            select(CardAttempt).where(CardAttempt.processor_id == row.intent)
        )
    elif row.kind not in FEES and not _Known(uow).has(row):
        return
    entry = processor_fee(
        uow,
        transaction=row.transaction_id,
        cents=cents,
        on=local_date(row.created, uow.zone),
        source=f"attempt:{attempt.iid}" if attempt is not None else f"processor:{row.source}",
    )
    if attempt is not None and attempt.fee_entry_id is None:
        attempt.fee_entry_id = entry


def moved_cents(read: Reading) -> int:
    """Return the sum of all movements, which is what the processor holds since they began."""
    return read.session.scalar(select(func.coalesce(func.sum(CardMovement.net_cents), 0))) or 0
