# SPDX-License-Identifier: MIT
"""Cards on file from the command line."""

from __future__ import annotations

import urllib.parse
import urllib.request
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from command_line import Connect, Mediyn

from mediyn_desktop.cards.holds import place_hold
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.core.neutral import clinical_word
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.sandbox.processor import outside as world_outside
from mediyn_desktop.sandbox.processor.faults import Fault


def fill(url: str, number: str = "4242424242424242") -> None:
    form = {"number": number, "expires": "12/30", "cvc": "123", "email": ""}
    data = urllib.parse.urlencode(form).encode()
    with urllib.request.urlopen(url, data, timeout=60) as answer:
        assert answer.status == 200


def someone(mediyn: Mediyn) -> str:
    """A client with a card, by ref."""
    return str(mediyn.json("cards", "on-file")[0]["client_ref"])


def asked(mediyn: Mediyn, client: str, scope: str = "sessions;copays") -> dict[str, Any]:
    found: dict[str, Any] = mediyn.json("cards", "ask", client, "--scope", scope)
    return found


def test_a_card_is_asked_for_saved_and_shown(closed: Mediyn, connect: Connect) -> None:
    connect(closed.folder)
    client = someone(closed)
    page = asked(closed, client)
    assert (page["state"], page["scope"]) == ("open", ["sessions", "copays"])
    draft = page["message_draft"]
    assert page["url"] in draft["body"]
    assert page["text"] in draft["body"]
    assert clinical_word(draft["subject"] + draft["body"]) is None
    assert asked(closed, client)["request_id"] == page["request_id"]
    fill(page["url"])
    (done,) = closed.json("cards", "requests", "--client", client)
    assert done["state"] == "completed"
    cards = closed.json("cards", "on-file", "--client", client)
    new = next(one for one in cards if one["card_id"] == done["card_id"])
    assert (new["last4"], new["scope"]) == ("4242", ["sessions", "copays"])
    assert "Visa ending 4242" in closed("cards", "on-file").out
    (kept,) = closed.json("cards", "consent", new["card_id"])
    assert (kept["text"], kept["how"]) == (page["text"], "page")
    assert closed.json("verify")["ok"]


def test_an_imported_card_has_its_consent(closed: Mediyn) -> None:
    cards = closed.json("cards", "on-file")
    agreed = [one for one in cards if one["scope"]]
    assert agreed
    for one in agreed[:3]:
        (kept,) = closed.json("cards", "consent", one["card_id"])
        assert (kept["how"], kept["scope"]) == ("imported", one["scope"])
        assert kept["date"] == one["consent_date"]


def test_marks_consents_and_removal(closed: Mediyn, connect: Connect) -> None:
    connect(closed.folder)
    client = someone(closed)
    fill(asked(closed, client)["url"], "5555555555554444")
    closed.json("cards", "requests")
    new, old = closed.json("cards", "on-file", "--client", client)
    assert closed.json("cards", "default", new["card_id"])["default"]
    assert closed.json("cards", "for-fees", old["card_id"])["for_fees"]
    assert not closed.json("cards", "for-fees", old["card_id"], "--off")["for_fees"]
    now = closed.json("cards", "consent", new["card_id"], "--scope", "fees", "--how", "phone")
    assert now["scope"] == ["fees"]
    gone = closed.json("cards", "revoke", new["card_id"], "--reason", "Asked")
    assert (gone["scope"], gone["revoked_date"] is not None) == ([], True)
    shown = closed("cards", "consent", new["card_id"]).out
    assert "taken back" in shown
    assert closed.json("cards", "remove", new["card_id"])["being_removed"]
    closed.json("cards", "requests")
    (left,) = closed.json("cards", "on-file", "--client", client)
    assert left["card_id"] == old["card_id"]
    rows = closed.json("cards", "on-file", "--client", client, "--removed")
    assert [one["being_removed"] for one in rows] == [False, False]
    assert closed("cards", "remove", new["card_id"]).code == "not-found"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("ask", "nobody", "--scope", "fees"), "not-found"),
        (("ask", "{client}", "--scope", "all"), "consent-refused"),
        (("close-request", "{client}"), "not-found"),
        (("default", "99999"), "not-found"),
        (("consent", "99999"), "not-found"),
        (("lift-hold", "{client}"), "not-found"),
        (("on-file", "--client", "nobody"), "not-found"),
        (("ask", "{client}", "--scope", "fees", "--offline"), "offline"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    closed: Mediyn, connect: Connect, words: tuple[str, ...], code: str
) -> None:
    connect(closed.folder)
    client = someone(closed)
    ran = closed("cards", *(word.format(client=client) for word in words))
    assert (ran.status, ran.code) == (1, code)


