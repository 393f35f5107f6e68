# SPDX-License-Identifier: MIT
"""What a confirmation does: the charge is made, declined, or left to the client.

A payment intent succeeds at most once. Its lock is held by the caller.
"""

from __future__ import annotations

import copy

from mediyn_desktop.sandbox.processor import shapes
from mediyn_desktop.sandbox.processor.cards import DECLINES, Behaviour, Decline
from mediyn_desktop.sandbox.processor.errors import ApiError, Json, refused
from mediyn_desktop.sandbox.processor.payment_methods import attach_to
from mediyn_desktop.sandbox.processor.state import State

CONFIRMABLE = ("requires_confirmation", "requires_payment_method", "requires_action")


def unexpected_state(intent: Json, verb: str, why: str) -> ApiError:
    """Return the 400 for an action the intent's status does not allow."""
    return refused(
        f"You cannot {verb} this PaymentIntent because {why}.",
        code="payment_intent_unexpected_state",
        payment_intent=copy.deepcopy(intent),
    )


def confirm(state: State, intent: Json, *, off_session: bool, error_on_action: bool) -> Json:
    """Charge the intent's payment method.

    Raises:
        ApiError: 400 ``payment_intent_unexpected_state``; 402 ``card_error`` when declined.
    """
    if intent["status"] == "succeeded":
        raise unexpected_state(
            intent, "confirm", "it has already succeeded after being previously confirmed"
        )
    if intent["status"] not in CONFIRMABLE:
        raise unexpected_state(intent, "confirm", f"it has a status of {intent['status']}")
    if intent["payment_method"] is None:
        raise unexpected_state(intent, "confirm", "it's missing a payment method")
    method = state.get("payment_method", intent["payment_method"])
    behaviour = state.behaviours[method["id"]]
    if behaviour is Behaviour.PROCESSING:
        intent.update(status="processing", last_payment_error=None)
        state.emit("payment_intent.processing", intent)
        return intent
    if behaviour is Behaviour.AUTHENTICATION_REQUIRED and not (off_session or error_on_action):
        intent.update(status="requires_action", next_action={"type": "use_stripe_sdk"})
        state.emit("payment_intent.requires_action", intent)
        return intent
    if behaviour in DECLINES:
        raise fail(state, intent, method, DECLINES[behaviour])
    if intent["setup_future_usage"] and intent["customer"]:
        attach_to(state, method, intent["customer"])
    return succeed(state, intent, method)


def succeed(state: State, intent: Json, method: Json) -> Json:
    """Record the charge that pays ``intent``; its balance transaction follows later."""
    charge = state.add(shapes.charge(state.id_for("charge"), state.now(), intent, method, None))
    intent.update(
        status="succeeded",
        amount_received=intent["amount"],
        latest_charge=charge["id"],
        last_payment_error=None,
        next_action=None,
    )
    state.charges_without_transaction.append(charge["id"])
    state.emit("charge.succeeded", charge)
    state.emit("payment_intent.succeeded", intent)
    return intent


def fail(state: State, intent: Json, method: Json, decline: Decline) -> ApiError:
    """Record the failed charge, take the card off the intent, and return the 402 to raise.

    A declined intent loses its payment method; the error carries it (docs.stripe.com/api/errors).
    """
    charge = state.add(shapes.charge(state.id_for("charge"), state.now(), intent, method, decline))
    error = ApiError(
        402,
        decline.message,
        kind="card_error",
        code=decline.code,
        executed=True,
        charge=charge["id"],
        decline_code=decline.decline_code,
        payment_method=copy.deepcopy(method),
    )
    intent.update(
        status="requires_payment_method",
        payment_method=None,
        latest_charge=charge["id"],
        last_payment_error=copy.deepcopy(error.error),
        next_action=None,
    )
    error.error["payment_intent"] = copy.deepcopy(intent)
    state.emit("charge.failed", charge)
    state.emit("payment_intent.payment_failed", intent)
    return error


def settle(state: State, intent_id: str, *, succeeded: bool) -> Json:
    """End the wait of an intent that is processing or waits for the client.

    Raises:
        ApiError: there is no such intent, or it waits for nothing.
    """
    with state.lock:
        intent = state.get("payment_intent", intent_id)
        if intent["status"] not in ("processing", "requires_action"):
            raise unexpected_state(intent, "settle", f"it has a status of {intent['status']}")
        method = state.get("payment_method", intent["payment_method"])
        if succeeded:
            return succeed(state, intent, method)
        fail(state, intent, method, DECLINES[Behaviour.DECLINED])
        return intent
