# SPDX-License-Identifier: MIT
"""Answers from the command line: rehearsed, posted once, taken back, and rubbish refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from command_line import Mediyn

KEYS = {"file", "kind", "sha256", "status", "claims", "balance", "duplicate_of"}
CLAIM = {
    "control_number", "status", "charge_cents", "paid_cents", "patient_cents", "writeoff_cents",
    "posted", "reason",
}  # fmt: skip


def one(ran: Any) -> dict[str, Any]:
    (file,) = ran["files"]
    assert set(file) >= KEYS
    assert all(set(claim) >= CLAIM for claim in file["claims"])
    return file  # type: ignore[no-any-return]


def bank(mediyn: Mediyn) -> int:
    return sum(
        posting["amount_cents"]
        for entry in mediyn.json("journal")
        for posting in entry["postings"]
        if posting["account"] == "Assets:Bank"
    )


def test_answers_move_claims_and_post_money(closed: Mediyn, answers: dict[str, Path]) -> None:
    read = one(closed.json("inbound", answers["999"]))
    assert (read["kind"], read["status"]) == ("999", "read")
    assert {claim["status"] for claim in read["claims"]} == {"received"}
    read = one(closed.json("inbound", answers["277ca"]))
    assert read["kind"] == "277CA"
    assert {claim["status"] for claim in read["claims"]} <= {"received", "accepted"}
    before = bank(closed)
    paid = one(closed.json("inbound", answers["835"]))
    assert (paid["kind"], paid["status"]) == ("835", "posted")
    assert paid["balance"] == {"ok": True, "differences": []}
    assert all(claim["posted"] for claim in paid["claims"])
    for claim in paid["claims"]:
        parts = claim["paid_cents"] + claim["patient_cents"] + claim["writeoff_cents"]
        assert parts == claim["charge_cents"]
    assert bank(closed) - before == sum(claim["paid_cents"] for claim in paid["claims"])
    states = [claim["state"] for claim in closed.json("claims", "list")]
    assert sorted(states) == ["blocked"] + ["paid"] * 5
    assert closed.json("verify")["ok"] is True


def test_a_rehearsal_says_what_the_posting_then_does(
    closed: Mediyn, answers: dict[str, Path]
) -> None:
    journal = closed.json("journal")
    rehearsed = one(closed.json("inbound", answers["835"], "--dry-run"))
    assert closed.json("journal") == journal
    posted = one(closed.json("inbound", answers["835"]))
    assert rehearsed["moved"] == posted["moved"]
    assert rehearsed["claims"] == posted["claims"]
    assert sum(row["amount_cents"] for row in posted["moved"]) == 0


def test_the_same_file_and_the_same_payment_are_posted_once(
    closed: Mediyn, answers: dict[str, Path], tmp_path: Path
) -> None:
    closed.json("inbound", answers["835"])
    journal = closed.json("journal")
    again = one(closed.json("inbound", answers["835"]))
    assert (again["status"], again["duplicate_of"]) == ("duplicate", "answer.835")
    other = tmp_path / "sent-again.835"
    other.write_text(answers["835"].read_text("ascii").replace("~\n", "~\r\n"), "ascii")
    again = one(closed.json("inbound", other))
    assert again["status"] == "duplicate"
    assert again["duplicate_of"].startswith("payment ")
    assert closed.json("journal") == journal


def test_a_posting_is_taken_back_and_done_again(closed: Mediyn, answers: dict[str, Path]) -> None:
    balances = closed.json("balances")
    posted = one(closed.json("inbound", answers["835"]))
    after = closed.json("balances")
    numbers = [payment["payment_id"] for payment in posted["payments"]]
    for number in numbers:
        closed.json("claims", "unpost", number, "--reason", "mistake")
    assert closed.json("balances") == balances
    states = {claim["state"] for claim in closed.json("claims", "list")}
    assert states == {"blocked", "sent"}
    for number in numbers:
        assert closed.json("claims", "repost", number)["status"] == "posted"
    assert closed.json("balances") == after
    assert closed("claims", "unpost", "99", "--reason", "x").code == "not-found"


def test_a_deposit_that_does_not_add_up_is_held(
    closed: Mediyn, answers: dict[str, Path], tmp_path: Path
) -> None:
    text = answers["835"].read_text("ascii")
    start = text.index("BPR*I*") + 6
    end = text.index("*", start)
    wrong = tmp_path / "wrong.835"
    wrong.write_text(f"{text[:start]}{float(text[start:end]) + 1:.2f}{text[end:]}", "ascii")
    journal = closed.json("journal")
    held = one(closed.json("inbound", wrong))
    assert held["status"] in ("held", "partly_posted")
    assert held["balance"]["ok"] is False
    assert {row["difference_cents"] for row in held["balance"]["differences"]} == {100}
    first = held["payments"][0]
    assert (first["status"], first["payment_id"] is not None) == ("held", True)
    if len(held["payments"]) == 1:
        assert closed.json("journal") == journal
    (task,) = closed.json("claims", "worklist")
    assert task["kind"] == "payment_held"


@pytest.mark.parametrize(
    "content", [b"ref,first_name\nc1,Ana\n", b"%PDF-1.7 x", bytes(range(256)) * 4, b"<html>no"]
)
def test_what_is_no_answer_is_named_and_kept(
    closed: Mediyn, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "from-somebody"
    file.write_bytes(content)
    journal = closed.json("journal")
    ran = closed("inbound", file, "--json")
    assert ran.status == 3
    read = one(ran.document)
    assert read["status"] == "unreadable"
    assert read["problems"]
    assert closed.json("journal") == journal
    assert file.read_bytes() == content


def test_files_that_cannot_be_read_change_nothing(closed: Mediyn, tmp_path: Path) -> None:
    assert closed("inbound", tmp_path / "none.835").code == "not-readable"
    assert closed("inbound", tmp_path).code == "not-readable"
    (tmp_path / "empty").write_bytes(b"")
    assert closed("inbound", tmp_path / "empty").code == "empty-file"
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(3 << 30)
    assert closed("inbound", tmp_path / "huge").code == "file-too-large"


def test_one_claim_is_worked_on(closed: Mediyn, tmp_path: Path) -> None:
    (made,) = closed.json("claims", "export", "--out", tmp_path)
    number = made["claims"][0]
    shown = closed.json("claims", "show", number)
    assert shown["state"] == "sent"
    assert [event["state"] for event in shown["events"]][-1] == "sent"
    assert closed("claims", "appeal", number, "--reason", "x").code == "claim-state"
    assert closed("claims", "refile", number).code == "claim-sent"
    refused = closed("claims", "write-off", number, "--kind", "denied", "--reason", " ")
    assert refused.code == "reason-needed"
    off = closed.json("claims", "write-off", number, "--kind", "denied", "--reason", "late")
    assert off["state"] == "closed"
    assert closed.json("claims", "worklist") == []
    assert closed.json("claims", "payments") == []
    assert closed.json("claims", "outcomes") == []
