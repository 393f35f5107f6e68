# SPDX-License-Identifier: MIT
"""/v1/setup_intents: saving a card for later use, which attaches it to its customer."""

from __future__ import annotations

import contextlib
import copy

from mediyn_desktop.sandbox.processor import shapes
from mediyn_desktop.sandbox.processor.behaviours import AUTHENTICATION_FAILED
from mediyn_desktop.sandbox.processor.charging import asks_the_client
from mediyn_desktop.sandbox.processor.errors import ApiError, Json, belongs_to_page, refused
from mediyn_desktop.sandbox.processor.forms import Params, merge_metadata
from mediyn_desktop.sandbox.processor.lists import matching, page
from mediyn_desktop.sandbox.processor.payment_methods import attach_to
from mediyn_desktop.sandbox.processor.routes import PAGING, Route
from mediyn_desktop.sandbox.processor.state import State


def create(state: State, params: Params) -> Json:
    intent = shapes.setup_intent(state.id_for("setup_intent"), state.now())
    if customer_id := params.text("customer"):
        intent["customer"] = state.customer(customer_id, param="customer", status=400)["id"]
    intent["description"] = params.text("description")
    intent["usage"] = params.choice("usage", "off_session", "on_session") or "off_session"
    intent["metadata"] = merge_metadata({}, params)
    intent["allowed_payment_method_types"] = params.words("allowed_payment_method_types") or None
    _choose_method(state, intent, params)
    state.add(intent)
    state.emit("setup_intent.created", intent)
    return _confirm(state, intent) if params.flag("confirm") else intent


def confirm(state: State, params: Params, identifier: str) -> Json:
    intent = state.get("setup_intent", identifier, param="intent")
    if identifier in state.session_of:
        raise belongs_to_page("SetupIntent")
    if intent["status"] in ("succeeded", "canceled"):
        raise _unexpected(intent, "confirm", f"it has already {intent['status']}")
    _choose_method(state, intent, params)
    return _confirm(state, intent)


def retrieve(state: State, params: Params, identifier: str) -> Json:
    return state.get("setup_intent", identifier, param="intent")


def cancel(state: State, params: Params, identifier: str) -> Json:
    intent = state.get("setup_intent", identifier, param="intent")
    if identifier in state.session_of:
        raise belongs_to_page("SetupIntent")
    if intent["status"] in ("succeeded", "canceled"):
        raise _unexpected(intent, "cancel", f"it has already {intent['status']}")
    intent["status"] = "canceled"
    intent["cancellation_reason"] = params.choice(
        "cancellation_reason", "abandoned", "duplicate", "requested_by_customer"
    )
    state.emit("setup_intent.canceled", intent)
    return intent


def update(state: State, params: Params, identifier: str) -> Json:
    intent = state.get("setup_intent", identifier, param="intent")
    if "description" in params:
        intent["description"] = params.text("description")
    intent["metadata"] = merge_metadata(intent["metadata"], params)
    if customer_id := params.text("customer"):
        intent["customer"] = state.customer(customer_id, param="customer", status=400)["id"]
    _choose_method(state, intent, params)
    return intent


def list_all(state: State, params: Params) -> Json:
    rows = matching(state.newest_first("setup_intent"), params, "customer payment_method")
    return page(rows, params, "/v1/setup_intents")


def _choose_method(state: State, intent: Json, params: Params) -> None:
    if method_id := params.text("payment_method"):
        method = state.payment_method(
            method_id, intent["customer"], param="payment_method", status=400
        )
        intent["payment_method"] = method["id"]
        intent["status"] = "requires_confirmation"


def _confirm(state: State, intent: Json) -> Json:
    if intent["payment_method"] is None:
        raise _unexpected(intent, "confirm", "it's missing a payment method")
    method = state.get("payment_method", intent["payment_method"])
    if asks_the_client(state, method):
        intent.update(status="requires_action", next_action={"type": "use_stripe_sdk"})
        state.emit("setup_intent.requires_action", intent)
        return intent
    return save_card(state, intent, method)


def answer_bank(state: State, intent: Json, *, proved: bool) -> Json:
    """The client answers the bank's question of an intent that ``requires_action``.

    Raises:
        ApiError: the intent waits for nothing; or the client failed it and the card is not saved.
    """
    if intent["status"] != "requires_action":
        raise _unexpected(intent, "settle", f"it has a status of {intent['status']}")
    method = state.get("payment_method", intent["payment_method"])
    if not proved:
        raise _fail(
            state,
            intent,
            method,
            ApiError(
                402,
                AUTHENTICATION_FAILED.message,
                code="setup_intent_authentication_failure",
                executed=True,
            ),
        )
    state.authenticated.add(method["id"])
    return save_card(state, intent, method)


def settle(state: State, intent_id: str, *, succeeded: bool) -> Json:
    """Answer the bank's question from outside; a failure is left on the intent, not raised.

    Raises:
        ApiError: there is no such intent, or it waits for nothing.
    """
    with state.lock:
        intent = state.get("setup_intent", intent_id)
        if intent["status"] != "requires_action":
            raise _unexpected(intent, "settle", f"it has a status of {intent['status']}")
        if succeeded:
            return answer_bank(state, intent, proved=True)
        with contextlib.suppress(ApiError):  # it is written on the intent
            answer_bank(state, intent, proved=False)
        return intent


def save_card(state: State, intent: Json, method: Json) -> Json:
    """Attach the card to the intent's customer, which ends the intent.

    Raises:
        ApiError: 402, the card is declined at once.
    """
    try:
        if intent["customer"] is not None:
            attach_to(state, method, intent["customer"])
    except ApiError as declined:
        raise _fail(state, intent, method, declined) from None
    intent.update(status="succeeded", last_setup_error=None, next_action=None)
    state.emit("setup_intent.succeeded", intent)
    return intent


def _fail(state: State, intent: Json, method: Json, error: ApiError) -> ApiError:
    error.error["payment_method"] = copy.deepcopy(method)
    intent.update(
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_setup_error=dict(error.error),
    )
    error.error["setup_intent"] = copy.deepcopy(intent)
    state.emit("setup_intent.setup_failed", intent)
    return error


def _unexpected(intent: Json, verb: str, why: str) -> ApiError:
    return refused(
        f"You cannot {verb} this SetupIntent because {why}.",
        code="setup_intent_unexpected_state",
        setup_intent=copy.deepcopy(intent),
    )


_KNOWN = (
    "attach_to_self customer_account excluded_payment_method_types flow_directions "
    "payment_method_configuration payment_method_data"
)

ROUTES = (
    Route(
        "POST",
        "/v1/setup_intents",
        create,
        "customer payment_method confirm usage metadata description automatic_payment_methods "
        "allowed_payment_method_types payment_method_options return_url use_stripe_sdk",
        f"confirmation_token mandate_data on_behalf_of single_use {_KNOWN}",
    ),
    Route(
        "GET",
        "/v1/setup_intents",
        list_all,
        f"{PAGING} customer payment_method",
        "attach_to_self customer_account",
    ),
    Route("GET", "/v1/setup_intents/{}", retrieve, "client_secret"),
    Route(
        "POST",
        "/v1/setup_intents/{}",
        update,
        "customer payment_method metadata description",
        f"allowed_payment_method_types payment_method_options {_KNOWN}",
    ),
    Route(
        "POST",
        "/v1/setup_intents/{}/confirm",
        confirm,
        "payment_method payment_method_options return_url use_stripe_sdk",
        "allowed_payment_method_types confirmation_token mandate_data payment_method_data",
    ),
    Route("POST", "/v1/setup_intents/{}/cancel", cancel, "cancellation_reason"),
)
