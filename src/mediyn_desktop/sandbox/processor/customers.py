# SPDX-License-Identifier: MIT
"""/v1/customers: create, retrieve, update, list, and the payment methods of one customer."""

from __future__ import annotations

from mediyn_desktop.sandbox.processor import shapes
from mediyn_desktop.sandbox.processor.errors import Json
from mediyn_desktop.sandbox.processor.forms import Params, merge_metadata
from mediyn_desktop.sandbox.processor.lists import page
from mediyn_desktop.sandbox.processor.payment_methods import attach_to
from mediyn_desktop.sandbox.processor.routes import CURSOR, PAGING, Route
from mediyn_desktop.sandbox.processor.state import State

_FIELDS = "description email name phone invoice_settings metadata"


def create(state: State, params: Params) -> Json:
    customer = shapes.customer(state.id_for("customer"), state.now())
    _apply(customer, params)
    state.add(customer)
    if method_id := params.text("payment_method"):
        method = state.payment_method(method_id, customer["id"], param="payment_method", status=400)
        attach_to(state, method, customer["id"])
    state.emit("customer.created", customer)
    return customer


def retrieve(state: State, params: Params, identifier: str) -> Json:
    gone = state.find(identifier)
    if gone is not None and "deleted" in gone:
        return {name: gone[name] for name in ("id", "object", "deleted")}
    return state.customer(identifier)


def delete(state: State, params: Params, identifier: str) -> Json:
    """Forget a customer and their cards; the id stays taken (docs.stripe.com/api/customers)."""
    customer = state.customer(identifier)
    for method in state.newest_first("payment_method"):
        if method["customer"] == identifier:
            state.touch(method)["customer"] = None
            state.emit("payment_method.detached", method)
    state.emit("customer.deleted", customer)
    customer["deleted"] = True
    return {"id": identifier, "object": "customer", "deleted": True}


def update(state: State, params: Params, identifier: str) -> Json:
    customer = state.customer(identifier)
    _apply(customer, params)
    state.emit("customer.updated", customer)
    return customer


def list_all(state: State, params: Params) -> Json:
    email = params.text("email")
    rows = [
        row
        for row in state.newest_first("customer")
        if email in (None, row["email"]) and "deleted" not in row
    ]
    return page(rows, params, "/v1/customers")


def payment_methods(state: State, params: Params, identifier: str) -> Json:
    state.customer(identifier, param="customer")
    kind = params.text("type")
    rows = [
        method
        for method in state.newest_first("payment_method")
        if method["customer"] == identifier and kind in (None, method["type"])
    ]
    return page(rows, params, f"/v1/customers/{identifier}/payment_methods")


def payment_method(state: State, params: Params, identifier: str, method_id: str) -> Json:
    state.customer(identifier, param="customer")
    method = state.payment_method(method_id, identifier, param="payment_method", status=404)
    if method["customer"] != identifier:
        return state.get("payment_method", f"{method_id} of {identifier}", param="payment_method")
    return method


def _apply(customer: Json, params: Params) -> None:
    for name in ("description", "email", "name", "phone"):
        if name in params:
            customer[name] = params.text(name)
    settings = params.inner("invoice_settings")
    if "default_payment_method" in settings:
        default = settings.text("default_payment_method")
        customer["invoice_settings"]["default_payment_method"] = default
    customer["metadata"] = merge_metadata(customer["metadata"], params)


_KNOWN = (
    "address balance business_name cash_balance individual_name invoice_prefix "
    "next_invoice_sequence preferred_locales shipping source tax tax_exempt validate"
)

ROUTES = (
    Route(
        "POST",
        "/v1/customers",
        create,
        f"{_FIELDS} payment_method",
        f"{_KNOWN} tax_id_data test_clock",
    ),
    Route("GET", "/v1/customers", list_all, f"{PAGING} email", "test_clock"),
    Route("GET", "/v1/customers/{}", retrieve),
    Route("DELETE", "/v1/customers/{}", delete),
    Route("POST", "/v1/customers/{}", update, _FIELDS, f"{_KNOWN} default_source"),
    Route(
        "GET",
        "/v1/customers/{}/payment_methods",
        payment_methods,
        f"{CURSOR} type",
        "allow_redisplay",
    ),
    Route("GET", "/v1/customers/{}/payment_methods/{}", payment_method),
)
