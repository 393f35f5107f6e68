# SPDX-License-Identifier: MIT
"""Money that goes back to a client: refunds, payments recorded by mistake, checks that bounced.

What goes back is first what settles nothing, then what settled something, the newest first: those
charges are owed again. Which allocations were taken back stands in the same entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, or_, select

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger import accounts
from mediyn_desktop.ledger.accounts import Account
from mediyn_desktop.ledger.deposits import is_deposited
from mediyn_desktop.ledger.items import (
    Share,
    allocate_rows,
    allocations_of,
    get_item,
    open_cents,
)
from mediyn_desktop.ledger.journal import Line, post
from mediyn_desktop.ledger.kinds import CLIENT_MONEY
from mediyn_desktop.ledger.payments import get_payment, unallocated, unallocated_cents
from mediyn_desktop.ledger.tables import (
    AccountRow,
    AllocationRow,
    EntryRow,
    PaymentReturnRow,
    PaymentRow,
    PostingRow,
)
from mediyn_desktop.store.uow import Reading, UnitOfWork


class RefundRefused(UserFacingError):
    """More was to be paid back than was paid."""

    code = "refund-refused"


def refund(
    uow: UnitOfWork,
    *,
    ref: str,
    payment: str,
    cents: int,
    on: date,
    reason: str,
    taken_from: Sequence[Share] | None = None,
    out_of: Account | None = None,
) -> int:
    """Pay back ``cents`` of one payment; return the entry's id.

    Args:
        ref: unique: the same refund cannot be made twice.
        taken_from: which allocations to take back; by default what settles nothing is paid back
            first, then the newest allocations.
        out_of: where the money comes from; by default where the payment rests.

    Raises:
        RefundRefused: more than is left of the payment, or than the named allocations hold.
    """
    row = get_payment(uow, payment)
    _must_hold(uow, row, cents)
    back = list(taken_from) if taken_from is not None else newest_allocations(uow, row.id, cents)
    _must_fit(uow, row.id, back, cents)
    return _give_back(
        uow,
        ref=ref,
        kind="refund",
        parts=[(row, cents, back)],
        on=on,
        reason=reason,
        out_of=out_of or resting_place(uow, row),
    )


def refund_came_back(uow: UnitOfWork, *, entry: int, on: date, reason: str) -> int:
    """Record that the refund posted as ``entry`` did not reach the client; return the new entry.

    The charges it had opened again are settled as before, as far as they are still open; the rest
    is the client's credit. What went back to the client stands as it was before the refund.
    """
    returned = uow.session.scalars(
        select(PaymentReturnRow).where(PaymentReturnRow.entry_id == entry)
    ).all()
    first = uow.session.get_one(PaymentRow, returned[0].payment_id)
    whole = sum(row.amount_cents for row in returned)
    again = [
        (payment, Share(item, part))
        for payment, item, cents in _taken_back(uow, entry)
        if (part := min(cents, open_cents(uow, item))) > 0
    ]
    settled = sum(share.cents for _, share in again)
    number = post(
        uow,
        on=on,
        kind="refund-returned",
        source=f"payment:{first.ref}",
        key=f"refund-returned:{entry}",
        client=first.client,
        reason=reason,
        lines=[
            Line(_paid_out_of(uow, entry), whole),
            Line(accounts.client_receivable(first.client), -settled),
            Line(accounts.credit(first.client), settled - whole),
        ],
    )
    for row in returned:
        uow.session.add(
            PaymentReturnRow(
                ref=f"back-{row.ref}",
                payment_id=row.payment_id,
                kind="refund-returned",
                amount_cents=-row.amount_cents,
                returned_on=on,
                reason=reason,
                entry_id=number,
                recorded_at=uow.now,
            )
        )
    uow.session.flush()
    for payment, share in again:
        allocate_rows(uow, payment=payment, shares=[share], entry=number)
    uow.changed("payment", first.ref)
    return number


def _taken_back(read: Reading, entry: int) -> list[tuple[int, int, int]]:
    """Return ``(payment, item, cents)`` of the allocations that ``entry`` took back."""
    rows = read.session.execute(
        select(AllocationRow.payment_id, AllocationRow.item_id, AllocationRow.amount_cents)
        .where(AllocationRow.entry_id == entry, AllocationRow.amount_cents < 0)
        .order_by(AllocationRow.id)
    )
    return [(payment, item, -cents) for payment, item, cents in rows]


def _paid_out_of(read: Reading, entry: int) -> Account:
    """Return the account the refund ``entry`` was paid out of: its one asset that shrank."""
    row = read.session.execute(
        select(AccountRow)
        .join(PostingRow, PostingRow.account_id == AccountRow.id)
        .where(PostingRow.entry_id == entry, PostingRow.amount_cents < 0)
        .where(AccountRow.role.not_in(accounts.OF_CLIENTS))
    ).scalar_one()
    return Account(row.name, row.role, row.party)


def refund_credit(
    uow: UnitOfWork, *, ref: str, client: str, cents: int, on: date, reason: str
) -> list[int]:
    """Pay back ``cents`` of a client's credit, split over the payments it came from.

    The newest payment first, because card networks refund recent payments most readily; what came
    by one road goes back by that road. Returns the ids of the entries, one for each road.

    Raises:
        RefundRefused: the client's credit is smaller.
    """
    parts: dict[Account, list[tuple[PaymentRow, int, list[Share]]]] = {}
    needed = cents
    for number, left in reversed(unallocated(uow, client)):
        row = uow.session.get_one(PaymentRow, number)
        part = min(left, needed, refundable_cents(uow, row))  # a bank may hold some in a dispute
        if part <= 0:
            continue
        parts.setdefault(resting_place(uow, row), []).append((row, part, []))
        needed -= part
    if needed or cents <= 0:
        raise RefundRefused(
            f"The client's credit is {format_cents(max(cents - needed, 0))}; {format_cents(cents)} "
            "cannot be paid back. Nothing was changed."
        )
    return [
        _give_back(
            uow,
            ref=ref if index == 0 else f"{ref}-{index + 1}",
            kind="refund",
            parts=road,
            on=on,
            reason=reason,
            out_of=out_of,
        )
        for index, (out_of, road) in enumerate(parts.items())
    ]


def void_payment(uow: UnitOfWork, *, payment: str, on: date, reason: str) -> int:
    """Take a whole payment back that was never good: a mistake, a bounced check; return the entry.

    Raises:
        RefundRefused: part of it went back before.
    """
    row = get_payment(uow, payment)
    _must_hold(uow, row, row.amount_cents)
    return _give_back(
        uow,
        ref=_void_ref(uow, row),
        kind="void",
        parts=[(row, row.amount_cents, newest_allocations(uow, row.id, row.amount_cents))],
        on=on,
        reason=reason,
        out_of=resting_place(uow, row),
    )


def _void_ref(read: Reading, payment: PaymentRow) -> str:
    """A new ref: a voiding that was taken back does not keep the payment from being voided."""
    before = select(func.count()).where(
        PaymentReturnRow.payment_id == payment.id, PaymentReturnRow.kind == "void"
    )
    times = read.session.scalar(before) or 0
    return f"void-{payment.ref}" if not times else f"void-{payment.ref}-{times}"


def refundable_cents(read: Reading, payment: PaymentRow) -> int:
    """Return what of ``payment`` has not gone back yet and is not held in an open dispute."""
    allocated = sum(cents for _, _, cents in allocations_of(read, payment=payment.id))
    kept = allocated + unallocated_cents(read, payment.id)
    return kept - disputed_cents(read, payment.ref)


def disputed_cents(read: Reading, payment: str, *, ref: str | None = None) -> int:
    """Return what a bank holds back of the payment ``payment``; with ``ref``, in that dispute.

    A part of a dispute has the ref ``dispute:part``, and counts for it.
    """
    query = (
        select(func.sum(PostingRow.amount_cents))
        .join(AccountRow, AccountRow.id == PostingRow.account_id)
        .join(EntryRow, EntryRow.id == PostingRow.entry_id)
        .where(AccountRow.name == accounts.DISPUTED.name)
        .where(EntryRow.source == f"payment:{payment}")
    )
    if ref is not None:
        keys = [f"dispute-opened:{ref}", f"dispute-closed:{ref}"]
        parts = [EntryRow.key.startswith(f"{key}:", autoescape=True) for key in keys]
        query = query.where(or_(EntryRow.key.in_(keys), *parts))
    return read.session.scalar(query) or 0


def resting_place(read: Reading, payment: PaymentRow) -> Account:
    """Return where the payment's money is: cash and checks go to the bank with a deposit."""
    if is_deposited(read, payment.id):
        return accounts.BANK
    return accounts.RESTING_PLACE[payment.method]


