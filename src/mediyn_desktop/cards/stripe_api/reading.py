# SPDX-License-Identifier: MIT
"""Reading raw objects strictly: what is missing or odd makes an answer that cannot be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def whole(raw: Mapping[str, Any], name: str) -> int:
    """Return a whole number.

    Raises:
        KeyError, TypeError: it lacks, or is none.
    """
    value = raw[name]
    if type(value) is not int:
        raise TypeError(name)
    return value


def instant(raw: Mapping[str, Any], name: str) -> datetime:
    """Return an instant, UTC.

    Raises:
        KeyError, TypeError: it lacks, or is none.
    """
    return datetime.fromtimestamp(whole(raw, name), UTC)


def id_of(value: Any) -> str | None:
    """Return the id of what may be expanded, an id, or nothing."""
    if isinstance(value, Mapping):
        value = value["id"]
    return str(value) if value is not None else None


def must_be(raw: Mapping[str, Any], kind: str) -> None:
    """Want an object of ``kind``.

    Raises:
        KeyError, ValueError: it is another one.
    """
    if raw["object"] != kind or not isinstance(raw["id"], str):
        raise ValueError(f"not a {kind}")
