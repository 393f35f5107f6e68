# SPDX-License-Identifier: MIT
"""Customers that stand for clients: an id to attach cards to, and our opaque mark. Nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mediyn_desktop.cards.stripe_api.connection import Connection
from mediyn_desktop.cards.stripe_api.outcomes import OutcomeUnknown, Refused
from mediyn_desktop.cards.stripe_api.reading import must_be


@dataclass(frozen=True, slots=True)
class CustomerRead:
    """A customer; ``iid`` is ours, where we made it."""

    id: str
    iid: str | None
    deleted: bool


class Customers:
    """The calls on customers. What each raises: see ``outcomes``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, *, iid: str, key: str) -> CustomerRead:
        """Make a customer that carries nothing but our mark."""
        params = {"metadata": {"iid": iid}}
        return self._connection.call(
            lambda v1: v1.customers.create(params, {"idempotency_key": key}), read_customer
        )

    def read(self, customer: str) -> CustomerRead | None:
        """Read a customer; None where there is none (any more)."""
        try:
            found = self._connection.call(lambda v1: v1.customers.retrieve(customer), read_customer)
        except (Refused, OutcomeUnknown) as error:
            if self._connection.lacks(error):
                return None
            raise
        return None if found.deleted else found

    def marked(self, iid: str) -> CustomerRead | None:
        """Return the oldest customer that carries the mark; the whole list is read."""
        found: CustomerRead | None = None
        for page in self._connection.pages(
            lambda v1, asked: v1.customers.list(asked), read_customer, {}
        ):
            found = next((one for one in reversed(page) if one.iid == iid), found)
        return found


def read_customer(answer: Any) -> CustomerRead:
    """Read a customer strictly.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    raw = answer.to_dict()
    must_be(raw, "customer")
    return CustomerRead(
        id=str(raw["id"]),
        iid=(raw.get("metadata") or {}).get("iid"),
        deleted=bool(raw.get("deleted")),
    )