def give_back_rows(
    uow: UnitOfWork,
    *,
    payment: PaymentRow,
    cents: int,
    back: Sequence[Share],
    ref: str,
    kind: str,
    on: date,
    reason: str,
    entry: int,
) -> None:
    """Write down that ``cents`` of a payment went back; the caller has posted ``entry``."""
    taken = [Share(share.item, -share.cents) for share in back]
    allocate_rows(uow, payment=payment.id, shares=taken, entry=entry)
    uow.session.add(
        PaymentReturnRow(
            ref=ref,
            payment_id=payment.id,
            kind=kind,
            amount_cents=cents,
            returned_on=on,
            reason=reason,
            entry_id=entry,
            recorded_at=uow.now,
        )
    )
    uow.session.flush()
    uow.changed("payment", payment.ref)


def newest_allocations(read: Reading, payment: int, cents: int) -> list[Share]:
    """Return which allocations to take back so that ``cents`` of a payment are free."""
    needed = cents - unallocated_cents(read, payment)
    shares: list[Share] = []
    for _, item, settled in reversed(allocations_of(read, payment=payment)):
        part = min(settled, needed)
        if part <= 0:
            break
        shares.append(Share(item, part))
        needed -= part
    return shares


def _give_back(
    uow: UnitOfWork,
    *,
    ref: str,
    kind: str,
    parts: Sequence[tuple[PaymentRow, int, Sequence[Share]]],
    on: date,
    reason: str,
    out_of: Account,
) -> int:
    if not reason.strip():
        raise RefundRefused("A refund needs a reason. Nothing was changed.")
    client = parts[0][0].client
    whole = sum(cents for _, cents, _ in parts)
    owed_again = sum(share.cents for _, _, back in parts for share in back)
    entry = post(
        uow,
        on=on,
        kind=kind,
        source=f"payment:{parts[0][0].ref}",
        key=f"{kind}:{ref}",
        client=client,
        reason=reason.strip(),
        lines=[
            Line(accounts.client_receivable(client), owed_again),
            Line(accounts.credit(client), whole - owed_again),
            Line(out_of, -whole),
        ],
    )
    for payment, cents, back in parts:
        give_back_rows(
            uow,
            payment=payment,
            cents=cents,
            back=back,
            ref=ref,
            kind=kind,
            on=on,
            reason=reason.strip(),
            entry=entry,
        )
    return entry


