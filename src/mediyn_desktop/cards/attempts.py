# SPDX-License-Identifier: MIT
"""Planning card attempts and recording what became of them. No network here.

Every function runs inside one transaction, and each change of state also writes the event that
explains it. Success posts the payment and allocates it in the transaction that stores the state.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from mediyn_desktop.billing.plan_views import plan_items, under_plan
from mediyn_desktop.billing.routing import CLAIM_ROUTES, Route
from mediyn_desktop.billing.tables import Charge, CopayOverride, PaymentPlan
from mediyn_desktop.cards.states import IN_FLIGHT, State, assert_transition
from mediyn_desktop.cards.stripe_api import API_VERSION, Intent, create_params
from mediyn_desktop.cards.tables import CardAttempt, CardAttemptEvent
from mediyn_desktop.cards.wording import decline_sentence
from mediyn_desktop.core.clock import local_date
from mediyn_desktop.core.ids import keyed_id
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger import accounts, items, payments
from mediyn_desktop.ledger.items import Share
from mediyn_desktop.ledger.journal import Line, post
from mediyn_desktop.ledger.tables import PaymentRow
from mediyn_desktop.practice.tables import Card, Client, Session
from mediyn_desktop.store.uow import Reading, UnitOfWork

COPAYS, FEES, SESSIONS, PLAN = "copays", "fees", "sessions", "plan"


@dataclass(frozen=True, slots=True)
class Due:
    """What a card may be asked for tonight: cents, and the consent scope that covers it."""

    charge: Charge
    session: Session
    client: Client
    purpose: str
    cents: int

    @property
    def obligation(self) -> str:
        """The natural key: one session owes one amount for one purpose, whatever happens."""
        return f"session:{self.session.ref}:{self.purpose}"

    @property
    def on(self) -> date:
        """The day it is about."""
        return self.charge.date_of_service


@dataclass(frozen=True, slots=True)
class InstallmentDue:
    """What a payment plan asks of a card for one day: never more than the agreed installment."""

    plan: PaymentPlan
    client: Client
    on: date
    cents: int
    purpose: str = PLAN

    @property
    def obligation(self) -> str:
        """The natural key: one plan asks one amount for one day, whatever happens."""
        return f"plan:{self.plan.ref}:{self.on.isoformat()}"


@dataclass(frozen=True, slots=True)
class NotChargeable:
    """Why a due amount is not put on a card."""

    code: str
    message: str


def due_on_card(read: Reading, charge: Charge) -> Due | None:
    """Return what the client owes by card for ``charge`` now, or ``None``.

    What is paid off under a payment plan is asked for by the plan alone.
    """
    session = read.session.get_one(Session, charge.session_id)
    client = session.client
    if charge.route in CLAIM_ROUTES:
        purpose = COPAYS
        cents = _copay_due(read, charge)
        cents -= _copays_by_hand(read, client).get(charge.id, 0)
    elif charge.open_item_id is not None and not under_plan(read, charge.open_item_id):
        cents = items.open_cents(read, charge.open_item_id)
        purpose = FEES if charge.route == Route.FEE else SESSIONS
    else:
        return None
    return Due(charge, session, client, purpose, cents) if cents > 0 else None


def chargeable_card(due: Due, *, today: date, cap_cents: int) -> Card | NotChargeable:
    """Return the card to charge for ``due``, or why none may be charged.

    Enrolling a card never charges it by itself: the client's autopay choice and the card's consent
    scope both have to cover the purpose.
    """
    owed = f"{format_cents(due.cents)} stays due"
    if not due.client.cards:
        return NotChargeable(
            "no-card",
            f"There is no card on file; {owed}. Record a payment or ask the client for a card.",
        )
    covered = {"full": {COPAYS, FEES, SESSIONS}, "copay": {COPAYS}}.get(due.client.autopay, set())
    wanted = {due.purpose}
    if due.purpose == COPAYS and due.cents > due.charge.copay_cents:
        wanted = {COPAYS, SESSIONS}  # an estimated share is more than what a copay's consent says
    if not wanted <= covered:
        return NotChargeable(
            "autopay-off",
            f"Autopay does not cover this; {owed}. Record a "
            "payment, or change the client's autopay.",
        )
    permitted = [
        card for card in due.client.cards if all(card.permits(purpose) for purpose in wanted)
    ]
    if not permitted:
        words = " and ".join(_PURPOSE_WORDS[purpose] for purpose in sorted(wanted))
        return NotChargeable(
            "no-consent",
            f"The client has not agreed to card charges for {words}; {owed}. Record the consent "
            "first.",
        )
    valid = [card for card in permitted if not is_expired(card, today)]
    if not valid:
        return NotChargeable(
            "card-expired",
            f"The card ending {permitted[-1].last4} has expired; "
            f"{owed}. Ask the client for a new card.",
        )
    if due.cents > cap_cents:
        return NotChargeable(
            "over-cap",
            f"{format_cents(due.cents)} is above your limit of "
            f"{format_cents(cap_cents)} for one charge; {owed}. Raise the limit "
            "in the settings, or record another payment.",
        )
    return valid[-1]


def plan_attempt(uow: UnitOfWork, due: Due | InstallmentDue, card: Card) -> CardAttempt:
    """Return the attempt for ``due``, queued; the same obligation always gives the same attempt.

    A row nothing was sent for yet takes today's amount and card. Once sending began it is frozen.
    """
    last = uow.session.scalar(
        select(CardAttempt)
        .where(CardAttempt.obligation == due.obligation)
        .order_by(CardAttempt.series.desc())
        .limit(1)
    )
    if last is not None and last.state != State.CANCELED:
        if last.state in (State.PLANNED, State.QUEUED) and last.create_started_at is None:
            _freeze(last, due, card)
            _move(uow, last, State.QUEUED, f"{format_cents(due.cents)} queued for the card")
        return last
    secret = uow.subkey("identity")
    attempt = CardAttempt(
        obligation=due.obligation,
        series=last.series + 1 if last is not None else 1,
        iid=keyed_id(secret, "iid", due.obligation),
        dup=keyed_id(secret, "dup", due.client.ref, due.on.isoformat(), due.purpose),
        charge_id=due.charge.id if isinstance(due, Due) else None,
        plan_id=due.plan.id if isinstance(due, InstallmentDue) else None,
        due_on=due.on if isinstance(due, InstallmentDue) else None,
        client_id=due.client.id,
        purpose=due.purpose,
        currency="usd",
        api_version=API_VERSION,
        state=State.QUEUED,
        creates=0,
        attempt=0,
        planned_at=uow.now,
        updated_at=uow.now,
    )
    _freeze(attempt, due, card)
    uow.session.add(attempt)
    uow.session.flush()
    _tell(uow, attempt, f"{format_cents(due.cents)} queued for the card ending {card.last4}")
    return attempt


def attempts_for(read: Reading, charge_ids: list[int]) -> dict[int, CardAttempt]:
    """Return the latest attempt of each charge that has one."""
    rows = read.session.scalars(
        select(CardAttempt)
        .where(CardAttempt.charge_id.in_(charge_ids))
        .order_by(CardAttempt.series)
    )
    return {row.charge_id: row for row in rows if row.charge_id is not None}


def waiting_count(read: Reading) -> int:
    """Return how many attempts are queued, or without a final answer."""
    return (
        read.session.scalar(
            select(func.count())
            .select_from(CardAttempt)
            .where(CardAttempt.state.in_([*IN_FLIGHT, State.QUEUED]))
        )
        or 0
    )


def move(uow: UnitOfWork, attempt: CardAttempt, state: State, text: str) -> None:
    """Take one arrow of the diagram and write down why."""
    _move(uow, attempt, state, text)


def record_read(uow: UnitOfWork, attempt: CardAttempt, intent: Intent) -> State:
    """Apply what was read back from the processor; the only way out of not knowing.

    An intent that is not the one planned (amount, currency, customer, iid) posts nothing and asks
    for review.
    """
    if attempt.state == State.SUCCEEDED:
        _post_fees(uow, attempt, intent)
        return State.SUCCEEDED
    if attempt.processor_id is None:
        attempt.processor_id = intent.id  # first writer wins; the column is unique
    wrong = _mismatch(attempt, intent)
    if wrong:
        _move(
            uow,
            attempt,
            State.REVIEW,
            f"What the processor holds differs: {wrong}. Nothing was posted.",
        )
        return State.REVIEW
    attempt.livemode = intent.livemode
    match intent.status:
        case "succeeded":
            _post_payment(uow, attempt, intent)
            attempt.decline_code = None
            attempt.message = None
            _move(uow, attempt, State.SUCCEEDED, f"{format_cents(attempt.amount_cents)} charged")
            _post_fees(uow, attempt, intent)
        case "processing":
            _move(uow, attempt, State.PROCESSING, "The processor will know later")
        case "canceled":
            _move(uow, attempt, State.CANCELED, "Canceled at the processor; nothing was charged")
        case "requires_action" | "requires_source_action":
            _decline(uow, attempt, State.NEEDS_CLIENT, "authentication_required")
        case "requires_payment_method" | "requires_source":
            code = intent.decline_code or intent.error_code
            needs_client = intent.error_code == "authentication_required"
            _decline(uow, attempt, State.NEEDS_CLIENT if needs_client else State.DECLINED, code)
        case "requires_confirmation":
            _move(uow, attempt, State.CREATED, "The processor has not charged the card yet")
        case _:
            _move(
                uow,
                attempt,
                State.REVIEW,
                "The processor answered with a state this program "
                "does not know. Nothing was posted.",
            )
    return State(attempt.state)


def _decline(uow: UnitOfWork, attempt: CardAttempt, state: State, code: str | None) -> None:
    attempt.decline_code = code or "generic_decline"
    attempt.message = decline_sentence(attempt.decline_code)
    _move(uow, attempt, state, attempt.message)


def _post_payment(uow: UnitOfWork, attempt: CardAttempt, intent: Intent) -> None:
    client = uow.session.get_one(Client, attempt.client_id)
    attempt.payment_entry_id = payments.record_payment(
        uow,
        ref=payment_ref(attempt),
        client=client.ref,
        cents=attempt.amount_cents,
        method="card",
        on=local_date(uow.now, uow.zone),
        source=f"attempt:{attempt.iid}",
        shares=_shares(uow, attempt),
        reference=intent.id,
    )


def asked_items(read: Reading, attempt: CardAttempt) -> list[int]:
    """Return the open items ``attempt`` is for, oldest first; none for a copay.

    A copay has no open item: it is the client's credit until the insurer has answered.
    """
    if attempt.plan_id is not None:
        return plan_items(read, attempt.plan_id)
    charge = read.session.get_one(Charge, attempt.charge_id)
    return [charge.open_item_id] if charge.open_item_id is not None else []


def _shares(read: Reading, attempt: CardAttempt) -> list[Share]:
    shares: list[Share] = []
    left = attempt.amount_cents
    for item in asked_items(read, attempt):
        part = min(items.open_cents(read, item), left)
        if part > 0:
            shares.append(Share(item, part))
            left -= part
    return shares


def payment_ref(attempt: CardAttempt) -> str:
    """Return the payment's reference: derived, so that it cannot be recorded twice."""
    return f"card-{attempt.iid[:16]}-{attempt.series}"


