# SPDX-License-Identifier: MIT
"""What holds a step back: something of it left the computer, or something stands on it.

Each answer is None, a sentence, or a sentence with the dated correction that is offered instead.
"""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from mediyn_desktop.billing.charges import charge_of
from mediyn_desktop.billing.package_sales import refund_package, refund_preview
from mediyn_desktop.billing.prepaid import view_package
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards import by_hand, receipts
from mediyn_desktop.cards.under_way import Asked, asked_for, client_in_flight
from mediyn_desktop.claims.submission import ClaimSent, refuse_if_sent
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.delivery.tables import IssuedDocument
from mediyn_desktop.ledger import bank, payments, periods
from mediyn_desktop.ledger.deposits import is_deposited
from mediyn_desktop.ledger.items import adjusted_cents, paid_cents
from mediyn_desktop.ledger.returns import refundable_cents
from mediyn_desktop.practice import sessions
from mediyn_desktop.practice.tables import Session
from mediyn_desktop.store.uow import Reading, UnitOfWork
from mediyn_desktop.undo.returning import uncancel, unset, unsign
from mediyn_desktop.undo.steps import Facts, Held, Offer

_BEING_CHARGED = Held("A card of this client is being charged. Wait for its answer.")


def signed(read: Reading, facts: Facts) -> Held | None:
    """A signature whose charge was asked of a card, is in a claim file or on a superbill."""
    session = sessions.get(read, facts["session"])
    return _billed(read, session, "take back the signature", partial(unsign, facts=facts))


def cancelled(read: Reading, facts: Facts) -> Held | None:
    """A cancelled session whose fee was asked of a card."""
    session = sessions.get(read, facts["session"])
    words = f"make the session {facts['status'].replace('_', ' ')} again"
    return _billed(read, session, words, partial(uncancel, facts=facts))


def _billed(read: Reading, session: Session, also: str, act: partial[None]) -> Held | None:
    charge = charge_of(read, session)
    if charge is None:
        return None
    asked = asked_for(read, charge)
    if asked is Asked.UNCERTAIN:
        return Held(
            "The card processor was asked already, and what became of it is not certain. Check "
            "the cards first."
        )
    try:
        refuse_if_sent(read, charge)
    except ClaimSent:
        return Held("Its claim was written into a claim file. Have the insurer void the claim.")
    offer = Offer(_void_words(read, session, charge, also), act)
    if asked is Asked.CHARGED:
        return Held("The card was charged. What it paid is not sent back by undoing.", offer)
    if asked is Asked.REFUSED:
        return Held("The card processor was asked already, and the card did not pay.", offer)
    if _on_paper(read, session, charge):
        return Held("A superbill names it already. Issue the superbill again afterwards.", offer)
    return None


def _void_words(read: Reading, session: Session, charge: Charge, also: str) -> str:
    item = charge.open_item_id
    paid = paid_cents(read, item) - adjusted_cents(read, item) if item is not None else 0
    words = f"Void the charge of {format_cents(charge.total_cents)} for session {session.ref}"
    kept = f"; the {format_cents(paid)} paid for it stay as the client’s credit" if paid else ""
    return f"{words}, dated {read.today.isoformat()}, and {also}{kept}"


def _on_paper(read: Reading, session: Session, charge: Charge) -> bool:
    """Whether a superbill that covers the session's day was issued since it was billed."""
    issued = select(IssuedDocument.id).where(
        IssuedDocument.client_id == session.client_id,
        IssuedDocument.period_from <= session.date_of_service,
        IssuedDocument.period_to >= session.date_of_service,
        IssuedDocument.issued_at >= charge.billed_at,
    )
    return read.session.scalar(issued.limit(1)) is not None


