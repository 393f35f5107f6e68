# SPDX-License-Identifier: MIT
"""Taking a charge back whole: what settled it goes where it came from, the entry is reversed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ledger import kinds, packages, payments, write_offs
from mediyn_desktop.ledger.items import Share, allocate_rows, allocations_of
from mediyn_desktop.ledger.journal import reverse
from mediyn_desktop.ledger.tables import OpenItemRow, PaymentRow
from mediyn_desktop.store.uow import UnitOfWork


class WithdrawalRefused(UserFacingError):
    """An insurer has decided about the charge already."""

    code = "insurer-decided"


def withdraw_charge(uow: UnitOfWork, *, entry: int, on: date, reason: str) -> int:
    """Reverse the charge posted as ``entry`` and return the reversing entry's id.

    Money the client paid for it becomes the client's credit, a package session may be used again,
    a write-off is asked for no more and no less than before.

    Raises:
        WithdrawalRefused: an insurer paid or decided; its remittance is to be reversed first.
        AlreadyReversed: it was withdrawn before.
    """
    owed = list(uow.session.scalars(select(OpenItemRow).where(OpenItemRow.entry_id == entry)))
    for item in owed:
        for payment, _, cents in allocations_of(uow, item=item.id):
            _take_back(uow, uow.session.get_one(PaymentRow, payment), item.id, cents, on, reason)
    reversing = reverse(uow, entry, on=on, reason=reason)
    for item in owed:
        row = payments.payment_row(
            uow,
            ref=f"withdrawn:{item.id}",
            client=item.client,
            cents=item.amount_cents,
            method=kinds.WITHDRAWN,
            on=on,
            entry=reversing,
        )
        shares = [Share(item.id, item.amount_cents)]
        allocate_rows(uow, payment=row, shares=shares, entry=reversing)
    return reversing


def _take_back(
    uow: UnitOfWork, payment: PaymentRow, item: int, cents: int, on: date, reason: str
) -> None:
    if payment.method in kinds.CLIENT_MONEY:
        share = Share(item, cents)
        payments.release(uow, payment=payment.ref, share=share, on=on, reason=reason)
    elif payment.method == kinds.PACKAGE:
        packages.give_back_to_package(
            uow,
            payment=payment.id,
            client=payment.client,
            item=item,
            cents=cents,
            on=on,
            reason=reason,
        )
    elif payment.method in set(kinds.WriteOff):
        write_offs.reverse_write_off(uow, ref=payment.ref, on=on, reason=reason)
    else:
        raise WithdrawalRefused(
            "The insurer has decided about this charge. Nothing was changed. Reverse its "
            "remittance first."
        )
