# SPDX-License-Identifier: MIT
"""What leaves for the card processor, seen at the socket: opaque ids, amounts, neutral words.

A server that only writes down bytes stands between the program and its processor, so nothing is
believed that was not on the wire.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest
from shelf import Shelf
from till import KEY, Till

import world
from mediyn_desktop.cards.deciding import stop
from mediyn_desktop.cards.links.closing import close
from mediyn_desktop.cards.links.offering import make_link, plan_link
from mediyn_desktop.cards.on_file.looking import end
from mediyn_desktop.cards.on_file.removing import remove
from mediyn_desktop.cards.polling.poll import poll
from mediyn_desktop.cards.refunds.planning import find_payment, plan
from mediyn_desktop.cards.refunds.sending import send
from mediyn_desktop.cards.stripe_api import NotAllowed, Role, StripeApi
from mediyn_desktop.cards.stripe_api.allowed import (
    ENDPOINTS,
    HEADERS,
    allowed_headers,
    check_request,
)
from mediyn_desktop.core.neutral import clinical_word
from mediyn_desktop.sandbox.processor import disputes, outside, paying, payment_links, payouts
from mediyn_desktop.sandbox.processor.faults import Fault
from mediyn_desktop.store import settings
from mediyn_desktop.store.settings import BadSetting

CANARY = {
    "first_name": "Zzcanary",
    "last_name": "Qqcanary",
    "preferred_name": "Xxcanary",
    "email": "zzcanary@example.org",
    "phone": "5185550199",
    "address1": "77 Canary Row",
    "city": "Canaryville",
}
# The client, the practice, the clinician, codes, days, and words about care.
FORBIDDEN = re.compile(
    r"canary|example\.org|5185550199|quiet room|dana|reyes|albany|12207|1990|f41|f411|"
    r"908\d\d|90791|2026-11-2|11/2\d/2026|fee|copays?\b|sessions?\b|therap|psych|diagnos|claim|"
    r"superbill|insur|no.?show|late.?cancel",
    re.IGNORECASE,
)


class Tap(ThreadingHTTPServer):
    """Passes everything on and keeps what came by, byte for byte."""

    daemon_threads = False

    def __init__(self, target: str) -> None:
        self.target = urlsplit(target).netloc
        self.heard: list[tuple[str, str, dict[str, str], str]] = []
        super().__init__(("127.0.0.1", 0), _Pass)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Pass(BaseHTTPRequestHandler):
    server: Tap

    def do_GET(self) -> None:
        self._pass()

    def do_POST(self) -> None:
        self._pass()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = dict(self.headers.items())
        self.server.heard.append((self.command, self.path, headers, body.decode()))
        onward = HTTPConnection(self.server.target)
        onward.request(self.command, self.path, body, {**headers, "Host": self.server.target})
        reply = onward.getresponse()
        answer = reply.read()
        self.send_response_only(reply.status)  # with the processor's own clock
        for name, value in reply.getheaders():
            if name.lower() not in ("transfer-encoding", "connection"):
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)
        onward.close()


@pytest.fixture
def tap(till: Till) -> Iterator[Tap]:
    with Tap(till.processor.base_url) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        till.api.close()
        till.api = StripeApi(KEY, server.base_url)
        yield server
        server.shutdown()
        thread.join()


NUMBERS = ("amount", "limit", "created[gte]", "created[lt]")


def test_nothing_but_opaque_ids_leaves_through_every_flow(till: Till, tap: Tap, tmp_path) -> None:
    with till.store.write("t") as uow:
        settings.set_value(uow, "stripe.descriptor_suffix", "QRT LLC")
    # A fee, a copay, a session; good, declined, and one that wants the client.
    till.owe(**CANARY)
    till.owe(payment_type="in_network", **CANARY)
    backup = till.copy(tmp_path / "backup")
    till.owe("pm_x_insufficientFundsUntilTomorrow", **CANARY)
    till.owe("pm_card_authenticationRequired", **CANARY)
    with till.store.write("t") as uow:
        from mediyn_desktop.billing.charges import bill_session
        from mediyn_desktop.practice.sessions import get_client

        missed = world.session(uow, get_client(uow, "c1"), "missed", status="no_show", hour=17)
        bill_session(uow, missed)
    idents = till.queue()
    till.processor.faults.script(Fault("reset_after", method="POST", path="/v1/payment_intents"))
    till.run()
    with till.store.write("t") as uow:
        stop(uow, idents[3])
    till.days_pass(1)
    till.run()
    paid = str(till.row(idents[0]).processor_id)
    second = StripeApi("sk_test_refunds", tap.base_url, role=Role.REFUNDS)
    with till.store.write("t") as uow:
        payment = find_payment(uow, paid).ref
        refund = plan(uow, payment, 100, "Zzcanary felt better after the session")
    assert send(till.store, till.api, second, refund) == "succeeded"
    second.close()
    # A link that is paid, one that is closed, what the bank does, and a poll of it all.
    till.owe(**CANARY)
    till.owe(**CANARY)
    for client in ("c5", "c6"):
        with till.store.write("t") as uow:
            link = plan_link(uow, client)
        make_link(till.store, till.api, link)
        address = str(till.processor.state.newest_first("payment_link")[0]["id"])
        page = payment_links.follow(till.processor.state, address)["id"]
        if client == "c5":
            paying.submit(till.processor.state, page, paying.Entered("4242424242424242"))
    till.processor.faults.script(Fault("reset_after", method="POST", path="/v1/payment_links"))
    assert poll(till.store, till.api).swept
    close(till.store, till.api, link)
    with till.store.write("t") as uow:
        link = plan_link(uow, "c6")
    make_link(till.store, till.api, link)
    outside.refund_by_hand(till.processor.state, {"payment_intent": paid, "amount": 100})
    disputes.open_dispute(till.processor.state, str(till.row(idents[1]).processor_id))
    assert poll(till.store, till.api).events  # told by events, not by lists
    till.days_pass(3)
    sent = payouts.pay_out(till.processor.state, "in_transit")["id"]
    poll(till.store, till.api, sweep=True)
    payouts.settle(till.processor.state, sent, paid=True)
    assert poll(till.store, till.api).events
    till.api.accounts.unreadable()
    till.api.accounts.unwritable()
    # A client is asked for a card, saves one, and has it taken off file; another page is closed.
    shelf = Shelf(till)
    card = shelf.saved("c2", "sessions", "copays", "fees")
    with till.store.write("t") as uow:
        remove(uow, card.id, reason="Zzcanary asked")
    end(till.store, till.api, shelf.ask("c3", "fees").id)
    shelf.poll()
    till.accept()
    till.restore(backup)
    till.queue()
    till.run()
    till.accept()
    till.run()

    reached = set()
    for verb, path, headers, body in tap.heard:
        parts = urlsplit(path)
        check_request(verb, f"https://api.example{path}", body, _role(headers))
        reached.add((verb, re.sub(r"/(cus|pi|re|plink|cs|dp|po|pm|seti)_\w+", "/{}", parts.path)))
        # What the SDK adds describes the computer; it does not pass.
        extra = set(headers) - set(HEADERS)
        assert extra <= {"Host", "Content-Length", "Accept-Encoding", "User-Agent", "Connection"}
        assert "python" in headers.get("User-Agent", "python").lower()
        said = f"{parts.path}?{parts.query} {body} {headers.get('Idempotency-Key', '')}"
        assert not FORBIDDEN.search(_without_ids(said)), said
        assert socket.gethostname() not in str(headers)
    written = {(one.method, re.sub(r"\{\w+\}", "{}", one.path)) for one in ENDPOINTS}
    assert reached <= written
    asked_only = {("GET", "/v1/refunds/{}")}
    assert written - reached <= asked_only


def _role(headers: dict[str, str]) -> Role:
    return Role.REFUNDS if "refunds" in headers["Authorization"] else Role.CHARGES


def _without_ids(text: str) -> str:
    """Without ids (they are random and may spell anything) and the API's own names."""
    text = re.sub(r"\b(?:pi|pm|cus|re|seti|ch|plink|cs|dp|po|txn|evt)_\w+", "", text)
    text = re.sub(r"\b(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4,12}){4})\b", "", text)
    names = r"created%5Bgte%5D=\d+|checkout/sessions|off_session=true|completed_sessions"
    return re.sub(names + r"|checkout\.session\.\w+", "", text)


