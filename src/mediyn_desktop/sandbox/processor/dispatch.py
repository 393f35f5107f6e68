# SPDX-License-Identifier: MIT
"""From a request to its reply: key check, address, parameters, idempotency, handler.

Knows no sockets; faults of the line belong to ``http``. The order is the real one: 401 and 429 come
before the idempotency layer, and what fails validation is not remembered by it.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from mediyn_desktop.sandbox.processor import (
    balance,
    charges,
    checkout_sessions,
    customers,
    disputes,
    errors,
    events,
    payment_intents,
    payment_links,
    payment_methods,
    payouts,
    refunds,
    searching,
    setup_intents,
)
from mediyn_desktop.sandbox.processor.api_keys import (
    Account,
    ApiKey,
    KeyRing,
    resource_of,
    shown_key,
)
from mediyn_desktop.sandbox.processor.errors import ApiError, Json
from mediyn_desktop.sandbox.processor.faults import Fault, FaultKind
from mediyn_desktop.sandbox.processor.forms import Params, decode
from mediyn_desktop.sandbox.processor.idempotency import IdempotencyKeys, StoredReply
from mediyn_desktop.sandbox.processor.lies import told_wrong
from mediyn_desktop.sandbox.processor.limits import Limits
from mediyn_desktop.sandbox.processor.lists import expand
from mediyn_desktop.sandbox.processor.routes import Route
from mediyn_desktop.sandbox.processor.state import Received, State

ROUTES: tuple[Route, ...] = (
    *customers.ROUTES,
    *payment_methods.ROUTES,
    *setup_intents.ROUTES,
    *searching.ROUTES,  # before the address of one intent, which it looks like
    *payment_intents.ROUTES,
    *charges.ROUTES,
    *checkout_sessions.ROUTES,
    *payment_links.ROUTES,
    *refunds.ROUTES,
    *balance.ROUTES,
    *disputes.ROUTES,
    *payouts.ROUTES,
    *events.ROUTES,
)

_REFUSED_AT_THE_DOOR: dict[FaultKind, Callable[[], ApiError]] = {
    FaultKind.TOO_MANY: errors.rate_limited,
    FaultKind.TOO_MANY_RETRY: lambda: errors.rate_limited(retry=True),
    FaultKind.LOCK_TIMEOUT: lambda: errors.rate_limited(lock=True),
    FaultKind.CONFLICT: errors.key_in_use,
    FaultKind.KEY_REFUSED: lambda: ApiError(401, "Invalid API Key provided."),
    FaultKind.FORBIDDEN: lambda: ApiError(403, "The key lacks the permission this call needs."),
}


@dataclass(frozen=True, slots=True)
class Request:
    """One request, read whole. ``text`` is the query of a GET or the form of a POST."""

    method: str
    path: str
    text: str
    authorization: str | None = None
    idempotency_key: str | None = None
    api_version: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back: JSON in ``body``."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Call:
    """A request whose address and parameters are accepted."""

    request: Request
    request_id: str
    api_key: ApiKey
    account: Account
    route: Route
    params: Params
    ids: tuple[str, ...]
    fault: Fault | None

    @property
    def key(self) -> str | None:
        """The idempotency key, where one counts."""
        return self.request.idempotency_key if self.request.method == "POST" else None


class Dispatcher:
    """Answers requests on a pretend account, or on another one where a key belongs to that."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.keys = IdempotencyKeys(state.clock)
        self.ring = KeyRing(Account(state, self.keys))
        self.limits = Limits()

    def answer(self, request: Request, fault: Fault | None = None) -> Reply:
        """Carry the request out, or refuse it; refusals are replies, not exceptions."""
        with self._state.lock:
            request_id = self._state.new_id("req")
        params, unreadable = _decoded(request.text)
        try:
            if fault is not None and fault.kind in _REFUSED_AT_THE_DOOR:
                raise _REFUSED_AT_THE_DOOR[fault.kind]()
            key = self.ring.find(request.authorization)
            if not self.limits.admits():
                raise errors.rate_limited(reason="global-rate")
            if unreadable is not None:
                raise unreadable
            route, ids = _find_route(request)
            key.check(request.method, resource_of(request.path))
            route.check(Params(params))
            account = self.ring.account_of(key)
            call = _Call(request, request_id, key, account, route, Params(params), ids, fault)
            reply = self._run(call)
        except ApiError as refusal:
            reply = _refusal(refusal, request_id)
        self._state.requests.append(
            Received(
                request.method,
                request.path,
                params,
                request.idempotency_key,
                reply.status,
                "Idempotent-Replayed" in reply.headers,
                shown_key(request.authorization),
                request.api_version,
            )
        )
        return reply if fault is None else _as_told(reply, fault)

    def _run(self, call: _Call) -> Reply:
        """Carry the call out, once per idempotency key."""
        if not call.key:
            return self._execute(call)[0]
        stored = call.account.idempotency.begin(call.key, _fingerprint(call))
        if stored is not None:
            headers = {
                "Request-Id": call.request_id,
                "Idempotency-Key": call.key,
                "Idempotent-Replayed": "true",
                "Original-Request": stored.request_id,
            }
            return Reply(stored.status, stored.body, headers)
        remembered: StoredReply | None = None
        try:
            reply, executed = self._execute(call)
            if executed:
                remembered = StoredReply(reply.status, reply.body, call.request_id)
        finally:
            call.account.idempotency.finish(call.key, remembered)
        return Reply(reply.status, reply.body, {**reply.headers, "Idempotency-Key": call.key})

    def _execute(self, call: _Call) -> tuple[Reply, bool]:
        """Return the reply and whether the endpoint had begun its work."""
        kind = call.fault.kind if call.fault else FaultKind.PASS
        try:
            with call.account.state.object_lock(call.route.lock_id(call.params, call.ids)):
                if call.fault is not None and kind is FaultKind.SLOW:
                    time.sleep(call.fault.seconds)  # real time: others really wait
                if kind is FaultKind.ERROR_BEFORE:
                    raise errors.broken()
                body = self._handle(call)
            if kind in (FaultKind.ERROR_AFTER, FaultKind.ERROR_FORGOTTEN):
                raise errors.broken(executed=kind is FaultKind.ERROR_AFTER)
        except ApiError as refusal:
            return _refusal(refusal, call.request_id), refusal.executed
        return Reply(200, body, {"Request-Id": call.request_id}), True

    def _handle(self, call: _Call) -> bytes:
        state = call.account.state
        with state.lock:
            state.current_request = {"id": None, "idempotency_key": None}
            balance.do_background_work(state)
            state.current_request = {"id": call.request_id, "idempotency_key": call.key}
            try:
                answer = call.route.handler(state, call.params, *call.ids)
                body = _encode(expand(state, answer, call.params.words("expand"), call.api_key))
            except ApiError as refusal:
                if refusal.executed:
                    refused_with = _refusal(refusal, call.request_id)
                    _remember(call, refused_with)
                raise
            _remember(call, Reply(200, body))
            return body


