# SPDX-License-Identifier: MIT
"""Creating, importing, setting up: what is printed once, never, and when nothing was done."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command_line import Mediyn

from mediyn_desktop.store.folder import loose_permissions

KEY = "sk_test_51MadeUpAndNeverShown"


@pytest.fixture
def new(empty: Mediyn, tmp_path: Path) -> Mediyn:
    """The program on a folder that does not exist yet."""
    empty.folder = tmp_path / "new"
    return empty


def spoiled(sample: Path, to: Path, file: str, old: str, put: str) -> Path:
    """Return a copy of the sample folder with one thing changed."""
    shutil.copytree(sample, to)
    text = (to / file).read_text("utf-8")
    assert old in text
    (to / file).write_text(text.replace(old, put, 1), "utf-8")
    return to


def test_init_prints_the_recovery_code_once_and_nothing_secret_else(new: Mediyn) -> None:
    ran = new("init", "--json")
    assert ran.status == 0
    assert ran.document["data"] == str(new.folder)
    code = ran.document["recovery_code"]
    assert len(code) > 30
    assert "four unrelated" not in ran.out + ran.err
    for words in (("settings",), ("verify",), ("balances",), ("journal",)):
        later = new(*words)
        assert later.status == 0
        assert code not in later.out + later.err
    assert loose_permissions(new.folder) == []


def test_init_never_touches_a_practice(mediyn: Mediyn) -> None:
    before = (mediyn.folder / "practice.db").read_bytes()
    assert mediyn("init").code == "practice-exists"
    assert (mediyn.folder / "practice.db").read_bytes() == before


def test_init_with_a_short_passphrase_creates_nothing(new: Mediyn) -> None:
    new.passphrase.write_text("short\n")
    assert new("init").code == "passphrase-too-short"
    assert not list(new.folder.glob("*.db*"))


def test_init_takes_a_practice_along(new: Mediyn, sample_folder: Path) -> None:
    ran = new("init", "--practice", sample_folder, "--json")
    assert ran.status == 3  # a diagnosis that cannot be billed, a session too short to bill
    made = ran.document
    assert made["imported"]["clients"] == 17
    assert made["errors"] == []
    assert [one["session_ref"] for one in made["unbilled"]] == ["e07"]
    assert [one["file"] for one in made["warnings"]] == ["clients.csv"]
    assert len(new.json("balances")) == 17


def test_init_with_a_bad_folder_creates_nothing(
    new: Mediyn, sample_folder: Path, tmp_path: Path
) -> None:
    bad = spoiled(sample_folder, tmp_path / "bad", "clients.csv", "self_pay", "barter")
    ran = new("init", "--practice", bad, "--json")
    assert ran.status == 1
    assert ran.document["imported"] == {}
    assert ran.document["errors"][0]["column"] == "payment_type"
    assert not new.folder.exists()
    assert new("init", "--practice", tmp_path / "none").code == "folder-unreadable"
    assert not new.folder.exists()


def test_init_that_fails_while_importing_leaves_no_practice_behind(
    new: Mediyn, sample_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its recovery code was never shown, so nobody could keep it."""

    def fail(*_: object) -> None:
        raise OSError("the disk went away")

    with monkeypatch.context() as broken:
        broken.setattr("mediyn_desktop.cli.practice.import_folder", fail)
        assert new("init", "--practice", sample_folder).code == "internal"
    assert list(new.folder.iterdir()) == []
    assert new("init", "--practice", sample_folder).status == 3


def test_import_lists_every_bad_cell_and_imports_nothing(
    empty: Mediyn, sample_folder: Path, tmp_path: Path
) -> None:
    bad = spoiled(sample_folder, tmp_path / "bad", "clients.csv", "self_pay", "barter")
    fees = bad / "fees.csv"
    fees.write_text(fees.read_text() + "90834,150.005,,,2026-02-30\n")
    ran = empty("import", bad, "--json")
    assert ran.status == 1
    assert ran.err == "Nothing was imported: 3 cells need mending. [bad-cells]\n"
    cells = [(one["file"], one["column"]) for one in ran.document["errors"]]
    assert cells == [
        ("clients.csv", "payment_type"), ("fees.csv", "fee"), ("fees.csv", "effective_from")
    ]  # fmt: skip
    assert all(one["line"] > 1 and one["message"] for one in ran.document["errors"])
    plain = empty("import", bad)
    assert (plain.status, plain.out) == (1, "")
    assert "fees.csv, line" in plain.err
    assert plain.err.endswith("mending. [bad-cells]\n")
    assert empty.json("balances") == []


