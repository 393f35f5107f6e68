# SPDX-License-Identifier: MIT
"""The way to the clearinghouse from the command line, and the real program killed on its way."""

from __future__ import annotations

import json
from pathlib import Path

from command_line import Connect, Mediyn

import programs
from mailbox_server import PASSWORD, Mailbox
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.sandbox import Sandbox
from mediyn_desktop.sandbox.clearinghouse import answer_folder
from x12_server import x12_server


def enter(program: Mediyn, values: dict[str, str], tmp_path: Path) -> None:
    """Enter settings as a person would: secrets from a file."""
    for key, value in values.items():
        if "password" in key or (key.endswith("_key") and "host" not in key):
            (tmp_path / "secret").write_text(value, "utf-8")
            program.json("settings", key, "--from-file", tmp_path / "secret")
        else:
            program.json("settings", key, value)


def test_an_evening_by_sftp_from_the_preset_to_the_answers(
    closed: Mediyn, mailbox: Mailbox, tmp_path: Path, clock: FixedClock
) -> None:
    chosen = closed.json("clearinghouse", "preset", "claim-md")
    assert chosen["settings"]["clearinghouse.sftp_upload_folder"] == "SendFiles"
    enter(
        closed,
        mailbox.settings()
        | {
            "clearinghouse.sftp_host_key": "",
            "clearinghouse.sftp_upload_folder": "inbound",
            "clearinghouse.sftp_download_folder": "outbound",
        },
        tmp_path,
    )
    tried = closed("clearinghouse", "test", "--json")
    assert tried.status == 1
    assert [step["ok"] for step in tried.document["steps"]] == [True, True, False]
    assert mailbox.shown_key in tried.document["steps"][-1]["sentence"]
    assert closed("claims", "submit").code == "host-key-unknown"
    assert closed("clearinghouse", "accept-key", "SHA256:" + "A" * 43).code == "host-key-differs"
    accepted = closed.json("clearinghouse", "accept-key", *mailbox.shown_key.split())
    assert accepted == {"host_key": mailbox.shown_key}
    assert closed.json("clearinghouse", "test")["ok"] is True

    (file,) = closed.json("claims", "submit")
    assert (file["state"], len(file["claims"])) == ("sent", 5)
    assert file["file"].startswith("sftp://127.0.0.1:")
    assert len(mailbox.arrived()) == 1
    assert closed.json("claims", "submit") == []
    (row,) = closed.json("claims", "outbox")
    assert (row["state"], row["name"]) == ("sent", next(iter(mailbox.arrived())))

    answer_folder(mailbox.inbound, mailbox.outbound, clock)
    brought = closed.json("clearinghouse", "fetch")
    assert sorted(Path(one["name"]).suffix for one in brought["taken"]) == [
        ".277ca", ".835", ".999",
    ]  # fmt: skip
    assert all(one["is_new"] for one in brought["taken"])
    assert closed.json("clearinghouse", "fetch")["taken"] == []
    assert closed("clearinghouse", "fetch").out == "No new answer is waiting.\n"


def test_offline_nothing_is_asked(closed: Mediyn, mailbox: Mailbox, tmp_path: Path) -> None:
    enter(closed, mailbox.settings(), tmp_path)
    for command in (
        ["claims", "submit"],
        ["clearinghouse", "test"],
        ["clearinghouse", "fetch"],
        ["clearinghouse", "accept-key", "x"],
    ):
        assert closed(*command, "--offline").code == "clearinghouse-offline"
    stand = closed("sync", "--offline", "--json").document["claims"]
    assert (stand["state"], stand["waiting"]) == ("offline", 5)
    assert mailbox.logins == []
    assert closed("claims", "submit", "--json").status == 0


def test_a_file_in_doubt_is_listed_and_settled_by_a_person(
    closed: Mediyn, mailbox: Mailbox, tmp_path: Path
) -> None:
    enter(closed, mailbox.settings(), tmp_path)
    mailbox.faults.collects_at_once = mailbox.faults.drop_after_rename = True
    ran = closed("claims", "submit", "--json")
    assert ran.status == 3
    assert ran.document[0]["state"] == "unknown"
    assert "nobody knows yet" in ran.document[0]["message"]
    listed = closed("claims", "outbox", "--json")
    assert listed.status == 3
    number = listed.document[0]["number"]
    assert "not known whether it arrived" in closed("claims", "outbox").out
    assert closed("claims", "arrived", "7").code == "not-found"
    assert closed.json("claims", "arrived", number)[0]["state"] == "sent"
    assert closed("claims", "resend", number).code == "hand-over-not-open"
    assert sorted(one["state"] for one in closed.json("claims", "list")) == [
        "blocked", *["sent"] * 5,
    ]  # fmt: skip


