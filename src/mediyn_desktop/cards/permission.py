# SPDX-License-Identifier: MIT
"""Whether an approved charge may still be sent, asked in the very transaction that sends it."""

from __future__ import annotations

from dataclasses import dataclass

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.due import due_on_card
from mediyn_desktop.cards.holds import held
from mediyn_desktop.cards.limits import left_today
from mediyn_desktop.cards.links.standing import links_on
from mediyn_desktop.cards.states import IN_FLIGHT
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.codes.vocabulary import Autopay
from mediyn_desktop.practice.tables import Card, Client
from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why it may not be sent now; ``final`` where it is to be taken back rather than to wait."""

    text: str
    final: bool


def refusal(read: Reading, row: CardAttempt) -> Refusal | None:
    """Return why the attempt may not be sent, or None where it may."""
    charge = read.session.get_one(Charge, row.charge_id)
    due = due_on_card(read, charge)
    if due is None or due.purpose != row.purpose or due.cents < row.amount_cents:
        return Refusal("Paid another way meanwhile, or no longer due; not charged", final=True)
    client = read.session.get_one(Client, row.client_id)
    if client.autopay == Autopay.NEVER:
        return Refusal("The client's card is never to be charged; not charged", final=True)
    if not any(card.permits(row.purpose) for card in _cards(client, row)):
        return Refusal("The card is no longer on file for this; not charged", final=True)
    reason = held(read, client.id)
    if reason is not None:
        return Refusal(f"{reason} The charge waits", final=False)
    if charge.open_item_id is not None and links_on(read, [charge.open_item_id]):
        return Refusal("A payment link asks for the same; the charge waits", final=False)
    # What is in flight counted when it began.
    if row.state not in IN_FLIGHT and left_today(read) < row.amount_cents:
        return Refusal("Your limit for one day is reached; the charge waits", final=False)
    return None


def card_now(read: Reading, row: CardAttempt) -> str:
    """Return the payment method to ask after a decline: the client's newest that permits it."""
    client = read.session.get_one(Client, row.client_id)
    permitted = [card for card in _cards(client, row) if card.permits(row.purpose)]
    return permitted[-1].stripe_payment_method if permitted else row.payment_method


def _cards(client: Client, row: CardAttempt) -> list[Card]:
    """The client's cards at the customer the intent is bound to."""
    return [card for card in client.cards if card.stripe_customer == row.customer]
