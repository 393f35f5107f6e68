# SPDX-License-Identifier: MIT
"""``claims proof``, ``claims letter`` and ``claims refile --lost``, from the command line."""

from __future__ import annotations

from pathlib import Path

from command_line import Mediyn


def test_proof_letter_and_a_lost_claim(closed: Mediyn, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    waiting = [one for one in closed.json("claims", "list") if one["state"] == "queued"]
    number = waiting[0]["control_number"]
    assert closed("claims", "proof", number, "--out", papers).code == "claim-not-filed"
    assert closed("claims", "letter", number, "--out", papers).code == "nothing-refused"
    assert list(papers.iterdir()) == []
    closed.json("claims", "export", "--out", tmp_path / "out")
    made = closed.json("claims", "proof", number, "--out", papers)
    assert made == {"control_number": number, "file": str(papers / f"proof-{number}.pdf")}
    assert (papers / f"proof-{number}.pdf").read_bytes().startswith(b"%PDF-")
    assert closed("claims", "refile", number).status == 1
    assert closed("claims", "refile", number, "--lost", " ").code == "claim-state"
    again = closed.json("claims", "refile", number, "--lost", "Blue Fir by telephone, today")
    assert (again["state"], again["frequency"]) == ("queued", "1")
