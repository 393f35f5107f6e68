# SPDX-License-Identifier: MIT
"""Refunds: made with the second key only, read and listed with either."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mediyn_desktop.cards.stripe_api.connection import Connection


@dataclass(frozen=True, slots=True)
class RefundMade:
    """A refund as read from the processor; cents and UTC. ``iid`` is ours, where we made it."""

    id: str
    status: str
    amount: int
    currency: str
    payment_intent: str | None
    created: datetime
    iid: str | None


class Refunds:
    """The calls on refunds. What each raises: see ``outcomes``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, *, payment_intent: str, amount: int, iid: str, key: str) -> RefundMade:
        """Pay back ``amount`` cents; the same key and parameters give the same refund.

        The processor refuses more than is left of the charge.
        """
        params = {
            "payment_intent": payment_intent,
            "amount": amount,
            "metadata": {"iid": iid},
        }
        return self._connection.call(
            lambda v1: v1.refunds.create(params, {"idempotency_key": key}), read_refund
        )

    def read(self, refund: str) -> RefundMade:
        """Read a refund back."""
        return self._connection.call(lambda v1: v1.refunds.retrieve(refund), read_refund)

    def pages(
        self, since: datetime | None, *, payment_intent: str | None = None
    ) -> Iterator[list[RefundMade]]:
        """Yield every refund made from ``since`` on, newest first; complete, or an exception."""
        params: dict[str, Any] = {}
        if since is not None:
            params["created"] = {"gte": int(since.timestamp())}
        if payment_intent is not None:
            params["payment_intent"] = payment_intent
        yield from self._connection.pages(
            lambda v1, asked: v1.refunds.list(asked), read_refund, params
        )


def read_refund(answer: Any) -> RefundMade:
    """Read a refund strictly.

    Raises:
        KeyError, TypeError, ValueError: it is not a refund.
    """
    raw = answer.to_dict()
    if raw["object"] != "refund" or not str(raw["id"]).startswith(("re_", "pyr_")):
        raise ValueError("not a refund")
    for field in ("amount", "created"):
        if type(raw[field]) is not int:
            raise TypeError(field)
    intent = raw.get("payment_intent")
    return RefundMade(
        id=str(raw["id"]),
        status=str(raw["status"]),
        amount=raw["amount"],
        currency=str(raw["currency"]),
        payment_intent=str(intent) if intent is not None else None,
        created=datetime.fromtimestamp(raw["created"], UTC),
        iid=(raw.get("metadata") or {}).get("iid"),
    )
