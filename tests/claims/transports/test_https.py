# SPDX-License-Identifier: MIT
"""Raw X12 over HTTP against a real server: receipts, refusals, silence, and where the key goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mediyn_desktop.claims.transports.https import HttpsTransport
from mediyn_desktop.claims.transports.profiles import HttpsProfile
from mediyn_desktop.claims.transports.protocol import (
    Arrival,
    FileRefused,
    Found,
    Item,
    MailboxTrouble,
    NotAllowed,
    Offline,
    OutcomeUnknown,
    Parcel,
    Receipt,
)
from x12_server import Script, x12_server

KEY = "live_key_Zq81"
PARCEL = Parcel("claims-1.837", b"ISA*00*~IEA*1~", "digest-1")


@pytest.fixture
def server() -> Iterator[Script]:
    with x12_server() as running:
        yield running


def profile(server: Script, **changes: Any) -> HttpsProfile:
    values: dict[str, Any] = {
        "claims_url": f"{server.base}/claims",
        "eligibility_url": f"{server.base}/eligibility",
        "answers_url": f"{server.base}/polling/transactions",
        "key": KEY,
        "timeout": 30.0,
    }
    return HttpsProfile(**(values | changes))


def send(server: Script, **changes: Any) -> Receipt:
    with HttpsTransport(profile(server, **changes)) as way:
        return way.send(PARCEL, lambda: None)


def ask(server: Script, **changes: Any) -> bytes:
    with HttpsTransport(profile(server, **changes)) as way:
        return way.ask(b"ISA*270~", "q-1")


def fetch(
    server: Script, cursor: str = "", known: Callable[[Item], bool] = lambda _: False, **more: Any
) -> list[Arrival | str]:
    with HttpsTransport(profile(server, **more), since="2026-10-24T00:00:00Z") as way:
        return list(way.collect(known, cursor))


def test_a_claim_file_is_posted_as_raw_x12_under_its_key(server: Script) -> None:
    server.always = (200, {"claimReference": {"correlationId": "C-7"}, "x12": "ISA*277CA~"})
    assert send(server) == Receipt(f"{server.base}/claims", "C-7", b"ISA*277CA~")
    (seen,) = server.seen
    assert (seen.method, seen.path, seen.x12) == ("POST", "/claims", PARCEL.content.decode())
    assert seen.headers["authorization"] == KEY
    assert seen.headers["idempotency-key"] == "digest-1"
    assert seen.headers["content-type"] == "application/json"


def test_the_key_may_travel_in_another_header(server: Script) -> None:
    send(server, key_header="X-Api-Key")
    assert server.seen[0].headers["x-api-key"] == KEY
    assert "authorization" not in server.seen[0].headers


def test_nothing_is_taken_from_the_environment(
    server: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login eve password x\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    send(server)
    assert server.seen[0].headers["authorization"] == KEY


@pytest.mark.parametrize("status", [400, 422, 413])
def test_a_refusal_says_every_reason_and_keeps_the_answer(server: Script, status: int) -> None:
    server.always = (
        status,
        {
            "status": "ERROR",
            "errors": [
                {"code": "33", "description": "The tax id is invalid."},
                "The payer is unknown.",
                {"nothing": 1},
                7,
            ],
            "x12": "ISA*277CA~",
        },
    )
    with pytest.raises(FileRefused) as refused:
        send(server)
    assert refused.value.reasons == ("The tax id is invalid.", "The payer is unknown.")
    assert refused.value.answer == b"ISA*277CA~"
    assert "Nothing of it was filed" in refused.value.message


@pytest.mark.parametrize("body", ["", "<html>Bad</html>", [], {"errors": "x"}, "null"])
def test_a_refusal_without_reasons_is_still_one(server: Script, body: Any) -> None:
    server.always = (400, body)
    with pytest.raises(FileRefused, match="It gave no reason"):
        send(server)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ((401, {}), NotAllowed),
        ((403, {}), NotAllowed),
        ((429, {}), Offline),
        ((404, {}), MailboxTrouble),
        ((405, {}), MailboxTrouble),
        ((302, ""), MailboxTrouble),
        ((500, {}), OutcomeUnknown),
        ((502, "<html>"), OutcomeUnknown),
        ((503, {}), OutcomeUnknown),
        ((409, {}), OutcomeUnknown),
        ((200, "<html>Please sign in to the hotel's network</html>"), OutcomeUnknown),
        ((200, b"\xff\xfe"), OutcomeUnknown),
        ((200, "[1]"), OutcomeUnknown),
        ("reset", OutcomeUnknown),
        ("cut", OutcomeUnknown),
        ("silent", OutcomeUnknown),
    ],
)
def test_every_other_end_is_certain_only_where_it_is(
    server: Script, reply: Any, error: type[Exception]
) -> None:
    server.always = reply
    with pytest.raises(error) as raised:
        send(server, timeout=0.4 if reply == "silent" else 30)
    assert KEY not in str(raised.value)
    assert len(server.seen) == 1  # no retry behind our back


def test_a_redirect_never_gets_the_key_or_the_claims(server: Script) -> None:
    with x12_server() as elsewhere:
        server.headers["Location"] = f"{elsewhere.base}/claims"
        server.always = (307, "")
        with pytest.raises(MailboxTrouble):
            send(server)
        assert elsewhere.seen == []


def test_nobody_there_is_offline(unused_port: int) -> None:
    for host in (f"127.0.0.1:{unused_port}", "no-such-host.invalid"):
        with (
            HttpsTransport(HttpsProfile(f"http://{host}/claims", KEY)) as way,
            pytest.raises(Offline, match="cannot be reached"),
        ):
            way.send(PARCEL, lambda: None)


def certificate(path: Path) -> Path:
    """Write a certificate nobody vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_a_server_nobody_vouches_for_gets_nothing(tmp_path: Path) -> None:
    with x12_server(certificate(tmp_path / "certificate.pem")) as stranger:
        with pytest.raises(NotAllowed) as refused:
            send(stranger)
        assert refused.value.code == "certificate-refused"
        assert stranger.seen == []