def test_an_open_page_is_closed(closed: Mediyn, connect: Connect) -> None:
    connect(closed.folder)
    client = someone(closed)
    asked(closed, client)
    assert closed("cards", "ask", client, "--scope", "fees").code == "request-open"
    assert closed.json("cards", "close-request", client)["state"] == "closed"
    assert asked(closed, client, "fees")["state"] == "open"


def test_a_hold_is_lifted(closed: Mediyn) -> None:
    client = someone(closed)
    with closing(closed.open()) as store, store.write("t") as uow:
        place_hold(uow, get_client(uow, client), source="dispute:pi_1", reason="A dispute.")
    assert closed.json("cards", "lift-hold", client)["lifted"] == ["A dispute."]
    assert closed("cards", "lift-hold", client).code == "not-found"


def test_a_decline_has_a_draft_without_a_word_about_care(
    closed: Mediyn, connect: Connect, clock: FixedClock
) -> None:
    outside = connect(closed.folder)
    assert closed.json("cards", "dunning") == []
    attempts = closed.json("cards", "sync")["attempts"]
    (soft, *_) = [one for one in attempts if one["state"] == "declined"]
    assert closed.json("cards", "dunning") == []  # it is tried again by itself
    for _ in range(3):
        clock.advance(timedelta(days=1))
        closed("cards", "sync")
    (found,) = closed.json("cards", "dunning", "--client", soft["client_ref"])
    assert (found["amount_cents"], found["paying"]) == (soft["amount_cents"], False)
    assert clinical_word(found["subject"] + found["body"]) is None
    assert "Nothing was charged" in found["body"]
    page = asked(closed, soft["client_ref"])
    (found,) = closed.json("cards", "dunning")
    assert page["url"] in found["body"]
    # A link withdraws the refused charge: what is written about it then is the link itself.
    assert closed.json("cards", "link", soft["client_ref"])["url"]
    assert closed.json("cards", "dunning") == []
    assert outside.processor.state.counts()["payment_link"] == 1


def test_a_key_is_probed_for_what_it_may_write(closed: Mediyn, connect: Connect, tmp_path) -> None:
    outside = connect(closed.folder)
    assert closed.json("cards", "check")["unwritable"] == []
    before = outside.processor.state.counts()
    key = "rk_test_readonly1"
    file = tmp_path / "key.txt"
    file.write_text(key, "utf-8")
    closed("settings", "stripe.key", "--from-file", str(file))
    ran = closed("cards", "check", "--json")
    assert ran.document["unwritable"] == ["checkout.sessions", "payment_links", "payment_methods"]
    assert ran.status == 3
    assert "may not write" in closed("cards", "check").out
    after = outside.processor.state.counts()
    for kind in ("checkout.session", "payment_link", "customer"):
        assert after.get(kind, 0) == before.get(kind, 0)


def test_a_lost_answer_is_said(closed: Mediyn, connect: Connect) -> None:
    outside = connect(closed.folder)
    client = someone(closed)
    outside.processor.faults.script(
        Fault("reset_after", method="POST", path="/v1/checkout/sessions")
    )
    outside.processor.faults.script(
        Fault("reset_before", method="GET", path="/v1/checkout/sessions", times=3)
    )
    ran = closed("cards", "ask", client, "--scope", "fees")
    assert ran.code == "request-unknown"
    outside.processor.faults.clear()
    assert asked(closed, client, "fees")["state"] == "open"
    assert outside.processor.state.counts()["checkout.session"] == 1


def test_what_expires_is_listed(closed: Mediyn, connect: Connect) -> None:
    outside = connect(closed.folder)
    client = someone(closed)
    fill(asked(closed, client)["url"])
    (done,) = closed.json("cards", "requests", "--client", client)
    method = next(
        one["id"]
        for one in outside.processor.state.newest_first("payment_method")
        if one["customer"] is not None
    )
    world_outside.change_card(
        outside.processor.state, {"payment_method": method, "exp_year": 2026, "exp_month": 11}
    )
    closed.json("cards", "sync")
    rows = closed.json("cards", "on-file", "--expiring")
    assert done["card_id"] in {one["card_id"] for one in rows if one["expires"] == "this month"}


def test_an_import_is_not_undone_under_a_client_who_was_asked(
    mediyn: Mediyn, connect: Connect
) -> None:
    connect(mediyn.folder)
    assert mediyn.json("undo", "--preview")["possible"]
    asked(mediyn, someone(mediyn))
    ran = mediyn("undo")
    assert ran.code == "cannot-undo"
    assert "asked for a card" in ran.err
