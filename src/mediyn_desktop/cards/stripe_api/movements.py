# SPDX-License-Identifier: MIT
"""Balance transactions: every movement of the money the processor holds, and its sum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mediyn_desktop.cards.stripe_api.connection import Connection
from mediyn_desktop.cards.stripe_api.reading import id_of, instant, must_be, whole


@dataclass(frozen=True, slots=True)
class Movement:
    """A balance transaction; signed cents, UTC. ``net`` is ``amount`` less ``fee``.

    ``intent`` is the payment it concerns, where the source says so.
    """

    id: str
    kind: str
    category: str
    source: str | None
    intent: str | None
    amount: int
    fee: int
    net: int
    currency: str
    created: datetime
    available_on: datetime


class Movements:
    """Reads the list and the sum. What each raises: see ``outcomes``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def pages(
        self, since: datetime | None = None, *, payout: str | None = None
    ) -> Iterator[list[Movement]]:
        """Yield the movements from ``since`` on, or those a payout took along; newest first."""
        params: dict[str, Any] = {"expand": ["data.source"]}
        if since is not None:
            params["created"] = {"gte": int(since.timestamp())}
        if payout is not None:
            params["payout"] = payout
        yield from self._connection.pages(
            lambda v1, asked: v1.balance_transactions.list(asked), read_movement, params
        )

    def balance(self) -> int:
        """Return what the processor holds for the practice, available or not yet, in cents."""
        return self._connection.call(lambda v1: v1.balance.retrieve(), _held)


def read_movement(answer: Any) -> Movement:
    """Read a balance transaction strictly; accepts the raw object or its dictionary.

    Raises:
        KeyError, TypeError, ValueError: it is none, or its sums do not add up.
    """
    raw: Mapping[str, Any] = answer if isinstance(answer, dict) else answer.to_dict()
    must_be(raw, "balance_transaction")
    amount, fee, net = (whole(raw, name) for name in ("amount", "fee", "net"))
    if amount - fee != net:
        raise ValueError("a movement that does not add up")
    source = raw["source"]
    inner = source if isinstance(source, Mapping) else {}
    return Movement(
        id=str(raw["id"]),
        kind=str(raw["type"]),
        category=str(raw["reporting_category"]),
        source=id_of(source),
        intent=id_of(inner.get("payment_intent")),
        amount=amount,
        fee=fee,
        net=net,
        currency=str(raw["currency"]),
        created=instant(raw, "created"),
        available_on=instant(raw, "available_on"),
    )


def _held(answer: Any) -> int:
    raw = answer.to_dict()
    if raw["object"] != "balance":
        raise ValueError("not a balance")
    return sum(
        whole(one, "amount")
        for name in ("available", "pending")
        for one in raw[name]
        if one["currency"] == "usd"
    )
