# SPDX-License-Identifier: MIT
"""The processor's refusals, in the JSON shape the real API uses.

Shape: docs.stripe.com/api/errors. Codes: docs.stripe.com/error-codes.
"""

from __future__ import annotations

import copy
from typing import Any

Json = dict[str, Any]


class ApiError(Exception):
    """A refusal with an HTTP status.

    ``executed`` tells whether the endpoint had begun its work: only then does an idempotency key
    remember the answer (docs.stripe.com/api/idempotent_requests).
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        executed: bool = False,
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.executed = executed
        self.headers = headers or {}
        self.error: Json = {"type": kind, "message": message}
        if code is not None:
            self.error["code"] = code
            self.error["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
        if param is not None:
            self.error["param"] = param
        self.error.update(extra)

    def body(self) -> Json:
        """Return the JSON document of the reply."""
        return {"error": self.error}


def invalid(message: str, *, param: str | None = None, code: str | None = None) -> ApiError:
    """Return a 400 for a parameter that fails validation; no key remembers it."""
    return ApiError(400, message, param=param, code=code)


def refused(message: str, *, code: str | None = None, **extra: Any) -> ApiError:
    """Return a 400 for a request that was understood and cannot be carried out now."""
    return ApiError(400, message, code=code, executed=True, **extra)


def unexpected_state(intent: Json, verb: str, why: str) -> ApiError:
    """Return the 400 for an action that a payment intent's status does not allow."""
    return refused(
        f"You cannot {verb} this PaymentIntent because {why}.",
        code="payment_intent_unexpected_state",
        payment_intent=copy.deepcopy(intent),
    )


def belongs_to_page(kind: str) -> ApiError:
    """Return the 400 for confirming or canceling the intent of a checkout page.

    Source: the description of ``payment_intent`` and ``setup_intent`` in
    docs.stripe.com/api/checkout/sessions/object.
    """
    return refused(
        f"The {kind} of a Checkout Session cannot be confirmed or canceled by itself. "
        "Expire the Checkout Session instead."
    )


def missing(kind: str, identifier: str, *, param: str, status: int) -> ApiError:
    """Return "no such object": 404 when it was addressed, 400 when a parameter named it."""
    return ApiError(status, f"No such {kind}: '{identifier}'", code="resource_missing", param=param)


def rate_limited(
    *, lock: bool = False, retry: bool | None = None, reason: str | None = None
) -> ApiError:
    """Return a 429: too many requests, or (``lock``) another request holds the object."""
    headers = {} if retry is None else {"Stripe-Should-Retry": str(retry).lower()}
    if reason is not None:
        headers["Stripe-Rate-Limited-Reason"] = reason
    if lock:
        message = "Another request is using this object at the moment. Try again shortly."
        return ApiError(429, message, code="lock_timeout", headers=headers)
    return ApiError(429, "Too many requests. Slow down.", code="rate_limit", headers=headers)


def key_in_use() -> ApiError:
    """Return a 409: a request with the same idempotency key is still being carried out."""
    message = "A request with this idempotency key is still in progress. Try again later."
    return ApiError(409, message, kind="idempotency_error", code="idempotency_key_in_use")


def broken(*, executed: bool = True) -> ApiError:
    """Return a 500 of the processor itself; the key remembers it as any other result."""
    return ApiError(
        500, "Something went wrong on the processor's end.", kind="api_error", executed=executed
    )