@pytest.mark.parametrize("one", ENDPOINTS, ids=lambda one: f"{one.method} {one.path}")
def test_no_address_takes_another_key(one) -> None:
    url = "https://api.example" + re.sub(r"\{(\w+)\}", r"\1_1", one.path)
    role = next(iter(one.roles))
    check_request(one.method, url, "", role)
    for name in (
        "description",
        "receipt_email",
        "name",
        "email",
        "metadata[name]",
        "shipping[name]",
    ):
        query, body = (f"?{name}=x", "") if one.method == "GET" else ("", f"{name}=x")
        with pytest.raises(NotAllowed, match="not on the list"):
            check_request(one.method, url + query, body, role)
    for name in one.keys:
        for value in ("Zzcanary", "2026-11-23", "90834", "<b>", "F41.1"):
            if name in NUMBERS or "seq" in name or "unit_amount" in name:
                continue  # a number is a number; which ones is the next test
            if name in ("metadata[epoch]", "statement_descriptor_suffix"):
                continue
            with pytest.raises(NotAllowed):
                query, body = (
                    ("?" + f"{name}={value}", "")
                    if one.method == "GET"
                    else ("", f"{name}={value}")
                )
                check_request(one.method, url + query, body, role)


@pytest.mark.parametrize(
    ("verb", "url", "body"),
    [
        ("GET", "https://api.example/v1/payment_intents/search?query=x", ""),
        ("GET", "https://api.example/v1/payment_intents/pi_1/../../customers", ""),
        ("DELETE", "https://api.example/v1/customers/cus_1", ""),
        ("POST", "https://api.example/v1/payment_intents", "amount=-1"),
        ("POST", "https://api.example/v1/payment_intents", "amount=1e9"),
        ("POST", "https://api.example/v1/payment_intents", "amount=10&amount=Zzcanary"),
        ("POST", "https://api.example/v1/payment_intents", "confirm=true"),
        ("POST", "https://api.example/v1/payment_intents", "metadata[iid]=session:s1:fee"),
        ("POST", "https://api.example/v1/payment_intents", "statement_descriptor_suffix=THERAPY"),
        ("POST", "https://api.example/v1/payment_intents/pi_1/confirm", "off_session=false"),
    ],
)
def test_what_is_not_on_the_list_never_leaves(verb: str, url: str, body: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        check_request(verb, url, body, Role.CHARGES)
    assert "canary" not in str(refused.value).lower()  # nor is it told in an error


@pytest.mark.parametrize("role", list(Role))
def test_each_key_does_its_own_work_only(role: Role) -> None:
    mine = {Role.CHARGES: "/v1/payment_intents", Role.REFUNDS: "/v1/refunds"}
    for other, path in mine.items():
        if other is role:
            check_request("POST", f"https://api.example{path}", "", role)
        else:
            with pytest.raises(NotAllowed):
                check_request("POST", f"https://api.example{path}", "", role)


def test_headers_that_tell_of_this_computer_are_dropped() -> None:
    kept = allowed_headers(
        {
            "Authorization": "Bearer rk_test_1",
            "User-Agent": "Stripe/v1 PythonBindings/16",
            "X-Stripe-Client-User-Agent": "{}",
            "X-Stripe-Client-Telemetry": "{}",
            "Stripe-Account": "acct_1",
        }
    )
    assert kept == {"Authorization": "Bearer rk_test_1"}
    with pytest.raises(NotAllowed):
        allowed_headers({"Idempotency-Key": "Zzcanary-2026-11-23"})


@pytest.mark.parametrize(
    "words", ["THERAPY", "Reyes Psychotherapy", "no-show", "COUNSELING", "my session"]
)
def test_a_descriptor_that_names_care_is_refused(till: Till, words: str) -> None:
    assert clinical_word(words)
    with pytest.raises(BadSetting, match="would tell others"), till.store.write("t") as uow:
        settings.set_value(uow, "stripe.descriptor_suffix", words)


def test_what_a_bug_would_send_stays_here_and_is_no_silent_failure(till: Till) -> None:
    with pytest.raises(NotAllowed):
        till.api.connection.call(
            lambda v1: v1.customers.create({"name": "Zzcanary", "email": "z@example.org"}),
            lambda answer: answer,
        )
    assert till.processor.state.requests == type(till.processor.state.requests)()


def test_query_strings_are_checked_as_they_are_encoded() -> None:
    url = "https://api.example/v1/payment_intents?limit=100&created%5Bgte%5D=1795219200"
    assert ("created[gte]", "1795219200") in parse_qsl(urlsplit(url).query)
    check_request("GET", url, None, Role.CHARGES)
