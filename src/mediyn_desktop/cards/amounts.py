# SPDX-License-Identifier: MIT
"""Lowering by hand what a client is asked for, with the reason.

What the client owes is written down as a courtesy in the ledger. A copay has no open item of its
own (the insurer owes the whole fee until the remittance), so for it an override is kept. It stands
here and not in ``billing`` because what is already on its way to a card must not change.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from mediyn_desktop.billing.charges import charge_of
from mediyn_desktop.billing.tables import Charge, CopayOverride
from mediyn_desktop.cards.attempts import attempts_for, move, plan_attempt
from mediyn_desktop.cards.due import Due, NotChargeable, chargeable_card, due_on_card
from mediyn_desktop.cards.states import WAITING, State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.ids import new_ref
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.ledger.write_offs import write_off
from mediyn_desktop.practice import sessions
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import UnitOfWork

_LONGEST_REASON = 200


class AmountRefused(UserFacingError):
    """The amount cannot be set so; nothing was changed."""

    code = "amount-refused"


@dataclass(frozen=True, slots=True)
class AmountSet:
    """What was asked of the client before and what is asked now, in cents."""

    before_cents: int
    after_cents: int


def set_amount(uow: UnitOfWork, session_ref: str, cents: int, reason: str) -> AmountSet:
    """Ask the client for ``cents`` for this session instead of what is still open of it.

    Raises:
        NotFound: no such session.
        AmountRefused: codes ``reason-missing``, ``amount-negative``, ``nothing-due``,
            ``amount-too-high``, ``charge-under-way``; nothing was changed.
    """
    why = " ".join(reason.split())
    if not why:
        raise AmountRefused(
            "A changed amount needs a reason. Nothing was changed. Write a few words, for example "
            "“Agreed on the phone”.",
            code="reason-missing",
        )
    if cents < 0:
        raise AmountRefused(
            "An amount cannot be below zero. Nothing was changed.", code="amount-negative"
        )
    session = sessions.get(uow, session_ref)
    charge = charge_of(uow, session)
    due = due_on_card(uow, charge) if charge is not None else None
    if charge is None or due is None:
        raise AmountRefused(
            "Nothing is due from the client for this session, so there is no amount to change. "
            "Nothing was changed. If the note is not signed yet, sign it first.",
            code="nothing-due",
        )
    attempt = attempts_for(uow, [charge.id]).get(charge.id)
    _refuse_under_way(attempt, due)
    if charge.open_item_id is None:
        _override_copay(uow, charge, due, cents, why[:_LONGEST_REASON])
    else:
        _write_down(uow, charge.open_item_id, due, cents, why[:_LONGEST_REASON])
    if attempt is not None and attempt.state in WAITING:
        _plan_again(uow, charge, attempt)
    uow.changed("charge", session.ref)
    return AmountSet(due.cents, cents)


def _refuse_under_way(attempt: CardAttempt | None, due: Due) -> None:
    """What was handed to the processor keeps its amount, whatever becomes of it."""
    if attempt is None or attempt.state == State.CANCELED:
        return
    if attempt.state in WAITING and attempt.create_started_at is None:
        return
    amount = format_cents(attempt.amount_cents)
    if attempt.state == State.SUCCEEDED:
        text = f"{amount} was charged to the card already. Nothing was changed. Refund it instead."
    elif attempt.state == State.DECLINED:
        if due.charge.open_item_id is not None:
            return  # the processor is never asked again for more than is open
        text = (
            f"The card was declined for a copay of {amount}, which can still be tried again. "
            "Nothing was changed. Record a payment instead."
        )
    else:
        text = (
            f"A card charge of {amount} for this session is under way and its outcome is not known "
            "yet. Nothing was changed. Try again when it is settled."
        )
    raise AmountRefused(text, code="charge-under-way")


def _write_down(uow: UnitOfWork, item: int, due: Due, cents: int, reason: str) -> None:
    _refuse_more(cents, due.cents)
    if cents == due.cents:
        return
    write_off(
        uow,
        ref=new_ref("adj"),
        item=item,
        cents=due.cents - cents,
        kind=WriteOff.COURTESY,
        on=uow.today,
        source=f"session:{due.session.ref}",
        reason=reason,
    )


def _override_copay(uow: UnitOfWork, charge: Charge, due: Due, cents: int, reason: str) -> None:
    """Keep the copay to collect; what the client handed over already counts towards it."""
    row = uow.session.scalar(select(CopayOverride).where(CopayOverride.charge_id == charge.id))
    copay = charge.copay_cents if row is None else row.copay_cents
    by_hand = copay - due.cents
    _refuse_more(cents, charge.copay_cents - by_hand)
    if row is None:
        row = CopayOverride(charge_id=charge.id)
        uow.session.add(row)
    row.copay_cents = cents + by_hand
    row.reason = reason
    row.set_at = uow.now
    uow.session.flush()


def _refuse_more(cents: int, most: int) -> None:
    if cents > most:
        raise AmountRefused(
            f"{format_cents(cents)} is more than the {format_cents(most)} still open for this "
            "session. Nothing was changed. An amount can only be lowered here; a higher fee "
            "belongs in the fee schedule.",
            code="amount-too-high",
        )


def _plan_again(uow: UnitOfWork, charge: Charge, attempt: CardAttempt) -> None:
    """Give a queued attempt nothing was sent for the new amount, or take it back."""
    due = due_on_card(uow, charge)
    cap = settings.get(uow, settings.CARDS_CAP_PER_CHARGE)
    card = chargeable_card(due, today=uow.today, cap_cents=cap) if due is not None else None
    if due is None or card is None or isinstance(card, NotChargeable):
        move(uow, attempt, State.CANCELED, "Nothing is left to charge; nothing was sent")
    else:
        plan_attempt(uow, due, card)
