# SPDX-License-Identifier: MIT
"""/v1/payouts: what the processor sends to the bank account, read by the program only.

A payout takes every available balance transaction along; they and its own are listed with
``payout=<id>``. A bank that refuses it gives the amount back, which the next payout takes
(docs.stripe.com/payouts, docs.stripe.com/api/payouts/object).
"""

from __future__ import annotations

from mediyn_desktop.sandbox.processor.balance import do_background_work, record
from mediyn_desktop.sandbox.processor.errors import Json, refused
from mediyn_desktop.sandbox.processor.forms import Params
from mediyn_desktop.sandbox.processor.lists import page, within
from mediyn_desktop.sandbox.processor.routes import PAGING, Route
from mediyn_desktop.sandbox.processor.state import State

STATUSES = ("pending", "in_transit", "paid")
_DAYS_ON_THE_WAY = 2 * 86_400


def pay_out(state: State, status: str = "paid") -> Json:
    """Send everything that is available to the bank; ``status`` is one of ``STATUSES``.

    Raises:
        ApiError: nothing is available.
    """
    if status not in STATUSES:
        raise ValueError(f"a payout begins as one of {', '.join(STATUSES)}")
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
        payout = state.add(_shape(state, amount))
        moved = record(state, "payout", payout, -amount, fee=0)
        moved.update(status="available", available_on=state.now())
        payout["balance_transaction"] = moved["id"]
        state.paid_out.update({row["id"]: payout["id"] for row in [*due, moved]})
        state.emit("payout.created", payout)
        if status == "paid":
            _arrive(state, payout)
        else:
            payout.update(status=status, arrival_date=state.now() + _DAYS_ON_THE_WAY)
        return payout


def settle(state: State, payout_id: str, *, paid: bool) -> Json:
    """Let the bank take or refuse a payout; it can also refuse one that looked paid.

    Raises:
        ApiError: there is no such payout, or it is decided.
    """
    with state.lock:
        payout = state.get("payout", payout_id)
        if payout["status"] == "failed" or (paid and payout["status"] == "paid"):
            raise refused(f"The payout is {payout['status']} already.")
        if paid:
            _arrive(state, payout)
            return payout
        back = record(state, "payout_failure", payout, payout["amount"], fee=0)
        back.update(status="available", available_on=state.now())
        payout.update(
            status="failed",
            failure_balance_transaction=back["id"],
            failure_code="account_closed",
            failure_message="The bank account has been closed.",
        )
        state.emit("payout.failed", payout)
        return payout


def _arrive(state: State, payout: Json) -> None:
    payout.update(status="paid", arrival_date=state.now())
    state.emit("payout.paid", payout)


def _shape(state: State, amount: int) -> Json:
    return {
        "id": state.id_for("payout"),
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": state.now(),
        "automatic": True,
        "balance_transaction": None,
        "created": state.now(),
        "currency": "usd",
        "description": "SANDBOX PAYOUT",
        "destination": "ba_sandbox",
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "reconciliation_status": "completed",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "pending",
        "type": "bank_account",
    }


def retrieve(state: State, params: Params, identifier: str) -> Json:
    return state.get("payout", identifier)


def list_all(state: State, params: Params) -> Json:
    status = params.text("status")
    rows = [
        row
        for row in state.newest_first("payout")
        if status in (None, row["status"]) and within(row["arrival_date"], params, "arrival_date")
    ]
    return page(rows, params, "/v1/payouts")


ROUTES = (
    Route("GET", "/v1/payouts", list_all, f"{PAGING} status arrival_date", "destination"),
    Route("GET", "/v1/payouts/{}", retrieve),
)
