# SPDX-License-Identifier: MIT
"""What an insurer decided about its part: paid, taken off, passed on; reversed and corrected.

The amounts are those of the remittance, as given: nothing is computed here but what they leave.
Rules: 45 CFR 162.1602 (the 835 transaction), balancing of claim lines as in its guide 1.10.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger import accounts
from mediyn_desktop.ledger.accounts import Account
from mediyn_desktop.ledger.items import (
    Share,
    allocate_rows,
    allocations_of,
    get_item,
    open_cents,
    open_item,
    open_items,
)
from mediyn_desktop.ledger.journal import Line, post, reverse
from mediyn_desktop.ledger.kinds import (
    ACCOUNT_OF,
    INSURER,
    TRANSFER,
    WITHDRAWN,
    WriteOff,
)
from mediyn_desktop.ledger.payments import payment_row, unallocated
from mediyn_desktop.ledger.queries import credit_cents
from mediyn_desktop.ledger.tables import AllocationRow, EntryRow, OpenItemRow, PaymentRow
from mediyn_desktop.ledger.write_offs import receivable, reverse_write_off
from mediyn_desktop.store.uow import Reading, UnitOfWork


class AdjudicationRefused(UserFacingError):
    """The parts do not fit what is open of the insurer's item."""

    code = "adjudication-refused"


@dataclass(frozen=True, slots=True)
class Adjudication:
    """One decision about one insurer's item, in cents.

    Attributes:
        ref: unique: the same decision cannot be posted twice.
        item: the insurer's open item.
        written_off: by type; sequestration (CO-253) is contractual.
        client_cents: passed on to the client (deductible, coinsurance, copay, not covered).
        next_payer: the ref of the insurer the rest goes to, ``next_cents`` of it.
        into: where the money arrived.
    """

    ref: str
    item: int
    on: date
    source: str
    paid_cents: int = 0
    written_off: Mapping[WriteOff, int] = field(default_factory=dict)
    client_cents: int = 0
    next_payer: str | None = None
    next_cents: int = 0
    into: Account = accounts.BANK
    reason: str | None = None

    @property
    def total_cents(self) -> int:
        """How much of the item it settles."""
        off = sum(self.written_off.values())
        return self.paid_cents + off + self.client_cents + self.next_cents


@dataclass(frozen=True, slots=True)
class Adjudicated:
    """The entry posted, and the items that arose for the client and for the next insurer."""

    entry: int
    client_item: int | None
    next_item: int | None


def adjudicate(uow: UnitOfWork, decision: Adjudication) -> Adjudicated:
    """Post one insurer's decision; what it passes on is owed by the client or the next insurer.

    Money the client had paid in advance is not applied here: see ``settle_freed`` and
    ``payments.apply_credit``, after all decisions of a remittance are posted.

    Raises:
        AdjudicationRefused: the parts exceed what is open of the item, or one is negative.
    """
    row = get_item(uow, decision.item)
    _must_fit(uow, row, decision)
    client = accounts.client_receivable(row.client)
    next_payer = decision.next_payer
    lines = [
        Line(decision.into, decision.paid_cents),
        *(Line(ACCOUNT_OF[kind], cents) for kind, cents in decision.written_off.items()),
        Line(client, decision.client_cents),
        Line(receivable(row), -decision.total_cents),
    ]
    if next_payer is not None:
        lines.append(Line(accounts.payer_receivable(next_payer), decision.next_cents))
    entry = post(
        uow,
        on=decision.on,
        kind="adjudication",
        source=decision.source,
        key=f"adjudication:{decision.ref}",
        client=row.client,
        reason=decision.reason,
        lines=lines,
    )
    settled = [
        (INSURER, decision.paid_cents),
        *((kind.value, cents) for kind, cents in decision.written_off.items()),
        (TRANSFER, decision.client_cents + decision.next_cents),
    ]
    for method, cents in settled:
        if cents:
            _settle(uow, row, f"{decision.ref}:{method}", method, cents, decision.on, entry)
    return Adjudicated(
        entry,
        _pass_on(uow, row, decision, decision.client_cents, debtor=None, entry=entry),
        _pass_on(uow, row, decision, decision.next_cents, debtor=next_payer, entry=entry),
    )


def reverse_adjudication(uow: UnitOfWork, *, entry: int, on: date, reason: str) -> int:
    """Take a decision back, as a reversal on a remittance does; return the reversing entry's id.

    The insurer's item is open again, the client's share is withdrawn. What the client paid towards
    that share is left hanging: call ``settle_freed`` before the transaction ends, after the
    corrected decision where there is one.

    Raises:
        AlreadyReversed: it was reversed before.
        AdjudicationRefused: the next insurer has decided about its part already.
    """
    arose = list(
        uow.session.scalars(select(OpenItemRow).where(OpenItemRow.entry_id == entry)).all()
    )
    for item in arose:
        if item.debtor is not None and allocations_of(uow, item=item.id):
            raise AdjudicationRefused(
                "The next insurer has decided about its part already. Reverse that first. "
                "Nothing was changed."
            )
        for payment, _, _ in allocations_of(uow, item=item.id):
            written = uow.session.get_one(PaymentRow, payment)
            if written.method in set(WriteOff):  # asked for no more with the share it was part of
                reverse_write_off(uow, ref=written.ref, on=on, reason=reason)
    reversing = reverse(uow, entry, on=on, reason=reason)
    rows = uow.session.execute(
        select(AllocationRow.payment_id, AllocationRow.item_id, AllocationRow.amount_cents)
        .join(PaymentRow, PaymentRow.id == AllocationRow.payment_id)
        .where(AllocationRow.entry_id == entry, PaymentRow.entry_id == entry)
    ).all()
    for payment, number, cents in rows:
        allocate_rows(uow, payment=payment, shares=[Share(number, -cents)], entry=reversing)
    for item in arose:
        for payment, number, cents in allocations_of(uow, item=item.id):
            allocate_rows(uow, payment=payment, shares=[Share(number, -cents)], entry=reversing)
        _settle(
            uow,
            item,
            f"withdrawn:{item.id}",
            WITHDRAWN,
            item.amount_cents,
            on,
            reversing,
        )
    return reversing


