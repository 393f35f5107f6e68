# SPDX-License-Identifier: MIT
"""/v1/payment_links: an address that opens a new checkout page for whoever follows it.

With ``restrictions[completed_sessions][limit]`` the link closes once so many pages were completed.
Closing a link does not end the pages that are open already: they have to be expired one by one.
"""

from __future__ import annotations

import copy

from mediyn_desktop.sandbox.processor import checkout_sessions, line_items, page_shapes
from mediyn_desktop.sandbox.processor.errors import ApiError, Json, refused
from mediyn_desktop.sandbox.processor.forms import Params, merge_metadata
from mediyn_desktop.sandbox.processor.lists import page
from mediyn_desktop.sandbox.processor.routes import Route
from mediyn_desktop.sandbox.processor.state import State


def create(state: State, params: Params) -> Json:
    items = line_items.read(state, params)
    link = page_shapes.payment_link(state.id_for("payment_link"), items, state.page_base)
    link["created"] = state.now()  # for the order of lists; the API does not show it
    link["_intent_data"] = checkout_sessions.read_intent_data(params)
    link["payment_intent_data"] = dict(link["_intent_data"]) or None
    _apply(link, params)
    state.add(link)
    state.emit("payment_link.created", shown(link))
    return shown(link)


def update(state: State, params: Params, identifier: str) -> Json:
    link = state.get("payment_link", identifier, param="payment_link")
    if "active" in params:
        link["active"] = params.flag("active")
    _apply(link, params)
    state.emit("payment_link.updated", shown(link))
    return shown(link)


def _apply(link: Json, params: Params) -> None:
    if "inactive_message" in params:
        link["inactive_message"] = params.text("inactive_message")
    if "customer_creation" in params:
        link["customer_creation"] = params.choice("customer_creation", "always", "if_required")
    if "after_completion" in params:
        link["after_completion"] = (
            params.inner("after_completion")
            .only("type hosted_confirmation redirect", "after_completion")
            .values
        )
    link["metadata"] = merge_metadata(link["metadata"], params)
    restrictions = params.inner("restrictions").only("completed_sessions", "restrictions")
    if restrictions.values:
        completed = restrictions.inner("completed_sessions")
        completed.only("limit", "restrictions[completed_sessions]").required("limit")
        before = link["restrictions"] or {"completed_sessions": {"count": 0}}
        link["restrictions"] = {
            "completed_sessions": {
                "count": before["completed_sessions"]["count"],
                "limit": completed.integer("limit", low=1),
            }
        }


def open_page(state: State, identifier: str) -> Json:
    """Open a new page as a client does who follows the link.

    Raises:
        ApiError: the link is closed; the message is the practice's own where it has one.
    """
    link = state.get("payment_link", identifier, param="payment_link")
    if not link["active"]:
        raise closed(link)
    items = copy.deepcopy(link["_line_items"])
    session = page_shapes.checkout_session(
        state.new_id("cs_test"),
        state.now(),
        "payment",
        state.now() + checkout_sessions.LONGEST_SECONDS,
        items,
        state.page_base,
    )
    session.update(
        payment_link=link["id"],
        metadata=dict(link["metadata"]),
        customer_creation=link["customer_creation"],
        _intent_data=copy.deepcopy(link["_intent_data"]),
    )
    return checkout_sessions.keep(state, session)


def follow(state: State, identifier: str) -> Json:
    """Open a new page of a link and return it as the API shows it."""
    return checkout_sessions.shown(open_page(state, identifier))


def closed(link: Json) -> ApiError:
    """Return the refusal of a closed link."""
    return refused(link["inactive_message"] or "This link is no longer active.")


def count(state: State, session: Json) -> None:
    """Count a completed page of a link and close the link once its limit is reached."""
    link = state.get("payment_link", session["payment_link"])
    if link["restrictions"] is None:
        return
    completed = link["restrictions"]["completed_sessions"]
    completed["count"] += 1
    if completed["count"] >= completed["limit"]:
        link["active"] = False
    state.emit("payment_link.updated", shown(link))


def is_full(state: State, session: Json) -> bool:
    """Tell whether the link of a page has had all the completions it allows."""
    if session["payment_link"] is None:
        return False
    restrictions = state.get("payment_link", session["payment_link"])["restrictions"]
    if restrictions is None:
        return False
    completed = restrictions["completed_sessions"]
    return bool(completed["count"] >= completed["limit"])


def shown(link: Json) -> Json:
    """Return a link as the API shows it."""
    return {
        name: value
        for name, value in link.items()
        if not name.startswith("_") and name != "created"
    }


def retrieve(state: State, params: Params, identifier: str) -> Json:
    return shown(state.get("payment_link", identifier, param="payment_link"))


def list_items(state: State, params: Params, identifier: str) -> Json:
    link = state.get("payment_link", identifier, param="payment_link")
    url = f"/v1/payment_links/{identifier}/line_items"
    return line_items.listed(link["_line_items"], params, url)


def list_all(state: State, params: Params) -> Json:
    active = params.flag("active") if "active" in params else None
    rows = [link for link in state.newest_first("payment_link") if active in (None, link["active"])]
    answer = page(rows, params, "/v1/payment_links")
    answer["data"] = [shown(link) for link in answer["data"]]
    return answer


_PLAYED = "metadata inactive_message customer_creation restrictions after_completion"
_KNOWN = (
    "allow_promotion_codes application_fee_amount application_fee_percent automatic_tax "
    "billing_address_collection consent_collection custom_fields custom_text invoice_creation "
    "name_collection on_behalf_of optional_items payment_method_collection "
    "payment_method_options payment_method_types phone_number_collection "
    "shipping_address_collection shipping_options submit_type subscription_data "
    "tax_id_collection transfer_data"
)

ROUTES = (
    Route(
        "POST",
        "/v1/payment_links",
        create,
        f"line_items payment_intent_data {_PLAYED}",
        f"currency managed_payments {_KNOWN}",
    ),
    Route("GET", "/v1/payment_links", list_all, "limit starting_after ending_before active"),
    Route("GET", "/v1/payment_links/{}", retrieve),
    Route(
        "POST",
        "/v1/payment_links/{}",
        update,
        f"active {_PLAYED}",
        f"line_items payment_intent_data {_KNOWN}",
    ),
    Route(
        "GET",
        "/v1/payment_links/{}/line_items",
        list_items,
        "limit starting_after",
        "ending_before",
    ),
)
