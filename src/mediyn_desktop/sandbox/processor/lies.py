# SPDX-License-Identifier: MIT
"""Replies that are told wrong after the request took effect: what nobody may post on faith."""

from __future__ import annotations

import json
from typing import Any

from mediyn_desktop.sandbox.processor.errors import Json
from mediyn_desktop.sandbox.processor.faults import Fault, FaultKind


def told_wrong(body: bytes, fault: Fault) -> bytes:
    """Return ``body`` as the fault wants it told; any other fault leaves it alone.

    Raises:
        KeyError: a lie about a field the reply does not have.
    """
    if fault.kind is FaultKind.LIE:
        document = json.loads(body)
        for place, value in fault.changes.items():
            _change(document, place.split("."), value)
        return json.dumps(document).encode()
    if fault.kind in _LISTS:
        document = json.loads(body)
        if document.get("object") == "list":
            _LISTS[fault.kind](document)
        return json.dumps(document).encode()
    return body


def _change(document: Any, names: list[str], value: Any) -> None:
    for name in names[:-1]:
        document = document[int(name)] if isinstance(document, list) else document[name]
    last: Any = int(names[-1]) if isinstance(document, list) else names[-1]
    document[last] = value


def _cut(document: Json) -> None:
    document.update(data=document["data"][: len(document["data"]) // 2], has_more=False)


def _empty(document: Json) -> None:
    document.update(data=[], has_more=True)


def _double(document: Json) -> None:
    document.update(data=[row for row in document["data"] for _ in range(2)])


def _reverse(document: Json) -> None:
    document.update(data=document["data"][::-1])


_LISTS = {
    FaultKind.LIST_CUT: _cut,
    FaultKind.LIST_EMPTY: _empty,
    FaultKind.LIST_DOUBLED: _double,
    FaultKind.LIST_REVERSED: _reverse,
}
