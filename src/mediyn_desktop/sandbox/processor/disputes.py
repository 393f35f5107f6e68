# SPDX-License-Identifier: MIT
"""/v1/disputes and /v1/payouts: read by the program, brought about by the sandbox only.

A dispute takes the amount and a fee at once; winning gives the amount back
(support.stripe.com/topics/disputes).
"""

from __future__ import annotations

from mediyn_desktop.sandbox.processor.balance import do_background_work, record
from mediyn_desktop.sandbox.processor.charging import unexpected_state
from mediyn_desktop.sandbox.processor.errors import Json, refused
from mediyn_desktop.sandbox.processor.forms import Params
from mediyn_desktop.sandbox.processor.lists import page
from mediyn_desktop.sandbox.processor.routes import PAGING, Route
from mediyn_desktop.sandbox.processor.state import State

DISPUTE_FEE_CENTS = 1500
_DAYS_TO_ANSWER = 7 * 86_400


def open_dispute(state: State, intent_id: str, reason: str = "general") -> Json:
    """Let the client's bank dispute a succeeded intent: its amount and the fee are taken."""
    with state.lock:
        do_background_work(state)
        intent = state.get("payment_intent", intent_id)
        if intent["status"] != "succeeded":
            raise unexpected_state(intent, "dispute", f"it has a status of {intent['status']}")
        charge = state.get("charge", intent["latest_charge"])
        if charge["disputed"] or charge["refunded"]:
            raise refused("The charge is already disputed or refunded.")
        dispute = state.add(
            {
                "id": state.id_for("dispute"),
                "object": "dispute",
                "amount": charge["amount"],
                "balance_transactions": [],
                "charge": charge["id"],
                "created": state.now(),
                "currency": "usd",
                "evidence": {},
                "evidence_details": {
                    "due_by": state.now() + _DAYS_TO_ANSWER,
                    "has_evidence": False,
                    "past_due": False,
                    "submission_count": 0,
                },
                "is_charge_refundable": False,
                "livemode": False,
                "metadata": {},
                "payment_intent": intent["id"],
                "reason": reason,
                "status": "needs_response",
            }
        )
        charge["disputed"] = True
        _move(state, dispute, -charge["amount"], fee=DISPUTE_FEE_CENTS)
        state.emit("charge.dispute.created", dispute)
        state.emit("charge.dispute.funds_withdrawn", dispute)
        return dispute


def close_dispute(state: State, dispute_id: str, *, won: bool) -> Json:
    """Decide a dispute; a won one gives the amount back and keeps the fee."""
    with state.lock:
        dispute = state.get("dispute", dispute_id)
        if dispute["status"] in ("won", "lost"):
            raise refused("The dispute is already closed.")
        dispute["status"] = "won" if won else "lost"
        if won:
            _move(state, dispute, dispute["amount"], fee=0)
            state.emit("charge.dispute.funds_reinstated", dispute)
        state.emit("charge.dispute.closed", dispute)
        return dispute


def _move(state: State, dispute: Json, amount: int, *, fee: int) -> None:
    moved = record(state, "adjustment", dispute, amount, fee=fee)
    dispute["balance_transactions"].append(dict(moved))


def pay_out(state: State) -> Json:
    """Send everything that is available to the bank.

    Raises:
        ApiError: nothing is available.
    """
    with state.lock:
        do_background_work(state)
        due = [
            transaction
            for transaction in state.newest_first("balance_transaction")
            if transaction["status"] == "available"
            and transaction["type"] != "payout"
            and transaction["id"] not in state.paid_out
        ]
        amount = sum(transaction["net"] for transaction in due)
        if amount <= 0:
            raise refused("There is no available balance to pay out.", code="balance_insufficient")
        payout = state.add(
            {
                "id": state.id_for("payout"),
                "object": "payout",
                "amount": amount,
                "arrival_date": state.now(),
                "automatic": True,
                "balance_transaction": None,
                "created": state.now(),
                "currency": "usd",
                "description": "SANDBOX PAYOUT",
                "destination": None,
                "failure_code": None,
                "failure_message": None,
                "livemode": False,
                "metadata": {},
                "method": "standard",
                "reconciliation_status": "completed",
                "source_type": "card",
                "statement_descriptor": None,
                "status": "paid",
                "type": "bank_account",
            }
        )
        moved = record(state, "payout", payout, -amount, fee=0)
        moved.update(status="available", available_on=state.now())
        payout["balance_transaction"] = moved["id"]
        state.paid_out.update({row["id"]: payout["id"] for row in [*due, moved]})
        state.emit("payout.paid", payout)
        return payout


def retrieve_dispute(state: State, params: Params, identifier: str) -> Json:
    return state.get("dispute", identifier)


def list_disputes(state: State, params: Params) -> Json:
    intent, charge = params.text("payment_intent"), params.text("charge")
    rows = [
        dispute
        for dispute in state.newest_first("dispute")
        if intent in (None, dispute["payment_intent"]) and charge in (None, dispute["charge"])
    ]
    return page(rows, params, "/v1/disputes")


def retrieve_payout(state: State, params: Params, identifier: str) -> Json:
    return state.get("payout", identifier)


def list_payouts(state: State, params: Params) -> Json:
    status = params.text("status")
    rows = [row for row in state.newest_first("payout") if status in (None, row["status"])]
    return page(rows, params, "/v1/payouts")


ROUTES = (
    Route("GET", "/v1/disputes", list_disputes, f"{PAGING} payment_intent charge"),
    Route("GET", "/v1/disputes/{}", retrieve_dispute),
    Route("GET", "/v1/payouts", list_payouts, f"{PAGING} status", "arrival_date destination"),
    Route("GET", "/v1/payouts/{}", retrieve_payout),
)
