# SPDX-License-Identifier: MIT
"""What happens to an account without its program: the networks, and a person in the dashboard."""

from __future__ import annotations

from dataclasses import asdict

from mediyn_desktop.sandbox.processor import balance, payment_intents, refunds
from mediyn_desktop.sandbox.processor.behaviours import Behaviour
from mediyn_desktop.sandbox.processor.cards import CARDS, by_number
from mediyn_desktop.sandbox.processor.errors import Json, invalid
from mediyn_desktop.sandbox.processor.forms import Params
from mediyn_desktop.sandbox.processor.state import State


def catalogue() -> list[Json]:
    """Return the test cards: number, brand, behaviour, name, label, funding, ours."""
    return [asdict(card) for card in CARDS]


def save_card(state: State, customer: str, method: str, number: str) -> Json:
    """Have a test card saved at a customer under the id ``method``; return the payment method.

    As if the client had saved it on a page, whatever the bank does with it later.

    Raises:
        ApiError: not a test card, or the id is taken.
    """
    card = by_number(number)
    if card is None or state.find(method) is not None:
        raise invalid("give the number of a test card and a new id", param="number")
    with state.lock:
        state.seed_customer(customer)
        state.authenticated.add(method)
        return state.add_card(card, method, customer)


def change_card(state: State, given: Json) -> Json:
    """Change a saved card; return it.

    ``exp_month``, ``exp_year``, ``last4`` and ``brand`` are renewed by the card's network unless
    ``by_network`` is false; ``behaviour`` is what its bank does from now on.

    Raises:
        ApiError: no such payment method.
        ValueError: no such behaviour.
    """
    with state.lock:
        method = state.get("payment_method", str(given["payment_method"]))
        if "behaviour" in given:
            state.behaviours[method["id"]] = Behaviour(given["behaviour"])
        renewed = {
            name: kind(given[name])
            for name, kind in (
                ("exp_month", int),
                ("exp_year", int),
                ("last4", str),
                ("brand", str),
            )
            if name in given
        }
        if renewed:
            method["card"].update(renewed)
            by_network = given.get("by_network", True)
            word = "automatically_updated" if by_network else "updated"
            state.emit(f"payment_method.{word}", method)
        return method


def charge_by_hand(state: State, given: Json) -> Json:
    """Charge a customer's card as a person in the dashboard does, without our metadata.

    Raises:
        ApiError: 402, the card was declined.
    """
    with state.lock:
        _somebody_else(state)
        form = {
            "amount": str(given["amount"]),
            "currency": "usd",
            "customer": str(given["customer"]),
            "payment_method": str(given["payment_method"]),
            "confirm": "true",
            "description": str(given.get("description", "")),
        }
        return payment_intents.create(state, Params(form))


def refund_by_hand(state: State, given: Json) -> Json:
    """Refund a payment as a person in the dashboard does; ``amount`` in cents, or all of it.

    Raises:
        ApiError: there is nothing to refund.
    """
    with state.lock:
        _somebody_else(state)
        form: Json = {"payment_intent": str(given["payment_intent"])}
        if "amount" in given:
            form["amount"] = str(given["amount"])
        return refunds.create(state, Params(form))


def _somebody_else(state: State) -> None:
    balance.do_background_work(state)
    state.current_request = {"id": None, "idempotency_key": None}