def test_a_posted_file_cannot_be_looked_at_and_the_promise_has_an_end(server: Script) -> None:
    with HttpsTransport(profile(server, repeat_hours=24)) as way:
        assert way.find(PARCEL) is Found.CANNOT_LOOK
        assert way.may_repeat(timedelta(hours=23, minutes=59))
        assert not way.may_repeat(timedelta(hours=24))
    with HttpsTransport(profile(server)) as way:
        assert not way.may_repeat(timedelta(0))


def test_eligibility_is_answered_at_once(server: Script) -> None:
    server.always = (200, {"x12": "ISA*271~", "benefits": []})
    assert ask(server) == b"ISA*271~"
    assert (server.seen[0].path, server.seen[0].x12) == ("/eligibility", "ISA*270~")


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ((200, {}), Offline),
        ("silent", Offline),
        ("reset", Offline),
        ((500, {}), Offline),
        ((400, {"message": "Unknown payer"}), FileRefused),
        ((401, {}), NotAllowed),
    ],
)
def test_eligibility_without_an_answer_is_asked_again(
    server: Script, reply: Any, error: type[Exception]
) -> None:
    server.always = reply
    with pytest.raises(error):
        ask(server, timeout=0.4 if reply == "silent" else 30)


def item(number: int, url: str, **changes: Any) -> dict[str, Any]:
    return {
        "direction": "INBOUND",
        "transactionId": f"t{number}",
        "processedAt": f"2026-11-23T0{number}:00:00Z",
        "artifacts": [
            {"artifactType": "application/json", "url": f"{url}/json"},
            {
                "artifactType": "application/edi-x12",
                "sizeBytes": 7,
                "url": f"{url}/transactions/t{number}/output",
            },
        ],
    } | changes


def test_answers_are_fetched_page_by_page_from_where_the_last_look_ended(server: Script) -> None:
    base = server.base
    server.replies = [
        (200, {"items": [item(1, base), item(2, base, direction="OUTBOUND")],
               "nextPageToken": "p2"}),
        (200, "ISA*835"),
        (200, {"items": [item(3, base)], "nextPageToken": "p3"}),
        (200, "ISA*277"),
        (200, {"items": [], "nextPageToken": "p4"}),
    ]  # fmt: skip
    found = fetch(server)
    assert [one.content if isinstance(one, Arrival) else one for one in found] == [
        b"ISA*835", "p2", b"ISA*277", "p3", "p4",
    ]  # fmt: skip
    pages = [seen.path for seen in server.seen if "polling" in seen.path]
    assert "startDateTime=2026-10-24T00%3A00%3A00Z" in pages[0]
    assert ["pageToken=p2" in page for page in pages] == [False, True, False]
    server.seen.clear()
    server.replies = [(200, {"items": [], "nextPageToken": "p5"})]
    assert fetch(server, "p4") == ["p5"]
    assert "pageToken=p4" in server.seen[0].path


def test_known_answers_are_not_fetched_again(server: Script) -> None:
    server.replies = [(200, {"items": [item(1, server.base)]})]
    assert fetch(server, known=lambda one: one.name == "t1") == []
    assert len(server.seen) == 1


def test_an_answer_on_another_server_is_not_asked_for_with_our_key(server: Script) -> None:
    with x12_server() as other:
        server.replies = [(200, {"items": [item(1, other.base)]})]
        (found,) = fetch(server)
        assert isinstance(found, Arrival)
        assert "another server" in found.problem
        assert other.seen == []


@pytest.mark.parametrize(
    "page",
    [{}, {"items": None}, {"items": [None, 3, {}]}, {"items": [{"direction": "INBOUND"}]},
     {"items": [item(1, "http://x", artifacts=[None, {}])]}, {"items": "x", "nextPageToken": 5}],
)  # fmt: skip
def test_odd_pages_break_nothing(server: Script, page: dict[str, Any]) -> None:
    server.replies = [(200, page)]
    assert fetch(server) == []


def test_a_list_that_does_not_answer_loses_nothing(server: Script) -> None:
    for reply, error in (((500, {}), Offline), ((401, {}), NotAllowed), ("reset", Offline)):
        server.replies = [reply]
        with pytest.raises(error):
            fetch(server)


def test_the_connection_test_tries_the_key_where_it_does_no_harm(server: Script) -> None:
    def steps(**changes: Any) -> list[tuple[str, bool]]:
        with HttpsTransport(profile(server, **changes), since="2026-10-24T00:00:00Z") as way:
            return [(step.label, step.ok) for step in way.check()]

    assert steps() == [("Server", True), ("Key", True)]
    server.always = (403, {})
    assert steps() == [("Server", True), ("Key", False)]
    assert steps(answers_url="") == [("Server", True), ("Key", True)]
    assert all(seen.method == "GET" for seen in server.seen)


def test_the_key_shows_nowhere(server: Script) -> None:
    assert KEY not in repr(profile(server))
    with HttpsTransport(profile(server)) as way:
        assert KEY not in way.place
