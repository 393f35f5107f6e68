# SPDX-License-Identifier: MIT
"""Disputed card payments: held by the bank while open, then won, or lost and perhaps still owed.

While a dispute is open the charge stays paid: nobody is asked twice for the same session. Amounts
and fees are those of the processor's balance transactions, never computed.
"""

from __future__ import annotations

from datetime import date

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger import accounts
from mediyn_desktop.ledger.journal import Line, post
from mediyn_desktop.ledger.payments import get_payment
from mediyn_desktop.ledger.returns import (
    disputed_cents,
    give_back_rows,
    newest_allocations,
    refundable_cents,
)
from mediyn_desktop.store.uow import Reading, UnitOfWork


class DisputeRefused(UserFacingError):
    """The dispute does not fit its payment."""

    code = "dispute-refused"


def dispute_opened(
    uow: UnitOfWork, *, ref: str, payment: str, cents: int, fee_cents: int, on: date
) -> int:
    """Record that the bank took ``cents`` and a fee back for now; return the entry's id.

    Args:
        ref: the dispute's own, or ``dispute:part`` where the bank takes it in parts.

    Raises:
        DisputeRefused: more than is left of the payment.
    """
    row = get_payment(uow, payment)
    left = refundable_cents(uow, row)
    if not 0 < cents <= left:
        raise DisputeRefused(
            f"{format_cents(cents)} is disputed, but only {format_cents(left)} of the payment is "
            "left. Nothing was posted; compare with the processor's page."
        )
    return post(
        uow,
        on=on,
        kind="dispute-opened",
        source=f"payment:{payment}",
        key=f"dispute-opened:{ref}",
        client=row.client,
        lines=[
            Line(accounts.DISPUTED, cents),
            Line(accounts.DISPUTE_FEES, fee_cents),
            Line(accounts.STRIPE, -cents - fee_cents),
        ],
    )


def dispute_fee(uow: UnitOfWork, *, ref: str, payment: str, cents: int, on: date) -> int:
    """Record a fee that came after the opening, such as for answering; return the entry's id.

    Args:
        ref: the fee's own, unique. ``cents``: below zero where it came back.
    """
    return post(
        uow,
        on=on,
        kind="dispute-fee",
        source=f"payment:{payment}",
        key=f"dispute-fee:{ref}",
        client=get_payment(uow, payment).client,
        lines=[Line(accounts.DISPUTE_FEES, cents), Line(accounts.STRIPE, -cents)],
    )


def dispute_won(
    uow: UnitOfWork, *, ref: str, payment: str, cents: int, fee_returned_cents: int, on: date
) -> int:
    """Record that the money came back, and the fee as far as it did; return the entry's id.

    Args:
        ref: the dispute's own, or ``dispute:part`` where only a part of it came back.

    Raises:
        DisputeRefused: no such dispute is open, or it is about another amount.
    """
    _must_be_open(uow, ref, payment, cents)
    return post(
        uow,
        on=on,
        kind="dispute-won",
        source=f"payment:{payment}",
        key=f"dispute-closed:{ref}",
        client=get_payment(uow, payment).client,
        lines=[
            Line(accounts.STRIPE, cents + fee_returned_cents),
            Line(accounts.DISPUTED, -cents),
            Line(accounts.DISPUTE_FEES, -fee_returned_cents),
        ],
    )


def dispute_lost(
    uow: UnitOfWork, *, ref: str, payment: str, cents: int, on: date, still_owed: bool
) -> int:
    """Record that the money is gone: owed by the client again, or given up; return the entry's id.

    When it is still owed, the payment's newest allocations are taken back, so that the very
    charges it had paid are open again.

    Raises:
        DisputeRefused: no such dispute is open, or it is about another amount.
    """
    _must_be_open(uow, ref, payment, cents)
    row = get_payment(uow, payment)
    back = newest_allocations(uow, row.id, cents) if still_owed else []
    owed_again = sum(share.cents for share in back)
    lines = [
        Line(accounts.client_receivable(row.client), owed_again),
        # What had settled nothing was the client's credit, and is no more.
        Line(accounts.credit(row.client), cents - owed_again),
    ]
    entry = post(
        uow,
        on=on,
        kind="dispute-lost",
        source=f"payment:{payment}",
        key=f"dispute-closed:{ref}",
        client=row.client,
        reason="still owed" if still_owed else "given up",
        lines=[
            *(lines if still_owed else [Line(accounts.BAD_DEBT, cents)]),
            Line(accounts.DISPUTED, -cents),
        ],
    )
    if still_owed:
        give_back_rows(
            uow,
            payment=row,
            cents=cents,
            back=back,
            ref=f"dispute-{ref}",
            kind="dispute",
            on=on,
            reason="Dispute lost",
            entry=entry,
        )
    return entry


def _must_be_open(read: Reading, ref: str, payment: str, cents: int) -> None:
    dispute, _, part = ref.partition(":")
    held = disputed_cents(read, payment, ref=dispute)
    if not 0 < cents <= held or (cents != held and not part):
        raise DisputeRefused(
            f"{format_cents(held)} of this payment is held in that dispute; {format_cents(cents)} "
            "cannot be closed. Nothing was posted; compare with the processor's page."
        )
