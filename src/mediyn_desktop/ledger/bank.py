# SPDX-License-Identifier: MIT
"""From clearing to the bank: processing fees, payouts, and deposits of cash and checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_, select

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ledger import accounts
from mediyn_desktop.ledger.journal import Line, post
from mediyn_desktop.ledger.kinds import PACKAGE
from mediyn_desktop.ledger.payments import get_payment
from mediyn_desktop.ledger.returns import refundable_cents
from mediyn_desktop.ledger.tables import (
    AccountRow,
    DepositLineRow,
    DepositRow,
    PaymentRow,
    PostingRow,
)
from mediyn_desktop.store.uow import Reading, UnitOfWork

_BY_HAND = ("cash", "check")


class DepositRefused(UserFacingError):
    """A payment is no cash or check, or was deposited before."""

    code = "deposit-refused"


@dataclass(frozen=True, slots=True)
class Undeposited:
    """Cash or a check in hand; ``reference`` is the check's number."""

    ref: str
    client: str
    method: str
    received_on: date
    reference: str | None
    amount_cents: int


def card_fee(uow: UnitOfWork, *, payment: str, cents: int, on: date) -> int:
    """Post what the processor kept of a payment, as its balance transaction says."""
    return post(
        uow,
        on=on,
        kind="card-fee",
        source=f"payment:{payment}",
        key=f"card-fee:{payment}",
        client=get_payment(uow, payment).client,
        lines=[Line(accounts.CARD_FEES, cents), Line(accounts.STRIPE, -cents)],
    )


def payout(uow: UnitOfWork, *, ref: str, cents: int, on: date) -> int:
    """Post what the processor paid to the bank; a negative payout takes money from the bank."""
    return post(
        uow,
        on=on,
        kind="payout",
        source=f"payout:{ref}",
        key=f"payout:{ref}",
        lines=[Line(accounts.BANK, cents), Line(accounts.STRIPE, -cents)],
    )


def in_hand(read: Reading) -> list[Undeposited]:
    """Return the cash and checks not yet taken to the bank, oldest first.

    Among them what packages were paid with; their ``method`` is ``package``.
    """
    for_packages = (
        select(PostingRow.entry_id)
        .join(AccountRow, AccountRow.id == PostingRow.account_id)
        .where(AccountRow.name == accounts.UNDEPOSITED.name, PostingRow.amount_cents > 0)
    )
    rows = read.session.scalars(
        select(PaymentRow)
        .where(
            or_(
                PaymentRow.method.in_(_BY_HAND),
                and_(PaymentRow.method == PACKAGE, PaymentRow.entry_id.in_(for_packages)),
            )
        )
        .where(PaymentRow.id.not_in(select(DepositLineRow.payment_id)))
        .order_by(PaymentRow.received_on, PaymentRow.id)
    )
    found = (
        Undeposited(
            row.ref,
            row.client,
            row.method,
            row.received_on,
            row.reference,
            refundable_cents(read, row),
        )
        for row in rows
    )
    return [one for one in found if one.amount_cents]


def deposit(uow: UnitOfWork, *, ref: str, payments: Sequence[str], on: date) -> int:
    """Take cash and checks to the bank on one slip; return the entry's id.

    Raises:
        DepositRefused: one of them is neither, is not in hand, or is named twice.
    """
    waiting = {one.ref: one for one in in_hand(uow)}
    strangers = [name for name in payments if name not in waiting]
    if strangers or not payments or len(set(payments)) != len(payments):
        named = f" ({strangers[0]})" if strangers else ""
        raise DepositRefused(
            f"A deposit slip lists cash and checks in hand, each once{named}. Nothing was changed."
        )
    chosen = [waiting[name] for name in payments]
    whole = sum(one.amount_cents for one in chosen)
    entry = post(
        uow,
        on=on,
        kind="deposit",
        source=f"deposit:{ref}",
        key=f"deposit:{ref}",
        lines=[Line(accounts.BANK, whole), Line(accounts.UNDEPOSITED, -whole)],
    )
    slip = DepositRow(ref=ref, deposited_on=on, entry_id=entry, recorded_at=uow.now)
    uow.session.add(slip)
    uow.session.flush()
    for one in chosen:
        uow.session.add(
            DepositLineRow(
                payment_id=get_payment(uow, one.ref).id,
                deposit_id=slip.id,
                amount_cents=one.amount_cents,
            )
        )
    uow.session.flush()
    return entry
