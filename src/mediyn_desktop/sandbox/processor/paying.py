# SPDX-License-Identifier: MIT
"""What a client does on a hosted page: enter a card, agree, answer the bank, pay or save.

Used by the pages themselves and by the admin addresses, so that a test does what a person does.
"""

from __future__ import annotations

from dataclasses import dataclass

from mediyn_desktop.sandbox.processor import (
    charging,
    checkout_sessions,
    payment_links,
    setup_intents,
    shapes,
)
from mediyn_desktop.sandbox.processor.cards import by_number
from mediyn_desktop.sandbox.processor.errors import ApiError, Json, refused
from mediyn_desktop.sandbox.processor.forms import Params, merge_metadata
from mediyn_desktop.sandbox.processor.state import State


@dataclass(frozen=True, slots=True)
class Entered:
    """What the client typed; ``agreed`` is the tick under the practice's terms."""

    number: str
    exp_month: int = 12
    exp_year: int = 0  # 0: three years from now
    email: str | None = None
    agreed: bool = True


def submit(state: State, session_id: str, entered: Entered) -> Json:
    """Pay or save with the entered card; return the page.

    It stays ``open`` while the bank waits for the client's answer (``waits_for_bank``).

    Raises:
        ApiError: the page is closed, or the card was declined and another may be tried.
    """
    with state.object_lock(session_id), state.lock:
        session = _open(state, session_id)
        if _must_agree(session) and not entered.agreed:
            raise refused("Please agree to the terms first.", code="terms_not_agreed")
        method = _card(state, entered)
        session["_email"] = entered.email or session["customer_email"]
        intent = _intent(state, session)
        intent.update(payment_method=method["id"], status="requires_confirmation")
        if session["mode"] == "payment":
            charging.confirm(state, intent, off_session=False, error_on_action=False)
        elif charging.asks_the_client(state, method):
            intent.update(status="requires_action", next_action={"type": "redirect_to_url"})
        else:
            setup_intents.save_card(state, intent, method)
        return _finish(state, session, intent)


def answer_bank(state: State, session_id: str, *, proved: bool) -> Json:
    """Answer the bank's question; return the page.

    Raises:
        ApiError: the bank asks nothing, or the client failed and another card may be tried.
    """
    with state.object_lock(session_id), state.lock:
        session = _open(state, session_id)
        intent = _intent(state, session)
        if intent["status"] != "requires_action":
            raise refused("The bank asks nothing at the moment.")
        if session["mode"] == "payment":
            charging.answer_bank(state, intent, proved=proved)
        else:
            setup_intents.answer_bank(state, intent, proved=proved)
        return _finish(state, session, intent)


def waits_for_bank(state: State, session: Json) -> bool:
    """Tell whether the page shows the bank's question."""
    kind = f"{session['mode']}_intent"
    identifier = session.get(kind)
    return bool(
        session["status"] == "open"
        and identifier is not None
        and state.get(kind, identifier)["status"] == "requires_action"
    )


def _open(state: State, session_id: str) -> Json:
    session = state.get("checkout.session", session_id, param="session")
    if session["status"] == "complete":
        raise refused("You are done here already. Nothing was charged again.", code="page_closed")
    if session["status"] != "open":
        raise refused("This page has expired. Ask for a new link.", code="page_closed")
    if payment_links.is_full(state, session):
        raise refused("This link was paid already.", code="page_closed")
    return session


def _must_agree(session: Json) -> bool:
    consent = session["consent_collection"] or {}
    return consent.get("terms_of_service") == "required"


def _card(state: State, entered: Entered) -> Json:
    card = by_number(entered.number)
    if card is None:
        raise ApiError(
            402,
            "This is not one of the test cards. Real cards do not work here.",
            kind="card_error",
            code="card_declined",
            executed=True,
        )
    method = state.add_card(card)
    if entered.exp_year:
        method["card"].update(exp_month=entered.exp_month, exp_year=entered.exp_year)
        now = state.clock.now()
        if (entered.exp_year, entered.exp_month) < (now.year, now.month):
            raise ApiError(
                402,
                "Your card's expiration date is in the past.",
                kind="card_error",
                code="invalid_expiry_year",
                executed=True,
            )
    method["billing_details"]["email"] = entered.email
    return method


def _intent(state: State, session: Json) -> Json:
    """Return the page's intent; one that pays is made with the first try."""
    if session["mode"] == "setup":
        return state.get("setup_intent", session["setup_intent"])
    if session["payment_intent"] is not None:
        return state.get("payment_intent", session["payment_intent"])
    if session["customer"] is None and session["customer_creation"] == "always":
        _make_customer(state, session)
    identifier = state.id_for("payment_intent")
    intent = shapes.payment_intent(identifier, state.now(), session["amount_total"], "usd")
    data = Params(session["_intent_data"])
    for name in checkout_sessions.INTENT_DATA.split():
        if name in data and name != "metadata":
            intent[name] = data.text(name)
    intent.update(customer=session["customer"], metadata=merge_metadata({}, data))
    state.add(intent)
    session["payment_intent"] = identifier
    state.session_of[identifier] = session["id"]
    state.emit("payment_intent.created", intent)
    return intent


def _make_customer(state: State, session: Json) -> None:
    customer = state.add(shapes.customer(state.id_for("customer"), state.now()))
    customer["email"] = session["_email"]
    session["customer"] = customer["id"]
    state.emit("customer.created", customer)


def _finish(state: State, session: Json, intent: Json) -> Json:
    if intent["status"] == "requires_action":
        return checkout_sessions.shown(session)
    if session["mode"] == "payment":
        paid = intent["status"] == "succeeded"
        session["payment_status"] = "paid" if paid else "unpaid"
    consent = session["consent_collection"]
    if consent is not None:
        session["consent"] = {
            "promotions": None,
            "terms_of_service": "accepted" if _must_agree(session) else None,
        }
    session.update(
        status="complete",
        url=None,
        customer_details={
            "address": None,
            "email": session["_email"],
            "name": None,
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
    )
    state.emit("checkout.session.completed", checkout_sessions.shown(session))
    if session["payment_link"] is not None:
        payment_links.count(state, session)
    return checkout_sessions.shown(session)
