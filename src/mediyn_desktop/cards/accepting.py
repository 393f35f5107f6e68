# SPDX-License-Identifier: MIT
"""Taking over what a comparison found: all of it in one transaction, then the anchors.

Afterwards the ledger says what the processor says, and a freeze is lifted.
"""

from __future__ import annotations

from sqlalchemy import delete, func, select

from mediyn_desktop.billing.plan_views import get_plan, plan_items
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards import anchoring
from mediyn_desktop.cards.attempts import move, new_attempt
from mediyn_desktop.cards.due import Due, InstallmentDue
from mediyn_desktop.cards.findings import Finding, Kind
from mediyn_desktop.cards.holds import place_hold
from mediyn_desktop.cards.installments import still_asked
from mediyn_desktop.cards.links.states import MADE
from mediyn_desktop.cards.links.tables import PaymentLink
from mediyn_desktop.cards.on_file import requests
from mediyn_desktop.cards.on_file.forgotten import adopt
from mediyn_desktop.cards.on_file.states import RequestState
from mediyn_desktop.cards.receipts import in_turn, lower_waiting
from mediyn_desktop.cards.reconciling import Comparison, judged
from mediyn_desktop.cards.recording import asked_items, record_read
from mediyn_desktop.cards.refunds.states import UNANSWERED
from mediyn_desktop.cards.refunds.tables import CardRefund
from mediyn_desktop.cards.states import IN_FLIGHT, State
from mediyn_desktop.cards.stripe_api import NO_ANSWER, Account, Intent, StripeApi
from mediyn_desktop.cards.tables import CardAnchor, CardAttempt, CardFreeze, CardImport
from mediyn_desktop.cards.turns import taking_turns
from mediyn_desktop.core.clock import local_date
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ledger import accounts, payments
from mediyn_desktop.ledger.items import oldest_first, open_cents, open_items
from mediyn_desktop.ledger.returns import refund, refundable_cents
from mediyn_desktop.ledger.tables import PaymentRow
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.tables import Client, Session
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Store, UnitOfWork


class NotAccepted(UserFacingError):
    """The comparison cannot be taken over; nothing was changed."""

    code = "not-accepted"


@taking_turns()
def accept(store: Store, api: StripeApi, comparison: Comparison) -> None:
    """Post what was found, begin a new epoch, tell both anchors, and lift the freeze.

    The freeze is lifted last: until the processor's anchor names this installation, another copy
    of the ledger might still charge.

    Raises:
        NotAccepted: code ``other-mode``, ``charge-under-way`` or ``changed-meanwhile``, and nothing
            was changed; or ``anchor-not-written``: all was posted, and charging stays frozen until
            the comparison is accepted once more.
    """
    with store.write("Accept what the card processor holds") as uow:
        take_over(uow, comparison)
        mark = _new_epoch(uow, comparison) if comparison.code is not None else None
        anchor = uow.session.get(CardAnchor, 1)
        if anchor is not None:
            anchor.swept_until = comparison.read_at
    for unused in comparison.unused:
        try:
            api.intents.cancel(unused)
        except NO_ANSWER:
            continue  # unconfirmed, it moves no money
    for page in comparison.pages:
        try:
            api.setups.expire(page)
        except NO_ANSWER:
            continue  # what is saved on it is found by the next comparison
    if mark is None:
        return
    try:
        anchoring.publish(store, api, mark, comparison.remote)
    except (OSError, *NO_ANSWER):
        raise NotAccepted(
            "What was found is posted, but the card processor could not be told that this is the "
            "newest copy of your practice. Nothing is charged meanwhile. Accept once more when the "
            "connection is back.",
            code="anchor-not-written",
        ) from None
    with store.write("Let cards be charged again") as uow:
        uow.session.execute(delete(CardFreeze))
        uow.changed("card_freeze", 1)


def take_over(uow: UnitOfWork, comparison: Comparison) -> None:
    """Post what was found, in the caller's transaction: the part of ``accept`` that moves money.

    Raises:
        NotAccepted: codes ``other-mode``, ``charge-under-way``, ``changed-meanwhile``.
    """
    now = judged(uow, comparison.heard, uow.subkey("identity"))
    if (now.findings, now.unused, now.pages) != (
        comparison.findings, comparison.unused, comparison.pages,
    ):  # fmt: skip
        raise NotAccepted(
            "Something was written here since it was compared, and it changes what was found. "
            "Nothing was posted. Compare once more.",
            code="changed-meanwhile",
        )
    _take_account(uow, comparison)
    for finding in comparison.findings:
        _take(uow, finding, comparison.account)


