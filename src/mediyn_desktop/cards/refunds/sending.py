# SPDX-License-Identifier: MIT
"""Sending refunds, and finding out what became of them.

Questions go with the scheduler's key, the refund itself with the key the therapist unlocked. Before
a refund is sent, the charge and all its refunds are read: what is there already is adopted, what is
not left is not asked for, and what this ledger does not know stops everything. After any answer,
and after none, the processor is read again, and nothing but that decides.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sqlalchemy import select

from mediyn_desktop.cards.accounts import other_account
from mediyn_desktop.cards.making import key_of
from mediyn_desktop.cards.pacing import Pace
from mediyn_desktop.cards.refunds.planning import LATE, get, move
from mediyn_desktop.cards.refunds.recording import record, row_for
from mediyn_desktop.cards.refunds.states import OPEN, UNANSWERED, RefundState
from mediyn_desktop.cards.refunds.tables import CardRefund
from mediyn_desktop.cards.stripe_api import (
    NO_ANSWER,
    Account,
    ChargeRead,
    Declined,
    KeyRefused,
    OutcomeUnknown,
    RefundMade,
    Refused,
    StripeApi,
    TryLater,
)
from mediyn_desktop.cards.tables import CardFreeze, CardImport
from mediyn_desktop.cards.turns import Turn, taking_turns
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger.tables import PaymentReturnRow
from mediyn_desktop.store.uow import Reading, Store, UnitOfWork

log = logging.getLogger(__name__)

_NOT_STANDING = frozenset({"failed", "canceled"})
_NO_ANSWER_YET = (
    "We asked the processor to pay back and got no readable answer; checking before anything else"
)


class RefundStopped(UserFacingError):
    """Nothing was sent, or nobody knows yet; the refund's row says which."""

    code = "refund-stopped"


@dataclass(frozen=True, slots=True)
class _Seen:
    """A charge and everything that went back of it, as the processor holds it."""

    charge: ChargeRead | None
    refunds: tuple[RefundMade, ...]


@taking_turns(Turn.REFUNDS)
def send(store: Store, api: StripeApi, payer: StripeApi, ident: int) -> RefundState:
    """Make one planned refund, or find out what became of it; return where it stands.

    Args:
        api: asks. ``payer``: pays back.

    Raises:
        RefundStopped: codes ``offline``, ``key-refused``, ``frozen``, ``refunds-found``: nothing
            was sent by this call.
    """
    pace = Pace(store.clock)
    account = _account(store, api, payer, pace)
    for _ in range(2):  # a lost answer is read back and, if nothing had happened, tried once more
        row = _load(store, ident)
        if row.state not in OPEN:
            return RefundState(row.state)
        try:
            seen = pace.call(lambda row=row: _look(api, row))  # type: ignore[misc]
        except NO_ANSWER:
            _stop_unanswered(row)
            return _note_unknown(store, ident)
        with store.write("Record a refund") as uow:
            state = _settled(uow, uow.session.get_one(CardRefund, ident), seen)
        if state is not None:
            return state
        _refuse_strangers(store, seen)
        if not _begin(store, ident, seen, account):
            return RefundState.REFUSED
        _ask(store, payer, pace, _load(store, ident))
    return _find_out(store, api, pace, ident)


@taking_turns(Turn.REFUNDS)
def resolve(store: Store, api: StripeApi) -> int:
    """Find out what became of refunds nobody knows about; return how many stay unknown.

    Sends nothing: a refund of which nothing exists waits for the person who asked for it.

    Raises: see ``stripe_api.outcomes``; what was found out before is kept.
    """
    with store.read() as read:
        idents = list(
            read.session.scalars(select(CardRefund.id).where(CardRefund.state.in_(UNANSWERED)))
        )
    pace = Pace(store.clock)
    states = [_find_out(store, api, pace, ident) for ident in idents]
    return sum(state in UNANSWERED for state in states)


def unresolved(read: Reading) -> int:
    """Return how many refunds nobody knows the outcome of."""
    rows = read.session.scalars(select(CardRefund.id).where(CardRefund.state.in_(UNANSWERED)))
    return len(list(rows))


def _find_out(store: Store, api: StripeApi, pace: Pace, ident: int) -> RefundState:
    row = _load(store, ident)
    if row.state not in OPEN:
        return RefundState(row.state)
    try:
        seen = pace.call(lambda: _look(api, row))
    except NO_ANSWER:
        return _note_unknown(store, ident)
    with store.write("Record a refund") as uow:
        current = uow.session.get_one(CardRefund, ident)
        state = _settled(uow, current, seen)
        if state is not None:
            return state
        late = current.sent_at is None or uow.now - current.sent_at >= LATE
        if late and current.state in UNANSWERED:
            text = "The processor has no such refund; nothing was paid back. Ask again, or drop it."
            move(uow, current, RefundState.QUEUED, text)
        elif current.state == RefundState.SENDING:
            move(uow, current, RefundState.UNKNOWN, _NO_ANSWER_YET)
        return RefundState(current.state)


def _account(store: Store, api: StripeApi, payer: StripeApi, pace: Pace) -> Account:
    with store.read() as read:
        freeze = read.session.get(CardFreeze, 1)
    if freeze is not None:
        raise RefundStopped(f"{freeze.reason} Nothing was paid back.", code="frozen")
    try:
        account = pace.call(api.accounts.current)
    except (OutcomeUnknown, TryLater):
        raise RefundStopped(
            "The card processor cannot be reached. Nothing was paid back. Try again when the "
            "connection is back.",
            code="offline",
        ) from None
    except (KeyRefused, Refused, Declined):
        raise RefundStopped(
            "The card processor refused the secret key. Nothing was paid back. Enter a valid key "
            "in the settings.",
            code="key-refused",
        ) from None
    if payer.connection.live_key != account.livemode:
        raise RefundStopped(
            "The key for refunds is of another mode than the one for charges: one is for tests, "
            "the other for real money. Nothing was paid back. Enter matching keys.",
            code="key-refused",
        )
    other = other_account(store, account)
    if other is not None:
        raise RefundStopped(f"{other} Nothing was paid back.", code="frozen")
    return account


