# SPDX-License-Identifier: MIT
"""Applying what was read from the processor to an attempt; the only way out of not knowing.

Success posts the payment and allocates it in the transaction that stores the state. Nothing is
posted on faith: what differs from the plan in one point posts nothing and asks for review.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from mediyn_desktop.billing.plan_views import plan_items
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.attempts import move, tell
from mediyn_desktop.cards.choosing import BALANCE, COPAYS
from mediyn_desktop.cards.declines import Refusal, kind_of, retry_day
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import Intent
from mediyn_desktop.cards.tables import CardAttempt, CardImport
from mediyn_desktop.cards.wording import decline_sentence
from mediyn_desktop.core.clock import local_date
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger import items, payments
from mediyn_desktop.ledger.bank import processor_fee
from mediyn_desktop.ledger.items import Share
from mediyn_desktop.practice.tables import Client, Session
from mediyn_desktop.store.uow import Reading, UnitOfWork

KEY_GOOD_FOR = timedelta(hours=20)
"""The processor keeps idempotency keys for a day (docs.stripe.com/api/idempotent_requests)."""


def record_read(
    uow: UnitOfWork,
    attempt: CardAttempt,
    intent: Intent,
    *,
    server_now: datetime | None,
    answered: bool = False,
) -> State:
    """Apply ``intent`` as it was read and return the state it leads to.

    An intent that is not the one planned (amount, currency, customer, iid, mode) posts nothing and
    asks for review.

    Args:
        server_now: the processor's clock. By it the day of a decline is counted, as it is when the
            day to ask again has come; ours may be wrong. None where it told none.
        answered: the bank's answer came, so that a refusal that is read is the one it gave now.
    """
    at = server_now or uow.now
    if attempt.state == State.SUCCEEDED:
        post_fees(uow, attempt, intent)
        return State.SUCCEEDED
    if intent.status == "canceled" and intent.id == attempt.processor_id:
        return _set(uow, attempt, State.CANCELED, "Canceled at the processor; nothing was charged")
    wrong = _mismatch(uow, attempt, intent)
    if wrong is None and attempt.processor_id is None:
        attempt.processor_id = intent.id  # first writer wins; the column is unique
    if wrong is not None:
        return _set(
            uow,
            attempt,
            State.REVIEW,
            f"What the processor holds differs: {wrong}. Nothing was posted.",
        )
    match intent.status:
        case "succeeded":
            _post_payment(uow, attempt, intent)
            attempt.decline_code = None
            attempt.message = None
            amount = format_cents(attempt.amount_cents)
            _set(uow, attempt, State.SUCCEEDED, f"{amount} charged")
            post_fees(uow, attempt, intent)
        case "processing":
            _set(uow, attempt, State.PROCESSING, "The bank has not decided yet")
        case "requires_action" | "requires_source_action":
            _declined(uow, attempt, "authentication_required", Refusal.CLIENT, at)
        case "requires_payment_method" | "requires_source" if not answered and asked_and_unheard(
            attempt, server_now
        ):
            text = "The processor shows the refusal before; whether it asked the bank is not known"
            _set(uow, attempt, State.UNKNOWN, text)
        case "requires_payment_method" | "requires_source":
            code = intent.decline_code or intent.error_code
            kind = kind_of(code, error_code=intent.error_code, advice=intent.advice)
            _declined(uow, attempt, code, kind, at)
        case "requires_confirmation":
            _set(uow, attempt, State.CREATED, "The processor has not charged the card yet")
        case _:
            _set(
                uow,
                attempt,
                State.REVIEW,
                "The processor answered with a state this program "
                "does not know. Nothing was posted.",
            )
    return State(attempt.state)


def payment_ref(attempt: CardAttempt) -> str:
    """Return the payment's reference: derived, so that it cannot be recorded twice."""
    return f"card-{attempt.iid[:16]}-{attempt.series}"


def post_fees(uow: UnitOfWork, attempt: CardAttempt, intent: Intent) -> None:
    """Post what the processor kept, once it says so; never an estimate."""
    if intent.fees is None or attempt.fee_entry_id is not None or not intent.fees.fee_cents:
        return
    attempt.fee_entry_id = processor_fee(
        uow,
        transaction=intent.fees.id,
        cents=intent.fees.fee_cents,
        on=local_date(uow.now, uow.zone),
        source=f"attempt:{attempt.iid}",
    )


