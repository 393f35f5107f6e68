# SPDX-License-Identifier: MIT
"""/v1/payment_intents/search: an index that lags behind, so never a ground for a decision.

Source: docs.stripe.com/search. What was made within ``state.search_lag_seconds`` is not found yet.
Played: clauses joined by AND on ``customer``, ``status``, ``currency`` and ``metadata["key"]``.
"""

from __future__ import annotations

import re

from mediyn_desktop.sandbox.processor.errors import Json, invalid
from mediyn_desktop.sandbox.processor.forms import Params
from mediyn_desktop.sandbox.processor.routes import Route
from mediyn_desktop.sandbox.processor.state import State

_CLAUSE = re.compile(
    r"""(?:(customer|status|currency)|metadata\[["']([^"']+)["']\]):["']([^"']*)["']"""
)


def search(state: State, params: Params) -> Json:
    clauses = _read(params.required("query"))
    limit = params.integer("limit", low=1, high=100) or 10
    begin = params.integer("page", low=0) or 0
    newest = state.now() - state.search_lag_seconds
    rows = [
        intent
        for intent in state.newest_first("payment_intent")
        if intent["created"] <= newest and all(_holds(intent, *clause) for clause in clauses)
    ]
    more = begin + limit < len(rows)
    return {
        "object": "search_result",
        "data": rows[begin : begin + limit],
        "has_more": more,
        "next_page": str(begin + limit) if more else None,
        "url": "/v1/payment_intents/search",
    }


def _read(query: str) -> list[tuple[str, str, str]]:
    clauses = []
    for part in re.split(r"\s+AND\s+", query.strip()):
        found = _CLAUSE.fullmatch(part)
        if found is None:
            raise invalid(f"The sandbox does not understand the search: {part}", param="query")
        clauses.append((found[1] or "", found[2] or "", found[3]))
    return clauses


def _holds(intent: Json, name: str, key: str, value: str) -> bool:
    return bool((intent["metadata"].get(key) if key else intent[name]) == value)


ROUTES = (Route("GET", "/v1/payment_intents/search", search, "query limit page"),)
