# SPDX-License-Identifier: MIT
"""The socket side of the processor: loopback HTTP, and the faults of the line.

Binds 127.0.0.1 only and refuses requests that a web page could have made.
"""

from __future__ import annotations

import io
import json
import logging
import os
import socket
import socketserver
import struct
import sys
import threading
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from mediyn_desktop.core.clock import Clock
from mediyn_desktop.sandbox.processor import hosted
from mediyn_desktop.sandbox.processor.admin import PREFIX, Admin
from mediyn_desktop.sandbox.processor.dispatch import Dispatcher, Reply, Request
from mediyn_desktop.sandbox.processor.faults import Fault, FaultKind, FaultPlan
from mediyn_desktop.sandbox.processor.keeping import Keeper, MemoryDamaged, load
from mediyn_desktop.sandbox.processor.shapes import API_VERSION
from mediyn_desktop.sandbox.processor.state import State

LOOPBACK = "127.0.0.1"
_LARGEST_BODY = 1_000_000
_HTML = b"<!doctype html><title>Sign in</title><p>This is not the card processor.</p>"

_log = logging.getLogger(__name__)


class CardProcessor:
    """A card processor on this computer that the unmodified ``stripe`` SDK talks to.

    ``with CardProcessor(clock=clock) as processor:`` serves at ``processor.base_url`` until the
    block ends; no thread and no socket is left. ``state`` is the ledger of truth, ``faults`` the
    plan of what goes wrong, ``keys`` the idempotency keys, ``ring`` the secret keys and ``limits``
    how busy it is. With ``memory``, a file, what it knows survives it (``keeping``).

    Raises:
        OSError: the port is taken.
        MemoryDamaged: ``memory`` is there and cannot be read.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        clock: Clock | None = None,
        auto_seed: bool = False,
        seed: int | None = None,
        account_id: str | None = None,
        memory: Path | None = None,
    ) -> None:
        self.state = State(clock, auto_seed=auto_seed, seed=seed, account_id=account_id)
        self.faults = FaultPlan()
        self._dispatcher = Dispatcher(self.state)
        self.keys = self._dispatcher.keys
        self.ring = self._dispatcher.ring
        self.limits = self._dispatcher.limits
        self._admin = Admin(self.state, self._dispatcher, self.faults)
        self._server = _Server(
            (LOOPBACK, port), self.state, self._dispatcher, self._admin, self.faults
        )
        self.state.page_base = self.base_url
        if memory is not None:
            try:
                load(memory, self.state, self.keys)
                self._server.keeper = Keeper(memory, self.state, self.keys)
            except MemoryDamaged:
                self._server.server_close()
                raise
        self._thread: threading.Thread | None = None

    @property
    def base_url(self) -> str:
        """The address to give the SDK as its ``api`` base address."""
        return f"http://{LOOPBACK}:{self._server.server_address[1]}"

    def do(self, verb: str, **given: Any) -> Any:
        """Do what one of the sandbox's own addresses does, such as ``POST clock``, from inside.

        Raises:
            ValueError: it was refused; the text says why.
        """
        method, _, door = verb.partition(" ")
        status, body = self._admin.answer(method, f"{PREFIX}{door}", json.dumps(given), {})
        self._server.keep(changed=method != "GET")
        answer = json.loads(body)
        if status != HTTPStatus.OK:
            why = answer["error"]
            raise ValueError(why["message"] if isinstance(why, dict) else why)
        return answer

    def start(self) -> None:
        """Begin to serve, in a thread of its own."""
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="card-processor"
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop serving, close every connection and wait until its thread has ended."""
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._thread = None
        self._server.stop_connections()
        self._server.server_close()
        if self._server.keeper is not None:
            self._server.keeper.close()

    def __enter__(self) -> CardProcessor:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # server_close waits for them
    request_queue_size = 128
    # Elsewhere than on Windows this only skips the wait for an old connection's last packets.
    allow_reuse_address = os.name != "nt"

    def __init__(
        self,
        address: tuple[str, int],
        state: State,
        dispatcher: Dispatcher,
        admin: Admin,
        faults: FaultPlan,
    ) -> None:
        self.state = state
        self.dispatcher = dispatcher
        self.admin = admin
        self.faults = faults
        self.keeper: Keeper | None = None
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        # HTTPServer would ask the name service for our own name, which can take seconds.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]

    def keep(self, *, changed: bool) -> None:
        """Write down what a request did, before anybody hears of it."""
        if self.keeper is not None:
            self.keeper.keep(changed=changed)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def stop_connections(self) -> None:
        """Wake every handler thread: those that hang and those that wait for a next request."""
        self.stopping.set()
        with self._open_lock:
            waiting = list(self._open)
        for connection in waiting:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                _log.debug("a connection was already closed")

    def handle_error(self, request: Any, client_address: Any) -> None:
        if isinstance(sys.exception(), OSError):
            _log.debug("a sandbox client went away")  # as a client that stops waiting does
        else:
            _log.exception("a sandbox request failed")


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "MediynSandbox"
    sys_version = ""
    disable_nagle_algorithm = True
    timeout = 120

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: requests are in ``state.requests``."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(self.server.state.clock.now(), usegmt=True)

    def _serve(self) -> None:
        text = self._read_body()
        if text is None or not self._is_local_program():
            return
        parts = urlsplit(self.path)
        if parts.path.startswith(PREFIX):
            query = dict(parse_qsl(parts.query))
            status, body = self.server.admin.answer(self.command, parts.path, text, query)
            self.server.keep(changed=self.command != "GET")
            self._send(status, body)
            return
        if hosted.is_page(parts.path):
            page = hosted.answer(self.server.state, self.command, parts.path, text)
            self.server.keep(changed=self.command != "GET")
            self._send_page(page)
            return
        request = Request(
            self.command,
            parts.path,
            parts.query if self.command == "GET" else text,
            self.headers.get("Authorization"),
            self.headers.get("Idempotency-Key"),
            self.headers.get("Stripe-Version"),
        )
        self._serve_with(self.server.faults.take(self.command, parts.path), request)

    def _serve_with(self, fault: Fault | None, request: Request) -> None:
        kind = fault.kind if fault else FaultKind.PASS
        seconds = fault.seconds if fault else 0.0
        if kind is FaultKind.RESET_BEFORE:
            self._reset()
        elif kind is FaultKind.HANG_BEFORE:
            self._hang(seconds)
        elif kind is FaultKind.UNAVAILABLE_HTML:
            self._send(HTTPStatus.SERVICE_UNAVAILABLE, _HTML, html=True)
        elif kind is FaultKind.CAPTIVE_HTML:
            self._send(HTTPStatus.OK, _HTML, html=True)
        else:
            self.server.stopping.wait(self.server.dispatcher.limits.latency_seconds)
            if kind is FaultKind.LATE:
                self.server.stopping.wait(seconds)
            reply = self.server.dispatcher.answer(request, fault)
            self.server.keep(changed=self.command != "GET")
            self._reply_with(kind, seconds, reply)

    def _reply_with(self, kind: FaultKind, seconds: float, reply: Reply) -> None:
        """Send the reply of a request that has taken effect, unless the fault keeps it."""
        half = len(reply.body) // 2
        if kind is FaultKind.RESET_AFTER:
            self._reset()
        elif kind is FaultKind.FIN_AFTER:
            self.close_connection = True
        elif kind is FaultKind.HANG_AFTER:
            self._hang(seconds)
        elif kind is FaultKind.PARTIAL:
            self._send(reply.status, reply.body[:half], reply.headers, length=len(reply.body))
            self.close_connection = True
        elif kind is FaultKind.TRUNCATED:
            self._send(reply.status, reply.body[:half], reply.headers)
        elif kind is FaultKind.HTML_AFTER:
            self._send(HTTPStatus.OK, _HTML, html=True)
        else:
            dated = kind is not FaultKind.NO_DATE
            self._send(reply.status, reply.body, reply.headers, dated=dated)

    def _read_body(self) -> str | None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > _LARGEST_BODY:
            self.close_connection = True
            self._send(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"{}")
            return None
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True  # the client died while it asked: it asked for nothing
            return None
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            self._send(HTTPStatus.BAD_REQUEST, b"{}")
            return None

    def _is_local_program(self) -> bool:
        """Refuse what a web page in the browser may have sent, also through a rebound name."""
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        origin = self.headers.get("Origin")
        # A form on one of the hosted pages sends the sandbox's own origin, or none to speak of
        # ("null": the pages ask for no referrer).
        own = hosted.is_page(urlsplit(self.path).path) and origin in (
            "null",
            self.server.state.page_base,
        )
        if host in (LOOPBACK, "localhost") and (origin is None or own):
            return True
        self._send(HTTPStatus.FORBIDDEN, b"{}")
        return False

    def _send(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
        *,
        html: bool = False,
        length: int | None = None,
        dated: bool = True,
    ) -> None:
        if dated:
            self.send_response(status)
        else:
            self.send_response_only(status)
        self.send_header("Content-Type", "text/html; charset=utf-8" if html else "application/json")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        if not html:
            self.send_header("Stripe-Version", API_VERSION)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _send_page(self, page: hosted.Page) -> None:
        headers = dict(hosted.HEADERS)
        if page.location is not None:
            headers["Location"] = page.location
        self._send(page.status, page.html.encode(), headers, html=True)

    def _hang(self, seconds: float) -> None:
        self.server.stopping.wait(seconds)
        self.close_connection = True

    def _reset(self) -> None:
        """Close with RST instead of FIN: what a lost connection looks like."""
        linger_none = struct.pack("HH" if os.name == "nt" else "ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_none)
        self.rfile.close()
        self.wfile.close()
        self.wfile = io.BytesIO()  # the base class flushes it once more
        self.connection.close()
        self.close_connection = True
