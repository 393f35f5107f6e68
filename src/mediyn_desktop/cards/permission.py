# SPDX-License-Identifier: MIT
"""Whether an approved charge may still be sent, asked in the very transaction that sends it."""

from __future__ import annotations

from dataclasses import dataclass

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.attempts import of_balances
from mediyn_desktop.cards.choosing import BALANCE, is_expired, permitted
from mediyn_desktop.cards.due import Due, InstallmentDue
from mediyn_desktop.cards.holds import held
from mediyn_desktop.cards.installments import agreed_card, overtaken, still_asked
from mediyn_desktop.cards.limits import left_today
from mediyn_desktop.cards.links.standing import links_on
from mediyn_desktop.cards.recording import asked_items
from mediyn_desktop.cards.states import IN_FLIGHT, REFUSED, State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.cards.under_way import charge_in_flight
from mediyn_desktop.codes.vocabulary import Autopay
from mediyn_desktop.practice.tables import Card, Session
from mediyn_desktop.store.uow import Reading

_AT_THE_BANK = frozenset({State.CONFIRMING, State.UNKNOWN, State.PROCESSING})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why it may not be sent now; ``final`` where it is to be taken back rather than to wait."""

    text: str
    final: bool


def refusal(read: Reading, row: CardAttempt) -> Refusal | None:
    """Return why the attempt may not be sent, or None where it may."""
    due = still_asked(read, row)
    if due is None or due.purpose != row.purpose or due.cents < row.amount_cents:
        return Refusal("Paid another way meanwhile, or no longer due; not charged", final=True)
    if row.state == State.DECLINED and overtaken(read, row):
        return Refusal("The next installment is due; this one is not asked for again", final=True)
    refused = _by_client(read, row, due)
    if refused is not None:
        return refused
    if row.charge_id is not None and _perhaps_paid(read, row, row.charge_id):
        return Refusal("Another charge for the session has no known outcome; it waits", final=False)
    if links_on(read, asked_items(read, row)):
        return Refusal("A payment link asks for the same; the charge waits", final=False)
    # What is in flight counted when it began.
    if row.state not in IN_FLIGHT and left_today(read) < row.amount_cents:
        return Refusal("Your limit for one day is reached; the charge waits", final=False)
    return None


def taken_back(read: Reading, row: CardAttempt) -> Refusal | None:
    """Return what the client's rule, consent or a hold has against a charge ``refusal`` let pass.

    For the moment between the intent and the bank: a consent taken back meanwhile still counts,
    while nothing the charge is for can be paid another way as long as it is under way.
    """
    if row.plan_id is not None:
        return refusal(read, row)
    charge = read.session.get_one(Charge, row.charge_id)
    session = read.session.get_one(Session, charge.session_id)
    asked = Due(charge, session, session.client, row.purpose, row.amount_cents)
    return _by_client(read, row, asked)


def _by_client(read: Reading, row: CardAttempt, due: Due | InstallmentDue) -> Refusal | None:
    if due.client.autopay == Autopay.NEVER:
        return Refusal("The client's card is never to be charged; not charged", final=True)
    cards = {card.stripe_payment_method for card in _cards(read, row, due)}
    # After a decline any of them may be asked; before, only the one the charge was approved for.
    if not cards or (row.state not in REFUSED and _asks(row) not in cards):
        return Refusal("The card is no longer on file for this; not charged", final=True)
    reason = held(read, row.client_id)
    return Refusal(f"{reason} The charge waits", final=False) if reason is not None else None


def card_now(read: Reading, row: CardAttempt) -> Card | None:
    """Return the card to ask after a decline: the one a new charge would take, if there is one."""
    due = still_asked(read, row)
    cards = _cards(read, row, due) if due is not None else []
    valid = [card for card in cards if not is_expired(card, read.today)] or cards
    return valid[0] if valid else None


def _perhaps_paid(read: Reading, row: CardAttempt, charge: int) -> bool:
    """Whether a card may be paying something else of the charge already.

    A balance waits for all that was begun. What is not a balance waits for one only once the bank
    may have been asked, so that the two never wait for each other.
    """
    if row.purpose == BALANCE:
        return charge_in_flight(read, charge, row.id)
    balance = of_balances(read, [charge]).get(charge)
    return balance is not None and balance.state in _AT_THE_BANK


def _asks(row: CardAttempt) -> str:
    """The payment method the next request is about."""
    return row.confirm_with or row.payment_method


def _cards(read: Reading, row: CardAttempt, due: Due | InstallmentDue) -> list[Card]:
    """The cards that may be asked for it, of those at the customer the intent is bound to."""
    if isinstance(due, InstallmentDue):
        agreed = agreed_card(read, due.plan)
        cards = [agreed] if agreed is not None else []
    else:
        cards = permitted(due.client.cards, due.scopes)
    return [card for card in cards if card.stripe_customer == row.customer]
