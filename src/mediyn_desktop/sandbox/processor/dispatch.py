# SPDX-License-Identifier: MIT
"""From a request to its reply: key check, address, parameters, idempotency, handler.

Knows no sockets; faults of the line belong to ``http``. The order is the real one: 401 and 429 come
before the idempotency layer, and what fails validation is not remembered by it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from mediyn_desktop.sandbox.processor import (
    balance,
    charges,
    customers,
    disputes,
    errors,
    events,
    payment_intents,
    payment_methods,
    payouts,
    refunds,
    setup_intents,
)
from mediyn_desktop.sandbox.processor.errors import ApiError, Json
from mediyn_desktop.sandbox.processor.faults import Fault, FaultKind
from mediyn_desktop.sandbox.processor.forms import Params, decode
from mediyn_desktop.sandbox.processor.idempotency import IdempotencyKeys, StoredReply
from mediyn_desktop.sandbox.processor.lists import expand
from mediyn_desktop.sandbox.processor.routes import Route
from mediyn_desktop.sandbox.processor.state import Received, State

ROUTES: tuple[Route, ...] = (
    *customers.ROUTES,
    *payment_methods.ROUTES,
    *setup_intents.ROUTES,
    *payment_intents.ROUTES,
    *charges.ROUTES,
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
}


@dataclass(frozen=True, slots=True)
class Request:
    """One request, read whole. ``text`` is the query of a GET or the form of a POST."""

    method: str
    path: str
    text: str
    authorization: str | None = None
    idempotency_key: str | None = None


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
    route: Route
    params: Params
    ids: tuple[str, ...]
    fault: Fault | None

    @property
    def key(self) -> str | None:
        """The idempotency key, where one counts."""
        return self.request.idempotency_key if self.request.method == "POST" else None


class Dispatcher:
    """Answers requests on one pretend account."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.keys = IdempotencyKeys(state.clock)

    def answer(self, request: Request, fault: Fault | None = None) -> Reply:
        """Carry the request out, or refuse it; refusals are replies, not exceptions."""
        with self._state.lock:
            request_id = self._state.new_id("req")
        params: Json = {}
        try:
            if fault is not None and fault.kind in _REFUSED_AT_THE_DOOR:
                raise _REFUSED_AT_THE_DOOR[fault.kind]()
            self._check_key(request)
            params = decode(request.text)
            reply = self._run(_accept(request, Params(params), request_id, fault))
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
            )
        )
        return reply

    def _check_key(self, request: Request) -> None:
        key = _key_in(request.authorization)
        if key is None:
            raise ApiError(401, "You did not provide an API key in the Authorization header.")
        if not re.fullmatch(r"[sr]k_test_\w+", key) or key in self._state.revoked_keys:
            raise ApiError(401, f"Invalid API Key provided: {key[:8]}****{key[-4:]}")
        # A restricted key named so may read only, for trying out what a missing right does.
        if key.startswith("rk_test_readonly") and request.method != "GET":
            raise ApiError(403, "This API key does not have the permission that this call needs.")

    def _run(self, call: _Call) -> Reply:
        """Carry the call out, once per idempotency key."""
        if not call.key:
            return self._execute(call)[0]
        stored = self.keys.begin(call.key, _fingerprint(call))
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
            self.keys.finish(call.key, remembered)
        return Reply(reply.status, reply.body, {**reply.headers, "Idempotency-Key": call.key})

    def _execute(self, call: _Call) -> tuple[Reply, bool]:
        """Return the reply and whether the endpoint had begun its work."""
        kind = call.fault.kind if call.fault else FaultKind.PASS
        try:
            with self._state.object_lock(call.route.lock_id(call.params, call.ids)):
                if call.fault is not None and kind is FaultKind.SLOW:
                    time.sleep(call.fault.seconds)  # real time: others really wait
                if kind is FaultKind.ERROR_BEFORE:
                    raise errors.broken()
                body = self._handle(call)
            if kind is FaultKind.ERROR_AFTER:
                raise errors.broken()
        except ApiError as refusal:
            return _refusal(refusal, call.request_id), refusal.executed
        return Reply(200, body, {"Request-Id": call.request_id}), True

    def _handle(self, call: _Call) -> bytes:
        state = self._state
        with state.lock:
            state.current_request = {"id": None, "idempotency_key": None}
            balance.do_background_work(state)
            state.current_request = {"id": call.request_id, "idempotency_key": call.key}
            answer = call.route.handler(state, call.params, *call.ids)
            return _encode(expand(state, answer, call.params.words("expand")))


def _accept(request: Request, params: Params, request_id: str, fault: Fault | None) -> _Call:
    """Find the address and check the parameters' names."""
    for route in ROUTES:
        ids = route.match(request.method, request.path)
        if ids is not None:
            route.check(params)
            return _Call(request, request_id, route, params, ids, fault)
    raise ApiError(404, f"Unrecognized request URL ({request.method}: {request.path}).")


def _encode(document: Json) -> bytes:
    return json.dumps(document, indent=2).encode()


def _refusal(refusal: ApiError, request_id: str) -> Reply:
    headers = {"Request-Id": request_id, **refusal.headers}
    return Reply(refusal.status, _encode(refusal.body()), headers)


def _key_in(authorization: str | None) -> str | None:
    scheme, _, value = (authorization or "").partition(" ")
    if scheme == "Basic":
        try:
            value = base64.b64decode(value, validate=True).decode("ascii").partition(":")[0]
        except ValueError:
            return None
    return value if scheme in ("Basic", "Bearer") and value else None


def _fingerprint(call: _Call) -> str:
    request = call.request
    canonical = json.dumps([request.method, request.path, call.params.values], sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