def _new_epoch(uow: UnitOfWork, comparison: Comparison) -> anchoring.Mark:
    """Go beyond every anchor there is, and stay frozen until they are told."""
    remote = comparison.remote
    epochs = [anchoring.stands(uow).epoch, comparison.local.epoch]
    if remote is not None:
        epochs.append(remote.epoch)
    if uow.session.get(CardFreeze, 1) is None:
        freeze = CardFreeze(id=1, reason=comparison.frozen or "", since=uow.now)
        freeze.code = str(comparison.code)
        uow.session.add(freeze)
    return anchoring.next_step(uow, comparison.local.install, epoch=max(epochs) + 1)


def _take_account(uow: UnitOfWork, comparison: Comparison) -> None:
    """Move to another account of the same mode, where nothing is under way in the old one."""
    known = settings.get(uow, settings.STRIPE_ACCOUNT)
    name = comparison.account.name
    if known in ("", name):
        return
    if known.rpartition(":")[2] != name.rpartition(":")[2]:
        raise NotAccepted(
            "Test charges and real ones never stand in the same books. Nothing was changed. Enter "
            "a key of the mode used before, or begin a new practice for the other mode.",
            code="other-mode",
        )
    open_there = _open_there(uow)
    if open_there:
        raise NotAccepted(
            f"Without an outcome in the account used before: {', '.join(open_there)}. Nothing was "
            "changed. Enter its key once more and send what waits, or close it, then change "
            "accounts.",
            code="charge-under-way",
        )
    for ident in requests.under_way(uow):
        text = "The practice charges in another account now; a card saved there is of no use here"
        requests.move(uow, requests.get(uow, ident), RequestState.CLOSED, text)
    settings.set_value(uow, settings.STRIPE_ACCOUNT.key, name)


def _open_there(uow: UnitOfWork) -> list[str]:
    """What only the account it was begun in can tell the outcome of, counted in words."""
    asked = (
        ("card charge", CardAttempt.id, CardAttempt.state.in_(IN_FLIGHT)),
        ("payment link", PaymentLink.id, PaymentLink.state.in_(MADE)),
        ("refund", CardRefund.id, CardRefund.state.in_(UNANSWERED)),
    )
    counts = [
        (uow.session.scalar(select(func.count(ident)).where(where)) or 0, what)
        for what, ident, where in asked
    ]
    return [f"{count} {what}{'s' if count != 1 else ''}" for count, what in counts if count]


def _take(uow: UnitOfWork, finding: Finding, account: Account) -> None:
    seen = select(CardImport.id).where(CardImport.processor_id == finding.processor_id)
    if finding.kind is not Kind.DISPUTE and uow.session.scalar(seen) is not None:
        return
    match finding.kind:
        case Kind.ADOPTED:
            _adopt(uow, finding, account)
        case Kind.IMPORTED | Kind.REVIEW:
            _import(uow, finding, account)
        case Kind.REFUND:
            _refund(uow, finding, account)
        case Kind.DISPUTE:
            if finding.client_ref is not None:
                place_hold(
                    uow,
                    get_client(uow, finding.client_ref),
                    source=f"dispute:{finding.processor_id}",
                    reason="The client's bank disputes an earlier charge.",
                )
        case Kind.CARD:
            assert finding.card is not None
            assert finding.client_ref is not None
            adopt(uow, finding.client_ref, finding.card)
        case Kind.FOREIGN:
            _note(uow, finding, account, entry=None)


def _adopt(uow: UnitOfWork, finding: Finding, account: Account) -> None:
    intent = _intent(finding)
    if finding.attempt_id is not None:
        row = uow.session.get_one(CardAttempt, finding.attempt_id)
        row.key_spent = True
    else:
        row = _restored(uow, finding, intent, account)
    record_read(uow, row, intent, server_now=account.server_time)


def _restored(uow: UnitOfWork, finding: Finding, intent: Intent, account: Account) -> CardAttempt:
    """The attempt a lost ledger had made, as the processor remembers it."""
    due = _owed(uow, finding, intent)
    cards = [card for card in due.client.cards if card.stripe_customer == intent.customer]
    row = new_attempt(uow, due)
    row.amount_cents, row.customer = intent.amount, intent.customer or ""
    row.payment_method = cards[-1].stripe_payment_method if cards else ""
    row.last4 = cards[-1].last4 if cards else ""
    row.params = "{}"  # it is never created again: the intent is there
    row.creates = row.attempt = 1
    row.account, row.livemode = account.id, account.livemode
    row.create_started_at = intent.created
    uow.session.add(row)
    uow.session.flush()
    return row


