# SPDX-License-Identifier: MIT
"""Payment intents: created unconfirmed, confirmed by a stored id, read back, canceled, listed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mediyn_desktop.cards.stripe_api.connection import API_VERSION, Connection

_EXPAND = ["latest_charge.balance_transaction"]
_EXPAND_LISTED = ["data.latest_charge.balance_transaction"]


@dataclass(frozen=True, slots=True)
class Fees:
    """A balance transaction: what the processor kept of a charge, in cents."""

    id: str
    fee_cents: int


@dataclass(frozen=True, slots=True)
class Intent:
    """A payment intent as read from the processor. Amounts in cents, ``created`` UTC."""

    id: str
    status: str
    amount: int
    amount_received: int
    currency: str
    customer: str | None
    created: datetime
    livemode: bool
    iid: str | None
    dup: str | None
    error_code: str | None
    decline_code: str | None
    advice: str | None
    fees: Fees | None
    disputed: bool


def create_params(
    *,
    amount: int,
    currency: str,
    customer: str,
    payment_method: str,
    iid: str,
    dup: str,
    descriptor: str = "",
) -> str:
    """Return the canonical JSON of a create call's parameters, frozen in the attempt's row.

    The anchor's epoch is not among them: it changes with a restore, and one key must always carry
    the same parameters.
    """
    params: dict[str, Any] = {
        "allowed_payment_method_types": ["card"],
        "amount": amount,
        "currency": currency,
        "customer": customer,
        "metadata": {"dup": dup, "iid": iid},
        "payment_method": payment_method,
    }
    if descriptor:
        params["statement_descriptor_suffix"] = descriptor
    return json.dumps(params, sort_keys=True, separators=(",", ":"))


class Intents:
    """The calls on payment intents. What each raises: see ``outcomes``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, params: Mapping[str, Any], *, key: str, version: str = API_VERSION) -> Intent:
        """Create the intent, unconfirmed; the same key and parameters give the same intent.

        Args:
            version: the API version the parameters were frozen under: a replay must not change.
        """
        options = {"idempotency_key": key, "stripe_version": version}
        return self._connection.call(
            lambda v1: v1.payment_intents.create(dict(params), options), read_intent
        )

    def confirm(
        self,
        intent: str,
        *,
        key: str,
        payment_method: str | None = None,
        version: str = API_VERSION,
    ) -> Intent:
        """Charge the card of a stored intent, the client not being present.

        After a decline the intent has lost its card, so a retry names ``payment_method`` again.

        Raises:
            Declined: the bank refused; read the intent back for the reason.
        """
        # Nothing is expanded: that needs further rights, and the answer is read back anyway.
        params: dict[str, Any] = {"off_session": True}
        if payment_method is not None:
            params["payment_method"] = payment_method
        options = {"idempotency_key": key, "stripe_version": version}
        return self._connection.call(
            lambda v1: v1.payment_intents.confirm(intent, params, options),
            read_intent,
        )

    def read(self, intent: str) -> Intent:
        """Read an intent back."""
        return self._connection.call(
            lambda v1: v1.payment_intents.retrieve(intent, {"expand": _EXPAND}), read_intent
        )

    def cancel(self, intent: str) -> Intent:
        """Cancel an intent that has not succeeded."""
        return self._connection.call(lambda v1: v1.payment_intents.cancel(intent), read_intent)

    def pages(
        self, since: datetime | None, *, customer: str | None = None, fees: bool = False
    ) -> Iterator[list[Intent]]:
        """Yield every intent created from ``since`` on, newest first; complete, or an exception.

        ``fees`` also asks what the processor kept of each.
        """
        params: dict[str, Any] = {}
        if since is not None:
            params["created"] = {"gte": int(since.timestamp())}
        if customer is not None:
            params["customer"] = customer
        if fees:
            params["expand"] = _EXPAND_LISTED
        yield from self._connection.pages(
            lambda v1, asked: v1.payment_intents.list(asked), read_intent, params
        )


def read_intent(raw: Any) -> Intent:
    """Read an intent strictly; a missing or odd field means the answer cannot be trusted.

    Raises:
        KeyError, TypeError, ValueError: it is not an intent.
    """
    if raw["object"] != "payment_intent" or not str(raw["id"]).startswith("pi_"):
        raise ValueError("not a payment intent")
    for field in ("amount", "amount_received", "created"):
        if type(raw[field]) is not int:
            raise TypeError(field)
    data = raw.to_dict()
    metadata = data.get("metadata") or {}
    error = data.get("last_payment_error") or {}
    customer = data.get("customer")
    charge = data.get("latest_charge")
    return Intent(
        id=str(data["id"]),
        status=str(data["status"]),
        amount=data["amount"],
        amount_received=data["amount_received"],
        currency=str(data["currency"]),
        customer=customer.get("id") if isinstance(customer, dict) else customer,
        created=datetime.fromtimestamp(data["created"], UTC),
        livemode=bool(data["livemode"]),
        iid=metadata.get("iid"),
        dup=metadata.get("dup"),
        error_code=error.get("code"),
        decline_code=error.get("decline_code"),
        advice=error.get("advice_code"),
        fees=_fees(charge),
        disputed=isinstance(charge, dict) and bool(charge.get("disputed")),
    )


def _fees(charge: Any) -> Fees | None:
    """The charge's balance transaction, once the processor has made it."""
    moved = charge.get("balance_transaction") if isinstance(charge, dict) else None
    if not isinstance(moved, dict):
        return None
    return Fees(str(moved["id"]), int(moved["fee"]))