def settle_freed(uow: UnitOfWork, *, client: str, on: date, source: str) -> int:
    """Put what a reversal left hanging where it belongs; return the cents that became credit.

    The client's payments that settle nothing any more settle the client's oldest open items; both
    stand in the receivable, so nothing is posted for that. What is over becomes credit.
    """
    hanging = hanging_cents(uow, client)
    if not hanging:
        return 0
    entry = _last_entry(uow)
    for item in open_items(uow, client):
        for payment, left in unallocated(uow, client):
            part = min(left, hanging, open_cents(uow, item.id))
            if part > 0:
                allocate_rows(uow, payment=payment, shares=[Share(item.id, part)], entry=entry)
                hanging -= part
    if hanging:
        post(
            uow,
            on=on,
            kind="overpaid",
            source=source,
            key=f"overpaid:{client}:{entry}",
            client=client,
            reason="The client had paid more than the corrected share",
            lines=[
                Line(accounts.client_receivable(client), hanging),
                Line(accounts.credit(client), -hanging),
            ],
        )
    return hanging


def hanging_cents(read: Reading, client: str) -> int:
    """Return what of the client's money settles nothing and is not yet in the credit account."""
    free = sum(left for _, left in unallocated(read, client))
    return free - credit_cents(read, client)


def payer_overpaid(
    uow: UnitOfWork, *, ref: str, payer: str, cents: int, on: date, source: str, reason: str
) -> int:
    """Record money an insurer sent without owing it, held for the insurer; return the entry."""
    return post(
        uow,
        on=on,
        kind="payer-overpaid",
        source=source,
        key=f"payer-overpaid:{ref}",
        reason=reason,
        lines=[Line(accounts.BANK, cents), Line(accounts.payer_due(payer), -cents)],
    )


def payer_took_back(
    uow: UnitOfWork, *, ref: str, payer: str, cents: int, on: date, source: str, reason: str
) -> int:
    """Record what an insurer kept from a deposit to settle an overpayment; return the entry's id.

    The claims of that deposit are posted whole; this takes the difference from the bank.
    """
    return post(
        uow,
        on=on,
        kind="payer-took-back",
        source=source,
        key=f"payer-took-back:{ref}",
        reason=reason,
        lines=[Line(accounts.payer_due(payer), cents), Line(accounts.BANK, -cents)],
    )


def _must_fit(uow: UnitOfWork, row: OpenItemRow, decision: Adjudication) -> None:
    parts = [decision.paid_cents, decision.client_cents, decision.next_cents]
    left = open_cents(uow, row.id)
    if row.debtor is None:
        raise AdjudicationRefused("The client owes this, no insurer. Nothing was changed.")
    if min([*parts, *decision.written_off.values()]) < 0 or decision.total_cents == 0:
        raise AdjudicationRefused(
            "The parts of a decision are amounts of zero or more, and not all zero. A reversal is "
            "posted as a reversal. Nothing was changed."
        )
    if decision.next_cents and decision.next_payer is None:
        raise AdjudicationRefused("The next insurer is not named. Nothing was changed.")
    if decision.total_cents > left:
        raise AdjudicationRefused(
            f"The decision settles {format_cents(decision.total_cents)}, but only "
            f"{format_cents(left)} is open with this insurer. Nothing was changed."
        )


def _settle(
    uow: UnitOfWork, item: OpenItemRow, ref: str, method: str, cents: int, on: date, entry: int
) -> None:
    payment = payment_row(
        uow, ref=ref, client=item.client, cents=cents, method=method, on=on, entry=entry
    )
    allocate_rows(uow, payment=payment, shares=[Share(item.id, cents)], entry=entry)


def _pass_on(
    uow: UnitOfWork,
    row: OpenItemRow,
    decision: Adjudication,
    cents: int,
    *,
    debtor: str | None,
    entry: int,
) -> int | None:
    if not cents:
        return None
    return open_item(
        uow,
        client=row.client,
        debtor=debtor,
        session=row.session,
        source=f"share:{decision.ref}:{debtor or 'client'}",
        date_of_service=row.date_of_service,
        cents=cents,
        entry=entry,
    )


def _last_entry(read: Reading) -> int:
    return read.session.scalar(select(func.max(EntryRow.id))) or 0
