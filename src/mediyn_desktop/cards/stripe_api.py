# SPDX-License-Identifier: MIT
"""The only door to the card processor: the ``stripe`` SDK, every answer sorted into four kinds.

An answer is a value that was read (``Intent``), a refusal that certainly did nothing (``Refused``,
``KeyRefused``, ``TryLater``), or ``OutcomeUnknown``: any other exception, 5xx, 409, a body that is
not the JSON it should be. The SDK's own retries are off; the attempt row is the retry loop.
Only the parameters built here leave the machine (Stripe signs no BAA: opaque ids, no names).
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import stripe

API_VERSION = "2026-10-28.endive"
_TIMEOUT = (5, 30)  # seconds to connect, seconds to answer
_EXPAND = ["latest_charge.balance_transaction"]
_NOT_EXECUTED = frozenset({429})


class OutcomeUnknown(Exception):
    """Nobody knows whether the call took effect; it must be read back."""


class TryLater(Exception):
    """Rate or lock limit: nothing was executed."""


class KeyRefused(Exception):
    """The secret key is wrong, revoked or lacks a permission: nothing was executed."""


class Refused(Exception):
    """The processor understood and refused: nothing was executed by this call."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Declined(Exception):
    """The bank said no. The intent still exists and can be read back."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whose money it is, and the processor's clock."""

    id: str
    livemode: bool
    server_time: datetime | None


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
    error_message: str | None
    fees: Fees | None


def create_params(
    *, amount: int, currency: str, customer: str, payment_method: str, iid: str, dup: str
) -> str:
    """Return the canonical JSON of a create call's parameters, frozen in the attempt's row."""
    return json.dumps(
        {
            "allowed_payment_method_types": ["card"],
            "amount": amount,
            "currency": currency,
            "customer": customer,
            "metadata": {"dup": dup, "iid": iid},
            "payment_method": payment_method,
        },
        sort_keys=True,
        separators=(",", ":"),
    )


class StripeApi:
    """Calls with explicit time-outs, no retries, a pinned API version and no telemetry."""

    def __init__(self, key: str, api_base: str | None) -> None:
        stripe.enable_telemetry = False
        bases: Any = {"api": api_base.rstrip("/")} if api_base else {}
        self._http: Any = stripe.RequestsClient(timeout=_TIMEOUT)
        self._client = stripe.StripeClient(
            key,
            stripe_version=API_VERSION,
            base_addresses=bases,
            max_network_retries=0,
            http_client=self._http,
        )

    def close(self) -> None:
        """Close this thread's connections."""
        self._http.close()

    def account(self) -> Account:
        """Ask who we are: proves the network, the key, the mode and the server's clock at once."""
        with _sorted():
            # ``balance`` needs no more than read permission and says which mode the key is in.
            balance = self._client.v1.balance.retrieve()
            livemode = bool(balance["livemode"])
            account = self._client.v1.accounts.retrieve_current()
            return Account(str(account["id"]), livemode, _server_time(account))

    def create(self, params: Mapping[str, Any], *, key: str) -> Intent:
        """Create the intent, unconfirmed; the same key and parameters give the same intent."""
        frozen: Any = dict(params)
        return self._call(
            lambda: self._client.v1.payment_intents.create(frozen, {"idempotency_key": key})
        )

    def confirm(self, intent: str, *, key: str, payment_method: str | None = None) -> Intent:
        """Charge the card of a stored intent, the client not being present.

        After a decline the intent has lost its card, so a retry names ``payment_method`` again.

        Raises:
            Declined: the bank refused; read the intent back for the reason.
        """
        params: Any = {"off_session": True, "expand": _EXPAND}
        if payment_method is not None:
            params["payment_method"] = payment_method
        return self._call(
            lambda: self._client.v1.payment_intents.confirm(
                intent,
                params,
                {"idempotency_key": key},
            )
        )

    def read(self, intent: str) -> Intent:
        """Read an intent back."""
        return self._call(
            lambda: self._client.v1.payment_intents.retrieve(intent, {"expand": _EXPAND})
        )

    def cancel(self, intent: str) -> Intent:
        """Cancel an intent that has not succeeded."""
        return self._call(lambda: self._client.v1.payment_intents.cancel(intent))

    def list_since(self, since: datetime, *, customer: str | None = None) -> list[Intent]:
        """Return every intent created from ``since`` on; complete, or an exception."""
        found: list[Intent] = []
        after: str | None = None
        while True:
            params: Any = {"limit": 100, "created": {"gte": int(since.timestamp())}}
            if customer is not None:
                params["customer"] = customer
            if after is not None:
                params["starting_after"] = after
            with _sorted():
                page = self._client.v1.payment_intents.list(params)
                rows = [_intent(row) for row in page.data]
                more = bool(page.has_more)
            found.extend(rows)
            if not more:
                return found
            if not rows:
                raise OutcomeUnknown("the processor announced more intents and sent none")
            after = rows[-1].id

    def _call(self, send: Callable[[], Any]) -> Intent:
        with _sorted():
            return _intent(send())


@contextlib.contextmanager
def _sorted() -> Iterator[None]:
    """Turn whatever the SDK raises into one of this module's exceptions."""
    try:
        yield
    except stripe.CardError as error:
        raise Declined(str(error.code)) from None
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise KeyRefused(type(error).__name__) from None
    except stripe.RateLimitError:
        raise TryLater("rate limit") from None
    except stripe.InvalidRequestError as error:
        if error.http_status in _NOT_EXECUTED:
            raise TryLater(str(error.code)) from None
        raise Refused(str(error.code or "invalid_request"), _neutral(error)) from None
    except stripe.IdempotencyError as error:
        raise Refused("idempotency_error", _neutral(error)) from None
    except stripe.StripeError as error:
        raise OutcomeUnknown(type(error).__name__) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        # A body that is JSON but not an intent, or a transport error the SDK let through.
        raise OutcomeUnknown(type(error).__name__) from None


def _neutral(error: stripe.StripeError) -> str:
    """The processor's own sentence; it can name ids only, because only ids were sent."""
    return str(error.user_message or error.code or "refused")


def _server_time(answer: Any) -> datetime | None:
    headers = getattr(getattr(answer, "last_response", None), "headers", None) or {}
    text = headers.get("Date") or headers.get("date")
    if not text:
        return None
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None


def _intent(raw: Any) -> Intent:
    """Read an intent strictly; a missing or odd field means the answer cannot be trusted."""
    if raw["object"] != "payment_intent" or not str(raw["id"]).startswith("pi_"):
        raise ValueError("not a payment intent")
    for field in ("amount", "amount_received", "created"):
        if type(raw[field]) is not int:
            raise TypeError(field)
    data = raw.to_dict()
    metadata = data.get("metadata") or {}
    error = data.get("last_payment_error") or {}
    customer = data.get("customer")
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
        error_message=error.get("message"),
        fees=_fees(data.get("latest_charge")),
    )


def _fees(charge: Any) -> Fees | None:
    """The charge's balance transaction, once the processor has made it."""
    moved = charge.get("balance_transaction") if isinstance(charge, dict) else None
    if not isinstance(moved, dict):
        return None
    return Fees(str(moved["id"]), int(moved["fee"]))
