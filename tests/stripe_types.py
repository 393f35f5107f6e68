# SPDX-License-Identifier: MIT
"""What the installed SDK says may be sent: the parameter types of each call, read from its source.

The types are generated from the processor's own description of the pinned version, so they are the
nearest thing to a contract that works offline. What is checked is what arrived at the socket, where
everything is text.
"""

from __future__ import annotations

import ast
import functools
import importlib
import re
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import stripe
import typing_extensions
from stripe._request_options import RequestOptions

_SDK = Path(stripe.__file__).parent
_OPTIONS = frozenset(typing_extensions.get_annotations(RequestOptions))
_WRAPPERS = (typing.Required, typing.NotRequired, typing_extensions.Required)


@dataclass(frozen=True, slots=True)
class Call:
    """One address of the SDK and the type of its parameters."""

    method: str
    template: str  # /v1/refunds/{refund}
    module: str
    name: str

    def pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\\\{\w+\\\}", r"[^/]+", re.escape(self.template)))

    def type(self) -> Any:
        return getattr(importlib.import_module(self.module), self.name)


@functools.cache
def calls() -> tuple[tuple[re.Pattern[str], Call], ...]:
    """Return every call the SDK's services can make; addresses without an id come first."""
    found = {call for file in _SDK.rglob("_*_service.py") for call in _calls_in(file)}
    first = sorted(found, key=lambda call: call.template.count("{"))
    return tuple((call.pattern(), call) for call in first)


def _calls_in(file: Path) -> Iterator[Call]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    modules = {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef):
            continue
        typed = [argument for argument in node.args.args if argument.arg == "params"]
        for sent in ast.walk(node):
            address = _address(sent)
            if address and typed and typed[0].annotation:
                name = re.search(r"\w+Params", ast.unparse(typed[0].annotation))
                if name and modules.get(name[0], "").startswith("stripe.params"):
                    yield Call(*address, modules[name[0]], name[0])


def _address(node: ast.AST) -> tuple[str, str] | None:
    """Return method and path of ``self._request("post", "/v1/...".format(...))``."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    if node.func.attr != "_request" or len(node.args) < 2:
        return None
    method, path = node.args[:2]
    if isinstance(path, ast.Call) and isinstance(path.func, ast.Attribute):
        path = path.func.value
    if not isinstance(method, ast.Constant) or not isinstance(path, ast.Constant):
        return None
    return method.value.upper(), path.value


@functools.lru_cache(maxsize=4096)
def find(method: str, path: str) -> Call | None:
    """Return the SDK's call for a request, or ``None``: the SDK has none."""
    return next(
        (call for at, call in calls() if call.method == method and at.fullmatch(path)), None
    )


def names(call: Call) -> frozenset[str]:
    """Return the top-level parameters of a call."""
    return frozenset(_fields(call.type())) - _OPTIONS


@functools.cache
def _fields(kind: Any) -> dict[str, Any]:
    module = importlib.import_module(kind.__module__)
    # What a parameter file imports for type checkers only.
    spare = {
        "UntypedStripeObject": dict,
        "UploadFile": bytes,
        "StripeContext": str,
        "Mapping": Mapping,
    }
    return typing_extensions.get_type_hints(kind, {**spare, **vars(module)}, include_extras=True)


def knows(method: str, path: str, key: str) -> bool:
    """Tell whether a key as it is encoded (``metadata[iid]``, ``types[0]``) is one of a call's."""
    call = find(method, path)
    if call is None:
        return False
    names = re.findall(r"[^\[\]]+", key)
    kinds = [call.type()]
    for at, name in enumerate(names):
        kinds = [inner for kind in kinds for inner in _inside(kind, name, top=at == 0)]
    return bool(kinds)


def _inside(kind: Any, name: str, *, top: bool) -> Iterator[Any]:
    """Return the types of ``name`` in a group, of a position in a list, of a key in metadata."""
    origin = get_origin(kind)
    if origin in (*_WRAPPERS, Union, types.UnionType):
        for part in get_args(kind):
            yield from _inside(part, name, top=top)
    elif origin is list and name.isdecimal():
        yield get_args(kind)[0]
    elif origin is dict or kind is dict:
        yield str
    elif typing_extensions.is_typeddict(kind):
        fields = _fields(kind)
        if name in fields and not (top and name in _OPTIONS):
            yield fields[name]


def violations(requests: Iterable[Any]) -> list[str]:
    """Return what is illegal in requests that arrived (``method``, ``path``, ``params``)."""
    return [
        f"{request.method} {request.path}: {problem}"
        for request in requests
        for problem in _problems(request)
    ]


def _problems(request: Any) -> Iterator[str]:
    call = find(request.method, request.path)
    if call is None:
        yield "the SDK has no such address"
    else:
        yield from _check_group(call.type(), request.params, "")


def _check_group(kind: Any, given: Any, place: str) -> Iterator[str]:
    if not isinstance(given, Mapping):
        yield f"{place} is not a group"
        return
    fields = _fields(kind)
    for name, value in given.items():
        if name not in fields or (not place and name in _OPTIONS):
            yield f"{place}{name} is unknown"
        else:
            yield from _check(fields[name], value, f"{place}{name}")
    for name in kind.__required_keys__ - set(given) - _OPTIONS:
        yield f"{place}{name} is missing"


def _check(kind: Any, value: Any, place: str) -> Iterator[str]:
    """Check one value as text on the wire against its type."""
    origin = get_origin(kind)
    if origin in _WRAPPERS:
        yield from _check(get_args(kind)[0], value, place)
    elif origin in (Union, types.UnionType):
        yield from _check_union(get_args(kind), value, place)
    elif origin is Literal:
        if value not in get_args(kind):
            yield f"{place} is {value!r}, none of {get_args(kind)}"
    elif origin in (list, Iterable):
        if not isinstance(value, list):
            yield f"{place} is not a list"
        else:
            for at, item in enumerate(value):
                yield from _check(get_args(kind)[0], item, f"{place}[{at}]")
    elif origin is dict or kind is dict:
        if not isinstance(value, Mapping):
            yield f"{place} is not a group"
    elif typing_extensions.is_typeddict(kind):
        yield from _check_group(kind, value, f"{place}.")
    elif not _is_text_of(kind, value):
        yield f"{place} is {value!r}, not {getattr(kind, '__name__', kind)}"


def _check_union(kinds: tuple[Any, ...], value: Any, place: str) -> Iterator[str]:
    """One of the kinds has to fit. Named words beside ``str`` are held to, so a typo is found."""
    words = [kind for kind in kinds if get_origin(kind) is Literal and any(get_args(kind))]
    if words and str in kinds:
        kinds = tuple(kind for kind in kinds if kind is not str)
    if isinstance(value, Mapping | list):  # then it was not meant as a word
        kinds = tuple(kind for kind in kinds if get_origin(kind) is not Literal) or kinds
    tried = [list(_check(kind, value, place)) for kind in kinds]
    if all(tried):
        yield min(tried, key=len)[0]


def _is_text_of(kind: Any, value: Any) -> bool:
    if not isinstance(value, str):
        return False
    patterns = {int: r"-?\d+", float: r"-?\d+(\.\d+)?", bool: "true|false"}
    if kind is str:
        return True
    return re.fullmatch(patterns.get(kind, r"-?\d+(\.\d+)?"), value) is not None
