# SPDX-License-Identifier: MIT
"""Disputes: read and listed only; evidence is given on the processor's own page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mediyn_desktop.cards.stripe_api.connection import Connection
from mediyn_desktop.cards.stripe_api.movements import Movement, read_movement
from mediyn_desktop.cards.stripe_api.reading import id_of, instant, must_be, whole


@dataclass(frozen=True, slots=True)
class DisputeRead:
    """A dispute; cents and UTC. ``movements`` are what it took and gave back, oldest first."""

    id: str
    intent: str | None
    amount: int
    currency: str
    status: str
    reason: str
    due_by: datetime | None
    created: datetime
    livemode: bool
    movements: tuple[Movement, ...]


class Disputes:
    """The calls on disputes. What each raises: see ``outcomes``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self, dispute: str) -> DisputeRead:
        """Read a dispute."""
        return self._connection.call(lambda v1: v1.disputes.retrieve(dispute), read_dispute)

    def pages(self, since: datetime | None) -> Iterator[list[DisputeRead]]:
        """Yield every dispute opened from ``since`` on, newest first."""
        params = {} if since is None else {"created": {"gte": int(since.timestamp())}}
        yield from self._connection.pages(
            lambda v1, asked: v1.disputes.list(asked), read_dispute, params
        )


def read_dispute(answer: Any) -> DisputeRead:
    """Read a dispute strictly.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    raw = answer.to_dict()
    must_be(raw, "dispute")
    details = raw.get("evidence_details") or {}
    moved = [read_movement(one) for one in raw["balance_transactions"]]
    return DisputeRead(
        id=str(raw["id"]),
        intent=id_of(raw.get("payment_intent")),
        amount=whole(raw, "amount"),
        currency=str(raw["currency"]),
        status=str(raw["status"]),
        reason=str(raw["reason"]),
        due_by=instant(details, "due_by") if details.get("due_by") is not None else None,
        created=instant(raw, "created"),
        livemode=bool(raw["livemode"]),
        movements=tuple(sorted(moved, key=lambda one: one.created)),
    )
