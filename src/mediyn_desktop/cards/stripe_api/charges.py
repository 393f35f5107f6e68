# SPDX-License-Identifier: MIT
"""What of a charge is left to pay back, as the processor says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mediyn_desktop.cards.stripe_api.connection import Connection
from mediyn_desktop.cards.stripe_api.reading import whole


@dataclass(frozen=True, slots=True)
class ChargeRead:
    """A charge as read through its intent; cents."""

    intent: str
    amount: int
    amount_refunded: int
    currency: str
    disputed: bool
    livemode: bool

    @property
    def left(self) -> int:
        """What may still be paid back."""
        return self.amount - self.amount_refunded


class Charges:
    """Reads charges. What it raises: see ``outcomes``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_intent(self, intent: str) -> ChargeRead | None:
        """Return the charge of an intent, or None where the intent has not succeeded."""
        params = {"expand": ["latest_charge.balance_transaction"]}
        return self._connection.call(
            lambda v1: v1.payment_intents.retrieve(intent, params), _charge_of
        )


def _charge_of(answer: Any) -> ChargeRead | None:
    raw = answer.to_dict()
    if raw["object"] != "payment_intent":
        raise ValueError("not a payment intent")
    if raw["status"] != "succeeded":
        return None
    charge = raw["latest_charge"]
    if charge["object"] != "charge":
        raise ValueError("not a charge")
    return ChargeRead(
        intent=str(raw["id"]),
        amount=whole(charge, "amount"),
        amount_refunded=whole(charge, "amount_refunded"),
        currency=str(charge["currency"]),
        disputed=bool(charge.get("disputed")),
        livemode=bool(raw["livemode"]),
    )