def test_a_dry_run_says_what_would_come_and_writes_nothing(
    empty: Mediyn, sample_folder: Path
) -> None:
    said = empty.json("import", sample_folder, "--dry-run")
    assert said["dry_run"] is True
    assert said["imported"]["sessions"] == 43
    assert empty("import", sample_folder, "--dry-run").out.startswith("Would import: 1 practice")
    assert empty.json("balances") == []
    assert empty.json("journal") == []


def test_importing_again_finds_everything_unchanged(mediyn: Mediyn, sample_folder: Path) -> None:
    before = mediyn.json("journal")
    again = mediyn.json("import", sample_folder)
    assert set(again["imported"].values()) == {0}
    assert again["unchanged"]["clients"] == 17
    assert again["unchanged"]["payments"] == 17
    assert mediyn.json("journal") == before
    said = mediyn("import", sample_folder).out
    assert said.startswith("Imported: nothing new.\nThere already, unchanged: 1 practice, ")


def test_a_secret_is_written_and_never_printed(empty: Mediyn, tmp_path: Path) -> None:
    file = tmp_path / "key.txt"
    file.write_text(f"\ufeff{KEY}\r\n", "utf-8")
    told = empty("settings", "stripe.key", "--from-file", file, "--json")
    assert told.status == 0
    (shown,) = told.document
    assert set(shown) == {"key", "value", "doc"}
    assert shown["value"] == "set"
    everything = [told, empty("settings"), empty("settings", "stripe.key"), empty("verify")]
    everything.append(empty("settings", "stripe.key", KEY + "!"))
    assert everything[-1].code == "bad-setting"
    assert not any(KEY in one.out + one.err for one in everything)
    log = empty.folder / "logs" / "mediyn.log"
    assert not log.exists() or KEY not in log.read_text("utf-8")
    assert empty.json("settings", "stripe.key", "")[0]["value"] == "not set"


def test_settings_are_listed_shown_and_changed(empty: Mediyn) -> None:
    listed = {one["key"]: one for one in empty.json("settings")}
    assert all(one["doc"].endswith(".") for one in listed.values())
    assert {
        "stripe.api_base", "stripe.key", "clearinghouse.kind", "clearinghouse.out",
        "clearinghouse.in", "clearinghouse.usage", "dayclose.auto", "practice.timezone",
    } <= set(listed)  # fmt: skip
    assert listed["stripe.key"]["value"] == "not set"
    assert empty.json("settings", "clearinghouse.usage", "T")[0]["value"] == "T"
    (shown,) = empty.json("settings", "clearinghouse.usage")
    assert shown["value"] == "T"


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("stripe.api_base", "http://example.org", "bad-setting"),
        ("stripe.api_base", "https://key@example.org", "bad-setting"),
        ("clearinghouse.kind", "pigeon", "bad-setting"),
        ("practice.timezone", "Mars/Olympus", "bad-setting"),
        ("dayclose.auto", "perhaps", "bad-setting"),
        ("cards.cap_per_day_cents", "-1", "bad-setting"),
        ("stripe.account", "acct_other:live", "bad-setting"),
        ("no.such", "1", "unknown-setting"),
    ],
)
def test_a_setting_that_does_not_fit_changes_nothing(
    empty: Mediyn, key: str, value: str, code: str
) -> None:
    before = empty.json("settings")
    assert empty("settings", key, value).code == code
    assert empty.json("settings") == before


def test_a_folder_is_meant_from_where_it_was_set(
    empty: Mediyn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (shown,) = empty.json("settings", "clearinghouse.out", "claims")
    assert shown["value"] == str(tmp_path / "claims")
    monkeypatch.chdir("/")
    assert empty.json("settings", "clearinghouse.out")[0]["value"] == str(tmp_path / "claims")
    assert empty.json("settings", "clearinghouse.out", "")[0]["value"] == ""


def test_a_value_from_a_file_that_is_none(empty: Mediyn, tmp_path: Path) -> None:
    missing = tmp_path / "none.txt"
    assert empty("settings", "stripe.key", "--from-file", missing).code == "not-readable"
    missing.write_bytes(b"\xff\xfe\x00")
    assert empty("settings", "stripe.key", "--from-file", missing).code == "not-readable"


def test_a_diagnosis_list_that_is_none(empty: Mediyn, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    assert empty("codes", "load", file).code
    file.write_text("F411 Made up\n")
    assert empty("codes", "load", file).code == "icd-file-refused"
