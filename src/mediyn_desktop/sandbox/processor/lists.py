# SPDX-License-Identifier: MIT
"""Lists newest first with cursors, and expansion of ids into objects.

Sources: docs.stripe.com/api/pagination, docs.stripe.com/api/expanding_objects.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from mediyn_desktop.sandbox.processor.api_keys import ApiKey
from mediyn_desktop.sandbox.processor.errors import ApiError, Json, invalid, missing, refused
from mediyn_desktop.sandbox.processor.forms import Params
from mediyn_desktop.sandbox.processor.state import State

_BOUNDS = {
    "gt": lambda at, bound: at > bound,
    "gte": lambda at, bound: at >= bound,
    "lt": lambda at, bound: at < bound,
    "lte": lambda at, bound: at <= bound,
}


def page(things: Iterable[Json], params: Params, url: str) -> Json:
    """Return one page of ``things`` (newest first) that are within ``created``.

    ``starting_after`` asks for older ones, ``ending_before`` for the newer ones just above.
    """
    rows = [thing for thing in things if within(int(thing["created"]), params, "created")]
    limit = params.integer("limit", low=1, high=100) or 10
    after, before = params.text("starting_after"), params.text("ending_before")
    if after and before:
        raise invalid("starting_after and ending_before exclude each other", param="ending_before")
    if before:
        newer = rows[: _position(rows, before, "ending_before")]
        data, has_more = newer[-limit:], len(newer) > limit
    else:
        older = rows[_position(rows, after, "starting_after") + 1 :] if after else rows
        data, has_more = older[:limit], len(older) > limit
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def matching(things: Iterable[Json], params: Params, names: str) -> list[Json]:
    """Return the ``things`` whose fields are as the given parameters of these ``names`` say."""
    wanted = {name: params.text(name) for name in names.split() if name in params}
    return [
        thing
        for thing in things
        if all(value in (None, thing[name]) for name, value in wanted.items())
    ]


def within(at: int, params: Params, name: str) -> bool:
    """Tell whether a time is the one given as ``name``, or between its bounds; none: always."""
    wanted = params.values.get(name)
    if wanted is None:
        return True
    if isinstance(wanted, str):
        return at == params.integer(name)
    bounds = params.inner(name)
    for word in bounds.values:
        if word not in _BOUNDS:
            raise invalid(f"Received unknown parameter: {name}[{word}]", code="parameter_unknown")
        bound = bounds.integer(word)
        if bound is not None and not _BOUNDS[word](at, bound):
            return False
    return True


def _position(rows: list[Json], identifier: str, param: str) -> int:
    for index, row in enumerate(rows):
        if row["id"] == identifier:
            return index
    raise missing("object in this list", identifier, param=param, status=400)


def expand(state: State, reply: Json, paths: list[str], key: ApiKey) -> Json:
    """Return a copy of ``reply`` where the ids at ``paths`` are replaced by their objects.

    Each expanded object needs the key's permission to read it, and by then the call has been
    carried out (docs.stripe.com/stripe-apps/reference/permissions).
    """
    expanded = copy.deepcopy(reply)
    for path in sorted(paths):  # parents come before their children
        if path.count(".") > 3:
            raise invalid("You cannot expand more than 4 levels of a property.", param="expand")
        _expand_at(state, expanded, path.split("."), path, key)
    return expanded


def _expand_at(state: State, here: Any, names: list[str], path: str, key: ApiKey) -> None:
    if isinstance(here, list):
        for item in here:
            _expand_at(state, item, names, path, key)
        return
    if not isinstance(here, dict) or names[0] not in here:
        raise _not_expandable(path)
    name, rest = names[0], names[1:]
    value = here[name]
    if isinstance(value, str):
        found = state.find(value)
        if found is None:
            raise _not_expandable(path)
        key.check("GET", f"{found['object'].replace('.', '_')}s", executed=True)
        inner = {part: told for part, told in found.items() if not part.startswith("_")}
        value = here[name] = copy.deepcopy(inner)
    if rest and value is not None:
        _expand_at(state, value, rest, path, key)


def _not_expandable(path: str) -> ApiError:
    # The endpoint has done its work by now: a key has to remember this answer.
    return refused(f"This property cannot be expanded ({path}).", param="expand")
