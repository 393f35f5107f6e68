# SPDX-License-Identifier: MIT
"""The evening from the command line: review, sign, close, close again, offline, what is kept back.

The sample practice has a session for every road, a card that is declined, a claim that lacks a
diagnosis, a session of twelve minutes and an unsigned note.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from command_line import DAY, Connect, Mediyn

from mediyn_desktop.claims.x12.check837p import check_837p


def codes(document: dict[str, Any]) -> dict[str, set[str]]:
    """The codes of the exceptions, by ref."""
    found: dict[str, set[str]] = {}
    for one in document["exceptions"]:
        assert one["message"].endswith((".", "!", "?"))
        found.setdefault(one["ref"], set()).add(one["code"])
    return found


def test_the_day_lists_exceptions_first_and_needs_somebody(mediyn: Mediyn) -> None:
    ran = mediyn("day", "--date", DAY, "--json")
    assert ran.status == 3
    assert ran.err == ""
    listed = ran.document
    assert listed["date"] == DAY
    assert [row["session_ref"] for row in listed["rows"][:2]] == ["e07", "e13"]
    assert codes(listed) == {
        "e07": {"under-16-minutes"},
        "e13": {"diagnosis-not-billable"},
        "e17": {"unsigned-note"},
    }
    assert {row["route"] for row in listed["rows"]} == {
        "card", "superbill", "claim", "claim_and_copay", "package", "fee", "waived", None
    }  # fmt: skip


def test_a_day_without_sessions_is_done(mediyn: Mediyn) -> None:
    assert mediyn.json("day", "--date", "2020-01-01") == {
        "date": "2020-01-01", "rows": [], "installments": [], "exceptions": []
    }  # fmt: skip
    ran = mediyn("day", "--date", "2020-01-01")
    assert (ran.status, "no sessions on this day" in ran.out) == (0, True)


def test_signing_bills_the_session_once(mediyn: Mediyn) -> None:
    signed = mediyn.json("sign", "e17")
    assert signed == {
        "session_ref": "e17", "billed": True, "route": "card", "total_cents": 15000
    }  # fmt: skip
    assert mediyn("sign", "e17").code == "already-signed"
    assert mediyn("sign", "e99").code == "not-found"


def test_closing_asks_first_and_a_script_is_refused(mediyn: Mediyn, connect: Connect) -> None:
    connect(mediyn.folder)
    assert mediyn("close-day", "--date", DAY).code == "not-confirmed"
    assert mediyn.json("cards", "sync")["attempts"] == []


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_only_a_yes_closes_the_day(
    mediyn: Mediyn, connect: Connect, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    connect(mediyn.folder)
    sit_down(monkeypatch, answer)
    ran = mediyn("close-day", "--date", DAY)
    assert ran.status == 1
    assert ran.out == ""
    assert "Elif Şahin" in ran.err
    assert ran.err.endswith("Stopped. Nothing was charged. [not-confirmed]\n")
    assert mediyn.json("cards", "sync")["attempts"] == []


def test_a_yes_closes_the_day_and_says_in_words_what_came_of_it(
    mediyn: Mediyn, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(mediyn.folder)
    sit_down(monkeypatch, "y\n")
    ran = mediyn("close-day", "--date", DAY, "--out", tmp_path / "printed")
    assert ran.status == 3
    assert "Charge the cards" not in ran.out
    assert ran.out.startswith("Monday, November 23, 2026 is closed.")
    assert "Needs your attention" in ran.out
    assert str(tmp_path / "printed") in ran.out


def sit_down(monkeypatch: pytest.MonkeyPatch, types: str) -> None:
    """Somebody is at the keyboard and ``types``."""

    class Keyboard:
        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            return types

    monkeypatch.setattr("sys.stdin", Keyboard())


def test_the_closed_day_in_full_and_again(mediyn: Mediyn, connect: Connect, tmp_path: Path) -> None:
    outside = connect(mediyn.folder, claims=True)
    out = tmp_path / "printed"
    first = mediyn("close-day", "--date", DAY, "--yes", "--out", out, "--json")
    assert first.status == 3
    done = first.document
    assert "Charging cards 1/" in first.err
    check_charges(done["charges"])
    check_cards(done["card_charges"])
    assert [one["state"] for one in done["claims"]].count("blocked") == 1
    assert all(one["control_number"] and one["total_cents"] > 0 for one in done["claims"])
    assert codes(done) == {
        "e07": {"under-16-minutes"},
        "e08": {"card-declined"},
        "e13": {"diagnosis-not-billable"},
        "e17": {"unsigned-note"},
    }
    assert [one["client_ref"] for one in done["superbills"]] == ["c13"]
    assert done["totals"]["charged_cents"] == sum(one["fee_cents"] for one in done["charges"])
    for bill in done["superbills"]:
        assert (bill["number"], bill["version"]) == ("2026-0001", 1)
        assert bill["charged_cents"] >= bill["paid_cents"] > 0
        assert Path(bill["file"]).read_bytes().startswith(b"%PDF-")
    (claims,) = map(Path, done["claim_files"])
    assert check_837p(claims.read_text("ascii")) == []
    assert sorted(out.iterdir()) == sorted(map(Path, done["files"]))
    assert all(path.stat().st_mode & 0o077 == 0 for path in out.iterdir())

    again = mediyn("close-day", "--date", DAY, "--yes", "--out", out, "--json")
    assert again.status == 3
    repeated = again.document
    assert repeated.pop("claim_files") == []
    done.pop("claim_files")
    assert repeated == done
    paid = {one["processor_id"] for one in done["card_charges"] if one["state"] == "succeeded"}
    with urlopen(f"{outside.processor.base_url}/_sandbox/totals?by=iid", timeout=60) as answer:
        taken = [one["payment_intents"] for one in json.load(answer).values()]
    assert sorted(taken) == sorted([one] for one in paid)


def check_charges(charges: list[dict[str, Any]]) -> None:
    keys = {"session_ref", "client_ref", "cpt", "modifiers", "pos", "units", "fee_cents", "route"}
    assert all(keys <= set(one) for one in charges)
    by_video = next(one for one in charges if one["session_ref"] == "e03")
    assert by_video == {
        "session_ref": "e03",
        "client_ref": "c03",
        "cpt": "90834",
        "modifiers": ["95"],
        "pos": "10",
        "units": 1,
        "fee_cents": 14250,
        "route": "claim_and_copay",
        "reason": None,
    }
    crisis = [one for one in charges if one["session_ref"] == "e10"]
    assert [(one["cpt"], one["units"], one["fee_cents"]) for one in crisis] == [
        ("90839", 1, 24000),
        ("90840", 1, 11500),
    ]
    assert {one["route"] for one in charges} == {
        "card", "superbill", "claim", "claim_and_copay", "package", "fee", "waived"
    }  # fmt: skip


def check_cards(cards: list[dict[str, Any]]) -> None:
    assert len(cards) == 10
    (declined,) = (one for one in cards if one["state"] == "declined")
    assert declined["decline_code"] == "insufficient_funds"
    assert all(one["state"] == "succeeded" for one in cards if one is not declined)
    assert all(one["decline_code"] is None for one in cards if one is not declined)
    assert all(one["processor_id"].startswith("pi_") for one in cards)


def test_without_anything_to_do_closing_is_simply_done(mediyn: Mediyn, tmp_path: Path) -> None:
    ran = mediyn("close-day", "--date", "2026-11-22", "--yes", "--json")
    assert (ran.status, ran.document["charges"]) == (0, [])
    said = mediyn("close-day", "--date", "2026-11-22", "--yes").out
    assert "There were no sessions on this day." in said
    assert "stay queued" not in said


def test_offline_charges_wait_and_the_next_pass_sends_them(
    closed: Mediyn, connect: Connect
) -> None:
    ran = closed("--offline", "close-day", "--date", DAY, "--yes", "--json")
    assert ran.status == 3
    done = ran.document
    assert {one["state"] for one in done["card_charges"]} == {"queued"}
    assert all(one["processor_id"] is None for one in done["card_charges"])
    assert done["processor"]["stopped"] == "offline"
    waiting = [one for one in done["exceptions"] if one["code"] == "card-offline"]
    assert len(waiting) == len(done["card_charges"])

    still = closed("cards", "sync", "--offline", "--json")
    assert still.status == 3
    assert {one["state"] for one in still.document["attempts"]} == {"queued"}
    connect(closed.folder)
    sent = closed("cards", "sync", "--json").document
    states = [one["state"] for one in sent["attempts"]]
    assert (states.count("succeeded"), states.count("declined")) == (len(states) - 1, 1)
    assert (sent["unknown"], sent["frozen"]) == (0, None)


def test_an_unreachable_processor_leaves_the_charges_queued(closed: Mediyn) -> None:
    closed.json("settings", "stripe.key", "sk_test_sandbox")
    closed.json("settings", "stripe.api_base", "http://127.0.0.1:9")
    ran = closed("close-day", "--date", DAY, "--yes", "--json")
    assert ran.status == 3
    assert {one["state"] for one in ran.document["card_charges"]} == {"queued"}
    assert "cannot be reached" in ran.document["processor"]["message"]
    later = closed("sync", "--json")
    assert later.status == 3
    assert later.document["cards"]["state"] == "offline"
    assert later.document["cards"]["next"] > "2026-11-24T03:00"


def test_without_a_key_the_charges_wait_and_it_is_said(closed: Mediyn) -> None:
    ran = closed("cards", "sync", "--json")
    assert ran.status == 3
    assert ran.document["stopped"] == "no-key"
    assert {one["state"] for one in ran.document["attempts"]} == {"queued"}
    assert "No card processor is connected" in closed("cards", "sync").out


def test_a_session_may_be_left_out_tonight_but_not_by_a_slip(
    mediyn: Mediyn, connect: Connect
) -> None:
    connect(mediyn.folder)
    assert mediyn("close-day", "--date", DAY, "--yes", "--skip", "e2").code == "not-found"
    assert mediyn.json("cards", "sync")["attempts"] == []
    done = mediyn.json("close-day", "--date", DAY, "--yes", "--skip", "e02")
    assert "e02" not in {one["session_ref"] for one in done["card_charges"]}
    assert "e02" in {one["session_ref"] for one in done["charges"]}


def test_an_out_folder_that_cannot_be_stops_before_anything_is_charged(
    mediyn: Mediyn, connect: Connect, tmp_path: Path
) -> None:
    connect(mediyn.folder)
    (tmp_path / "file").write_text("in the way")
    out = tmp_path / "file" / "printed"
    assert mediyn("close-day", "--date", DAY, "--yes", "--out", out).code == "not-saved"
    assert mediyn("superbill", "--month", "2026-11", "--all", "--out", out).code == "not-saved"
    assert mediyn.json("cards", "sync")["attempts"] == []