def _owed(uow: UnitOfWork, finding: Finding, intent: Intent) -> Due | InstallmentDue:
    """What it was charged for."""
    if finding.plan_ref is not None:
        assert finding.due_on is not None
        plan = get_plan(uow, finding.plan_ref)
        client = uow.session.get_one(Client, plan.client_id)
        return InstallmentDue(plan, client, finding.due_on, intent.amount)
    assert finding.purpose is not None
    charge = uow.session.get_one(Charge, finding.charges[0])
    session = uow.session.get_one(Session, charge.session_id)
    return Due(charge, session, session.client, finding.purpose, intent.amount, turn=finding.turn)


def _import(uow: UnitOfWork, finding: Finding, account: Account) -> None:
    """Post what was really received as a payment of the client's, the matching session first."""
    intent = _intent(finding)
    if intent.status != "succeeded" or finding.client_ref is None:
        return  # the bank has not decided: it is found again when it has
    cents = intent.amount_received
    settled = in_turn(uow, finding.client_ref, _likeliest(uow, finding))
    entry = payments.record_payment(
        uow,
        ref=f"card-{intent.id}",
        client=finding.client_ref,
        cents=cents,
        method="card",
        on=local_date(intent.created, uow.zone),
        source=f"processor:{intent.id}",
        shares=oldest_first(settled, cents),
        reference=intent.id,
    )
    _note(uow, finding, account, entry=entry)
    client = get_client(uow, finding.client_ref)
    if finding.attempt_id is not None:
        row = uow.session.get_one(CardAttempt, finding.attempt_id)
        if row.state == State.REVIEW:
            row.payment_entry_id = entry
            move(uow, row, State.SUCCEEDED, "Accepted by hand as it was received")
    lower_waiting(uow, client)
    _settle_reviews(uow, client)


def _likeliest(uow: UnitOfWork, finding: Finding) -> list[int]:
    """The open items it is for: those it was asked for or, of what it may be for, the first that
    still owes something.
    """
    if finding.attempt_id is not None:
        return asked_items(uow, uow.session.get_one(CardAttempt, finding.attempt_id))
    if finding.plan_ref is not None:
        return plan_items(uow, get_plan(uow, finding.plan_ref).id)
    for ident in finding.charges:
        charge = uow.session.get_one(Charge, ident)
        if charge.open_item_id is not None and open_cents(uow, charge.open_item_id) > 0:
            session = uow.session.get_one(Session, charge.session_id)
            return [one.id for one in open_items(uow, session.client.ref, session=session.ref)]
    return []


def _settle_reviews(uow: UnitOfWork, client: Client) -> None:
    """Take back charges that waited for this comparison and have nothing left to ask for."""
    rows = uow.session.scalars(
        select(CardAttempt)
        .where(CardAttempt.client_id == client.id, CardAttempt.state == State.REVIEW)
        .where(CardAttempt.processor_id.is_(None), CardAttempt.compared_with.is_not(None))
    ).all()
    for row in rows:
        if still_asked(uow, row) is None:
            move(uow, row, State.CANCELED, "Settled by what the processor holds; nothing was sent")


def _refund(uow: UnitOfWork, finding: Finding, account: Account) -> None:
    made = finding.refund
    assert made is not None
    payment = uow.session.scalar(
        select(PaymentRow).where(
            PaymentRow.reference == made.payment_intent, PaymentRow.method == "card"
        )
    )
    if payment is None or refundable_cents(uow, payment) < made.amount:
        return  # stays found until a person has put the payment right
    entry = refund(
        uow,
        ref=made.id,
        payment=payment.ref,
        cents=made.amount,
        on=local_date(made.created, uow.zone),
        reason="Refunded at the card processor",
        out_of=accounts.STRIPE,
    )
    _note(uow, finding, account, entry=entry)


def _note(uow: UnitOfWork, finding: Finding, account: Account, *, entry: int | None) -> None:
    client = get_client(uow, finding.client_ref) if finding.client_ref is not None else None
    uow.session.add(
        CardImport(
            processor_id=finding.processor_id,
            kind=finding.kind.value,
            client_id=client.id if client is not None else None,
            amount_cents=finding.amount_cents,
            account=account.id,
            livemode=account.livemode,
            entry_id=entry,
            at=uow.now,
        )
    )
    uow.session.flush()
    uow.changed("card_import", finding.processor_id)


def _intent(finding: Finding) -> Intent:
    assert finding.intent is not None
    return finding.intent
