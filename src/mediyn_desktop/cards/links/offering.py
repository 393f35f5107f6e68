# SPDX-License-Identifier: MIT
"""Offering a client a link to pay one balance with, once.

The row is written first and takes the place of card charges that wait for the same balance; then
the processor makes the link under a key of its own. What was lost on the way is found again by the
opaque mark on it.
"""

from __future__ import annotations

from typing import NoReturn

from sqlalchemy import func, select

from mediyn_desktop.billing.plan_views import running_plan
from mediyn_desktop.cards.accounts import other_account
from mediyn_desktop.cards.attempts import move as move_attempt
from mediyn_desktop.cards.attempts import withdraw
from mediyn_desktop.cards.links.closing import look
from mediyn_desktop.cards.links.standing import get, link_mark, move, open_link, shares_of
from mediyn_desktop.cards.links.states import LinkState
from mediyn_desktop.cards.links.tables import PaymentLink, PaymentLinkItem
from mediyn_desktop.cards.making import key_of, make_one
from mediyn_desktop.cards.pacing import Pace
from mediyn_desktop.cards.receipts import refuse_in_flight
from mediyn_desktop.cards.recording import asked_items
from mediyn_desktop.cards.states import REFUSED, WAITING, State
from mediyn_desktop.cards.stripe_api import (
    NO_ANSWER,
    Declined,
    KeyRefused,
    OutcomeUnknown,
    Refused,
    StripeApi,
    TryLater,
)
from mediyn_desktop.cards.tables import CardAttempt, CardFreeze
from mediyn_desktop.cards.turns import Turn, taking_turns
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger.items import Share, oldest_first, open_items
from mediyn_desktop.ledger.payments import unallocated
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.store.uow import Reading, Store, UnitOfWork

_LEAST = 50  # cents; the processor makes no smaller payment


class LinkRefused(UserFacingError):
    """No link can be offered now; nothing was changed."""

    code = "link-refused"


