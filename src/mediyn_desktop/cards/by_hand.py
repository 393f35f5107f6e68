# SPDX-License-Identifier: MIT
"""Corrections of a client's account by hand: what settles what, what is given up, what was wrong.

The ledger does the posting. It stands in this room because a card that is being charged for the
same session must be waited for, and one that only waits must not ask for what is settled.
"""

from __future__ import annotations

from mediyn_desktop.cards.receipts import lower_waiting, refuse_in_flight
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.core.ids import new_ref
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger import payments
from mediyn_desktop.ledger.items import AllocationRefused, Share
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.ledger.returns import RefundRefused, void_payment
from mediyn_desktop.ledger.tables import OpenItemRow
from mediyn_desktop.ledger.write_offs import write_off
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.store.uow import UnitOfWork

CLIENTS_KINDS = (
    WriteOff.COURTESY, WriteOff.SMALL_BALANCE, WriteOff.HARDSHIP, WriteOff.BAD_DEBT,
)  # fmt: skip
"""Why something a client owes may be given up."""
INSURERS_KINDS = (WriteOff.TIMELY_FILING, WriteOff.DENIED, WriteOff.CONTRACTUAL)
"""Why something an insurer owes may be given up."""


def settle(uow: UnitOfWork, payment: str, item: int, cents: int, reason: str) -> None:
    """Let ``cents`` of a payment's unused money settle the open item ``item``.

    Raises:
        NotFound: no such payment.
        AllocationRefused: not above zero, more than is unused or open, or another client's.
        ChargeUnknown: a card charge of the client has no known outcome.
    """
    row = payments.get_payment(uow, payment)
    _must_fit(uow, row.client, item, cents)
    client = get_client(uow, row.client)
    refuse_in_flight(uow, client)
    payments.allocate(
        uow, payment=payment, shares=[Share(item, cents)], on=uow.today, reason=_why(reason)
    )
    lower_waiting(uow, client)


def settle_another(
    uow: UnitOfWork, payment: str, item: int, to: int, cents: int, reason: str
) -> None:
    """Let ``cents`` of a payment that settle ``item`` settle ``to`` instead.

    Raises:
        NotFound, AllocationRefused, ChargeUnknown: as in ``settle``.
    """
    row = payments.get_payment(uow, payment)
    _must_fit(uow, row.client, to, cents)
    if item == to:
        raise AllocationRefused("It settles that session already. Nothing was changed.")
    client = get_client(uow, row.client)
    refuse_in_flight(uow, client)
    payments.move(
        uow, payment=payment, share=Share(item, cents), to=to, on=uow.today, reason=_why(reason)
    )
    lower_waiting(uow, client)


def give_up(uow: UnitOfWork, item: int, cents: int, kind: WriteOff, reason: str) -> str:
    """Write ``cents`` of an open item off and return the write-off's ref.

    Raises:
        NotFound: no such item.
        AllocationRefused: more than is open, or a kind that is not for who owes it.
        ReasonNeeded: no reason.
        ChargeUnknown: a card charge of the client has no known outcome.
    """
    row = uow.session.get(OpenItemRow, item)
    if row is None:
        raise NotFound(f"There is no charge {item} to give up. Nothing was changed.")
    if kind not in (CLIENTS_KINDS if row.debtor is None else INSURERS_KINDS):
        raise AllocationRefused(
            f"“{kind.value.replace('_', ' ')}” is not a reason to give up what "
            f"{'a client' if row.debtor is None else 'an insurer'} owes. Nothing was changed."
        )
    client = get_client(uow, row.client)
    if row.debtor is None:
        refuse_in_flight(uow, client)
    ref = new_ref("adj")
    write_off(
        uow,
        ref=ref,
        item=item,
        cents=cents,
        kind=kind,
        on=uow.today,
        source=row.source,
        reason=" ".join(reason.split()),
    )
    lower_waiting(uow, client)
    return ref


def void(uow: UnitOfWork, payment: str, reason: str) -> int:
    """Take back a payment that was recorded by mistake or bounced; return its entry's id.

    Raises:
        NotFound: no such payment.
        RefundRefused: part of it went back before, no reason, or it was paid by card.
    """
    row = payments.get_payment(uow, payment)
    if row.method == "card":
        raise RefundRefused(
            f"This card payment of {format_cents(row.amount_cents)} was really made. Nothing was "
            "changed. Pay it back to the card instead.",
            code="card-refund",
        )
    return void_payment(uow, payment=payment, on=uow.today, reason=reason)


def _must_fit(uow: UnitOfWork, client: str, item: int, cents: int) -> None:
    found = uow.session.get(OpenItemRow, item)
    if found is None or found.client != client or found.debtor is not None:
        raise AllocationRefused(
            "A payment settles what its own client owes and nothing else. Nothing was changed."
        )
    if cents <= 0:
        raise AllocationRefused("An amount is more than zero. Nothing was changed.")


def _why(reason: str) -> str:
    return " ".join(reason.split()) or "Settled by hand"
