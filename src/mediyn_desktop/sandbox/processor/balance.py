# SPDX-License-Identifier: MIT
"""/v1/balance, /v1/balance_transactions and /v1/account, and the processor's fee.

A charge has no balance transaction at first: the real one is made in the background and announced
by ``charge.updated`` (docs.stripe.com/expand/use-cases). Here it exists from the next request on,
unless ``state.hold_balance_transactions`` keeps it back.
"""

from __future__ import annotations

from mediyn_desktop.sandbox.processor import shapes
from mediyn_desktop.sandbox.processor.behaviours import Behaviour
from mediyn_desktop.sandbox.processor.errors import Json
from mediyn_desktop.sandbox.processor.forms import Params
from mediyn_desktop.sandbox.processor.lists import page
from mediyn_desktop.sandbox.processor.routes import PAGING, Route
from mediyn_desktop.sandbox.processor.state import State


def card_fee(amount: int) -> int:
    """Return the fee in cents for a charge of ``amount`` cents: 2.9 %, half up, plus 30 cents."""
    return (amount * 29 + 500) // 1000 + 30


def record(
    state: State, kind: str, source: Json, amount: int, *, fee: int, category: str | None = None
) -> Json:
    """Keep and return a balance transaction for ``source``; ``amount`` is signed cents.

    ``category`` is the reporting category where it differs from ``kind``
    (docs.stripe.com/reports/reporting-categories).
    """
    made = shapes.balance_transaction(
        state.id_for("balance_transaction"),
        state.now(),
        kind=kind,
        source=source,
        amount=amount,
        fee=fee,
        category=category or kind,
    )
    state.pending_transactions.append(made)
    return state.add(made)


def do_background_work(state: State) -> None:
    """Do what the processor does by itself: balance transactions, what falls due, availability."""
    if not state.hold_balance_transactions:
        for charge_id in state.charges_without_transaction:
            charge = state.get("charge", charge_id)
            fee = card_fee(charge["amount"])
            made = record(state, "charge", charge, charge["amount"], fee=fee)
            if state.behaviours.get(charge["payment_method"]) is Behaviour.BYPASS_PENDING:
                made["available_on"] = state.now()
                made["status"] = "available"
            charge["balance_transaction"] = made["id"]
            state.emit("charge.updated", charge)
        state.charges_without_transaction.clear()
    state.agenda.run(state, state.now())
    pending = state.pending_transactions  # oldest first: each takes the same two days
    while pending and (
        pending[0]["status"] == "available" or pending[0]["available_on"] <= state.now()
    ):
        state.touch(pending.popleft())["status"] = "available"


def retrieve(state: State, params: Params, identifier: str) -> Json:
    return state.get("balance_transaction", identifier)


def list_all(state: State, params: Params) -> Json:
    kind, source, payout = params.text("type"), params.text("source"), params.text("payout")
    rows = [
        transaction
        for transaction in state.newest_first("balance_transaction")
        if kind in (None, transaction["type"])
        and source in (None, transaction["source"])
        and payout in (None, state.paid_out.get(transaction["id"]))
    ]
    return page(rows, params, "/v1/balance_transactions")


def balance(state: State, params: Params) -> Json:
    totals = {"available": 0, "pending": 0}
    for transaction in state.newest_first("balance_transaction"):
        totals[transaction["status"]] += transaction["net"]
    return {
        "object": "balance",
        "livemode": state.livemode,
        **{
            name: [{"amount": amount, "currency": "usd", "source_types": {"card": amount}}]
            for name, amount in totals.items()
        },
    }


def account(state: State, params: Params) -> Json:
    return state.account


ROUTES = (
    Route("GET", "/v1/balance", balance),
    Route("GET", "/v1/account", account),
    Route("GET", "/v1/balance_transactions", list_all, f"{PAGING} type source payout", "currency"),
    Route("GET", "/v1/balance_transactions/{}", retrieve),
)
