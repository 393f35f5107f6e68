# SPDX-License-Identifier: MIT
"""Input that is nearly right: an empty folder, a blank name, a date ahead, a word too long."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from command_line import DAY, Mediyn

from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.core.resources import shipped

SESSIONS = (
    "ref,client_ref,clinician_ref,start,end,break_minutes,kind,status,place,diagnoses,"
    "note_signed_at,do_not_bill_insurer\n"
)


@pytest.mark.parametrize("stranger", [None, "notes.txt", "client.csv"])
def test_a_folder_without_any_of_our_files_is_refused(
    empty: Mediyn, mediyn: Mediyn, tmp_path: Path, stranger: str | None
) -> None:
    folder = tmp_path / "nothing"
    folder.mkdir()
    if stranger is not None:
        (folder / stranger).write_text("ref\n")
    for practice in (empty, mediyn):
        ran = practice("import", folder)
        assert ran.code == "nothing-to-import"
        assert "practice.toml" in ran.err
        assert practice("import", folder, "--dry-run").code == "nothing-to-import"


@pytest.mark.parametrize(
    "command",
    [
        ("claims", "export", "--out", ""),
        ("backup", "--to", " "),
        ("statement", "c01", "--out", ""),
        ("import", ""),
    ],
)
def test_a_blank_folder_is_not_the_one_we_stand_in(
    mediyn: Mediyn, command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    ran = mediyn(*command)
    assert ran.status == 2
    assert "is blank" in ran.err
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(("length", "kept"), [(80, True), (81, False), (100_000, False)])
def test_a_reference_has_a_length(mediyn: Mediyn, length: int, kept: bool) -> None:
    command = ("pay", "c01", "--amount", "5", "--method", "check", "--reference", "9" * length)
    before = mediyn.json("journal")
    if kept:
        assert mediyn.json(*command)["payment_id"]
    else:
        assert mediyn(*command).code == "bad-reference"
        assert mediyn.json("journal") == before


def test_verify_names_a_practice_folder_others_can_read(mediyn: Mediyn) -> None:
    mediyn.folder.chmod(0o755)
    ran = mediyn("verify", "--json")
    (bad,) = (one for one in ran.document["checks"] if not one["ok"])
    assert bad["detail"] == "the practice folder can be read by other users"


def test_a_held_superbill_is_in_the_json_too(mediyn: Mediyn, tmp_path: Path) -> None:
    ran = mediyn("superbill", "--month", "2026-11", "--all", "--out", tmp_path, "--json")
    assert ran.status == 0
    assert [one["held"] for one in ran.document] == [None, None]
    chart = mediyn.open()
    with chart.write("t") as uow:
        uow.raw.execute("UPDATE practice SET tax_id = ''")
    chart.close()
    ran = mediyn("superbill", "--month", "2026-10", "--all", "--out", tmp_path, "--json")
    assert ran.status == 3
    (held,) = ran.document
    assert (held["client_ref"], held["number"], held["file"]) == ("c05", None, None)
    assert "Nothing was issued" in held["held"]


def test_a_signed_session_of_a_day_to_come_waits_for_its_day(
    mediyn: Mediyn, tmp_path: Path, clock: FixedClock
) -> None:
    folder = tmp_path / "more"
    folder.mkdir()
    row = "t1,c01,,2026-11-24T09:00,2026-11-24T09:53,,individual,attended,office,,2026-11-24T10:00,"
    (folder / "sessions.csv").write_text(f"{SESSIONS}{row}\n")
    ran = mediyn("import", folder, "--json")
    assert ran.status == 3
    assert ran.document["billed"] == 0
    (held,) = ran.document["unbilled"]
    assert (held["session_ref"], held["code"]) == ("t1", "session-ahead")
    ahead = mediyn.json("day", "--date", "2026-11-24")
    assert [(one["ref"], one["code"]) for one in ahead["exceptions"]] == [("t1", "session-ahead")]
    early = mediyn.json("close-day", "--date", "2026-11-24", "--yes", "--offline")
    assert (early["charges"], early["card_charges"]) == ([], [])
    clock.advance(timedelta(days=1))
    done = mediyn.json("close-day", "--date", "2026-11-24", "--yes", "--offline")
    assert [one["session_ref"] for one in done["charges"]] == ["t1"]


def test_the_note_of_a_session_to_come_is_not_signed(mediyn: Mediyn, tmp_path: Path) -> None:
    folder = tmp_path / "more"
    folder.mkdir()
    row = "t1,c01,,2026-11-24T09:00,2026-11-24T09:53,,individual,attended,office,,,"
    (folder / "sessions.csv").write_text(f"{SESSIONS}{row}\n")
    mediyn.json("import", folder)
    assert mediyn("sign", "t1").code == "session-ahead"
    (row_shown,) = mediyn.json("day", "--date", "2026-11-24")["rows"]
    assert row_shown["signed"] is False


def test_a_fee_that_was_missing_lets_the_session_be_billed(empty: Mediyn, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for file in shipped("resources", "sample_practice").iterdir():
        text = file.read_text("utf-8")
        if file.name == "fees.csv":
            lines = text.splitlines(keepends=True)
            text = "".join(line for line in lines if not line.startswith("90853,"))
        (folder / file.name).write_text(text, "utf-8")
    held = {one["session_ref"]: one["code"] for one in empty.json("import", folder)["unbilled"]}
    assert {ref for ref, code in held.items() if code == "no-fee"} == {"e14", "e15", "e16"}
    assert empty.json("leaks")["forgotten_sessions"] == []
    more = tmp_path / "more"
    more.mkdir()
    (more / "fees.csv").write_text("code,fee,payer_ref,client_ref,effective_from\n90853,65,,,\n")
    assert empty.json("import", more)["billed"] == 3
    assert empty.json("leaks")["forgotten_sessions"] == []
    rows = {one["session_ref"]: one for one in empty.json("day", "--date", DAY)["rows"]}
    assert rows["e14"]["billed"]
    assert rows["e16"]["billed"]


def test_a_payment_of_tomorrow_is_refused(mediyn: Mediyn) -> None:
    pay = ("pay", "c01", "--amount", "5", "--method", "cash", "--date")
    assert mediyn(*pay, "2026-11-24").code == "bad-date"
    assert mediyn.json(*pay, DAY)["date"] == DAY


def test_each_line_of_a_statement_names_its_entry_and_what_it_is_about(mediyn: Mediyn) -> None:
    entries = {one["id"]: one for one in mediyn.json("journal")}
    for client in mediyn.json("balances"):
        for line in mediyn.json("statement", client["client_ref"])["lines"]:
            entry = entries[line["entry_id"]]
            assert (line["source"], line["posted_on"]) == (entry["source"], entry["date"])
