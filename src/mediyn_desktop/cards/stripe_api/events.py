# SPDX-License-Identifier: MIT
"""Events: hints that something changed. What they carry is never believed, only looked up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from mediyn_desktop.cards.stripe_api.connection import Connection
from mediyn_desktop.cards.stripe_api.reading import id_of, instant, must_be

TYPES: Final = (
    "payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.processing",
    "payment_intent.canceled", "charge.updated", "charge.refunded", "refund.created",
    "refund.updated", "refund.failed", "charge.dispute.created", "charge.dispute.updated",
    "charge.dispute.closed", "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated", "checkout.session.completed", "checkout.session.expired",
    "payment_method.automatically_updated", "payment_method.detached", "payout.paid",
    "payout.failed",
)  # fmt: skip
"""What is asked for: twenty, as many as one question may name."""


@dataclass(frozen=True, slots=True)
class Hint:
    """An event: when, what kind, and which object it is about. UTC.

    ``intent`` and ``link`` are the payment and the payment link it names, where it does.
    """

    id: str
    type: str
    created: datetime
    kind: str
    object_id: str
    intent: str | None
    link: str | None


class Events:
    """Lists events. What it raises: see ``outcomes``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def pages(self, since: datetime) -> Iterator[list[Hint]]:
        """Yield the events from ``since`` on, at most thirty days back; order means nothing."""
        params = {"created": {"gte": int(since.timestamp())}, "types": list(TYPES)}
        yield from self._connection.pages(
            lambda v1, asked: v1.events.list(asked), read_hint, params
        )


def read_hint(answer: Any) -> Hint:
    """Read an event strictly, as far as it is used.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    raw = answer.to_dict()
    must_be(raw, "event")
    about = raw["data"]["object"]
    return Hint(
        id=str(raw["id"]),
        type=str(raw["type"]),
        created=instant(raw, "created"),
        kind=str(about["object"]),
        object_id=str(about["id"]),
        intent=id_of(about.get("payment_intent")),
        link=id_of(about.get("payment_link")),
    )
