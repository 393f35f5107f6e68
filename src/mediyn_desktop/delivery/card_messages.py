# SPDX-License-Identifier: MIT
"""Drafts of what to write to a client about a card: to save one, or that a bank refused.

A draft names money and a way to pay, never care: mail is read by others. Nothing is sent by this
program.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from mediyn_desktop.cards.links.standing import open_link
from mediyn_desktop.cards.links.states import LinkState
from mediyn_desktop.cards.on_file.requests import RequestView, request_under_way
from mediyn_desktop.cards.on_file.states import RequestState
from mediyn_desktop.cards.states import REFUSED, State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.core.neutral import clinical_word
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.tables import Client, Practice
from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to a client, to be sent by the practice's own mail; ``to`` may be blank."""

    client_ref: str
    to: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class DeclineDraft:
    """What to write after a decline; ``paying`` says whether the draft has a link to pay with."""

    attempt_id: int
    amount_cents: int
    paying: bool
    draft: Draft


def card_request_draft(read: Reading, request: RequestView) -> Draft:
    """Return what to write to a client who is asked for a card; its page has to be open.

    It carries the very words the client agrees to by saving the card.
    """
    client = get_client(read, request.client_ref)
    until = ""
    if request.expires_at is not None:
        local = request.expires_at.astimezone(read.zone)
        until = f" It works until {local:%B} {local.day}, {local:%H:%M}."
    parts = [
        "please save a card for future payments on this page. Nothing is charged now.",
        f"{request.url}\n\nThe page belongs to the card processor, Stripe.{until}",
        f"By saving the card you agree to this:\n\n{request.text}",
    ]
    return _draft(read, client, "Saving a card", parts)


def decline_drafts(read: Reading, *, client: str | None = None) -> list[DeclineDraft]:
    """Return what to write about every refused charge that no card is asked for again by itself.

    Where a payment link or a page for saving a card is open for the client, the draft has it.
    """
    query = (
        select(CardAttempt)
        .where(CardAttempt.state.in_(REFUSED), CardAttempt.retry_on.is_(None))
        .where(CardAttempt.withdraw.is_(False))
        .order_by(CardAttempt.id)
    )
    if client is not None:
        query = query.where(CardAttempt.client_id == get_client(read, client).id)
    return [_decline_draft(read, row) for row in read.session.scalars(query)]


def _decline_draft(read: Reading, row: CardAttempt) -> DeclineDraft:
    client = read.session.get_one(Client, row.client_id)
    amount = format_cents(row.amount_cents)
    card = f"the card ending {row.last4}" if row.last4 else "your card"
    if row.state == State.NEEDS_CLIENT:
        said = f"your bank wants you to confirm a payment of {amount} with {card} yourself."
    else:
        said = f"your bank did not accept a payment of {amount} with {card}."
    parts = [f"{said} Nothing was charged."]
    link = open_link(read, client.id)
    paying = link is not None and link.state == LinkState.ACTIVE and bool(link.url)
    if link is not None and paying:
        whole = format_cents(link.amount_cents)
        parts.append(f"You can pay what is open, {whole}, with any card here:\n\n{link.url}")
    else:
        parts.append(
            "You can pay by check or in cash, or ask me for a link to pay with another card."
        )
    page = request_under_way(read, client.id)
    if page is not None and page.state == RequestState.OPEN:
        parts.append(f"To save another card for later payments, use this page:\n\n{page.url}")
    return DeclineDraft(
        row.id, row.amount_cents, paying, _draft(read, client, f"A payment of {amount}", parts)
    )


def _draft(read: Reading, client: Client, subject: str, parts: list[str]) -> Draft:
    name = client.preferred_name or client.first_name
    practice = read.session.get(Practice, 1)
    # A practice's name may tell what it is for; then the mail is signed without it.
    sign = practice.name if practice is not None and not clinical_word(practice.name) else ""
    body = "\n\n".join([f"Hello {name},", *parts, f"Thank you\n{sign}".strip()])
    return Draft(client.ref, client.email, subject, body + "\n")