def plan_link(uow: UnitOfWork, client_ref: str, *, session: str | None = None) -> int:
    """Write down a link for what the client owes, or for one session of it; nothing is sent.

    Of what is paid off under a payment plan, only installments that fell due are asked for. What
    the client's credit covers is not asked for. A link that is open for the same is taken up
    again.

    Raises:
        NotFound: no such client.
        ChargeUnknown: a card charge of the client has no known outcome.
        LinkRefused: codes ``link-refused`` (nothing to ask for), ``link-open``, ``frozen``.
    """
    client = get_client(uow, client_ref)
    freeze = uow.session.get(CardFreeze, 1)
    if freeze is not None:
        raise LinkRefused(f"{freeze.reason} No link was made.", code="frozen")
    refuse_in_flight(uow, client)
    shares = _to_ask(uow, client, session)
    cents = sum(share.cents for share in shares)
    there = open_link(uow, client.id)
    if there is not None:
        if there.state != LinkState.CLOSING and shares_of(uow, there) == shares:
            return there.id
        raise LinkRefused(
            f"A link for {format_cents(there.amount_cents)} is open for this client. No link was "
            "made. Close it first.",
            code="link-open",
        )
    if cents < _LEAST:
        raise LinkRefused(
            f"{format_cents(cents)} is to be paid, and a link asks for "
            f"{format_cents(_LEAST)} at least. No link was made."
        )
    _make_room(uow, client, {share.item for share in shares})
    number = uow.session.scalar(
        select(func.count()).select_from(PaymentLink).where(PaymentLink.client_id == client.id)
    )
    row = PaymentLink(
        iid=link_mark(uow.subkey("identity"), client.ref, (number or 0) + 1),
        client_id=client.id,
        open_for=client.id,
        amount_cents=cents,
        state=LinkState.PLANNED,
        keys=1,
        made_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    for share in shares:
        uow.session.add(
            PaymentLinkItem(link_id=row.id, item_id=share.item, amount_cents=share.cents)
        )
    uow.session.flush()
    uow.changed("payment_link", row.id)
    return row.id


def askable_cents(read: Reading, client_ref: str, *, session: str | None = None) -> int:
    """Return what a link would ask for now; 0 where it is too little or nothing.

    Raises:
        NotFound: no such client.
    """
    shares = _to_ask(read, get_client(read, client_ref), session)
    cents = sum(share.cents for share in shares)
    return cents if cents >= _LEAST else 0


@taking_turns(Turn.LINKS)
def make_link(store: Store, api: StripeApi, ident: int) -> LinkState:
    """Have the processor make a planned link; return where it stands.

    Raises:
        LinkRefused: codes ``offline``, ``key-refused``, ``frozen``, ``link-refused``: no link was
            made by this call. ``link-unknown``: nobody knows yet; ask once more.
    """
    pace = Pace(store.clock)
    state = make_one(
        lambda: _made(store, api, ident),
        lambda: _send(store, api, pace, ident),
        lambda: _next_key(store, ident),
    )
    if state is not None:
        return state
    raise LinkRefused(
        "The card processor gave no readable answer, so it is not known whether the link was made. "
        "Nothing can be paid on it without being noticed. Ask for the link once more.",
        code="link-unknown",
    )


def _made(store: Store, api: StripeApi, ident: int) -> LinkState | None:
    """Where the link stands; None while it is still to be made."""
    with store.read() as read:
        state = LinkState(get(read, ident).state)
    if state is LinkState.CREATING:
        state = _look_for(store, api, ident)
    return None if state in (LinkState.PLANNED, LinkState.CREATING) else state


def _send(store: Store, api: StripeApi, pace: Pace, ident: int) -> LinkState | None:
    """Ask for the link, and read it back where it was made.

    Raises:
        LinkRefused: it was not made. OutcomeUnknown: nobody knows.
    """
    _prove_account(store, api, pace, ident)
    with store.read() as read:
        row = get(read, ident)
        amount, iid, key = row.amount_cents, row.iid, key_of("l", row.iid, row.keys)
    try:
        made = pace.call(lambda: api.links.create(amount=amount, iid=iid, key=key))
    except (TryLater, KeyRefused, Refused, Declined) as error:
        _refused(store, ident, error)
    return _read_back(store, api, ident, made.id) if made.iid == iid else None


def _next_key(store: Store, ident: int) -> None:
    with store.write("Note a lost answer about a payment link") as uow:
        get(uow, ident).keys += 1


def _read_back(store: Store, api: StripeApi, ident: int, link_id: str) -> LinkState:
    """Store the id of a link that was made, as it is read back.

    Raises:
        LinkRefused: it cannot be read back yet; ask once more.
    """
    try:
        read_back = api.links.read(link_id)
    except NO_ANSWER:
        raise LinkRefused(
            "The link was made, but could not be read back. Ask for it once more.",
            code="link-unknown",
        ) from None
    with store.write("Store a payment link") as uow:
        row = get(uow, ident)
        if read_back.iid == row.iid and row.link_id is None:
            row.link_id, row.url = read_back.id, read_back.url
            if row.state == LinkState.CREATING:
                move(uow, row, LinkState.ACTIVE, "The client can pay with this link")
        return LinkState(row.state)


def _look_for(store: Store, api: StripeApi, ident: int) -> LinkState:
    """Look for a link that was asked for; return where it stands, adopted where it exists."""
    try:
        return look(store, api, ident)
    except NO_ANSWER as error:
        _refused(store, ident, error)


def _to_ask(read: Reading, client: Client, session: str | None) -> list[Share]:
    items = open_items(read, client.ref, session=session)
    credit = sum(cents for _, cents in unallocated(read, client.ref))
    plan = running_plan(read, client.ref)
    if plan is None:
        owed = sum(item.open_cents for item in items)
        return oldest_first(items, max(owed - credit, 0))
    under = {one.item for one in plan.charges}
    planned = [item for item in items if item.id in under]
    others = [item for item in items if item.id not in under]
    owed = sum(item.open_cents for item in others) + plan.due_cents
    left = max(owed - credit, 0)
    due = oldest_first(planned, min(plan.due_cents, left))
    return due + oldest_first(others, left - sum(share.cents for share in due))


def _make_room(uow: UnitOfWork, client: Client, items: set[int]) -> None:
    """Take back card charges that wait for the same balance."""
    rows = uow.session.scalars(
        select(CardAttempt)
        .where(CardAttempt.client_id == client.id)
        .where(CardAttempt.state.in_([*WAITING, *REFUSED, State.REVIEW]))
    ).all()
    for row in rows:
        if items.isdisjoint(asked_items(uow, row)):
            continue
        if row.state == State.REVIEW:
            raise LinkRefused(
                "A card charge for the same balance waits for you to look at it. No link was made. "
                "Decide about the charge first."
            )
        if row.state in REFUSED:
            withdraw(uow, row, "Asked for by a payment link instead; to be withdrawn")
        else:
            move_attempt(uow, row, State.CANCELED, "Asked for by a payment link instead")


def _prove_account(store: Store, api: StripeApi, pace: Pace, ident: int) -> None:
    try:
        account = pace.call(api.accounts.current)
    except NO_ANSWER as error:
        _refused(store, ident, error)
    other = other_account(store, account)
    if other is not None:
        raise LinkRefused(f"{other} No link was made.", code="frozen")
    with store.write("Make a payment link") as uow:
        row = get(uow, ident)
        row.account, row.livemode = account.id, account.livemode
        if row.state == LinkState.PLANNED:
            move(uow, row, LinkState.CREATING, "Asking the processor for the link")


def _refused(store: Store, ident: int, error: Exception) -> NoReturn:
    """Say why no link was made; one that was planned only is given up."""
    if isinstance(error, (OutcomeUnknown, TryLater)):
        raise LinkRefused(
            "The card processor cannot be reached, so no link was made. Ask for it once more when "
            "the connection is back.",
            code="offline",
        ) from None
    if isinstance(error, KeyRefused):
        raise LinkRefused(
            "The secret key may not make payment links. No link was made. Give it the right to "
            "write payment links and to read checkout sessions.",
            code="key-refused",
        ) from None
    with store.write("Give up a payment link") as uow:
        move(uow, get(uow, ident), LinkState.CLOSED, f"The processor refused: {error}")
    raise LinkRefused(f"The card processor refused to make the link ({error}).") from None
