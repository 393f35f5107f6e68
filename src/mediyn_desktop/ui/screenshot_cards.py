# SPDX-License-Identifier: MIT
"""What a card processor might have said, for pictures of the screen of cards. Nothing is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from mediyn_desktop.cards import anchoring
from mediyn_desktop.cards.approving import approve, due_by_itself, preview
from mediyn_desktop.cards.attempts import ASKING, move
from mediyn_desktop.cards.clearing.disputes import record_dispute
from mediyn_desktop.cards.clearing.movements import record_movements
from mediyn_desktop.cards.clearing.payouts import record_payout, take_apart
from mediyn_desktop.cards.findings import Finding, Kind
from mediyn_desktop.cards.hearing import Heard
from mediyn_desktop.cards.listing import AttemptsAsked, find_attempts
from mediyn_desktop.cards.reconciling import Comparison
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import Account, DisputeRead, Movement, PayoutRead
from mediyn_desktop.cards.tables import CardAttempt, CardFreeze
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import UnitOfWork

_ACCOUNT = Account("acct_pictures", livemode=False, server_time=None)
_STEPS = (
    (State.CREATING, "Asking the processor to prepare the charge"),
    (State.CREATED, "The processor has not charged the card yet"),
    (State.CONFIRMING, ASKING),
)
_LOST = (
    "We asked the processor to charge the card and got no readable answer; checking before "
    "anything else"
)
_KEPT = 0.029


@dataclass(frozen=True, slots=True)
class _Paid:
    intent: str
    cents: int
    fee: int


def made_up(uow: UnitOfWork) -> None:
    """Let what the demonstration charged be paid out, one be disputed, one be without an answer."""
    settings.set_value(uow, settings.STRIPE_KEY.key, "sk_test_pictures")
    done = find_attempts(uow, AttemptsAsked(group="done"))
    paid = [_paid(uow.session.get_one(CardAttempt, ident)) for ident in done]
    lines = [line for line in preview(uow, due_by_itself(uow), by_hand=True) if line.card]
    for ident in approve(uow, lines[:1]):
        row = uow.session.get_one(CardAttempt, ident)
        for state, text in _STEPS:
            move(uow, row, state, text)
        row.processor_id = "pi_pictures_unknown"
        row.account, row.livemode = _ACCOUNT.id, _ACCOUNT.livemode
        move(uow, row, State.UNKNOWN, _LOST)
    _dispute(uow, paid[0])
    _payout(uow, paid)


def _paid(row: CardAttempt) -> _Paid:
    return _Paid(str(row.processor_id), row.amount_cents, round(row.amount_cents * _KEPT) + 30)


def _movement(
    uow: UnitOfWork, ident: str, kind: str, cents: int, fee: int, intent: str
) -> Movement:
    return Movement(
        id=ident,
        kind=kind,
        category=kind,
        source=None,
        intent=intent,
        amount=cents,
        fee=fee,
        net=cents - fee,
        currency="usd",
        created=uow.now,
        available_on=uow.now,
    )


def _dispute(uow: UnitOfWork, one: _Paid) -> None:
    took = _movement(uow, "txn_pictures_d", "adjustment", -one.cents, 1500, one.intent)
    read = DisputeRead(
        id="dp_pictures",
        intent=one.intent,
        amount=one.cents,
        currency="usd",
        status="needs_response",
        reason="unrecognized",
        due_by=uow.now + timedelta(days=9),
        created=uow.now - timedelta(days=1),
        livemode=False,
        movements=(took,),
    )
    record_dispute(uow, read, _ACCOUNT)


def _payout(uow: UnitOfWork, paid: list[_Paid]) -> None:
    movements = [
        _movement(uow, f"txn_{one.intent}", "charge", one.cents, one.fee, one.intent)
        for one in paid
    ]
    record_movements(uow, movements, _ACCOUNT)
    for number, some in enumerate((movements, movements[:1])):
        read = PayoutRead(
            id=f"po_pictures_{number}",
            amount=sum(one.net for one in some),
            currency="usd",
            status="in_transit" if number else "paid",
            arrival=datetime.combine(uow.today + timedelta(days=number), time(), UTC),
            created=uow.now + timedelta(minutes=number),
            automatic=True,
            livemode=False,
            failure=None,
        )
        row = record_payout(uow, read, _ACCOUNT)
        if not number:
            take_apart(uow, row, some)


def frozen(uow: UnitOfWork) -> None:
    """Let charging be frozen, as after a backup was restored."""
    uow.session.add(
        CardFreeze(id=1, code="behind", reason=anchoring.REASONS["behind"], since=uow.now)
    )
    uow.changed("card_freeze", 1)


def thawed(uow: UnitOfWork) -> None:
    """Let cards be charged again."""
    uow.session.delete(uow.session.get_one(CardFreeze, 1))
    uow.changed("card_freeze", 1)


def comparison(uow: UnitOfWork) -> Comparison:
    """Return a comparison that found one thing of each kind."""
    at, client = uow.now - timedelta(days=2), "c03"
    found = (
        (Kind.ADOPTED, client, 15000, "$150.00 was charged for a session of this ledger."),
        (Kind.IMPORTED, "c02", 4000, "$40.00 was charged at the processor."),
        (Kind.REVIEW, "c05", 18000, "$180.00 was charged at the processor, as much as a session."),
        (Kind.REFUND, "c02", 1000, "$10.00 was paid back at the processor."),
        (Kind.DISPUTE, "c07", 15000, "The client's bank disputes this charge."),
        (Kind.CARD, "c05", 0, "Visa ending 4242 was saved by the client on a forgotten page."),
        (Kind.FOREIGN, None, 7700, "$77.00 of somebody this practice does not know."),
    )
    findings = tuple(
        Finding(kind, f"pi_found_{number}", cents, "succeeded", at, text, client_ref=ref)
        for number, (kind, ref, cents, text) in enumerate(found)
    )
    return Comparison(
        heard=Heard(_ACCOUNT, anchoring.Mark("", 0, 0, ""), None, uow.now),
        findings=findings,
        unused=(),
        pages=(),
        code="behind",
        frozen=anchoring.REASONS["behind"],
    )
