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
        if _kept(state, event)
        and _is_one_of(event["type"], wanted)
        and not _is_one_of(event["type"], state.event_faults.lose)
    ]
    answer = page(rows, params, "/v1/events")
    answer["data"] = _misled(state, answer["data"])
    return answer


def _is_one_of(kind: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(kind, pattern) for pattern in patterns)


def _misled(state: State, rows: list[Json]) -> list[Json]:
    """Repeat or disorder a page on demand; its last row stays last, as the next page needs it."""
    if state.event_faults.duplicate:
        rows = [row for row in rows for _ in range(2)]
    if state.event_faults.shuffle:
        rows = [*rows[:-1][::-1], *rows[-1:]]
    return rows


def _kept(state: State, event: Json) -> bool:
    return bool(event["created"] > state.now() - _KEPT_SECONDS)


ROUTES = (
    Route("GET", "/v1/events", list_all, f"{PAGING} type types", "delivery_success"),
    Route("GET", "/v1/events/{}", retrieve),
)
