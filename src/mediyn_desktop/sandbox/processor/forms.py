# SPDX-License-Identifier: MIT
"""Form bodies and query strings with bracket nesting, and typed access to their values.

``metadata[iid]=x`` is a group, ``types[0]=a`` and ``expand[]=a`` are lists. Everything on the wire
is text; ``Params`` turns it into the asked type or refuses as the real API does.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from mediyn_desktop.sandbox.processor.errors import Json, invalid

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_MAX_DEPTH = 6


def decode(text: str) -> Json:
    """Return the nested values of a form-encoded ``text``.

    Raises:
        ApiError: brackets that do not close, or a name that is a value here and a group there.
    """
    tree: Json = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found = _NAME.fullmatch(name)
        if found is None:
            raise invalid(f"Invalid parameter name: {name}", param=name)
        path = [found[1], *re.findall(r"\[([^\[\]]*)\]", found[2])]
        if len(path) > _MAX_DEPTH:
            raise invalid(f"Invalid parameter name: {name}", param=name)
        _place(tree, path, value, name)
    return {name: _listed(value) for name, value in tree.items()}


def _place(tree: Json, path: list[str], value: str, name: str) -> None:
    for part in path[:-1]:
        branch = tree.setdefault(part or str(len(tree)), {})
        if not isinstance(branch, dict):
            raise invalid(f"{name} is both a value and a group", param=name)
        tree = branch
    last = path[-1] or str(len(tree))
    if isinstance(tree.get(last), dict):
        raise invalid(f"{name} is both a value and a group", param=name)
    tree[last] = value


def _listed(value: Any) -> Any:
    """Return ``value`` with every group that is numbered from 0 turned into a list."""
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(part) for name, part in value.items()}
    if inner and all(name.isdecimal() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


class Params:
    """The decoded parameters of one request. An empty value counts as not given."""

    def __init__(self, values: Json) -> None:
        self.values = values

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str) -> str | None:
        """Return a text, or ``None``; a group in its place is refused."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, str):
            raise invalid(f"Invalid string: {name}", param=name)
        return value or None

    def required(self, name: str) -> str:
        """Return a text that must be there."""
        value = self.text(name)
        if value is None:
            raise invalid(f"Missing required param: {name}.", param=name, code="parameter_missing")
        return value

    def integer(self, name: str, *, low: int | None = None, high: int | None = None) -> int | None:
        """Return a whole number within ``low`` to ``high``, or ``None``."""
        value = self.text(name)
        if value is None:
            return None
        if not re.fullmatch(r"-?\d{1,15}", value):
            raise invalid(f"Invalid integer: {value}", param=name, code="parameter_invalid_integer")
        number = int(value)
        if (low is not None and number < low) or (high is not None and number > high):
            raise invalid(
                f"{name} is out of range: {number}", param=name, code="parameter_invalid_integer"
            )
        return number

    def flag(self, name: str) -> bool:
        """Return a boolean; not given is false."""
        value = self.text(name)
        if value not in (None, "true", "false"):
            raise invalid(f"Invalid boolean: {value}", param=name)
        return value == "true"

    def choice(self, name: str, *allowed: str) -> str | None:
        """Return one of ``allowed``, or ``None``."""
        value = self.text(name)
        if value is not None and value not in allowed:
            raise invalid(f"Invalid {name}: must be one of {', '.join(allowed)}", param=name)
        return value

    def group(self, name: str) -> Json:
        """Return a group of values; not given is empty."""
        value = self.values.get(name)
        if value in (None, ""):
            return {}
        if not isinstance(value, dict):
            raise invalid("Invalid object", param=name)
        return value

    def inner(self, name: str) -> Params:
        """Return a group with the same typed access."""
        return Params(self.group(name))

    def only(self, names: str, inside: str) -> Params:
        """Return these parameters, refusing any that is none of ``names`` inside ``inside``."""
        for name in self.values:
            if name not in names.split():
                raise invalid(
                    f"Received unknown parameter: {inside}[{name}]",
                    param=f"{inside}[{name}]",
                    code="parameter_unknown",
                )
        return self

    def groups(self, name: str) -> list[Params]:
        """Return a list of groups; not given is empty."""
        value = self.values.get(name)
        if value in (None, ""):
            return []
        if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
            raise invalid("Invalid array", param=name)
        return [Params(part) for part in value]

    def words(self, name: str) -> list[str]:
        """Return a list of texts; not given is empty."""
        value = self.values.get(name)
        if value in (None, ""):
            return []
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise invalid("Invalid array", param=name)
        return value


def check_metadata(values: Json) -> None:
    """Refuse metadata beyond 50 keys, 40 characters a key, 500 characters a value.

    Source: docs.stripe.com/api/metadata.
    """
    if len(values) > 50:
        raise invalid("Metadata can have up to 50 keys", param="metadata")
    for name, value in values.items():
        if not isinstance(value, str):
            raise invalid("Metadata values must be strings", param=f"metadata[{name}]")
        if len(name) > 40 or len(value) > 500:
            raise invalid("Metadata key or value is too long", param=f"metadata[{name}]")


def merge_metadata(current: Json, params: Params) -> Json:
    """Return ``current`` updated: an empty value removes its key, an empty group all of them."""
    if "metadata" not in params:
        return current
    given = params.group("metadata")
    check_metadata(given)
    if not given:
        return {}
    merged = {name: value for name, value in {**current, **given}.items() if value != ""}
    check_metadata(merged)
    return merged