def _post_fees(uow: UnitOfWork, attempt: CardAttempt, intent: Intent) -> None:
    """Post what the processor kept, once it says so; never an estimate."""
    if intent.fees is None or attempt.fee_entry_id is not None or not intent.fees.fee_cents:
        return
    attempt.fee_entry_id = post(
        uow,
        on=local_date(uow.now, uow.zone),
        kind="card-fee",
        source=f"attempt:{attempt.iid}",
        key=f"card-fee:{intent.fees.id}",
        lines=[
            Line(accounts.CARD_FEES, intent.fees.fee_cents),
            Line(accounts.STRIPE, -intent.fees.fee_cents),
        ],
    )


def _mismatch(attempt: CardAttempt, intent: Intent) -> str | None:
    if intent.id != attempt.processor_id:
        return "another intent"
    if intent.iid != attempt.iid:
        return "the intent belongs to something else"
    if intent.amount != attempt.amount_cents or intent.currency != attempt.currency:
        return f"the amount is {format_cents(intent.amount)}"
    if intent.customer != attempt.customer:
        return "the customer is another one"
    if intent.status == "succeeded" and intent.amount_received != attempt.amount_cents:
        return f"only {format_cents(intent.amount_received)} was received"
    return None


def _freeze(attempt: CardAttempt, due: Due | InstallmentDue, card: Card) -> None:
    attempt.amount_cents = due.cents
    attempt.customer = card.stripe_customer
    attempt.payment_method = card.stripe_payment_method
    attempt.last4 = card.last4
    attempt.params = create_params(
        amount=due.cents,
        currency="usd",
        customer=card.stripe_customer,
        payment_method=card.stripe_payment_method,
        iid=attempt.iid,
        dup=attempt.dup,
    )
    assert json.loads(attempt.params)["amount"] == due.cents