def test_the_sandbox_takes_claims_over_http(
    closed: Mediyn, connect: Connect, outside: Sandbox
) -> None:
    connect(closed.folder, claims=True)
    closed.json("settings", "clearinghouse.kind", "https")
    assert closed.json("clearinghouse", "test")["ok"] is True
    (file,) = closed.json("claims", "submit")
    assert file["state"] == "sent"
    assert len(outside.clearinghouse.desk.filed) == 1
    assert len(closed.json("clearinghouse", "fetch")["taken"]) == 2  # 999 and 835
    assert closed.json("clearinghouse", "fetch")["taken"] == []


def test_a_file_refused_at_once_says_why(closed: Mediyn, tmp_path: Path) -> None:
    with x12_server() as server:
        server.always = (400, {"errors": [{"description": "The payer is unknown."}]})
        enter(
            closed,
            {
                "clearinghouse.kind": "https",
                "clearinghouse.https_claims_url": f"{server.base}/claims",
                "clearinghouse.https_key": "k",
            },
            tmp_path,
        )
        ran = closed("claims", "submit", "--json")
    assert ran.status == 3
    assert ran.document[0]["state"] == "refused"
    assert "The payer is unknown." in ran.document[0]["message"]
    rows = closed.json("claims", "list")
    assert [one["state"] for one in rows].count("rejected") == 5
    assert len(ran.document[0]["claims"]) == 5
    assert "The payer is unknown." in closed("claims", "list").out


def test_the_enrollment_checklist(closed: Mediyn) -> None:
    rows = closed.json("clearinghouse", "enrollments")
    assert {row["state"] for row in rows} == {"to_do"}
    (one,) = closed.json(
        "clearinghouse", "enrollments", "bluefir", "remittance", "sent",
        "--on", "2026-11-20", "--note", "by fax",
    )  # fmt: skip
    assert (one["state"], one["sent_on"], one["note"]) == ("sent", "2026-11-20", "by fax")
    table = closed("clearinghouse", "enrollments").out
    assert "bluefir" in table
    assert "by fax" in table
    late = ("clearinghouse", "enrollments", "bluefir", "remittance", "approved", "--on")
    assert closed(*late, "2026-11-19").code == "bad-enrollment"
    nobody = ("clearinghouse", "enrollments", "nobody", "claims", "sent")
    assert closed(*nobody).code == "not-found"
    assert closed("clearinghouse", "enrollments", "bluefir").status == 2


def test_presets_are_listed_and_no_secret_is_ever_printed(
    empty: Mediyn, mailbox: Mailbox, tmp_path: Path
) -> None:
    assert {one["key"] for one in empty.json("clearinghouse", "presets")} >= {"office-ally"}
    assert "Office Ally" in empty("clearinghouse", "presets").out
    assert empty("clearinghouse", "preset", "nowhere").code == "bad-preset"
    enter(empty, mailbox.settings() | {"clearinghouse.https_key": "Zq-81"}, tmp_path)
    printed = empty("settings").out + json.dumps(empty.json("settings"))
    assert PASSWORD not in printed
    assert "Zq-81" not in printed


def test_the_program_is_killed_between_the_rename_and_its_note(
    closed: Mediyn, mailbox: Mailbox, tmp_path: Path
) -> None:
    enter(closed, mailbox.settings(), tmp_path)
    mailbox.faults.silent_after_rename = True
    command = ["--data", closed.folder, "--passphrase-file", closed.passphrase]
    with programs.start(*command, "claims", "submit") as process:
        assert mailbox.faults.is_silent.wait(60)
        process.kill()
    assert len(mailbox.arrived()) == 1
    mailbox.faults.silent_after_rename = False
    again = programs.run(*command, "claims", "submit", "--json")
    assert again.returncode == 0, again.stderr
    (file,) = json.loads(again.stdout)
    assert (file["state"], len(file["claims"])) == ("sent", 5)
    assert len(mailbox.faults.renamed) == 1
    assert "Traceback" not in again.stderr
