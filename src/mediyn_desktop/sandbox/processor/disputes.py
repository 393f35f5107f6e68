# SPDX-License-Identifier: MIT
"""/v1/disputes: opened and decided by the sandbox, answered or accepted by the program.

A dispute takes the amount and a fee at once; answering it costs a second fee, which winning gives
back together with the amount (support.stripe.com/topics/disputes, US accounts).
"""

from __future__ import annotations

from mediyn_desktop.sandbox.processor.balance import do_background_work, record
from mediyn_desktop.sandbox.processor.clocks import falls_due
from mediyn_desktop.sandbox.processor.errors import Json, invalid, refused, unexpected_state
from mediyn_desktop.sandbox.processor.forms import Params, merge_metadata
from mediyn_desktop.sandbox.processor.lists import matching, page
from mediyn_desktop.sandbox.processor.routes import PAGING, Route
from mediyn_desktop.sandbox.processor.state import State

DISPUTE_FEE_CENTS = 1500
COUNTERED_FEE_CENTS = 1500
_DAYS_TO_ANSWER = 7 * 86_400
_CLOSED = ("won", "lost")


def open_dispute(state: State, intent_id: str, reason: str = "general") -> Json:
    """Let the client's bank dispute a succeeded intent: its amount and the fee are taken.

    Unanswered, it is lost when the time to answer is over.
    """
    with state.lock:
        do_background_work(state)
        intent = state.get("payment_intent", intent_id)
        if intent["status"] != "succeeded":
            raise unexpected_state(intent, "dispute", f"it has a status of {intent['status']}")
        charge = state.get("charge", intent["latest_charge"])
        if charge["disputed"] or charge["refunded"]:
            raise refused("The charge is already disputed or refunded.")
        dispute = state.add(_shape(state, intent, charge, reason))
        charge["disputed"] = True
        _move(state, dispute, -dispute["amount"], fee=DISPUTE_FEE_CENTS, category="dispute")
        due = dispute["evidence_details"]["due_by"]
        state.agenda.add(due + 1, "dispute_runs_out", dispute["id"])
        state.emit("charge.dispute.created", dispute)
        state.emit("charge.dispute.funds_withdrawn", dispute)
        return dispute


def _shape(state: State, intent: Json, charge: Json, reason: str) -> Json:
    return {
        "id": state.id_for("dispute"),
        "object": "dispute",
        "amount": charge["amount"] - charge["amount_refunded"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": state.now(),
        "currency": "usd",
        "enhanced_eligibility_types": [],
        "evidence": {},
        "evidence_details": {
            "due_by": state.now() + _DAYS_TO_ANSWER,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": intent["id"],
        "payment_method_details": {"type": "card", "card": {"brand": "visa"}},
        "reason": reason,
        "status": "needs_response",
    }


def close_dispute(state: State, dispute_id: str, *, won: bool) -> Json:
    """Decide a dispute; a won one gives the amount back and keeps the first fee."""
    with state.lock:
        dispute = state.get("dispute", dispute_id)
        if dispute["status"] in _CLOSED:
            raise refused("The dispute is already closed.")
        if won:
            answered = dispute["evidence_details"]["submission_count"] > 0
            back = COUNTERED_FEE_CENTS if answered else 0
            _move(state, dispute, dispute["amount"], fee=-back, category="dispute_reversal")
            state.emit("charge.dispute.funds_reinstated", dispute)
        return _close(state, dispute, "won" if won else "lost")


def _close(state: State, dispute: Json, status: str) -> Json:
    dispute["status"] = status
    state.emit("charge.dispute.closed", dispute)
    return dispute


@falls_due("dispute_runs_out")
def _run_out(state: State, dispute_id: str) -> None:
    dispute = state.get("dispute", dispute_id)
    if dispute["status"] == "needs_response":
        dispute["evidence_details"]["past_due"] = True
        _close(state, dispute, "lost")


@falls_due("client_disputes")
def _client_disputes(state: State, intent_id: str) -> None:
    open_dispute(state, intent_id, "fraudulent")


def _move(state: State, dispute: Json, amount: int, *, fee: int, category: str) -> None:
    moved = record(state, "adjustment", dispute, amount, fee=fee, category=category)
    dispute["balance_transactions"].append(dict(moved))


def retrieve(state: State, params: Params, identifier: str) -> Json:
    return state.get("dispute", identifier)


def update(state: State, params: Params, identifier: str) -> Json:
    """Keep evidence; with ``submit`` send it to the bank, which costs the second fee once."""
    dispute = state.get("dispute", identifier)
    if dispute["status"] in _CLOSED:
        raise refused("The dispute is closed; it cannot be answered any more.")
    dispute["metadata"] = merge_metadata(dispute["metadata"], params)
    evidence = params.group("evidence")
    details = dispute["evidence_details"]
    if evidence:
        if details["submission_count"]:
            raise refused("Evidence was submitted already; it cannot be changed.")
        dispute["evidence"].update(evidence)
        details["has_evidence"] = True
    if params.flag("submit"):
        if not details["has_evidence"]:
            raise invalid("There is no evidence to submit.", param="evidence")
        details["submission_count"] += 1
        dispute["status"] = "under_review"
        _move(state, dispute, 0, fee=COUNTERED_FEE_CENTS, category="fee")
    state.emit("charge.dispute.updated", dispute)
    return dispute


def accept(state: State, params: Params, identifier: str) -> Json:
    """Give in: the dispute is lost."""
    dispute = state.get("dispute", identifier)
    if dispute["status"] in _CLOSED:
        raise refused("The dispute is already closed.")
    return _close(state, dispute, "lost")


def list_all(state: State, params: Params) -> Json:
    rows = matching(state.newest_first("dispute"), params, "payment_intent charge")
    return page(rows, params, "/v1/disputes")


ROUTES = (
    Route("GET", "/v1/disputes", list_all, f"{PAGING} payment_intent charge"),
    Route("GET", "/v1/disputes/{}", retrieve),
    Route(
        "POST",
        "/v1/disputes/{}",
        update,
        "evidence submit metadata",
        "intended_submission_method",
    ),
    Route("POST", "/v1/disputes/{}/close", accept),
)
