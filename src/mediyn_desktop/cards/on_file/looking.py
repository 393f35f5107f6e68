# SPDX-License-Identifier: MIT
"""Reading a request's page back, and applying what was read. A lie changes nothing.

The page, what was done on it and the card are read in full before anything is written; each has to
be of the same customer, mark, mode and account. What differs is put before a person.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from mediyn_desktop.cards.accounts import prove_absence
from mediyn_desktop.cards.on_file import requests
from mediyn_desktop.cards.on_file.saving import save
from mediyn_desktop.cards.on_file.states import OVER, RequestState
from mediyn_desktop.cards.on_file.tables import CardRequest
from mediyn_desktop.cards.stripe_api import (
    MethodRead,
    OutcomeUnknown,
    Refused,
    SetupPage,
    SetupRead,
    StripeApi,
)
from mediyn_desktop.cards.turns import Turn, taking_turns
from mediyn_desktop.core.clock import local_date
from mediyn_desktop.store.uow import Store, UnitOfWork

log = logging.getLogger(__name__)

LONGEST: Final = timedelta(hours=25)
"""So long after it was asked for a page is surely over: it lives a day
(docs.stripe.com/api/checkout/sessions/create)."""


@dataclass(frozen=True, slots=True)
class PageSeen:
    """A page, with what was done on it and the saved card where it is complete.

    ``others`` are all cards saved with the customer, by id.
    """

    page: SetupPage
    setup: SetupRead | None = None
    method: MethodRead | None = None
    others: Mapping[str, MethodRead] = field(default_factory=dict)


@taking_turns(Turn.CARDS)
def look(store: Store, api: StripeApi, ident: int, *, give_up: bool = False) -> RequestState:
    """Read the page of a request and apply it; return where the request stands.

    Args:
        give_up: a person closes it although it does not match; once the page is over that is so.

    Raises: see ``stripe_api.outcomes``; then nothing was changed.
    """
    with store.read() as read:
        row = requests.get(read, ident)
        read.session.expunge(row)
    if row.state in OVER or row.customer is None:
        return RequestState(row.state)
    page = _page_of(api, row)
    if page is None:
        return _not_there(store, api, ident)
    seen = _read(api, page)
    with store.write("Record what became of a request for a card") as uow:
        return record(uow, requests.get(uow, ident), seen, give_up=give_up)


@taking_turns(Turn.CARDS)
def end(store: Store, api: StripeApi, ident: int) -> RequestState:
    """Let no card be saved on a request's page any more; return where the request stands.

    A client may have been faster: then the card is on file.

    Raises: see ``stripe_api.outcomes``; the request stays ``closing`` and is tried again.
    """
    with store.write("Close a request for a card") as uow:
        row = requests.get(uow, ident)
        if row.state in OVER:
            return RequestState(row.state)
        if row.state == RequestState.PLANNED:
            requests.move(uow, row, RequestState.CLOSED, "Closed before the page was made")
            return RequestState.CLOSED
        give_up = row.state == RequestState.REVIEW
        requests.move(uow, row, RequestState.CLOSING, "Being closed")
        uow.session.flush()
        uow.session.expunge(row)
    page = _page_of(api, row)
    if page is None:
        return _not_there(store, api, ident)
    if page.status == "open" and page.reference == row.iid:
        try:
            api.setups.expire(page.id)
        except Refused:
            log.info("the page of card request %s ended by itself", ident)  # read again below
    return look(store, api, ident, give_up=give_up)


def record(
    uow: UnitOfWork, row: CardRequest, seen: PageSeen, *, give_up: bool = False
) -> RequestState:
    """Apply what was read together; harmless to repeat. ``give_up`` as in ``look``."""
    if row.state in OVER:
        return RequestState(row.state)
    wrong = _mismatch(row, seen)
    if wrong is not None and give_up and seen.page.status != "open":
        requests.move(uow, row, RequestState.CLOSED, f"Given up: {wrong}. No card was put on file")
        return RequestState.CLOSED
    if wrong is not None:
        text = (
            f"What the card processor shows differs: {wrong}. No card was put on file and nothing "
            "was charged. Close this request and ask the client again."
        )
        requests.move(uow, row, RequestState.REVIEW, text)
        return RequestState.REVIEW
    page = seen.page
    row.page_id, row.expires_at = page.id, page.expires_at
    row.url = page.url or row.url
    if page.status == "open":
        if row.state != RequestState.CLOSING:
            requests.move(uow, row, RequestState.OPEN, "The client can save a card on the page")
    elif seen.method is not None:
        card = save(uow, row, seen.method, seen.others, on=local_date(uow.now, uow.zone))
        row.card_id = card.id
        text = f"The card ending {card.last4} is on file. Nothing was charged"
        requests.move(uow, row, RequestState.COMPLETED, text)
    elif row.state == RequestState.CLOSING:
        requests.move(uow, row, RequestState.CLOSED, "Closed; no card was saved")
    else:
        requests.move(uow, row, RequestState.EXPIRED, "The page's day is over; no card was saved")
    return RequestState(row.state)


def _read(api: StripeApi, page: SetupPage) -> PageSeen:
    if page.status != "complete" or page.setup is None:
        return PageSeen(page)
    setup = api.setups.read(page.setup)
    if setup.method is None:
        return PageSeen(page, setup)
    method = api.methods.read(setup.method)
    others: dict[str, MethodRead] = {}
    if method.customer is not None:
        try:
            others = {one.id: one for one in api.methods.of_customer(method.customer)}
        except (Refused, OutcomeUnknown) as error:
            if not api.connection.lacks(error):
                raise
    return PageSeen(page, setup, method, others)


def _mismatch(row: CardRequest, seen: PageSeen) -> str | None:
    page, setup, method = seen.page, seen.setup, seen.method
    if row.page_id not in (None, page.id):
        return "it is another page"
    if page.mode != "setup":
        return "the page is not one for saving a card"
    if page.reference != row.iid:
        return "the page belongs to something else"
    customers = {one.customer for one in (page, setup, method) if one is not None}
    if customers != {row.customer}:
        return "the card was saved for somebody else"
    if any(one.livemode != row.livemode for one in (page, setup, method) if one is not None):
        return "the mode is another one"
    if page.status == "complete":
        if setup is None or method is None or setup.method != method.id:
            return "the page is complete and no card was saved"
        if setup.id != page.setup or setup.iid != row.iid or setup.status != "succeeded":
            return "what was saved does not belong to the page"
    elif page.status not in ("open", "expired"):
        return f"the page is “{page.status[:20]}”"
    return None


def _page_of(api: StripeApi, row: CardRequest) -> SetupPage | None:
    """Return the page as the processor holds it, found by our mark where its id was lost.

    None where it holds none; whether that says anything is asked in ``_not_there``.
    """
    try:
        if row.page_id is not None:
            return api.setups.page(row.page_id)
        for page in api.setups.pages(str(row.customer)):
            for one in page:
                if one.reference == row.iid:
                    return one
    except Refused as error:
        if not error.missing:
            raise
    return None


def _not_there(store: Store, api: StripeApi, ident: int) -> RequestState:
    """Give up a page the processor does not hold, once none can be open or be made any more.

    Only the account it was asked for in can say so.

    Raises:
        OtherAccount, stripe_api.outcomes: it cannot; the request stays as it is.
    """
    with store.read() as read:
        row = requests.get(read, ident)
        account, livemode = row.account, row.livemode
    prove_absence(store, api, account=account, livemode=livemode)
    with store.write("Close a request for a card") as uow:
        row = requests.get(uow, ident)
        end, why = row.updated_at + LONGEST, "The page was never made"
        if row.page_id is not None:
            end, why = row.expires_at or end, "The card processor holds this page no more"
        if row.state not in OVER and uow.now >= end:
            requests.move(uow, row, RequestState.CLOSED, why)
        return RequestState(row.state)
