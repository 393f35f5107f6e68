# SPDX-License-Identifier: MIT
"""/v1/charges and /v1/refunds."""

from __future__ import annotations

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.sandbox.processor import shapes
from mediyn_desktop.sandbox.processor.balance import record
from mediyn_desktop.sandbox.processor.errors import Json, invalid, refused
from mediyn_desktop.sandbox.processor.forms import Params, merge_metadata
from mediyn_desktop.sandbox.processor.lists import page
from mediyn_desktop.sandbox.processor.routes import PAGING, Route
from mediyn_desktop.sandbox.processor.state import State


def retrieve_charge(state: State, params: Params, identifier: str) -> Json:
    return state.get("charge", identifier)


def list_charges(state: State, params: Params) -> Json:
    intent, customer = params.text("payment_intent"), params.text("customer")
    rows = [
        charge
        for charge in state.newest_first("charge")
        if intent in (None, charge["payment_intent"]) and customer in (None, charge["customer"])
    ]
    return page(rows, params, "/v1/charges")


def create_refund(state: State, params: Params) -> Json:
    charge = _charge_to_refund(state, params)
    left = charge["amount"] - charge["amount_refunded"]
    if charge["disputed"]:
        raise refused("The charge has been disputed.", code="charge_disputed")
    if left == 0:
        raise refused("The charge has already been refunded.", code="charge_already_refunded")
    amount = params.integer("amount", low=1)
    if amount is None:
        amount = left
    if amount > left:
        raise refused(
            f"The refund of {format_cents(amount)} is more than the {format_cents(left)} "
            "that is left on the charge.",
            param="amount",
        )
    refund = shapes.refund(state.id_for("refund"), state.now(), charge, amount)
    refund["metadata"] = merge_metadata({}, params)
    refund["reason"] = params.choice("reason", "duplicate", "fraudulent", "requested_by_customer")
    state.add(refund)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    # The fee of the charge is kept (docs.stripe.com/refunds).
    refund["balance_transaction"] = record(state, "refund", refund, -amount, fee=0)["id"]
    state.emit("refund.created", refund)
    state.emit("charge.refunded", charge)
    return refund


def _charge_to_refund(state: State, params: Params) -> Json:
    intent_id, charge_id = params.text("payment_intent"), params.text("charge")
    if (intent_id is None) == (charge_id is None):
        raise invalid("Give exactly one of charge and payment_intent.", code="parameter_missing")
    if intent_id is not None:
        intent = state.get("payment_intent", intent_id, param="payment_intent", status=400)
        if intent["status"] != "succeeded":
            raise refused(
                "This PaymentIntent does not have a successful charge to refund.",
                param="payment_intent",
            )
        charge_id = intent["latest_charge"]
    charge = state.get("charge", charge_id or "", param="charge", status=400)
    if charge["status"] != "succeeded":
        raise refused("The charge did not succeed; there is nothing to refund.", param="charge")
    return charge


def retrieve_refund(state: State, params: Params, identifier: str) -> Json:
    return state.get("refund", identifier)


def list_refunds(state: State, params: Params) -> Json:
    intent, charge = params.text("payment_intent"), params.text("charge")
    rows = [
        refund
        for refund in state.newest_first("refund")
        if intent in (None, refund["payment_intent"]) and charge in (None, refund["charge"])
    ]
    return page(rows, params, "/v1/refunds")


ROUTES = (
    Route("GET", "/v1/charges", list_charges, f"{PAGING} payment_intent customer"),
    Route("GET", "/v1/charges/{}", retrieve_charge),
    Route(
        "POST",
        "/v1/refunds",
        create_refund,
        "payment_intent charge amount reason metadata",
        "currency customer instructions_email origin refund_application_fee reverse_transfer",
        lock_param="payment_intent",
    ),
    Route("GET", "/v1/refunds", list_refunds, f"{PAGING} payment_intent charge"),
    Route("GET", "/v1/refunds/{}", retrieve_refund),
)
