# SPDX-License-Identifier: MIT
"""/v1/refunds: partial and full, at once, later, or coming back.

The fee of the charge is kept (docs.stripe.com/refunds). A refund that the bank cannot deliver
becomes ``failed`` and its amount returns to the balance (docs.stripe.com/refunds#failed-refunds).
"""

from __future__ import annotations

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.sandbox.processor import shapes
from mediyn_desktop.sandbox.processor.balance import record
from mediyn_desktop.sandbox.processor.behaviours import Behaviour
from mediyn_desktop.sandbox.processor.clocks import falls_due
from mediyn_desktop.sandbox.processor.errors import Json, invalid, refused
from mediyn_desktop.sandbox.processor.forms import Params, merge_metadata
from mediyn_desktop.sandbox.processor.lists import matching, page
from mediyn_desktop.sandbox.processor.routes import PAGING, Route
from mediyn_desktop.sandbox.processor.state import State

DECIDED_AFTER_SECONDS = 60
_REASONS = ("duplicate", "fraudulent", "requested_by_customer")


def create(state: State, params: Params) -> Json:
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
    metadata, reason = merge_metadata({}, params), params.choice("reason", *_REASONS)
    refund = shapes.refund(state.id_for("refund"), state.now(), charge, amount)
    refund.update(metadata=metadata, reason=reason)
    state.add(refund)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    refund["balance_transaction"] = record(state, "refund", refund, -amount, fee=0)["id"]
    behaviour = state.behaviours.get(charge["payment_method"])
    if behaviour is Behaviour.REFUND_PENDING:
        refund.update(status="pending", pending_reason="processing")
    if behaviour in (Behaviour.REFUND_PENDING, Behaviour.REFUND_FAILS):
        state.agenda.add(
            state.now() + DECIDED_AFTER_SECONDS,
            "refund_arrives",
            refund["id"],
            behaviour is Behaviour.REFUND_PENDING,
        )
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


def settle(state: State, refund_id: str, *, succeeded: bool) -> Json:
    """Let the bank deliver a refund, or send it back.

    Raises:
        ApiError: there is no such refund, or it has failed already.
    """
    with state.lock:
        refund = state.get("refund", refund_id)
        if refund["status"] == "failed":
            raise refused("The refund has failed already.")
        return _decide(state, refund, succeeded=succeeded)


@falls_due("refund_arrives")
def _refund_arrives(state: State, refund_id: str, succeeded: bool) -> None:
    _decide(state, state.get("refund", refund_id), succeeded=succeeded)


def _decide(state: State, refund: Json, *, succeeded: bool) -> Json:
    if refund["status"] == "failed":
        return refund
    if succeeded:
        refund.update(status="succeeded", pending_reason=None)
        state.emit("refund.updated", refund)
        return refund
    charge = state.get("charge", refund["charge"])
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    back = record(state, "refund_failure", refund, refund["amount"], fee=0)
    refund.update(
        status="failed",
        pending_reason=None,
        failure_reason="expired_or_canceled_card",
        failure_balance_transaction=back["id"],
    )
    state.emit("refund.failed", refund)
    state.emit("charge.updated", charge)
    return refund


def retrieve(state: State, params: Params, identifier: str) -> Json:
    return state.get("refund", identifier)


def update(state: State, params: Params, identifier: str) -> Json:
    refund = state.get("refund", identifier)
    refund["metadata"] = merge_metadata(refund["metadata"], params)
    state.emit("refund.updated", refund)
    return refund


def list_all(state: State, params: Params) -> Json:
    rows = matching(state.newest_first("refund"), params, "payment_intent charge")
    return page(rows, params, "/v1/refunds")


ROUTES = (
    Route(
        "POST",
        "/v1/refunds",
        create,
        "payment_intent charge amount reason metadata",
        "currency customer instructions_email origin refund_application_fee reverse_transfer",
        lock_param="payment_intent",
    ),
    Route("GET", "/v1/refunds", list_all, f"{PAGING} payment_intent charge"),
    Route("GET", "/v1/refunds/{}", retrieve),
    Route("POST", "/v1/refunds/{}", update, "metadata"),
)
