# SPDX-License-Identifier: MIT
"""/v1/checkout/sessions: a hosted page to save a card (``setup``) or to pay once (``payment``).

A page lives 30 minutes to 24 hours (docs.stripe.com/api/checkout/sessions/create). What the client
does on it is in ``paying``; how it looks is in ``hosted``.
"""

from __future__ import annotations

from mediyn_desktop.sandbox.processor import line_items, page_shapes, shapes
from mediyn_desktop.sandbox.processor.clocks import falls_due
from mediyn_desktop.sandbox.processor.errors import Json, invalid, refused
from mediyn_desktop.sandbox.processor.forms import Params, check_metadata, merge_metadata
from mediyn_desktop.sandbox.processor.lists import matching, page
from mediyn_desktop.sandbox.processor.routes import PAGING, Route
from mediyn_desktop.sandbox.processor.state import State

SHORTEST_SECONDS, LONGEST_SECONDS = 30 * 60, 24 * 3600
INTENT_DATA = (
    "description metadata setup_future_usage statement_descriptor_suffix receipt_email "
    "capture_method"
)
_INTENT_DATA_KNOWN = (
    "application_fee_amount on_behalf_of shipping statement_descriptor transfer_data transfer_group"
)
_SETUP_DATA = "description metadata on_behalf_of"
_CONSENT = "payment_method_reuse_agreement promotions terms_of_service"


def create(state: State, params: Params) -> Json:
    mode = params.choice("mode", "payment", "setup")
    if mode is None:
        raise invalid("Missing required param: mode.", param="mode", code="parameter_missing")
    if params.choice("ui_mode", "hosted_page") is None:
        params.values["ui_mode"] = "hosted_page"
    params.required("success_url")
    items = _asked(state, params, mode)
    expires_at = _expiry(state, params)
    session = page_shapes.checkout_session(
        state.new_id("cs_test"), state.now(), mode, expires_at, items, state.page_base
    )
    _apply(state, session, params)
    if mode == "setup":
        session["setup_intent"] = _setup_intent(state, session, params)["id"]
    return keep(state, session)


def keep(state: State, session: Json) -> Json:
    """Keep a new page, which ends by itself."""
    state.add(session)
    state.agenda.add(session["expires_at"], "page_ends", session["id"])
    return session


def _asked(state: State, params: Params, mode: str) -> list[Json]:
    """Check what belongs to the mode only; return the line items."""
    if mode == "payment":
        if "setup_intent_data" in params:
            raise invalid("setup_intent_data needs mode=setup.", param="setup_intent_data")
        return line_items.read(state, params)
    for name in ("line_items", "payment_intent_data", "submit_type"):
        if name in params:
            raise invalid(f"{name} cannot be used in setup mode.", param=name)
    if not params.text("currency") and not params.words("allowed_payment_method_types"):
        raise invalid(
            "Missing required param: currency.", param="currency", code="parameter_missing"
        )
    return []


def _expiry(state: State, params: Params) -> int:
    asked = params.integer("expires_at")
    if asked is None:
        return state.now() + LONGEST_SECONDS
    if not SHORTEST_SECONDS <= asked - state.now() <= LONGEST_SECONDS:
        raise invalid(
            "expires_at must be between 30 minutes and 24 hours from now.", param="expires_at"
        )
    return asked


def _apply(state: State, session: Json, params: Params) -> None:
    customer = params.text("customer")
    if customer is not None:
        if params.text("customer_email") is not None:
            raise invalid("customer and customer_email exclude each other.", param="customer_email")
        session["customer"] = state.customer(customer, param="customer", status=400)["id"]
    for name in ("client_reference_id", "customer_email", "success_url", "cancel_url", "locale"):
        session[name] = params.text(name)
    if "submit_type" in params:
        session["submit_type"] = params.text("submit_type")
    if "customer_creation" in params:
        session["customer_creation"] = params.choice("customer_creation", "always", "if_required")
    allowed = params.words("allowed_payment_method_types")
    session["allowed_payment_method_types"] = allowed or None
    session["consent_collection"] = (
        params.inner("consent_collection").only(_CONSENT, "consent_collection").values or None
    )
    session["custom_text"] = params.group("custom_text")
    session["wallet_options"] = params.group("wallet_options") or None
    session["metadata"] = merge_metadata({}, params)
    session["_intent_data"] = read_intent_data(params)


