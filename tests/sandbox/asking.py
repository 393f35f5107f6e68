# SPDX-License-Identifier: MIT
"""The sandbox's own addresses, asked over a socket as another process does."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from mediyn_desktop.sandbox.processor import CardProcessor


def ask(
    processor: CardProcessor,
    method: str,
    path: str,
    given: object = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, Any]:
    """Return status and JSON of one of the sandbox's own addresses."""
    connection = HTTPConnection(urlsplit(processor.base_url).netloc)
    body = None if given is None else json.dumps(given)
    connection.request(method, f"/_sandbox/{path}", body, headers or {})
    reply = connection.getresponse()
    answer = json.loads(reply.read())
    connection.close()
    return reply.status, answer
