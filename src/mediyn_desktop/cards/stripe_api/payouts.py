# SPDX-License-Identifier: MIT
"""Payouts: what the processor sends to the bank account; read and listed only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mediyn_desktop.cards.stripe_api.connection import Connection
from mediyn_desktop.cards.stripe_api.reading import instant, must_be, whole


@dataclass(frozen=True, slots=True)
class PayoutRead:
    """A payout; cents (below zero where the bank account was debited) and UTC.

    ``automatic`` ones can be taken apart into what they hold.
    """

    id: str
    amount: int
    currency: str
    status: str
    arrival: datetime
    created: datetime
    automatic: bool
    livemode: bool
    failure: str | None


class Payouts:
    """The calls on payouts. What each raises: see ``outcomes``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self, payout: str) -> PayoutRead:
        """Read a payout."""
        return self._connection.call(lambda v1: v1.payouts.retrieve(payout), read_payout)

    def pages(self, since: datetime | None) -> Iterator[list[PayoutRead]]:
        """Yield every payout made from ``since`` on, newest first."""
        params = {} if since is None else {"created": {"gte": int(since.timestamp())}}
        yield from self._connection.pages(
            lambda v1, asked: v1.payouts.list(asked), read_payout, params
        )


def read_payout(answer: Any) -> PayoutRead:
    """Read a payout strictly.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    raw = answer.to_dict()
    must_be(raw, "payout")
    failure = raw.get("failure_code")
    return PayoutRead(
        id=str(raw["id"]),
        amount=whole(raw, "amount"),
        currency=str(raw["currency"]),
        status=str(raw["status"]),
        arrival=instant(raw, "arrival_date"),
        created=instant(raw, "created"),
        automatic=bool(raw["automatic"]),
        livemode=bool(raw["livemode"]),
        failure=str(failure) if failure is not None else None,
    )