def paid(read: Reading, facts: Facts) -> Held | None:
    """A payment that was taken to the bank or partly went back."""
    ref = facts["payment"]
    row = payments.get_payment(read, ref)
    left, dated = refundable_cents(read, row), f"dated {read.today.isoformat()}"
    if left < row.amount_cents:
        why = "Part of it went back to the client."
        if not left:
            return Held("All of it went back to the client. Nothing is left to undo.")
        words = f"Refund the remaining {format_cents(left)} of payment {ref}, {dated}"
        return Held(why, Offer(words, partial(_refund, ref=ref, cents=left)))
    if is_deposited(read, row.id):
        words = f"Void payment {ref} of {format_cents(row.amount_cents)}, {dated}"
        return Held(
            "It was taken to the bank. If it was never paid, void it.",
            Offer(words, partial(by_hand.void, payment=ref, reason="It was never paid")),
        )
    return None


def _refund(uow: UnitOfWork, ref: str, cents: int) -> int:
    return receipts.give_back(uow, ref, cents, "Recorded by mistake")


def card_asked(read: Reading, facts: Facts) -> Held | None:
    """A correction of a client whose card is being charged."""
    row = payments.get_payment(read, facts["payment"])
    if client_in_flight(read, sessions.get_client(read, row.client)):
        return _BEING_CHARGED
    return None


def package_used(read: Reading, facts: Facts) -> Held | None:
    """A package that sessions have used."""
    number = facts["package"]
    view = view_package(read, number)
    if not view.used:
        return None
    if not view.left_cents:
        return Held("Its sessions were held. Nothing is left to pay back.")
    preview = refund_preview(read, number)
    words = f"Refund the package’s remaining {format_cents(preview.cents)}"
    return Held(
        f"{'A session has' if view.used == 1 else f'{view.used} sessions have'} used it.",
        Offer(f"{words}, dated {read.today.isoformat()}", partial(_refund_package, number=number)),
    )


def _refund_package(uow: UnitOfWork, number: int) -> int:
    return refund_package(uow, number, on=uow.today, reason="Sold by mistake")


def amount_asked(read: Reading, facts: Facts) -> Held | None:
    """An amount that was asked of a card as it was set."""
    charge = charge_of(read, sessions.get(read, facts["session"]))
    if charge is None:
        return Held("The session has no charge any more.")
    asked = asked_for(read, charge)
    if asked in (Asked.NOTHING, Asked.WAITS):
        return None
    if asked is Asked.UNCERTAIN:
        return Held("The card processor was asked for it and has not answered. Wait for it.")
    more = format_cents(facts["before"] - facts["after"])
    if facts["adjustment"] is None:
        return Held(f"The card was asked for the copay. Record what is paid of the other {more}.")
    return Held(
        "The card was asked for the lower amount.",
        Offer(
            f"Ask the client for the {more} again, dated {read.today.isoformat()}",
            partial(unset, facts=facts),
        ),
    )


def promise_used(read: Reading, facts: Facts) -> Held | None:
    """A courtesy that was taken off already."""
    if charge_of(read, sessions.get(read, facts["session"])) is not None:
        return Held("The session was billed with it. Change the amount asked for the session.")
    return None


def deposit_returned(read: Reading, facts: Facts) -> Held | None:
    """A deposit of which the bank paid something back."""
    if bank.returned_since(read, facts["deposit"]):
        return Held("Part of it was paid back out of the bank since.")
    return None


def period_named(read: Reading, facts: Facts) -> Held | None:
    """A closing because of which something was posted on another day."""
    if periods.named_since(read, facts["closing"]):
        return Held(
            "Entries that concern it were posted since. Its books stay closed; what comes in for "
            "them is posted on its own day and names the day it concerns."
        )
    return None


def estimate_given(_read: Reading, _facts: Facts) -> Held | None:
    """An estimate: part of the record once it is given."""
    return Held("It was given and is part of the record. Give a new one; it replaces this one.")


def superbill_given(_read: Reading, _facts: Facts) -> Held | None:
    """A superbill: it may be in the client's hands."""
    return Held(
        "It may be in the client’s hands. Correct what it lists and issue it again: the new "
        "version says that it replaces this one."
    )


def free(_read: Reading, _facts: Facts) -> Held | None:
    """Nothing holds it."""
    return None
