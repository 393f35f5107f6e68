# SPDX-License-Identifier: MIT
"""The clearinghouse over loopback HTTP: raw X12 in, errors at once, answers from a list.

``POST /claims`` and ``POST /eligibility`` take ``{"x12": "..."}``; ``GET /polling/transactions``
lists answers page by page and ``GET /transactions/ID/output`` gives one. Every request needs a key,
any key unless one is named. The same ``Idempotency-Key`` gets the same reply and files nothing
again.
"""

from __future__ import annotations

import json
import logging
import os
import socketserver
import threading
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from mediyn_desktop.core.clock import Clock, SystemClock
from mediyn_desktop.sandbox.clearinghouse.answering import answer
from mediyn_desktop.sandbox.clearinghouse.eligibility import NotQuestions, answer_questions
from mediyn_desktop.sandbox.clearinghouse.memory import Memory
from mediyn_desktop.sandbox.clearinghouse.reading import NotClaims

_LOOPBACK = "127.0.0.1"
_LARGEST_BODY = 50_000_000
_PAGE = 100
_log = logging.getLogger(__name__)

Reply = tuple[HTTPStatus, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One answer in the list."""

    number: str
    text: str
    at: str


class Desk:
    """What the server knows: answers given, keys seen. Used by one request at a time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._replies: dict[str, Reply] = {}
        self._memory = Memory()
        self.answers: list[Waiting] = []
        self.filed: list[str] = []  # every claim file that was taken, once each

    def file_claims(self, text: str, key: str) -> Reply:
        """Take a claim file; the same key again gets the first reply."""
        with self._lock:
            if key and key in self._replies:
                return self._replies[key]
            reply = self._take(text)
            if key:
                self._replies[key] = reply
            return reply

    def _take(self, text: str) -> Reply:
        try:
            answers = answer(text, self._clock.now(), memory=self._memory)
        except NotClaims as problem:
            return _refused([str(problem)], "")
        if "IK5*R" in answers.get("999", "") or set(answers) == {"ta1"}:
            return _refused(
                ["The file does not follow the guide."], answers.get("999", answers.get("ta1", ""))
            )
        self.filed.append(text)
        at_once = answers.pop("277ca", "")
        for reply in answers.values():
            number = f"ch-{len(self.answers) + 1:06d}"
            self.answers.append(Waiting(number, reply, self._clock.now().isoformat()))
        return HTTPStatus.OK, {
            "status": "SUCCESS",
            "transactionId": f"tx-{len(self.filed):06d}",
            "x12": at_once,
        }

    def ask(self, text: str) -> Reply:
        """Answer an eligibility question at once."""
        try:
            return HTTPStatus.OK, {"x12": answer_questions(text, self._clock.now())}
        except NotQuestions as problem:
            return _refused([str(problem)], "")

    def page(self, token: str, base: str) -> Reply:
        """Return the answers after ``token``, and the token of where they end."""
        begin = int(token) if token.isdigit() else 0
        rows = self.answers[begin : begin + _PAGE]
        items = [
            {
                "direction": "INBOUND",
                "transactionId": row.number,
                "processedAt": row.at,
                "artifacts": [
                    {
                        "artifactType": "application/edi-x12",
                        "usage": "output",
                        "sizeBytes": len(row.text.encode()),
                        "url": f"{base}/transactions/{row.number}/output",
                    }
                ],
            }
            for row in rows
        ]
        return HTTPStatus.OK, {"items": items, "nextPageToken": str(begin + len(rows))}

    def output(self, number: str) -> str | None:
        """Return one answer's X12."""
        return next((row.text for row in self.answers if row.number == number), None)


class ClearinghouseServer:
    """A clearinghouse on this computer; ``with ClearinghouseServer() as server`` serves it.

    Raises:
        OSError: the port is taken.
    """

    def __init__(
        self, *, port: int = 0, clock: Clock | None = None, key: str | None = None
    ) -> None:
        self.desk = Desk(clock or SystemClock())
        self._key = key
        self._server = _Server((_LOOPBACK, port), self.desk, key)
        self._thread: threading.Thread | None = None

    @property
    def base_url(self) -> str:
        """The address before ``/claims``."""
        return f"http://{_LOOPBACK}:{self._server.server_port}"

    def addresses(self) -> dict[str, str]:
        """Return what to enter in the settings, by setting."""
        return {
            "clearinghouse.https_claims_url": f"{self.base_url}/claims",
            "clearinghouse.https_eligibility_url": f"{self.base_url}/eligibility",
            "clearinghouse.https_answers_url": f"{self.base_url}/polling/transactions",
            "clearinghouse.https_key": self._key or "sandbox",
            "clearinghouse.https_repeat_hours": "24",
        }

    def __enter__(self) -> ClearinghouseServer:
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.02},
            name="clearinghouse-http",
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._thread = None
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    allow_reuse_address = os.name != "nt"

    def __init__(self, address: tuple[str, int], desk: Desk, key: str | None) -> None:
        self.desk, self.key = desk, key
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        # HTTPServer would ask the name service for our own name, which can take seconds.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = _LOOPBACK, self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        _log.debug("a sandbox client went away")


class _Handler(BaseHTTPRequestHandler):
    """HTTP/1.0 on purpose: a connection carries one request, so none is left open at the end."""

    server: _Server
    server_version = "MediynSandbox"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        if not self._is_allowed():
            return
        parts = urlsplit(self.path)
        if parts.path == "/polling/transactions":
            token = parse_qs(parts.query).get("pageToken", [""])[0]
            self._send(*self.server.desk.page(token, self._base()))
            return
        found = None
        if parts.path.startswith("/transactions/") and parts.path.endswith("/output"):
            found = self.server.desk.output(parts.path.split("/")[2])
        if found is None:
            self._send(HTTPStatus.NOT_FOUND, {})
        else:
            self._send_raw(HTTPStatus.OK, found.encode(), "application/edi-x12")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > _LARGEST_BODY:
            self._send(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {})
            return
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True  # the client died while it sent: it sent nothing
            return
        if not self._is_allowed():
            return
        try:
            text = str(json.loads(body)["x12"])
        except (ValueError, KeyError, TypeError):
            self._send(*_refused(["the body is not {“x12”: “...”}"], ""))
            return
        match urlsplit(self.path).path:
            case "/claims":
                key = self.headers.get("Idempotency-Key", "")
                self._send(*self.server.desk.file_claims(text, key))
            case "/eligibility":
                self._send(*self.server.desk.ask(text))
            case _:
                self._send(HTTPStatus.NOT_FOUND, {})

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""

    def _base(self) -> str:
        return f"http://{_LOOPBACK}:{self.server.server_port}"

    def _is_allowed(self) -> bool:
        """Refuse a request without the key, and one a web page may have sent."""
        if "Origin" in self.headers:
            self._send(HTTPStatus.FORBIDDEN, {})
            return False
        given = self.headers.get("Authorization")
        if not given or self.server.key not in (None, given):
            self._send(HTTPStatus.UNAUTHORIZED, {})
            return False
        return True

    def _send(self, status: HTTPStatus, document: dict[str, Any]) -> None:
        self._send_raw(status, json.dumps(document).encode(), "application/json")

    def _send_raw(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _refused(reasons: list[str], answer_text: str) -> Reply:
    errors = [{"code": "sandbox", "description": reason} for reason in reasons]
    return HTTPStatus.BAD_REQUEST, {"status": "ERROR", "errors": errors, "x12": answer_text}
