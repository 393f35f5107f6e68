# SPDX-License-Identifier: MIT
"""Hosted pages on which a client saves a card, and what was saved on one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mediyn_desktop.cards.stripe_api.allowed import AFTERWARDS, AGREEING
from mediyn_desktop.cards.stripe_api.connection import Connection
from mediyn_desktop.cards.stripe_api.reading import id_of, instant, must_be


@dataclass(frozen=True, slots=True)
class SetupPage:
    """A hosted page: ``open``, ``complete`` or ``expired``; ``reference`` is ours."""

    id: str
    status: str
    mode: str
    customer: str | None
    reference: str | None
    setup: str | None
    url: str | None
    created: datetime
    expires_at: datetime
    livemode: bool


@dataclass(frozen=True, slots=True)
class SetupRead:
    """What was done on a page: the saved card's id, once it is ``succeeded``."""

    id: str
    status: str
    customer: str | None
    method: str | None
    iid: str | None
    livemode: bool


class Setups:
    """The calls on pages for saving a card. What each raises: see ``outcomes``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, *, customer: str, iid: str, key: str) -> SetupPage:
        """Make a page that saves one card with ``customer`` and charges nothing.

        Cards only, without the processor's own wallet: what it saves cannot be charged like a card.
        """
        params = {
            "mode": "setup",
            "allowed_payment_method_types": ["card"],
            "client_reference_id": iid,
            "consent_collection": {"payment_method_reuse_agreement": {"position": "auto"}},
            "custom_text": {"submit": {"message": AGREEING}},
            "customer": customer,
            "metadata": {"iid": iid},
            "setup_intent_data": {"metadata": {"iid": iid}},
            "success_url": AFTERWARDS,
            "wallet_options": {"link": {"display": "never"}},
        }
        options = {"idempotency_key": key}
        return self._connection.call(
            lambda v1: v1.checkout.sessions.create(params, options), read_setup_page
        )

    def page(self, page: str) -> SetupPage:
        """Read a page."""
        return self._connection.call(
            lambda v1: v1.checkout.sessions.retrieve(page), read_setup_page
        )

    def pages(self, customer: str) -> Iterator[list[SetupPage]]:
        """Yield every page ever made for a customer, the newest first."""
        yield from self._connection.pages(
            lambda v1, asked: v1.checkout.sessions.list(asked),
            read_setup_page,
            {"customer": customer},
        )

    def made_since(self, since: datetime | None) -> Iterator[list[SetupPage]]:
        """Yield every page made from ``since`` on, newest first; those on which is paid too."""
        params = {} if since is None else {"created": {"gte": int(since.timestamp())}}
        yield from self._connection.pages(
            lambda v1, asked: v1.checkout.sessions.list(asked), read_setup_page, params
        )

    def expire(self, page: str) -> SetupPage:
        """End an open page: no card can be saved on it any more."""
        return self._connection.call(lambda v1: v1.checkout.sessions.expire(page), read_setup_page)

    def read(self, setup: str) -> SetupRead:
        """Read what was done on a page."""
        return self._connection.call(lambda v1: v1.setup_intents.retrieve(setup), read_setup)


def read_setup_page(answer: Any) -> SetupPage:
    """Read a page strictly.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    raw = answer.to_dict()
    must_be(raw, "checkout.session")
    reference, url = raw.get("client_reference_id"), raw.get("url")
    return SetupPage(
        id=str(raw["id"]),
        status=str(raw["status"]),
        mode=str(raw["mode"]),
        customer=id_of(raw.get("customer")),
        reference=str(reference) if reference is not None else None,
        setup=id_of(raw.get("setup_intent")),
        url=str(url) if url is not None else None,
        created=instant(raw, "created"),
        expires_at=instant(raw, "expires_at"),
        livemode=bool(raw["livemode"]),
    )


def read_setup(answer: Any) -> SetupRead:
    """Read a setup strictly.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    raw = answer.to_dict()
    must_be(raw, "setup_intent")
    return SetupRead(
        id=str(raw["id"]),
        status=str(raw["status"]),
        customer=id_of(raw.get("customer")),
        method=id_of(raw.get("payment_method")),
        iid=(raw.get("metadata") or {}).get("iid"),
        livemode=bool(raw["livemode"]),
    )
