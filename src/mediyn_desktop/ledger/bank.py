# SPDX-License-Identifier: MIT
"""From clearing to the bank: processing fees, payouts, and deposits of cash and checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, or_, select

from mediyn_desktop.core.errors import NotFound, UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger import accounts
from mediyn_desktop.ledger.deposits import standing_lines
from mediyn_desktop.ledger.journal import Line, post, reverse
from mediyn_desktop.ledger.kinds import PACKAGE
from mediyn_desktop.ledger.payments import get_payment
from mediyn_desktop.ledger.tables import (
    AccountRow,
    DepositLineRow,
    DepositRow,
    EntryRow,
    PaymentReturnRow,
    PaymentRow,
    PostingRow,
)
from mediyn_desktop.store.uow import Reading, UnitOfWork

_BY_HAND = ("cash", "check")


class DepositRefused(UserFacingError):
    """A payment is no cash or check, was deposited before, or the day is impossible."""

    code = "deposit-refused"


@dataclass(frozen=True, slots=True)
class Undeposited:
    """Cash or a check received; ``reference`` is the check's number."""

    ref: str
    client: str
    method: str
    received_on: date
    reference: str | None
    amount_cents: int


@dataclass(frozen=True, slots=True)
class DepositSlip:
    """What went to the bank together."""

    ref: str
    deposited_on: date
    lines: tuple[Undeposited, ...]

    def cents(self, method: str = "") -> int:
        """Return the sum of ``cash`` or of ``check``, or of both."""
        return sum(one.amount_cents for one in self.lines if method in ("", one.method))


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


def payout_returned(uow: UnitOfWork, *, ref: str, cents: int, on: date) -> int:
    """Post that the bank sent a payout back: it waits at the processor again."""
    return post(
        uow,
        on=on,
        kind="payout-returned",
        source=f"payout:{ref}",
        key=f"payout-returned:{ref}",
        reason="The bank did not take it",
        lines=[Line(accounts.STRIPE, cents), Line(accounts.BANK, -cents)],
    )


def processor_fee(uow: UnitOfWork, *, transaction: str, cents: int, on: date, source: str) -> int:
    """Post a fee as the balance transaction ``transaction`` says; below zero where it came back.

    One that stands in the books already is not posted again: its entry is returned.
    """
    key = f"card-fee:{transaction}"
    there = uow.session.scalar(select(EntryRow.id).where(EntryRow.key == key))
    if there is not None:
        return there
    return post(
        uow,
        on=on,
        kind="card-fee",
        source=source,
        key=key,
        lines=[Line(accounts.CARD_FEES, cents), Line(accounts.STRIPE, -cents)],
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
    gone = (
        select(func.coalesce(func.sum(PaymentReturnRow.amount_cents), 0))
        .where(PaymentReturnRow.payment_id == PaymentRow.id)
        .scalar_subquery()
    )
    left = PaymentRow.amount_cents - gone
    rows = read.session.execute(
        select(
            PaymentRow.ref,
            PaymentRow.client,
            PaymentRow.method,
            PaymentRow.received_on,
            PaymentRow.reference,
            left,
        )
        .where(
            or_(
                PaymentRow.method.in_(_BY_HAND),
                and_(PaymentRow.method == PACKAGE, PaymentRow.entry_id.in_(for_packages)),
            ),
            left > 0,
        )
        .where(PaymentRow.id.not_in(standing_lines()))
        .order_by(PaymentRow.received_on, PaymentRow.id)
    )
    return [Undeposited(*row) for row in rows]


def deposit(uow: UnitOfWork, *, ref: str, payments: Sequence[str], on: date) -> int:
    """Take cash and checks to the bank on one slip; return the entry's id.

    Raises:
        DepositRefused: one of them is neither, is not in hand, or is named twice; or the day is
            in the future or before one of them was received.
    """
    waiting = {one.ref: one for one in in_hand(uow)}
    strangers = [name for name in payments if name not in waiting]
    if strangers or not payments or len(set(payments)) != len(payments):
        named = f" ({strangers[0]})" if strangers else ""
        raise DepositRefused(
            f"A deposit slip lists cash and checks in hand, each once{named}. Nothing was changed."
        )
    chosen = [waiting[name] for name in payments]
    _must_be_possible(uow, chosen, on)
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


def take_deposit_back(uow: UnitOfWork, ref: str, *, on: date, reason: str) -> int:
    """Take back a deposit that was never made: its cash and checks are in hand again.

    Returns the reversing entry's id.

    Raises:
        NotFound: there is no such deposit.
        DepositRefused: it was taken back before, or money of it was paid back out of the bank.
    """
    slip = _slip(uow, ref)
    if slip.taken_back_entry_id is not None:
        raise DepositRefused("This deposit was taken back before. Nothing was changed.")
    if returned_since(uow, ref):
        raise DepositRefused(
            "Part of this deposit was paid back out of the bank since. Nothing was changed."
        )
    entry = reverse(uow, slip.entry_id, on=on, reason=reason)
    slip.taken_back_entry_id = entry
    uow.session.flush()
    return entry


def returned_since(read: Reading, ref: str) -> bool:
    """Whether money of the deposit ``ref`` went back to a client after it was deposited."""
    slip = _slip(read, ref)
    back = (
        select(func.coalesce(func.sum(PaymentReturnRow.amount_cents), 0))
        .join(DepositLineRow, DepositLineRow.payment_id == PaymentReturnRow.payment_id)
        .where(DepositLineRow.deposit_id == slip.id, PaymentReturnRow.entry_id > slip.entry_id)
    )
    return bool(read.session.scalar(back))


def _must_be_possible(uow: UnitOfWork, chosen: Sequence[Undeposited], on: date) -> None:
    if on > uow.today:
        raise DepositRefused("A deposit cannot be dated in the future. Nothing was changed.")
    latest = max(chosen, key=lambda one: one.received_on)
    if on < latest.received_on:
        raise DepositRefused(
            f"A payment of {format_cents(latest.amount_cents)} was received on "
            f"{latest.received_on:%m/%d/%Y}, after the day of this deposit. Nothing was changed."
        )


def deposit_slip(read: Reading, ref: str) -> DepositSlip:
    """Return what was taken to the bank under ``ref``: cash first, then checks, oldest first.

    Raises:
        NotFound: there is no such deposit.
    """
    slip = _slip(read, ref)
    rows = read.session.execute(
        select(
            PaymentRow.ref,
            PaymentRow.client,
            PaymentRow.method,
            PaymentRow.received_on,
            PaymentRow.reference,
            DepositLineRow.amount_cents,
        )
        .join(PaymentRow, PaymentRow.id == DepositLineRow.payment_id)
        .where(DepositLineRow.deposit_id == slip.id)
        .order_by(PaymentRow.method, PaymentRow.received_on, PaymentRow.id)  # cash before check
    )
    return DepositSlip(slip.ref, slip.deposited_on, tuple(Undeposited(*row) for row in rows))


def _slip(read: Reading, ref: str) -> DepositRow:
    slip = read.session.scalar(select(DepositRow).where(DepositRow.ref == ref))
    if slip is None:
        raise NotFound(f"There is no deposit “{ref}”.")
    return slip
