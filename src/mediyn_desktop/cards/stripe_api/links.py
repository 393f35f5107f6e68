# SPDX-License-Identifier: MIT
"""Payment links, and the hosted pages clients open from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from mediyn_desktop.cards.stripe_api.connection import Connection
from mediyn_desktop.cards.stripe_api.reading import id_of, must_be

WHAT_FOR: Final = "Balance"
"""What the page says the money is for; nothing about care leaves."""


@dataclass(frozen=True, slots=True)
class LinkRead:
    """A payment link; ``iid`` is ours, where we made it."""

    id: str
    active: bool
    url: str
    iid: str | None
    livemode: bool


@dataclass(frozen=True, slots=True)
class PageRead:
    """A page somebody opened from a link: ``open``, ``complete`` or ``expired``."""

    id: str
    status: str
    link: str | None
    intent: str | None


class Links:
    """The calls on payment links and their pages. What each raises: see ``outcomes``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, *, amount: int, iid: str, key: str) -> LinkRead:
        """Make a link for ``amount`` cents that can be paid once."""
        mine = {"iid": iid}
        params = {
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "usd",
                        "unit_amount": amount,
                        "product_data": {"name": WHAT_FOR},
                    },
                }
            ],
            "metadata": mine,
            "payment_intent_data": {"metadata": mine},
            "restrictions": {"completed_sessions": {"limit": 1}},
        }
        options = {"idempotency_key": key}
        return self._connection.call(lambda v1: v1.payment_links.create(params, options), read_link)

    def read(self, link: str) -> LinkRead:
        """Read a link."""
        return self._connection.call(lambda v1: v1.payment_links.retrieve(link), read_link)

    def deactivate(self, link: str) -> LinkRead:
        """Let nobody open the link any more; pages that are open stay open."""
        return self._connection.call(
            lambda v1: v1.payment_links.update(link, {"active": False}), read_link
        )

    def active_pages(self) -> Iterator[list[LinkRead]]:
        """Yield every active link of the account, newest first."""
        yield from self._connection.pages(
            lambda v1, asked: v1.payment_links.list(asked), read_link, {"active": True}
        )

    def opened(self, link: str) -> list[PageRead]:
        """Return every page ever opened from a link; complete, or an exception."""
        found: list[PageRead] = []
        for page in self._connection.pages(
            lambda v1, asked: v1.checkout.sessions.list(asked), read_page, {"payment_link": link}
        ):
            found.extend(page)
        return found

    def expire(self, page: str) -> PageRead:
        """End an open page: nobody can pay on it any more."""
        return self._connection.call(lambda v1: v1.checkout.sessions.expire(page), read_page)


def read_link(answer: Any) -> LinkRead:
    """Read a link strictly.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    raw = answer.to_dict()
    must_be(raw, "payment_link")
    if not isinstance(raw["active"], bool):
        raise TypeError("active")
    return LinkRead(
        id=str(raw["id"]),
        active=raw["active"],
        url=str(raw["url"]),
        iid=(raw.get("metadata") or {}).get("iid"),
        livemode=bool(raw["livemode"]),
    )


def read_page(answer: Any) -> PageRead:
    """Read a page strictly.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    raw = answer.to_dict()
    must_be(raw, "checkout.session")
    return PageRead(
        id=str(raw["id"]),
        status=str(raw["status"]),
        link=id_of(raw.get("payment_link")),
        intent=id_of(raw.get("payment_intent")),
    )