def _set(uow: UnitOfWork, attempt: CardAttempt, state: State, text: str) -> State:
    """Move there if the diagram has the arrow; a person's decision is waited for otherwise."""
    if attempt.state == State.NEEDS_CLIENT and state is State.CREATED:
        return State.NEEDS_CLIENT  # the client is on the page; the card is not asked from here
    if attempt.state == State.REVIEW and state not in (State.SUCCEEDED, State.CANCELED):
        return State.REVIEW
    move(uow, attempt, state, text)
    return state


def asked_and_unheard(attempt: CardAttempt, server_now: datetime | None) -> bool:
    """Whether a retry may still be on its way, so that a refusal that is read is the one before.

    As long as the processor knows the request by its key, asking with that key once more takes it
    up or repeats its answer.
    """
    if attempt.confirm_with is None or attempt.key_spent:
        return False
    if attempt.state not in (State.CONFIRMING, State.UNKNOWN):
        return False
    if server_now is None or attempt.key_at is None:
        return False
    return server_now - attempt.key_at < KEY_GOOD_FOR


def _declined(
    uow: UnitOfWork, attempt: CardAttempt, code: str | None, kind: Refusal, at: datetime
) -> None:
    """Note a no, once for each time the bank was asked, and when to ask again by itself."""
    again = attempt.state in (State.DECLINED, State.NEEDS_CLIENT) and attempt.key_spent
    if again or attempt.state == State.REVIEW:
        return
    attempt.key_spent = True
    attempt.decline_code = code or "generic_decline"
    attempt.message = decline_sentence(attempt.decline_code)
    attempt.declines += 1
    attempt.first_declined_at = attempt.first_declined_at or at
    attempt.retry_on = retry_day(
        kind,
        declines=attempt.declines,
        first=local_date(attempt.first_declined_at, uow.zone),
        today=local_date(at, uow.zone),
    )
    state = State.NEEDS_CLIENT if kind is Refusal.CLIENT else State.DECLINED
    text = attempt.message
    if attempt.retry_on is not None:
        text += f" We ask again on {attempt.retry_on.isoformat()}."
    same = attempt.state == state
    move(uow, attempt, state, text)
    if same:
        tell(uow, attempt, text)


def _post_payment(uow: UnitOfWork, attempt: CardAttempt, intent: Intent) -> None:
    found = uow.session.scalar(select(CardImport).where(CardImport.processor_id == intent.id))
    if found is not None and found.entry_id is not None:
        attempt.payment_entry_id = found.entry_id  # a reconciliation posted this very money
        return
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
    """Return the open items ``attempt`` is for, oldest first.

    A copay has none before the insurer has answered: until then it is the client's credit.
    """
    if attempt.plan_id is not None:
        return plan_items(read, attempt.plan_id)
    charge = read.session.get_one(Charge, attempt.charge_id)
    if attempt.purpose in (BALANCE, COPAYS):
        session = read.session.get_one(Session, charge.session_id)
        client = read.session.get_one(Client, attempt.client_id)
        return [item.id for item in items.open_items(read, client.ref, session=session.ref)]
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


def _mismatch(uow: UnitOfWork, attempt: CardAttempt, intent: Intent) -> str | None:
    if attempt.processor_id is None:
        taken = select(CardAttempt.id).where(CardAttempt.processor_id == intent.id)
        if uow.session.scalar(taken) is not None:
            return "the intent is another charge's"
    elif intent.id != attempt.processor_id:
        return "another intent"
    if intent.iid != attempt.iid:
        return "the intent belongs to something else"
    if intent.amount != attempt.amount_cents or intent.currency != attempt.currency:
        return f"the amount is {format_cents(intent.amount)}"
    if intent.customer != attempt.customer:
        return "the customer is another one"
    if attempt.livemode is not None and intent.livemode != attempt.livemode:
        return "the mode is another one"
    if intent.status == "succeeded" and intent.amount_received != attempt.amount_cents:
        return f"{format_cents(intent.amount_received)} was received"
    return None
