# SPDX-License-Identifier: MIT
"""/v1/charges: read only; a charge is made by confirming a payment intent."""

from __future__ import annotations

from mediyn_desktop.sandbox.processor.errors import Json
from mediyn_desktop.sandbox.processor.forms import Params
from mediyn_desktop.sandbox.processor.lists import matching, page
from mediyn_desktop.sandbox.processor.routes import PAGING, Route
from mediyn_desktop.sandbox.processor.state import State


def retrieve(state: State, params: Params, identifier: str) -> Json:
    return state.get("charge", identifier)


def list_all(state: State, params: Params) -> Json:
    rows = matching(state.newest_first("charge"), params, "payment_intent customer")
    return page(rows, params, "/v1/charges")


ROUTES = (
    Route("GET", "/v1/charges", list_all, f"{PAGING} payment_intent customer", "transfer_group"),
    Route("GET", "/v1/charges/{}", retrieve),
)
