# SPDX-License-Identifier: MIT
"""Logins this computer keeps for other programs never replace the key the practice entered."""

from __future__ import annotations

import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from till import KEY, Till

from mediyn_desktop.cards.stripe_api import OutcomeUnknown, Role, StripeApi


@pytest.fixture
def netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "logins"
    file.write_text("machine 127.0.0.1 login somebody password else\ndefault login a password b\n")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))


@pytest.mark.usefixtures("netrc")
def test_a_login_file_does_not_replace_the_processors_key(till: Till) -> None:
    till.sell()
    assert till.run().stopped is None
    till.agrees()
    with closing(StripeApi(KEY, till.processor.base_url, role=Role.REFUNDS)) as payer:
        assert payer.accounts.current().id == till.api.accounts.current().id


def test_a_proxy_of_this_computer_is_still_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """An office may allow no other way out."""
    asked: list[tuple[str, str | None]] = []

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers["Authorization"]))
            self.send_error(502)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Proxy) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        with (
            closing(StripeApi(KEY, "http://processor.invalid")) as api,
            pytest.raises(OutcomeUnknown),
        ):
            api.accounts.current()
        thread.join()
    assert asked == [("http://processor.invalid/v1/balance", f"Bearer {KEY}")]
