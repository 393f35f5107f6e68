# SPDX-License-Identifier: MIT
"""A real HTTP server on the loopback that answers as it is told, or breaks the line."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Seen:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def x12(self) -> str:
        """The X12 that was posted."""
        return str(json.loads(self.body)["x12"])


@dataclass
class Script:
    """What is answered: the next of ``replies`` or, when none is left, ``always``.

    A reply is (status, body), where the body is bytes, text or a document; or ``reset`` before
    anything is answered, ``cut`` in the middle of a body, ``silent`` until the server stops.
    """

    replies: list[Any] = field(default_factory=list)
    always: Any = (200, {})
    seen: list[Seen] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    base: str = ""
    stopping: threading.Event = field(default_factory=threading.Event)


class _Handler(BaseHTTPRequestHandler):
    script: Script

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.script.seen.append(Seen(self.command, self.path, headers, body))
        reply = self.script.replies.pop(0) if self.script.replies else self.script.always
        if reply == "silent":
            self.script.stopping.wait(10)
        elif reply == "reset":
            linger_none = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_none)
            self.connection.close()
        elif reply == "cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"transactionId": "T1", ')
        else:
            self._send(*reply)

    def _send(self, status: int, body: Any) -> None:
        raw = body.encode() if isinstance(body, str) else body
        raw = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
        self.send_response(status)
        for name, value in self.script.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def server_bind(self) -> None:
        # HTTPServer would ask the name service for our own name.
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up, or a line that was broken on purpose, is no news."""


@contextmanager
def x12_server(certificate: Path | None = None) -> Iterator[Script]:
    """Serve a script until the block ends; with ``certificate`` over TLS."""
    script = Script()
    handler = type("Handler", (_Handler,), {"script": script})
    server = _Server(("127.0.0.1", 0), handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme = "https" if certificate is not None else "http"
    script.base = f"{scheme}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="x12-server"
    )
    thread.start()
    try:
        yield script
    finally:
        script.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()
