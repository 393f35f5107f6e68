# SPDX-License-Identifier: MIT
"""Cash and checks by name: those in hand, and the slip of those taken to the bank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mediyn_desktop.documents.deposit_slip_data import DepositSlipData, SlipLine
from mediyn_desktop.ledger import bank
from mediyn_desktop.practice.journal import names
from mediyn_desktop.practice.tables import Practice
from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class InHand:
    """Cash or a check not yet in the bank; ``reference`` is the check's number."""

    ref: str
    client_name: str
    method: str
    received_on: date
    reference: str | None
    amount_cents: int


def in_hand(read: Reading) -> list[InHand]:
    """Return the cash and checks not yet taken to the bank, oldest first."""
    found = bank.in_hand(read)
    named = names(read, {one.client for one in found})
    return [
        InHand(
            ref=one.ref,
            client_name=named.get(one.client, one.client),
            method=one.method,
            received_on=one.received_on,
            reference=one.reference,
            amount_cents=one.amount_cents,
        )
        for one in found
    ]


def slip_data(read: Reading, ref: str) -> DepositSlipData:
    """Return the slip of the deposit ``ref``, for the practice's own papers.

    Raises:
        NotFound: there is no such deposit.
    """
    slip = bank.deposit_slip(read, ref)
    named = names(read, {one.client for one in slip.lines})
    practice = read.session.get(Practice, 1)
    return DepositSlipData(
        deposited_on=slip.deposited_on,
        practice_name=practice.name if practice is not None else "",
        reference=slip.ref,
        lines=tuple(
            SlipLine(
                client_name=named.get(one.client, one.client),
                method=one.method,
                received_on=one.received_on,
                reference=one.reference or "",
                amount_cents=one.amount_cents,
            )
            for one in slip.lines
        ),
    )
