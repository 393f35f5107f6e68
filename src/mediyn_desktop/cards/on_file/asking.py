# SPDX-License-Identifier: MIT
"""Asking a client for a card: a row first, then the client's customer, then a page to save it on.

The row is the only way to a page, and a client has one row under way. A page whose answer was lost
is found again by the opaque mark on it before another could be made.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NoReturn

from sqlalchemy import select

from mediyn_desktop.cards.accounts import other_account
from mediyn_desktop.cards.making import key_of, make_one
from mediyn_desktop.cards.on_file import requests
from mediyn_desktop.cards.on_file.consents import How, scope_of
from mediyn_desktop.cards.on_file.looking import look
from mediyn_desktop.cards.on_file.states import OVER, RequestState
from mediyn_desktop.cards.on_file.tables import CardCustomer, CardRequest
from mediyn_desktop.cards.on_file.wording import current_wording
from mediyn_desktop.cards.pacing import Pace
from mediyn_desktop.cards.stripe_api import (
    NO_ANSWER,
    Declined,
    KeyRefused,
    OutcomeUnknown,
    Refused,
    StripeApi,
    TryLater,
)
from mediyn_desktop.cards.tables import CardFreeze
from mediyn_desktop.cards.turns import Turn, taking_turns
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.tables import Card, Client
from mediyn_desktop.store.uow import Store, UnitOfWork

HOSTED_WAYS = (How.PAGE, How.PAPER, How.PHONE)
"""How a client who is asked for a card may agree: on the page itself, or beforehand."""


class AskRefused(UserFacingError):
    """No card can be asked for now; nothing was charged or changed."""

    code = "ask-refused"


def plan_request(
    uow: UnitOfWork, client_ref: str, scopes: Collection[str], *, how: str = How.PAGE
) -> int:
    """Write down that a client is asked for a card; nothing is sent and nothing will be charged.

    The same question that is under way already is taken up again.

    Raises:
        NotFound: no such client.
        ConsentRefused: no such scope or way.
        AskRefused: codes ``frozen``, ``request-open`` (another question is under way).
    """
    client = get_client(uow, client_ref)
    scope = scope_of(scopes)
    how = How.of(how, HOSTED_WAYS)
    freeze = uow.session.get(CardFreeze, 1)
    if freeze is not None:
        raise AskRefused(f"{freeze.reason} No card was asked for.", code="frozen")
    wording = current_wording(uow, scope.split(";"))
    there = requests.request_under_way(uow, client.id)
    if there is not None:
        same = (there.scope, there.text, there.how) == (scope, wording.text, how)
        if same and there.state not in (RequestState.CLOSING, RequestState.REVIEW):
            return there.id
        if there.state != RequestState.PLANNED:
            raise AskRefused(
                "This client is already asked for a card. Nothing was changed. Close that request "
                "first, or wait until its page expires.",
                code="request-open",
            )
        # Nothing was sent for it, so nobody can have agreed to it.
        requests.move(uow, there, RequestState.CLOSED, "Asked for otherwise before a page was made")
    number = requests.count(uow, client.id) + 1
    row = CardRequest(
        iid=requests.request_mark(uow, client, scope, wording.sha256, how, number),
        client_id=client.id,
        open_for=client.id,
        scope=scope,
        how=how,
        text_version=wording.version,
        text=wording.text,
        state=RequestState.PLANNED,
        keys=1,
        made_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.changed("card_request", row.id)
    return row.id


@taking_turns(Turn.CARDS)
def make_page(store: Store, api: StripeApi, ident: int) -> RequestState:
    """Have the processor make the page of a request; return where the request stands.

    Raises:
        AskRefused: codes ``offline``, ``key-refused``, ``frozen``, ``ask-refused``: no page was
            made by this call. ``request-unknown``: nobody knows yet; ask once more.
    """
    pace = Pace(store.clock)
    state = make_one(
        lambda: _made(store, api, ident),
        lambda: _send(store, api, pace, ident),
        lambda: _next_key(store, ident),
    )
    if state is not None:
        return state
    raise AskRefused(
        "The card processor gave no readable answer, so it is not known whether the page was made. "
        "Nothing can be charged on it. Ask once more.",
        code="request-unknown",
    )


def _made(store: Store, api: StripeApi, ident: int) -> RequestState | None:
    """Where the request stands; None while its page is still to be made."""
    state = _standing(store, api, ident)
    return None if state in (RequestState.PLANNED, RequestState.UNKNOWN) else state


def _send(store: Store, api: StripeApi, pace: Pace, ident: int) -> RequestState | None:
    """Ask for the page; whatever comes back, it is read afterwards.

    Raises:
        AskRefused: it was not made. OutcomeUnknown: nobody knows.
    """
    try:
        _prove_account(store, api, pace, ident)
        customer = _customer(store, api, pace, ident)
    except NO_ANSWER as error:
        _refused(store, ident, error)
    with store.write("Ask for a page to save a card on") as uow:
        row = requests.get(uow, ident)
        if row.state in OVER:
            return RequestState(row.state)  # closed meanwhile, in another window
        row.customer = customer
        requests.move(uow, row, RequestState.UNKNOWN, "Asking the processor for the page")
        iid, key = row.iid, key_of("s", row.iid, row.keys)
    try:
        pace.call(lambda: api.setups.create(customer=customer, iid=iid, key=key))
    except (TryLater, KeyRefused, Refused, Declined) as error:
        _refused(store, ident, error)
    return None


def _next_key(store: Store, ident: int) -> None:
    with store.write("Note a lost answer about a page") as uow:
        requests.get(uow, ident).keys += 1


def _standing(store: Store, api: StripeApi, ident: int) -> RequestState:
    """Where the request stands, after looking for a page whose answer was lost."""
    with store.read() as read:
        state = RequestState(requests.get(read, ident).state)
    if state is not RequestState.UNKNOWN:
        return state
    try:
        return look(store, api, ident)
    except NO_ANSWER:
        raise AskRefused(
            "The page was asked for, but the card processor does not answer now. Nothing can be "
            "charged on it. Ask once more when the connection is back.",
            code="request-unknown",
        ) from None


def _prove_account(store: Store, api: StripeApi, pace: Pace, ident: int) -> None:
    account = pace.call(api.accounts.current)
    other = other_account(store, account)
    if other is not None:
        raise AskRefused(f"{other} No card was asked for.", code="frozen")
    with store.write("Note whose account a page is made in") as uow:
        row = requests.get(uow, ident)
        row.account, row.livemode = account.id, account.livemode


def _customer(store: Store, api: StripeApi, pace: Pace, ident: int) -> str:
    """Return the client's customer, so that all cards of a client are with one.

    Known ones are looked up; then the whole list is searched for our mark; only then is one made.

    Raises: see ``stripe_api.outcomes``.
    """
    with store.write("Note what the processor knows a client by") as uow:
        client = uow.session.get_one(Client, requests.get(uow, ident).client_id)
        known = requests.customer_row(uow, client)
        mark, stored = known.mark, known.customer
        candidates = [stored, *_customers_of_cards(uow, client)]
    for one in candidates:
        if one is not None and pace.call(lambda one=one: api.customers.read(one)) is not None:  # type: ignore[misc]
            return one
    found = pace.call(lambda: api.customers.marked(mark))
    if found is None:
        with store.write("Ask for a customer") as uow:
            row = _row_of(uow, mark)
            row.keys += stored is not None  # that one was deleted; its key would name it again
            row.customer = None
            key = key_of("u", mark, row.keys)
        try:
            found = pace.call(lambda: api.customers.create(iid=mark, key=key))
        except OutcomeUnknown as error:
            if error.stored:
                with store.write("Note a lost answer about a customer") as uow:
                    _row_of(uow, mark).keys += 1
            raise
    with store.write("Store a client's customer") as uow:
        _row_of(uow, mark).customer = found.id
    return found.id


def _row_of(uow: UnitOfWork, mark: str) -> CardCustomer:
    return uow.session.scalars(select(CardCustomer).where(CardCustomer.mark == mark)).one()


def _customers_of_cards(uow: UnitOfWork, client: Client) -> list[str]:
    rows = uow.session.scalars(
        select(Card.stripe_customer).where(Card.client_id == client.id).order_by(Card.id.desc())
    )
    return list(dict.fromkeys(rows))


def _refused(store: Store, ident: int, error: Exception) -> NoReturn:
    """Say why no page was made; one that was refused for good is given up."""
    if isinstance(error, (OutcomeUnknown, TryLater)):
        raise AskRefused(
            "The card processor cannot be reached, so no page was made. Ask once more when the "
            "connection is back.",
            code="offline",
        ) from None
    if isinstance(error, KeyRefused):
        raise AskRefused(
            "The secret key may not make pages on which a card is saved. No page was made. Give "
            "it the right to write checkout sessions and customers, and to read setup intents and "
            "payment methods.",
            code="key-refused",
        ) from None
    with store.write("Give up a request for a card") as uow:
        row = requests.get(uow, ident)
        requests.move(uow, row, RequestState.CLOSED, f"The processor refused: {error}")
    raise AskRefused(
        f"The card processor refused to make the page ({error}). Nothing was charged."
    ) from None
