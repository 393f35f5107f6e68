# SPDX-License-Identifier: MIT
"""/v1/payment_methods: test cards as reusable payment methods."""

from __future__ import annotations

from mediyn_desktop.sandbox.processor.behaviours import DECLINES, REFUSED_ON_ATTACH
from mediyn_desktop.sandbox.processor.cards import by_number, by_stock_id
from mediyn_desktop.sandbox.processor.errors import ApiError, Json, invalid, refused
from mediyn_desktop.sandbox.processor.forms import Params, merge_metadata
from mediyn_desktop.sandbox.processor.lists import page
from mediyn_desktop.sandbox.processor.routes import PAGING, Route
from mediyn_desktop.sandbox.processor.state import State


def create(state: State, params: Params) -> Json:
    params.required("type")
    params.choice("type", "card")
    given = params.inner("card")
    token = given.text("token")
    card = by_stock_id(token) if token else by_number(given.required("number"))
    if card is None:
        raise ApiError(
            402,
            "This is not a test card. The sandbox accepts test cards only.",
            kind="card_error",
            code="card_declined",
            decline_code="test_mode_live_card",
            executed=True,
        )
    method = state.add_card(card)
    if not token:
        method["card"]["exp_month"] = given.integer("exp_month", low=1, high=12)
        method["card"]["exp_year"] = given.integer("exp_year", low=2000, high=2100)
    method["billing_details"].update(params.group("billing_details"))
    method["metadata"] = merge_metadata({}, params)
    return method


def retrieve(state: State, params: Params, identifier: str) -> Json:
    return state.payment_method(identifier, None, param="payment_method", status=404)


def update(state: State, params: Params, identifier: str) -> Json:
    method = retrieve(state, params, identifier)
    method["metadata"] = merge_metadata(method["metadata"], params)
    method["billing_details"].update(params.group("billing_details"))
    return method


def attach(state: State, params: Params, identifier: str) -> Json:
    customer = state.customer(params.required("customer"), param="customer", status=400)
    method = state.payment_method(identifier, customer["id"], param="payment_method", status=404)
    return attach_to(state, method, customer["id"])


def attach_to(state: State, method: Json, customer_id: str) -> Json:
    """Attach a payment method to a customer.

    Raises:
        ApiError: the card belongs to another customer, or is one that is declined at once.
    """
    if method["customer"] == customer_id:
        return method
    if method["customer"] is not None:
        raise refused("The payment method you provided has already been attached to a customer.")
    behaviour = state.behaviours[method["id"]]
    if behaviour in REFUSED_ON_ATTACH:
        decline = DECLINES[behaviour]
        raise ApiError(
            402,
            decline.message,
            kind="card_error",
            code=decline.code,
            decline_code=decline.decline_code,
            executed=True,
        )
    method["customer"] = customer_id
    state.emit("payment_method.attached", method)
    return method


def detach(state: State, params: Params, identifier: str) -> Json:
    method = retrieve(state, params, identifier)
    if method["customer"] is None:
        raise refused("The payment method you provided is not attached to a customer.")
    method["customer"] = None
    state.emit("payment_method.detached", method)
    return method


def list_all(state: State, params: Params) -> Json:
    customer, kind = params.text("customer"), params.text("type")
    if customer is None:
        raise invalid("Missing required param: customer.", param="customer")
    state.customer(customer, param="customer", status=400)
    rows = [
        method
        for method in state.newest_first("payment_method")
        if method["customer"] == customer and kind in (None, method["type"])
    ]
    return page(rows, params, "/v1/payment_methods")


ROUTES = (
    Route(
        "POST", "/v1/payment_methods", create, "type card billing_details metadata allow_redisplay"
    ),
    Route("GET", "/v1/payment_methods", list_all, f"{PAGING} customer type"),
    Route("GET", "/v1/payment_methods/{}", retrieve),
    Route("POST", "/v1/payment_methods/{}", update, "metadata billing_details allow_redisplay"),
    Route("POST", "/v1/payment_methods/{}/attach", attach, "customer"),
    Route("POST", "/v1/payment_methods/{}/detach", detach),
)
