# SPDX-License-Identifier: MIT
"""What a confirmation does: the charge is made, declined, left undecided, or put to the client.

A payment intent succeeds at most once. Its lock is held by the caller.
"""

from __future__ import annotations

import copy

from mediyn_desktop.sandbox.processor import shapes
from mediyn_desktop.sandbox.processor.behaviours import (
    ASKS_THE_CLIENT,
    AUTHENTICATION_FAILED,
    AUTHENTICATION_REQUIRED,
    DECLINES,
    Behaviour,
    Decline,
)
from mediyn_desktop.sandbox.processor.clocks import falls_due
from mediyn_desktop.sandbox.processor.errors import ApiError, Json, unexpected_state
from mediyn_desktop.sandbox.processor.payment_methods import attach_to
from mediyn_desktop.sandbox.processor.state import State

CONFIRMABLE = ("requires_confirmation", "requires_payment_method", "requires_action")
UNDECIDED_FOR_SECONDS = 60
_A_DAY = 86_400
_DECIDES_ITSELF = {Behaviour.PROCESSING_SUCCEEDS: True, Behaviour.PROCESSING_FAILS: False}


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
    if asks_the_client(state, method):
        if off_session or error_on_action:
            raise fail(state, intent, method, AUTHENTICATION_REQUIRED)
        intent.update(status="requires_action", next_action={"type": "use_stripe_sdk"})
        state.emit("payment_intent.requires_action", intent)
        return intent
    return _charge(state, intent, method)


def asks_the_client(state: State, method: Json) -> bool:
    """Tell whether the bank wants to hear from the client before it decides."""
    behaviour = state.behaviours[method["id"]]
    if behaviour is Behaviour.AUTHENTICATE_ONCE and method["id"] in state.authenticated:
        return False
    return behaviour in ASKS_THE_CLIENT


def _charge(state: State, intent: Json, method: Json) -> Json:
    """Let the bank decide."""
    behaviour = state.behaviours[method["id"]]
    if behaviour is Behaviour.PROCESSING or behaviour in _DECIDES_ITSELF:
        intent.update(status="processing", last_payment_error=None, next_action=None)
        state.emit("payment_intent.processing", intent)
        if behaviour in _DECIDES_ITSELF:
            outcome = _DECIDES_ITSELF[behaviour]
            due = state.now() + UNDECIDED_FOR_SECONDS
            state.agenda.add(due, "bank_decides", intent["id"], outcome)
        return intent
    decline = _decline(state, method, behaviour)
    if decline is not None:
        raise fail(state, intent, method, decline)
    if intent["setup_future_usage"] and intent["customer"]:
        attach_to(state, method, intent["customer"])
    return succeed(state, intent, method)


def _decline(state: State, method: Json, behaviour: Behaviour) -> Decline | None:
    if behaviour is Behaviour.SHORT_TODAY:
        first = state.first_declined.setdefault(method["id"], state.now())
        if state.now() >= first + _A_DAY:
            return None
    return DECLINES.get(behaviour)


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
    _tell_session(state, intent, succeeded=True)
    if state.behaviours[method["id"]] is Behaviour.DISPUTED:
        state.agenda.add(state.now(), "client_disputes", intent["id"])
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
    intent.update(latest_charge=charge["id"])
    state.emit("charge.failed", charge)
    _take_card_off(state, intent, error)
    return error


def leave_unanswered(state: State, intent: Json, method: Json) -> ApiError:
    """The client failed or left the bank's question: no charge was tried; return the 402."""
    error = ApiError(
        402,
        AUTHENTICATION_FAILED.message,
        code=AUTHENTICATION_FAILED.code,
        executed=True,
        payment_method=copy.deepcopy(method),
    )
    _take_card_off(state, intent, error)
    return error


def _take_card_off(state: State, intent: Json, error: ApiError) -> None:
    intent.update(
        status="requires_payment_method",
        payment_method=None,
        last_payment_error=copy.deepcopy(error.error),
        next_action=None,
    )
    error.error["payment_intent"] = copy.deepcopy(intent)
    state.emit("payment_intent.payment_failed", intent)
    _tell_session(state, intent, succeeded=False)


def answer_bank(state: State, intent: Json, *, proved: bool) -> Json:
    """The client answers the bank's question of an intent that ``requires_action``.

    Raises:
        ApiError: 402, the client failed it, or the bank declines all the same.
    """
    method = state.get("payment_method", intent["payment_method"])
    if not proved:
        raise leave_unanswered(state, intent, method)
    state.authenticated.add(method["id"])
    return _charge(state, intent, method)


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
        if intent["status"] == "requires_action" and not succeeded:
            leave_unanswered(state, intent, method)
            return intent
        return _decide(state, intent, succeeded=succeeded)


@falls_due("bank_decides")
def _bank_decides(state: State, intent_id: str, succeeded: bool) -> None:
    _decide(state, state.get("payment_intent", intent_id), succeeded=succeeded)


def _decide(state: State, intent: Json, *, succeeded: bool) -> Json:
    if intent["status"] in ("processing", "requires_action"):
        method = state.get("payment_method", intent["payment_method"])
        if succeeded:
            return succeed(state, intent, method)
        fail(state, intent, method, DECLINES[Behaviour.DECLINED])
    return intent


def _tell_session(state: State, intent: Json, *, succeeded: bool) -> None:
    """A page that was completed while the bank had not decided hears the decision."""
    session_id = state.session_of.get(intent["id"])
    if session_id is None:
        return
    session = state.get("checkout.session", session_id)
    if session["status"] != "complete":
        return
    if succeeded:
        session["payment_status"] = "paid"
    word = "succeeded" if succeeded else "failed"
    state.emit(f"checkout.session.async_payment_{word}", session)