def _look(api: StripeApi, row: CardRefund) -> _Seen:
    """Read the charge and its refunds; both must agree, or nobody knows.

    Raises: see ``stripe_api.outcomes``.
    """
    charge = api.charges.of_intent(row.intent)
    found: dict[str, RefundMade] = {}
    for page in api.refunds.pages(None, payment_intent=row.intent):
        found.update({one.id: one for one in page})
    if charge is not None:
        standing = sum(one.amount for one in found.values() if one.status not in _NOT_STANDING)
        ever = sum(one.amount for one in found.values())
        if charge.amount_refunded not in (standing, ever):
            raise OutcomeUnknown("the charge and the list of its refunds disagree")
    return _Seen(charge, tuple(found.values()))


def _settled(uow: UnitOfWork, row: CardRefund, seen: _Seen) -> RefundState | None:
    """Apply this refund as the processor holds it; None where it holds none."""
    mine = [one for one in seen.refunds if one.id == row.refund_id or one.iid == row.iid]
    if not mine:
        return None
    return record(uow, row, mine[0])


def _refuse_strangers(store: Store, seen: _Seen) -> None:
    """Stop where money went back that this ledger does not know: perhaps it is this very refund."""
    with store.read() as read:
        strange = [one for one in seen.refunds if not _known(read, one)]
    if strange:
        amount = format_cents(sum(one.amount for one in strange))
        raise RefundStopped(
            f"{amount} of this payment went back at the processor, which these books do not know. "
            "Nothing was sent. Compare with the processor first (“mediyn cards reconcile”).",
            code="refunds-found",
        )


def _known(read: Reading, made: RefundMade) -> bool:
    if made.status in _NOT_STANDING or row_for(read, made) is not None:
        return True
    returned = select(PaymentReturnRow.id).where(PaymentReturnRow.ref == made.id)
    imported = select(CardImport.id).where(CardImport.processor_id == made.id)
    return (read.session.scalar(returned) or read.session.scalar(imported)) is not None


def _begin(store: Store, ident: int, seen: _Seen, account: Account) -> bool:
    """Mark that the processor is asked; False where it would refuse."""
    with store.write("Pay back to a card") as uow:
        row = get(uow, ident)
        charge = seen.charge
        refusal = None
        if charge is None:
            refusal = "The processor holds no such payment, so nothing can go back."
        elif charge.disputed:
            refusal = "The client's bank disputes this payment; it cannot be paid back now."
        elif charge.left < row.amount_cents:
            refusal = f"The processor can pay back {format_cents(charge.left)} of it, not more."
        if refusal is not None:
            move(uow, row, RefundState.SENDING, "Asking the processor to pay back")
            move(uow, row, RefundState.REFUSED, f"{refusal} Nothing was paid back.")
            return False
        row.account, row.livemode = account.id, account.livemode
        row.sent_at = uow.now
        move(uow, row, RefundState.SENDING, "Asking the processor to pay back")
        return True


def _ask(store: Store, payer: StripeApi, pace: Pace, row: CardRefund) -> None:
    """Ask for the refund. Whatever comes back, it is read afterwards."""
    key = key_of("r", row.iid, row.keys)
    try:
        pace.call(
            lambda: payer.refunds.create(
                payment_intent=row.intent, amount=row.amount_cents, iid=row.iid, key=key
            )
        )
    except OutcomeUnknown as error:
        _note_unknown(store, row.id, key_spent=error.stored)
    except TryLater:
        _put_back(store, row.id, "The processor is busy; nothing was sent")
        raise RefundStopped(
            "The card processor is busy. Nothing was paid back. Ask again in a minute.",
            code="offline",
        ) from None
    except KeyRefused:
        _put_back(store, row.id, "The processor refused the key; nothing was sent")
        raise RefundStopped(
            "The key may not pay back. Nothing was paid back. Enter a key that may make refunds: "
            "“mediyn settings stripe.refund_key --from-file FILE”.",
            code="key-refused",
        ) from None
    except (Refused, Declined) as error:
        with store.write("Note a refused refund") as uow:
            text = f"The processor refused ({error}). Nothing was paid back."
            move(uow, get(uow, row.id), RefundState.REFUSED, text)


def _note_unknown(store: Store, ident: int, *, key_spent: bool = False) -> RefundState:
    with store.write("Note a lost answer about a refund") as uow:
        row = get(uow, ident)
        if key_spent:
            row.keys += 1  # the failure is all this key will ever answer
        if row.state == RefundState.SENDING:
            move(uow, row, RefundState.UNKNOWN, _NO_ANSWER_YET)
        return RefundState(row.state)


def _put_back(store: Store, ident: int, text: str) -> None:
    with store.write("Note a refund's state") as uow:
        move(uow, get(uow, ident), RefundState.QUEUED, text)


def _stop_unanswered(row: CardRefund) -> None:
    """Say that nothing was sent, where that is certain."""
    if row.state == RefundState.QUEUED:
        raise RefundStopped(
            "The card processor did not say what is left of this payment, so nothing was paid "
            "back. The refund waits; ask for it once more when the connection is back.",
            code="offline",
        )


def _load(store: Store, ident: int) -> CardRefund:
    with store.read() as read:
        row = get(read, ident)
        read.session.expunge(row)
        return row
