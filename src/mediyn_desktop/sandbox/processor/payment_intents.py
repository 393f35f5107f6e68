# SPDX-License-Identifier: MIT
"""/v1/payment_intents: create, confirm, retrieve, update, cancel, list."""

from __future__ import annotations

from mediyn_desktop.sandbox.processor import charging, shapes
from mediyn_desktop.sandbox.processor.errors import (
    Json,
    belongs_to_page,
    invalid,
    refused,
    unexpected_state,
)
from mediyn_desktop.sandbox.processor.forms import Params, merge_metadata
from mediyn_desktop.sandbox.processor.lists import page
from mediyn_desktop.sandbox.processor.routes import PAGING, Route
from mediyn_desktop.sandbox.processor.state import State

# docs.stripe.com/currencies#minimum-and-maximum-charge-amounts, in cents
_SMALLEST, _LARGEST = 50, 99_999_999


def create(state: State, params: Params) -> Json:
    amount = _amount(params)
    if params.required("currency").lower() != "usd":
        raise invalid("The sandbox account takes usd only.", param="currency")
    confirming = params.flag("confirm")
    for name in ("off_session", "error_on_requires_action"):
        if name in params and not confirming:
            raise invalid(f"{name} can only be used together with confirm=true.", param=name)
    intent = shapes.payment_intent(state.id_for("payment_intent"), state.now(), amount, "usd")
    _apply(state, intent, params)
    state.add(intent)
    state.emit("payment_intent.created", intent)
    return _confirm(state, intent, params) if confirming else intent


def confirm(state: State, params: Params, identifier: str) -> Json:
    intent = retrieve(state, params, identifier)
    if identifier in state.session_of:
        raise belongs_to_page("PaymentIntent")
    if intent["status"] in charging.CONFIRMABLE:
        _apply(state, intent, params)
    return _confirm(state, intent, params)


def retrieve(state: State, params: Params, identifier: str) -> Json:
    return state.get("payment_intent", identifier, param="intent")


def update(state: State, params: Params, identifier: str) -> Json:
    intent = retrieve(state, params, identifier)
    if intent["status"] in ("succeeded", "canceled", "processing") and set(params.values) - {
        "metadata",
        "description",
        "expand",
    }:
        raise unexpected_state(intent, "update", f"it is {intent['status']}")
    if "amount" in params:
        intent["amount"] = _amount(params)
    _apply(state, intent, params)
    return intent


def cancel(state: State, params: Params, identifier: str) -> Json:
    intent = retrieve(state, params, identifier)
    if identifier in state.session_of:
        raise belongs_to_page("PaymentIntent")
    reason = params.choice(
        "cancellation_reason", "duplicate", "fraudulent", "requested_by_customer", "abandoned"
    )
    if intent["status"] not in charging.CONFIRMABLE:
        raise unexpected_state(intent, "cancel", f"it has a status of {intent['status']}")
    intent.update(
        status="canceled", canceled_at=state.now(), cancellation_reason=reason, next_action=None
    )
    state.emit("payment_intent.canceled", intent)
    return intent


def list_all(state: State, params: Params) -> Json:
    customer = params.text("customer")
    if customer is not None:
        state.customer(customer, param="customer", status=400)
    rows = state.newest_first("payment_intent")
    mine = (row for row in rows if customer in (None, row["customer"]))
    return page(mine, params, "/v1/payment_intents")


def _amount(params: Params) -> int:
    params.required("amount")
    amount = params.integer("amount")
    if amount is None or amount < _SMALLEST:
        raise invalid("Amount must be at least $0.50 usd", param="amount", code="amount_too_small")
    if amount > _LARGEST:
        raise invalid(
            "Amount must be no more than $999,999.99", param="amount", code="amount_too_large"
        )
    return amount


def _apply(state: State, intent: Json, params: Params) -> None:
    if customer_id := params.text("customer"):
        intent["customer"] = state.customer(customer_id, param="customer", status=400)["id"]
    for name in ("description", "receipt_email", "statement_descriptor_suffix"):
        if name in params:
            intent[name] = params.text(name)
    if "setup_future_usage" in params:
        intent["setup_future_usage"] = params.choice(
            "setup_future_usage", "off_session", "on_session"
        )
    params.choice("capture_method", "automatic", "automatic_async")  # funds are taken at once
    if "allowed_payment_method_types" in params:
        intent["allowed_payment_method_types"] = params.words("allowed_payment_method_types")
    if "automatic_payment_methods" in params:
        automatic = params.inner("automatic_payment_methods")
        intent["automatic_payment_methods"] = {
            "enabled": automatic.flag("enabled"),
            "allow_redirects": automatic.text("allow_redirects") or "always",
        }
    if "payment_method_options" in params:
        intent["payment_method_options"] = params.group("payment_method_options")
    intent["metadata"] = merge_metadata(intent["metadata"], params)
    _choose_method(state, intent, params)


def _choose_method(state: State, intent: Json, params: Params) -> None:
    method_id = params.text("payment_method")
    if method_id is None:
        return
    method = state.payment_method(method_id, intent["customer"], param="payment_method", status=400)
    if method["customer"] is not None and method["customer"] != intent["customer"]:
        raise refused(
            "The provided PaymentMethod cannot be used: it belongs to another customer, or the "
            "PaymentIntent names no customer."
        )
    intent.update(payment_method=method["id"], status="requires_confirmation")


def _confirm(state: State, intent: Json, params: Params) -> Json:
    # `off_session` is a boolean or a word (one_off, recurring) that means true.
    off_session = params.text("off_session") not in (None, "false")
    return charging.confirm(
        state,
        intent,
        off_session=off_session,
        error_on_action=params.flag("error_on_requires_action"),
    )


_FIELDS = (
    "customer payment_method description receipt_email statement_descriptor_suffix metadata "
    "setup_future_usage allowed_payment_method_types payment_method_options capture_method"
)
_CONFIRM = "off_session error_on_requires_action return_url use_stripe_sdk"
_KNOWN = (  # of every change
    "amount_details excluded_payment_method_types hooks payment_details payment_method_data "
    "shipping"
)
_BEFORE = (  # until it is confirmed
    "application_fee_amount customer_account payment_method_configuration statement_descriptor "
    "transfer_data transfer_group"
)
_MANDATE = "confirmation_token mandate mandate_data radar_options"
_CREATE = f"amount currency confirm automatic_payment_methods {_FIELDS} {_CONFIRM}"

ROUTES = (
    Route(
        "POST",
        "/v1/payment_intents",
        create,
        _CREATE,
        f"confirmation_method on_behalf_of {_KNOWN} {_BEFORE} {_MANDATE}",
    ),
    Route("GET", "/v1/payment_intents", list_all, f"{PAGING} customer", "customer_account"),
    Route("GET", "/v1/payment_intents/{}", retrieve, "client_secret"),
    Route(
        "POST",
        "/v1/payment_intents/{}",
        update,
        f"amount {_FIELDS}",
        f"currency {_KNOWN} {_BEFORE}",
    ),
    Route(
        "POST",
        "/v1/payment_intents/{}/confirm",
        confirm,
        f"payment_method setup_future_usage payment_method_options receipt_email {_CONFIRM}",
        f"{_KNOWN} {_MANDATE} amount_to_confirm capture_method allowed_payment_method_types",
    ),
    Route("POST", "/v1/payment_intents/{}/cancel", cancel, "cancellation_reason"),
)
