# SPDX-License-Identifier: MIT
"""What tests of cards on file ask of a ``Till``: clients are asked, and fill in the page."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from sqlalchemy import select

import world
from cards.till import Till
from mediyn_desktop.cards.on_file.asking import make_page, plan_request
from mediyn_desktop.cards.on_file.requests import RequestView, view_requests
from mediyn_desktop.cards.on_file.standing import CardView, view_cards
from mediyn_desktop.cards.polling.poll import Polled, poll
from mediyn_desktop.practice.tables import Client, Clinician

PAGES = "/v1/checkout/sessions"
CUSTOMERS = "/v1/customers"
VISA, MASTERCARD = "4242424242424242", "5555555555554444"


class Shelf:
    """A till whose clients save cards themselves."""

    def __init__(self, till: Till) -> None:
        self.till = till
        self.world = till.processor.state

    def client(self, ref: str = "c1", **values: Any) -> str:
        with self.till.store.write("t") as uow:
            if uow.session.scalar(select(Clinician)) is None:
                world.practice(uow)
            if uow.session.scalar(select(Client).where(Client.ref == ref)) is None:
                world.client(uow, ref, **values)
        return ref

    def plan(self, client: str = "c1", *scopes: str, how: str = "page") -> int:
        with self.till.store.write("Ask") as uow:
            return plan_request(uow, client, scopes or ("sessions", "copays"), how=how)

    def ask(self, client: str = "c1", *scopes: str, how: str = "page") -> RequestView:
        ident = self.plan(client, *scopes, how=how)
        make_page(self.till.store, self.till.api, ident)
        return self.request(ident)

    def request(self, ident: int) -> RequestView:
        with self.till.store.read() as read:
            (found,) = view_requests(read, ident=ident)
            return found

    def requests(self) -> list[RequestView]:
        with self.till.store.read() as read:
            return view_requests(read)

    def cards(self, client: str | None = None, **how: bool) -> list[CardView]:
        with self.till.store.read() as read:
            return view_cards(read, client=client, **how)

    def poll(self, *, sweep: bool = False) -> Polled:
        return poll(self.till.store, self.till.api, sweep=sweep)

    def saved(
        self, client: str = "c1", *scopes: str, number: str = VISA, expires: str = "12/30"
    ) -> CardView:
        """Ask, let the client save a card, and read it back."""
        asked = self.ask(client, *scopes)
        assert self.fill(asked.url, number, expires) == 200
        self.poll()
        done = self.request(asked.id)
        assert done.state == "completed", done.message
        return next(one for one in self.cards(client) if one.id == done.card_id)

    def fill(self, url: str | None, number: str = VISA, expires: str = "12/30") -> int:
        """Fill the page in as a browser sends it; return the HTTP status."""
        return self.send(url, number=number, expires=expires, cvc="123", email="")

    def send(self, url: str | None, **form: str) -> int:
        assert url is not None
        assert url.startswith(self.till.processor.base_url)
        data = urllib.parse.urlencode(form).encode()
        try:
            with urllib.request.urlopen(url, data, timeout=60) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def sent(self, path: str) -> list[Any]:
        return [one for one in self.world.requests if (one.method, one.path) == ("POST", path)]

    def attached(self) -> list[dict[str, Any]]:
        """The saved cards that are with a customer."""
        rows = self.world.newest_first("payment_method")
        return [one for one in rows if one["customer"] is not None]

    def charged_nothing(self) -> None:
        counts = self.world.counts()
        assert counts.get("payment_intent", 0) == counts.get("charge", 0) == 0
