# SPDX-License-Identifier: MIT
"""/v1/events: what happened, newest first, for thirty days.

Source: docs.stripe.com/webhooks/process-undelivered-events.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from mediyn_desktop.sandbox.processor.errors import Json, invalid, missing
from mediyn_desktop.sandbox.processor.forms import Params
from mediyn_desktop.sandbox.processor.lists import page
from mediyn_desktop.sandbox.processor.routes import PAGING, Route
from mediyn_desktop.sandbox.processor.state import State

_KEPT_SECONDS = 30 * 86_400


def retrieve(state: State, params: Params, identifier: str) -> Json:
    event = state.get("event", identifier)
    if not _kept(state, event):
        raise missing("event", identifier, param="id", status=404)
    return event


def list_all(state: State, params: Params) -> Json:
    pattern, types = params.text("type"), params.words("types")
    if pattern and types:
        raise invalid("type and types exclude each other", param="types")
    if len(types) > 20:
        raise invalid("Give at most 20 types", param="types")
    wanted = types or [pattern or "*"]
    rows = [
        event
        for event in state.newest_first("event")
        if _kept(state, event) and any(fnmatchcase(event["type"], want) for want in wanted)
    ]
    return page(rows, params, "/v1/events")


def _kept(state: State, event: Json) -> bool:
    return bool(event["created"] > state.now() - _KEPT_SECONDS)


ROUTES = (
    Route("GET", "/v1/events", list_all, f"{PAGING} type types", "delivery_success"),
    Route("GET", "/v1/events/{}", retrieve),
)
