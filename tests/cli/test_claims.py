# SPDX-License-Identifier: MIT
"""Claims from the command line, and the check of anybody's 837P file."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from command_line import Connect, Mediyn, Ran

from mediyn_desktop.sandbox import Sandbox

PROBLEM = {"rule", "severity", "claim", "segment", "message"}


def states(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(one["state"] for one in rows)


def test_claims_are_listed_with_what_holds_them_back(closed: Mediyn) -> None:
    rows = closed.json("claims", "list")
    assert states(rows) == ["blocked"] + ["queued"] * 5
    (held,) = (one for one in rows if one["state"] == "blocked")
    assert held["client_ref"] == "c15"
    assert held["problems"][0]["code"] == "diagnosis-not-billable"
    assert all(one["control_number"] and one["total_cents"] for one in rows)


def test_claims_are_handed_over_once(closed: Mediyn, tmp_path: Path) -> None:
    out = tmp_path / "claims"
    (file,) = closed.json("claims", "export", "--out", out)
    assert len(file["claims"]) == 5
    assert hashlib.sha256(Path(file["file"]).read_bytes()).hexdigest() == file["sha256"]
    checked = closed("claims", "check", file["file"], "--json")
    assert (checked.status, checked.err) == (0, "")
    assert checked.document == {"ok": True, "problems": []}
    assert closed.json("claims", "export", "--out", out) == []
    assert states(closed.json("claims", "list")) == ["blocked"] + ["sent"] * 5


def test_submitting_needs_a_clearinghouse_this_program_can_reach(
    closed: Mediyn, tmp_path: Path
) -> None:
    assert closed("claims", "submit").code == "no-clearinghouse"
    closed.json("settings", "clearinghouse.out", tmp_path / "to")
    closed.json("settings", "clearinghouse.kind", "sftp")
    assert closed("claims", "submit").code == "no-clearinghouse"
    assert closed.json("sync", "--offline")["claims"]["waiting"] == 0
    assert states(closed.json("claims", "list")).count("queued") == 5
    closed.json("settings", "clearinghouse.kind", "folder")
    (file,) = closed.json("claims", "submit")
    assert Path(file["file"]).parent == tmp_path / "to"


def test_a_folder_that_cannot_be_leaves_the_claims_queued(closed: Mediyn, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert closed("claims", "export", "--out", tmp_path / "file" / "x").code == "export-failed"
    assert states(closed.json("claims", "list")).count("queued") == 5


def test_sync_hands_over_and_charges_what_waits(closed: Mediyn, connect: Connect) -> None:
    outside: Sandbox = connect(closed.folder, claims=True)
    first = closed("sync", "--offline", "--json")
    assert first.status == 3
    assert set(first.document) >= {"cards", "claims"}
    assert all(set(one) >= {"state", "next", "waiting"} for one in first.document.values())
    assert first.document["claims"]["state"] == "done"
    assert len(list(outside.outbox.glob("*.837"))) == 1
    cards = first.document["cards"]
    assert (cards["state"], cards["waiting"]) == ("offline", 10)
    second = closed("sync", "--json")
    assert second.status == 0
    cards = second.document["cards"]
    assert (cards["state"], cards["waiting"], cards["next"]) == ("done", 0, None)


def test_sync_tells_of_each_job_how_it_stands(empty: Mediyn) -> None:
    """A practice without cards has nothing to mend, though no processor is connected."""
    ran = empty("sync", "--json")
    assert ran.status == 0
    for name, job in ran.document.items():
        assert (job["name"], job["state"], job["message"]) == (name, "done", None)
        assert (job["waiting"], job["next"], job["next_at"]) == (0, None, None)
        assert job["ran_at"] == "2026-11-24T03:00:00+00:00"
    assert empty("sync").out.count("nothing waiting.") == len(ran.document)
    again = empty("cards", "sync")
    assert (again.status, again.out) == (0, "No card charge is waiting.\n")


def test_sync_does_not_wait_for_a_next_turn_and_says_what_needs_somebody(
    closed: Mediyn, connect: Connect
) -> None:
    first = closed("sync", "--json")
    assert first.status == 3
    cards = first.document["cards"]
    assert (cards["state"], cards["waiting"]) == ("attention", 10)
    assert "No card processor is connected" in cards["message"]
    assert cards["next"] == cards["next_at"] > cards["ran_at"]
    connect(closed.folder)
    second = closed("sync", "--json")
    assert second.status == 0
    cards = second.document["cards"]
    assert (cards["state"], cards["waiting"]) == ("done", 0)
    assert {one["state"] for one in cards["attempts"]} == {"succeeded", "declined"}


SOUND = (
    "ISA*00*          *00*          *ZZ*1234567893     *ZZ*CLEARINGHOUSE  *261123*2200*^*00501*"
    "000000001*0*P*:~GS*HC*1234567893*CLEARINGHOUSE*20261123*2200*1*X*005010X222A1~"
)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"ref,first_name\nc1,Ana\n",
        b"%PDF-1.7\n\x00\xff\xfe binary",
        bytes(range(256)) * 40,
        "李,“Smith”".encode("utf-16"),
        b"ISA",
        b"ISA*00*",
        SOUND.encode(),
        SOUND.encode() + b"ST*837*0001*005010X222A1~SE*2*0001~GE*1*1~IEA*1*000000001~",
        SOUND.replace("X222A1", "X221A1").encode() + b"ST*835*0001~SE*2*0001~GE*1*1~IEA*1*1~",
        b"<html>Session expired</html>",
    ],
)
def test_rubbish_is_refused_with_reasons_and_nothing_breaks(
    empty: Mediyn, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "from-somebody.837"
    file.write_bytes(content)
    ran = empty.bare("claims", "check", file, "--json")
    check_refused(ran)
    assert file.read_bytes() == content
    plain = empty.bare("claims", "check", file)
    assert (plain.status, plain.out) == (1, "")


def check_refused(ran: Ran) -> None:
    assert ran.status == 1
    assert ran.err.endswith("It was left as it is. [claim-refused]\n")
    found = ran.document
    assert found["ok"] is False
    assert found["problems"]
    assert all(set(one) >= PROBLEM and one["message"] for one in found["problems"])


def test_a_spoiled_claim_file_is_refused(closed: Mediyn, tmp_path: Path) -> None:
    (made,) = closed.json("claims", "export", "--out", tmp_path)
    file = Path(made["file"])
    text = file.read_text("ascii")
    for old, new in (
        ("*HC:90837", "*HC:9083"),
        ("HI*ABK:", "HI*XXX:"),
        ("CLM*", "CLM**"),
        ("~\nSE*", "~\nXX*1~\nSE*"),
        ("SV1*HC:", "SV1*QQ:"),
    ):
        assert old in text
        file.write_text(text.replace(old, new, 1), "ascii")
        check_refused(closed.bare("claims", "check", file, "--json"))


def test_a_claim_file_that_is_not_there(empty: Mediyn, tmp_path: Path) -> None:
    assert empty.bare("claims", "check", tmp_path / "none.837").code == "not-readable"
    assert empty.bare("claims", "check", tmp_path).code == "not-readable"


def test_another_kind_of_file_is_named(empty: Mediyn, tmp_path: Path) -> None:
    file = tmp_path / "era.835"
    file.write_text(
        SOUND.replace("*HC*", "*HP*").replace("GS*HC", "GS*HP").replace("X222A1", "X221A1")
        + "ST*835*0001~SE*2*0001~GE*1*1~IEA*1*000000001~"
    )
    ran = empty.bare("claims", "check", file, "--json")
    assert ran.status == 1
    assert "This is a remittance (835)" in ran.err
    assert [one["rule"] for one in ran.document["problems"]] == ["not-claims"]
    file.write_text("ref,first_name")
    ran = empty.bare("claims", "check", file)
    assert "This is not a file of claims (837P)" in ran.err


def test_the_check_names_the_rule_the_claim_and_what_mends_it(
    closed: Mediyn, tmp_path: Path
) -> None:
    (made,) = closed.json("claims", "export", "--out", tmp_path)
    file = Path(made["file"])
    text = file.read_text("ascii")
    number = made["claims"][0]["control_number"] if isinstance(made["claims"][0], dict) else None
    file.write_text(text.replace("*UN*1**", "*UN*0**", 1), "ascii")
    ran = closed.bare("claims", "check", file, "--json")
    (problem,) = [one for one in ran.document["problems"] if one["rule"] == "units"]
    assert (problem["severity"], problem["segment"], problem["element"]) == ("error", "SV1", "04")
    assert problem["mend"]
    assert problem["source"]
    assert problem["claim"] == (number or made["claims"][0])


def test_what_one_payer_asks_can_be_given_as_a_table(closed: Mediyn, tmp_path: Path) -> None:
    (made,) = closed.json("claims", "export", "--out", tmp_path)
    table = tmp_path / "payers.tsv"
    table.write_text("payer\tauthorization\nBFH01\tyes\n")
    ran = closed.bare("claims", "check", made["file"], "--payers", table, "--json")
    assert {one["rule"] for one in ran.document["problems"]} == {"payer-authorization"}
    ran = closed.bare("claims", "check", made["file"], "--usage", "T", "--json")
    assert {one["rule"] for one in ran.document["problems"]} == {"usage"}
    for bad in ("payer\tcolour\nX\tred\n", "telehealth\n95\n", "payer\ttaxonomy\nX\tmaybe\n"):
        table.write_text(bad)
        ran = closed.bare("claims", "check", made["file"], "--payers", table)
        assert (ran.status, ran.code) == (1, "payer-table")


def test_a_claim_file_is_read_aloud(closed: Mediyn, tmp_path: Path) -> None:
    (made,) = closed.json("claims", "export", "--out", tmp_path)
    rows = closed.bare("claims", "read", made["file"], "--json").document
    assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
    assert any(row["says"].startswith("Date of service: ") and row["claim"] for row in rows)
    (tmp_path / "no.837").write_text("no")
    assert closed.bare("claims", "read", tmp_path / "no.837").code == "not-x12"


def test_a_claim_is_set_aside_and_taken_up_again(closed: Mediyn) -> None:
    number = closed.json("claims", "list")[0]["control_number"]
    row = closed.json("claims", "never", number, "--reason", "the client asked")
    assert (row["control_number"], row["state"]) == (number, "never_bill")
    assert closed("claims", "never", number, "--reason", "again").code == "claim-state"
    assert closed.json("claims", "again", number)["state"] == "queued"
    assert closed.json("claims", "elsewhere", number, "--reason", "paper")["state"] == (
        "billed_elsewhere"
    )
    assert closed("claims", "elsewhere", "M0", "--reason", "paper").code == "no-claim"


def test_a_claim_that_left_is_replaced_and_voided(closed: Mediyn, tmp_path: Path) -> None:
    (made,) = closed.json("claims", "export", "--out", tmp_path)
    sent = [one for one in closed.json("claims", "list") if one["state"] == "sent"]
    number = sent[0]["control_number"]
    new = closed.json(
        "claims", "correct", number, "--payer-number", "ICN77", "--reason", "place", "--note", "x"
    )
    assert (new["state"], new["frequency"], new["follows"]) == ("queued", "7", number)
    gone = closed.json(
        "claims", "void", sent[1]["control_number"], "--payer-number", "ICN8", "--reason", "twice"
    )
    assert (gone["state"], gone["frequency"]) == ("queued", "8")
    (second,) = closed.json("claims", "export", "--out", tmp_path)
    assert len(second["claims"]) == 2
    assert closed("claims", "check", second["file"], "--json").document["ok"]
    assert made["file"] != second["file"]