def _move(uow: UnitOfWork, attempt: CardAttempt, state: State, text: str) -> None:
    old = State(attempt.state)
    assert_transition(old, state)
    attempt.state = state
    attempt.updated_at = uow.now
    if old != state or state in (State.DECLINED, State.CREATED):
        _tell(uow, attempt, text)
    uow.changed("card_attempt", attempt.id)


def _tell(uow: UnitOfWork, attempt: CardAttempt, text: str) -> None:
    uow.session.flush()
    uow.session.add(
        CardAttemptEvent(attempt_id=attempt.id, at=uow.now, state=attempt.state, text=text)
    )
    uow.changed("card_attempt", attempt.id)


def _collected(read: Reading, charge: Charge, purpose: str) -> bool:
    """Whether this purpose of the charge was already paid by card."""
    return bool(
        read.session.scalar(
            select(func.count())
            .select_from(CardAttempt)
            .where(CardAttempt.charge_id == charge.id, CardAttempt.purpose == purpose)
            .where(CardAttempt.state == State.SUCCEEDED)
        )
    )


def copay_settled(read: Reading, charge: Charge) -> bool:
    """Whether the insurers have decided the client's share, or a card has paid it already."""
    session = read.session.get_one(Session, charge.session_id)
    decided = all(
        items.open_cents(read, item.id) == 0
        for item in items.items_of_session(read, session.ref)
        if item.debtor is not None
    )
    return decided or _collected(read, charge, COPAYS)


