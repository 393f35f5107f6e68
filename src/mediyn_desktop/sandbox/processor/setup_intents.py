# SPDX-License-Identifier: MIT
"""/v1/setup_intents: saving a card for later use, which attaches it to its customer."""

from __future__ import annotations

from mediyn_desktop.sandbox.processor import shapes
from mediyn_desktop.sandbox.processor.errors import ApiError, Json, refused
from mediyn_desktop.sandbox.processor.forms import Params, merge_metadata
from mediyn_desktop.sandbox.processor.lists import page
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
    if intent["status"] in ("succeeded", "canceled"):
        raise refused(
            f"You cannot confirm this SetupIntent because it has already {intent['status']}.",
            code="setup_intent_unexpected_state",
            setup_intent=intent,
        )
    _choose_method(state, intent, params)
    return _confirm(state, intent)


def retrieve(state: State, params: Params, identifier: str) -> Json:
    return state.get("setup_intent", identifier, param="intent")


def cancel(state: State, params: Params, identifier: str) -> Json:
    intent = state.get("setup_intent", identifier, param="intent")
    if intent["status"] in ("succeeded", "canceled"):
        raise refused(
            f"You cannot cancel this SetupIntent because it has already {intent['status']}.",
            code="setup_intent_unexpected_state",
            setup_intent=intent,
        )
    intent["status"] = "canceled"
    intent["cancellation_reason"] = params.text("cancellation_reason")
    state.emit("setup_intent.canceled", intent)
    return intent


def list_all(state: State, params: Params) -> Json:
    customer, method = params.text("customer"), params.text("payment_method")
    rows = [
        intent
        for intent in state.newest_first("setup_intent")
        if customer in (None, intent["customer"]) and method in (None, intent["payment_method"])
    ]
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
        raise refused(
            "You cannot confirm this SetupIntent because it's missing a payment method.",
            code="setup_intent_unexpected_state",
            setup_intent=intent,
        )
    method = state.get("payment_method", intent["payment_method"])
    try:
        if intent["customer"] is not None:
            attach_to(state, method, intent["customer"])
    except ApiError as declined:
        declined.error["payment_method"] = method
        intent["last_setup_error"] = dict(declined.error)
        intent.update(status="requires_payment_method", payment_method=None)
        declined.error["setup_intent"] = intent
        state.emit("setup_intent.setup_failed", intent)
        raise
    intent.update(status="succeeded", last_setup_error=None)
    state.emit("setup_intent.succeeded", intent)
    return intent


_KNOWN = (
    "attach_to_self confirmation_token customer_account excluded_payment_method_types "
    "flow_directions mandate_data on_behalf_of payment_method_configuration payment_method_data "
    "single_use"
)

ROUTES = (
    Route(
        "POST",
        "/v1/setup_intents",
        create,
        "customer payment_method confirm usage metadata description automatic_payment_methods "
        "allowed_payment_method_types payment_method_options return_url use_stripe_sdk",
        _KNOWN,
    ),
    Route("GET", "/v1/setup_intents", list_all, f"{PAGING} customer payment_method"),
    Route("GET", "/v1/setup_intents/{}", retrieve, "client_secret"),
    Route(
        "POST",
        "/v1/setup_intents/{}/confirm",
        confirm,
        "payment_method payment_method_options return_url use_stripe_sdk",
        _KNOWN,
    ),
    Route("POST", "/v1/setup_intents/{}/cancel", cancel, "cancellation_reason"),
)
