# SPDX-License-Identifier: MIT
"""Saved cards: what is printed on one, whose it is, and taking it off its customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mediyn_desktop.cards.stripe_api.connection import Connection
from mediyn_desktop.cards.stripe_api.reading import id_of, must_be, whole


@dataclass(frozen=True, slots=True)
class MethodRead:
    """A saved card; ``customer`` is None once it was taken off.

    ``fingerprint`` is the same for the same number in one account.
    """

    id: str
    customer: str | None
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    fingerprint: str | None
    livemode: bool


class Methods:
    """The calls on saved cards. What each raises: see ``outcomes``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self, method: str) -> MethodRead:
        """Read a saved card as it is now."""
        return self._connection.call(lambda v1: v1.payment_methods.retrieve(method), read_method)

    def of_customer(self, customer: str) -> list[MethodRead]:
        """Return every card saved with a customer; complete, or an exception."""
        found: list[MethodRead] = []
        for page in self._connection.pages(
            lambda v1, asked: v1.customers.payment_methods.list(customer, asked),
            read_method,
            {"type": "card"},
        ):
            found.extend(page)
        return found

    def detach(self, method: str) -> MethodRead:
        """Take a card off its customer: nobody can charge it any more."""
        return self._connection.call(lambda v1: v1.payment_methods.detach(method), read_method)


def read_method(answer: Any) -> MethodRead:
    """Read a saved card strictly.

    Raises:
        KeyError, TypeError, ValueError: it is none, or another kind of payment.
    """
    raw = answer.to_dict()
    must_be(raw, "payment_method")
    card = raw["card"]
    last4 = str(card["last4"])
    if raw["type"] != "card" or len(last4) != 4 or not last4.isdigit():
        raise ValueError("not a card")
    month, year = whole(card, "exp_month"), whole(card, "exp_year")
    if not (1 <= month <= 12 and 2000 <= year <= 2200):
        raise ValueError("no such month")
    mark = card.get("fingerprint")
    return MethodRead(
        id=str(raw["id"]),
        customer=id_of(raw.get("customer")),
        brand=str(card["brand"])[:30],
        last4=last4,
        exp_month=month,
        exp_year=year,
        fingerprint=str(mark) if mark else None,
        livemode=bool(raw["livemode"]),
    )