def read_intent_data(params: Params) -> Json:
    """Return ``payment_intent_data`` as the payment intent of the page will get it."""
    data = params.inner("payment_intent_data")
    data.only(f"{INTENT_DATA} {_INTENT_DATA_KNOWN}", "payment_intent_data")
    for name in data.values:
        if name in _INTENT_DATA_KNOWN.split():
            raise invalid(
                f"The sandbox does not play payment_intent_data[{name}].",
                param=f"payment_intent_data[{name}]",
                code="sandbox_unsupported",
            )
    data.choice("setup_future_usage", "off_session", "on_session")
    check_metadata(data.group("metadata"))
    return data.values


def _setup_intent(state: State, session: Json, params: Params) -> Json:
    data = params.inner("setup_intent_data").only(_SETUP_DATA, "setup_intent_data")
    intent = shapes.setup_intent(state.id_for("setup_intent"), state.now())
    intent.update(
        customer=session["customer"],
        description=data.text("description"),
        metadata=merge_metadata({}, data),
    )
    state.add(intent)
    state.session_of[intent["id"]] = session["id"]
    state.emit("setup_intent.created", intent)
    return intent


def retrieve(state: State, params: Params, identifier: str) -> Json:
    return shown(state.get("checkout.session", identifier, param="session"))


def update(state: State, params: Params, identifier: str) -> Json:
    session = state.get("checkout.session", identifier, param="session")
    session["metadata"] = merge_metadata(session["metadata"], params)
    return shown(session)


def expire(state: State, params: Params, identifier: str) -> Json:
    session = state.get("checkout.session", identifier, param="session")
    if session["status"] != "open":
        raise refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. This one\'s status '
            f"is {session['status']}.",
            param="session",
        )
    return shown(end(state, session))


def end(state: State, session: Json) -> Json:
    """End an open page: nobody can save or pay on it any more."""
    session.update(status="expired", url=None)
    for kind in ("payment_intent", "setup_intent"):
        if session[kind] is not None:
            intent = state.get(kind, session[kind])
            if intent["status"] not in ("succeeded", "canceled", "processing"):
                intent.update(status="canceled", next_action=None)
                state.emit(f"{kind}.canceled", intent)
    state.emit("checkout.session.expired", shown(session))
    return session


@falls_due("page_ends")
def _end_if_open(state: State, session_id: str) -> None:
    session = state.get("checkout.session", session_id)
    if session["status"] == "open":
        end(state, session)


def shown(session: Json) -> Json:
    """Return a page as the API shows it: line items only where they are asked for."""
    return {name: value for name, value in session.items() if not name.startswith("_")}


def list_items(state: State, params: Params, identifier: str) -> Json:
    session = state.get("checkout.session", identifier, param="session")
    url = f"/v1/checkout/sessions/{identifier}/line_items"
    return line_items.listed(session["_line_items"], params, url)


def list_all(state: State, params: Params) -> Json:
    named = "customer payment_intent payment_link status"
    rows = matching(state.newest_first("checkout.session"), params, named)
    return page((shown(row) for row in rows), params, "/v1/checkout/sessions")


def _create(state: State, params: Params) -> Json:
    return shown(create(state, params))


_PLAYED = (
    "mode customer customer_email customer_creation client_reference_id success_url cancel_url "
    "expires_at line_items metadata payment_intent_data setup_intent_data currency locale "
    "allowed_payment_method_types consent_collection custom_text wallet_options ui_mode "
    "submit_type"
)
_KNOWN = (
    "adaptive_pricing after_expiration allow_promotion_codes automatic_tax branding_settings "
    "billing_address_collection custom_fields customer_account customer_update "
    "discounts excluded_payment_method_types integration_identifier invoice_creation "
    "managed_payments name_collection optional_items origin_context payment_method_collection "
    "payment_method_configuration payment_method_data payment_method_options permissions "
    "phone_number_collection redirect_on_completion return_url saved_payment_method_options "
    "shipping_address_collection shipping_options subscription_data tax_id_collection"
)

ROUTES = (
    Route("POST", "/v1/checkout/sessions", _create, _PLAYED, _KNOWN),
    Route(
        "GET",
        "/v1/checkout/sessions",
        list_all,
        f"{PAGING} customer payment_intent payment_link status",
        "customer_account customer_details subscription",
    ),
    Route("GET", "/v1/checkout/sessions/{}", retrieve),
    Route(
        "POST",
        "/v1/checkout/sessions/{}",
        update,
        "metadata",
        "collected_information line_items payment_intent_data shipping_options",
    ),
    Route("POST", "/v1/checkout/sessions/{}/expire", expire),
    Route(
        "GET",
        "/v1/checkout/sessions/{}/line_items",
        list_items,
        "limit starting_after",
        "ending_before",
    ),
)