def _must_hold(uow: UnitOfWork, payment: PaymentRow, cents: int) -> None:
    left = refundable_cents(uow, payment)
    if payment.method not in CLIENT_MONEY:
        raise RefundRefused("This is not money a client paid. Nothing was changed.")
    if not 0 < cents <= left:
        raise RefundRefused(
            f"{format_cents(left)} of this payment of {format_cents(payment.amount_cents)} can be "
            f"paid back; {format_cents(cents)} cannot. Nothing was changed."
            f"{_held(uow, payment)}"
        )


def _held(read: Reading, payment: PaymentRow) -> str:
    held = disputed_cents(read, payment.ref)
    return f" {format_cents(held)} of it is held by the client's bank in a dispute." if held else ""


def _must_fit(uow: UnitOfWork, payment: int, back: Sequence[Share], cents: int) -> None:
    settled = {item: amount for _, item, amount in allocations_of(uow, payment=payment)}
    for share in back:
        if not 0 < share.cents <= settled.get(share.item, 0):
            raise RefundRefused(
                f"The payment settles {format_cents(settled.get(share.item, 0))} of the charge "
                f"of {get_item(uow, share.item).date_of_service}; {format_cents(share.cents)} "
                "cannot be taken back from it. Nothing was changed."
            )
    taken, free = sum(share.cents for share in back), unallocated_cents(uow, payment)
    if not cents - free <= taken <= cents:
        raise RefundRefused(
            f"{format_cents(cents)} cannot be paid back by taking {format_cents(taken)} from "
            f"charges: {format_cents(free)} of the payment settles nothing. Nothing was changed."
        )
