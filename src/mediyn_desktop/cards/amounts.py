# SPDX-License-Identifier: MIT
"""Lowering by hand what a client is asked for, with the reason.

What the client owes is written down as a courtesy in the ledger. A copay has no open item of its
own (the insurer owes the whole fee until the remittance), so for it an override is kept. It stands
here and not in ``billing`` because what is already on its way to a card must not change.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from mediyn_desktop.billing.charges import charge_of
from mediyn_desktop.billing.plan_views import under_plan
from mediyn_desktop.billing.routing import CLAIM_ROUTES
from mediyn_desktop.billing.tables import Charge, CopayOverride
from mediyn_desktop.cards.attempts import attempts_for, move, plan_attempt
from mediyn_desktop.cards.choosing import COPAYS
from mediyn_desktop.cards.due import (
    Due,
    NotChargeable,
    chargeable_card,
    copay_settled,
    due_on_card,
)
from mediyn_desktop.cards.states import WAITING, State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.cards.under_way import Asked, asked_for
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.ids import new_ref
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.ledger.write_offs import reverse_write_off, write_off
from mediyn_desktop.practice import sessions
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading, UnitOfWork

_LONGEST_REASON = 200


class AmountRefused(UserFacingError):
    """The amount cannot be set so; nothing was changed."""

    code = "amount-refused"


@dataclass(frozen=True, slots=True)
class AmountSet:
    """What was asked of the client before and what is asked now, in cents.

    ``adjustment`` is the ref of the courtesy written down for it, ``overridden_cents`` the copay
    set by hand before (None: the coverage's), ``withdrew_card`` whether a waiting card charge was
    taken back because nothing is left to charge.
    """

    before_cents: int
    after_cents: int
    adjustment: str | None = field(default=None, compare=False)
    overridden_cents: int | None = field(default=None, compare=False)
    withdrew_card: bool = field(default=False, compare=False)


def set_amount(uow: UnitOfWork, session_ref: str, cents: int, reason: str) -> AmountSet:
    """Ask the client for ``cents`` for this session instead of what is still open of it.

    An amount is lowered. Only the share of an insured session may be raised above the copay, up to
    the fee, where the setting ``billing.before_insurer`` allows estimates.

    Raises:
        NotFound: no such session.
        AmountRefused: codes ``reason-missing``, ``amount-negative``, ``nothing-due``,
            ``amount-too-high``, ``charge-under-way``, ``under-plan``; nothing was changed.
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
    if (
        charge is not None
        and charge.open_item_id is not None
        and under_plan(uow, charge.open_item_id)
    ):
        raise AmountRefused(
            "This session is paid off under a payment plan. Nothing was changed. End the plan "
            "first, or write off a part of it in the client’s account.",
            code="under-plan",
        )
    if charge is not None and due is None and _may_estimate(uow, charge):
        due = Due(charge, session, session.client, COPAYS, 0)
    if charge is None or due is None:
        raise AmountRefused(
            "Nothing is due from the client for this session, so there is no amount to change. "
            "Nothing was changed. If the note is not signed yet, sign it first.",
            code="nothing-due",
        )
    attempt = attempts_for(uow, [charge.id]).get(charge.id)
    _refuse_under_way(uow, attempt, due)
    adjustment, overridden = None, None
    if charge.open_item_id is None:
        overridden = _overridden(uow, charge)
        _override_copay(uow, charge, due, cents, why[:_LONGEST_REASON])
    else:
        adjustment = _write_down(uow, charge.open_item_id, due, cents, why[:_LONGEST_REASON])
    waited = attempt is not None and attempt.state in WAITING
    if attempt is not None and waited:
        _plan_again(uow, charge, attempt)
    uow.changed("charge", session.ref)
    return AmountSet(
        due.cents,
        cents,
        adjustment=adjustment,
        overridden_cents=overridden,
        withdrew_card=waited and attempt is not None and attempt.state == State.CANCELED,
    )


def ask_again(uow: UnitOfWork, session_ref: str, found: AmountSet, *, reason: str) -> None:
    """Take back what ``set_amount`` set and answered: what was asked before is asked again.

    Raises:
        NotFound: no such session.
        AllocationRefused: the courtesy was taken back before.
    """
    charge = charge_of(uow, sessions.get(uow, session_ref))
    assert charge is not None  # the caller has looked
    if charge.open_item_id is None:
        row = uow.session.scalar(select(CopayOverride).where(CopayOverride.charge_id == charge.id))
        assert row is not None
        if found.overridden_cents is None:
            uow.session.delete(row)
        else:
            row.copay_cents = found.overridden_cents
            row.reason = reason
        uow.session.flush()
    elif found.adjustment is not None:
        reverse_write_off(uow, ref=found.adjustment, on=uow.today, reason=reason)
    attempt = attempts_for(uow, [charge.id]).get(charge.id)
    if attempt is not None and (found.withdrew_card or attempt.state in WAITING):
        _plan_again(uow, charge, attempt)
    uow.changed("charge", session_ref)


def _overridden(uow: UnitOfWork, charge: Charge) -> int | None:
    """The copay that was set by hand for ``charge``, if one was."""
    return uow.session.scalar(
        select(CopayOverride.copay_cents).where(CopayOverride.charge_id == charge.id)
    )


def _refuse_under_way(read: Reading, attempt: CardAttempt | None, due: Due) -> None:
    """What was handed to the processor keeps its amount, whatever becomes of it."""
    wants_client = attempt is not None and attempt.state == State.NEEDS_CLIENT
    if wants_client or asked_for(read, due.charge) is Asked.UNCERTAIN:
        raise AmountRefused(
            "A card charge for this session is under way and its outcome is not known yet. "
            "Nothing was changed. Try again when it is settled.",
            code="charge-under-way",
        )
    if attempt is None or attempt.state in (*WAITING, State.CANCELED):
        return
    amount = format_cents(attempt.amount_cents)
    if attempt.state == State.SUCCEEDED:
        text = f"{amount} was charged to the card already. Nothing was changed. Refund it instead."
    elif due.charge.open_item_id is not None:
        return  # declined; the processor is never asked again for more than is open
    else:
        text = (
            f"The card was declined for a copay of {amount}, which can still be tried again. "
            "Nothing was changed. Record a payment instead."
        )
    raise AmountRefused(text, code="charge-under-way")


def _write_down(uow: UnitOfWork, item: int, due: Due, cents: int, reason: str) -> str | None:
    _refuse_more(cents, due.cents)
    if cents == due.cents:
        return None
    ref = new_ref("adj")
    write_off(
        uow,
        ref=ref,
        item=item,
        cents=due.cents - cents,
        kind=WriteOff.COURTESY,
        on=uow.today,
        source=f"session:{due.session.ref}",
        reason=reason,
    )
    return ref


def _override_copay(uow: UnitOfWork, charge: Charge, due: Due, cents: int, reason: str) -> None:
    """Keep the copay to collect; what the client handed over already counts towards it."""
    row = uow.session.scalar(select(CopayOverride).where(CopayOverride.charge_id == charge.id))
    copay = charge.copay_cents if row is None else row.copay_cents
    by_hand = copay - due.cents
    if _may_estimate(uow, charge):
        _refuse_more(cents, charge.total_cents - by_hand)
    elif cents > charge.copay_cents - by_hand:
        raise AmountRefused(
            f"Before the insurer has answered, no more than the copay of "
            f"{format_cents(charge.copay_cents)} is asked of the client. Nothing was changed. To "
            "ask for an estimated share, change “billing.before_insurer” in the settings.",
            code="amount-too-high",
        )
    if row is None:
        row = CopayOverride(charge_id=charge.id)
        uow.session.add(row)
    row.copay_cents = cents + by_hand
    row.reason = reason
    row.set_at = uow.now
    uow.session.flush()


def _may_estimate(read: Reading, charge: Charge) -> bool:
    """Whether more than the copay may be asked for before every insurer has answered."""
    return (
        charge.route in CLAIM_ROUTES
        and settings.get(read, settings.BILLING_BEFORE_INSURER) == "estimate"
        and not copay_settled(read, charge)
    )


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