def _remember(call: _Call, reply: Reply) -> None:
    """Keep the answer together with the effect, under one lock: both are written down or neither.

    A fault may replace the answer afterwards.
    """
    if call.key:
        answered = StoredReply(reply.status, reply.body, call.request_id)
        call.account.idempotency.finish(call.key, answered)


def _decoded(text: str) -> tuple[Json, ApiError | None]:
    """Return the parameters, read even where the request is refused before they matter."""
    try:
        return decode(text), None
    except ApiError as refusal:
        return {}, refusal


def _find_route(request: Request) -> tuple[Route, tuple[str, ...]]:
    for route in ROUTES:
        ids = route.match(request.method, request.path)
        if ids is not None:
            return route, ids
    raise ApiError(404, f"Unrecognized request URL ({request.method}: {request.path}).")


def _as_told(reply: Reply, fault: Fault) -> Reply:
    """Return the reply as a fault tells it; what an idempotency key remembers stays true."""
    headers = dict(reply.headers)
    if fault.kind is FaultKind.NO_REQUEST_ID:
        headers.pop("Request-Id", None)
    body = told_wrong(reply.body, fault) if reply.status == 200 else reply.body
    return Reply(reply.status, body, headers)


def _encode(document: Json) -> bytes:
    return json.dumps(document, indent=2).encode()


def _refusal(refusal: ApiError, request_id: str) -> Reply:
    headers = {"Request-Id": request_id, **refusal.headers}
    return Reply(refusal.status, _encode(refusal.body()), headers)


def _fingerprint(call: _Call) -> str:
    request = call.request
    canonical = json.dumps([request.method, request.path, call.params.values], sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