def _copay_due(read: Reading, charge: Charge) -> int:
    """The copay still to collect: none once it was, or once the insurer has decided the share."""
    if copay_settled(read, charge):
        return 0
    override = read.session.scalar(
        select(CopayOverride.copay_cents).where(CopayOverride.charge_id == charge.id)
    )
    return charge.copay_cents if override is None else override


def _copays_by_hand(read: Reading, client: Client) -> dict[int, int]:
    """Return what money handed over covers of each copay of the client's, by charge.

    What is left of cash and checks covers the copays of sessions up to the day it was received,
    the oldest first, and each cent of it one copay only.
    """
    handed = [
        (row.received_on, left)
        for payment, left in payments.unallocated(read, client.ref)
        if (row := read.session.get_one(PaymentRow, payment)).method != "card"
    ]
    rows = read.session.scalars(
        select(Charge)
        .where(Charge.client_id == client.id, Charge.voided_at.is_(None))
        .where(Charge.route.in_(CLAIM_ROUTES))
        .order_by(Charge.date_of_service, Charge.id)
    ).all()
    covered: dict[int, int] = {}
    for charge in rows:
        needed = _copay_due(read, charge)
        covered[charge.id] = 0
        for index, (received_on, left) in enumerate(handed):
            part = min(needed, left) if received_on >= charge.date_of_service else 0
            handed[index] = (received_on, left - part)
            covered[charge.id] += part
            needed -= part
    return covered


def is_expired(card: Card, today: date) -> bool:
    """Whether the month printed on ``card`` is over; an unknown one is not."""
    if card.exp_year is None or card.exp_month is None:
        return False
    return (card.exp_year, card.exp_month) < (today.year, today.month)


_PURPOSE_WORDS = {COPAYS: "copays", FEES: "missed-session fees", SESSIONS: "sessions"}
