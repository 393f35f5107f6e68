# SPDX-License-Identifier: MIT
"""What a tired person, a script or a bad disk may hand over: one sentence, one code, no harm."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import DAY, Mediyn

from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.schema import GUARDS
from mediyn_desktop.store.opening import open_practice
from mediyn_desktop.vault import slots

READ = ("balances",)
WRITE = ("pay", "c01", "--amount", "5", "--method", "cash")


def test_a_wrong_passphrase(mediyn: Mediyn) -> None:
    mediyn.passphrase.write_text("four unrelated calm word\n")
    assert mediyn(*READ).code == "wrong-passphrase"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read"),
        (b"", "empty first line"),
        (b"\n" + b"four unrelated calm words\n", "empty first line"),
        ("four unrelated calm words\n".encode("utf-16"), "not plain text in UTF-8"),
    ],
)
def test_a_passphrase_file_that_is_none(mediyn: Mediyn, content: bytes | None, says: str) -> None:
    mediyn.passphrase.unlink()
    if content is not None:
        mediyn.passphrase.write_bytes(content)
    ran = mediyn(*READ)
    assert ran.code == "passphrase-file"
    assert says in ran.err


@pytest.mark.parametrize("content", ["{}", "{}\n", "{}\r\n", "\ufeff{}\r\nkept in a notebook\n"])
def test_a_passphrase_file_as_any_editor_writes_it(mediyn: Mediyn, content: str) -> None:
    mediyn.passphrase.write_bytes(content.format("four unrelated calm words").encode())
    assert mediyn(*READ).status == 0


def test_no_passphrase_and_nobody_to_ask(
    mediyn: Mediyn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path(os.devnull).open() as nobody:
        monkeypatch.setattr("sys.stdin", nobody)
        assert mediyn.bare("--data", mediyn.folder, *READ).code == "passphrase-needed"
        assert mediyn.bare("--data", tmp_path / "new", "init").code == "passphrase-needed"
        restoring = ("restore", tmp_path / "any.mediynbackup", "--to", tmp_path / "r")
        assert mediyn.bare(*restoring).code == "passphrase-needed"
    assert not (tmp_path / "new").exists()


def test_a_folder_that_holds_no_practice(mediyn: Mediyn, tmp_path: Path) -> None:
    mediyn.folder = tmp_path / "nowhere"
    for words in (READ, WRITE, ("verify",), ("day", "--date", DAY)):
        assert mediyn(*words).code == "no-practice"
    assert not mediyn.folder.exists()


def test_a_truncated_database(mediyn: Mediyn) -> None:
    database = mediyn.folder / "practice.db"
    whole = database.read_bytes()
    for size in (0, 1000, 4096, len(whole) // 2):
        database.write_bytes(whole[:size])
        for words in (READ, WRITE, ("day", "--date", DAY)):
            assert mediyn(*words).code == "database-damaged", size
        assert database.stat().st_size == size


def test_a_plaintext_database(mediyn: Mediyn) -> None:
    database = mediyn.folder / "practice.db"
    database.unlink()
    plain = sqlite3.connect(database)
    plain.execute("CREATE TABLE client (name)")
    plain.commit()
    plain.close()
    ran = mediyn(*READ)
    assert ran.code == "database-damaged"
    assert "not encrypted" in ran.err


def test_half_written_key_slots(mediyn: Mediyn) -> None:
    for name in ("keyslots.json", "keyslots.json.bak"):
        file = mediyn.folder / name
        if file.exists():
            file.write_bytes(file.read_bytes()[:200])
    assert mediyn(*READ).code == "keyslots-damaged"


def test_no_key_slots(mediyn: Mediyn) -> None:
    for file in mediyn.folder.glob("keyslots.json*"):
        file.unlink()
    assert mediyn(*READ).code == "keyslots-missing"


@pytest.fixture
def nobody(imported: Path) -> Iterator[Path]:
    """A practice folder whose owner, an ordinary user, may not write into; this process is them."""
    if sys.platform == "win32":
        pytest.skip("mode bits mean nothing there")
    place = Path(tempfile.mkdtemp(dir="/tmp"))
    folder = Path(shutil.copytree(imported, place / "practice"))
    (place / "passphrase.txt").write_text("four unrelated calm words\n")
    for name in ("lock", "logs/mediyn.log"):
        (folder / name).unlink(missing_ok=True)
    (folder / "logs").rmdir()
    everything = [place, *place.rglob("*")]
    was = os.geteuid()
    for path in everything:
        if was == 0:
            os.chown(path, 65534, 65534)
    for path in (folder, *(one for one in folder.rglob("*") if one.is_dir())):
        path.chmod(0o500)
    if was == 0:
        os.seteuid(65534)
    yield folder
    os.seteuid(was)
    for path in everything:
        path.chmod(0o700)
    shutil.rmtree(place)


def test_a_folder_that_cannot_be_written_to(
    nobody: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mediyn = Mediyn(capsys, nobody, nobody.parent / "passphrase.txt")
    for words in (WRITE, READ, ("day", "--date", DAY), ("verify",), ("backup", "--to", nobody)):
        assert mediyn(*words).code == "read-only", words
    mediyn.folder = nobody / "new"
    assert mediyn("init").code == "folder-not-usable"


def test_two_programs_at_once(mediyn: Mediyn, clock: FixedClock) -> None:
    key = slots.open_with_passphrase(mediyn.folder, "four unrelated calm words")
    window = open_practice(mediyn.folder, key, clock, GUARDS)
    try:
        for words in (WRITE, ("close-day", "--date", DAY, "--yes"), ("sync",)):
            assert mediyn(*words).code == "already-open"
        for words in (READ, ("journal",), ("day", "--date", DAY), ("settings",), ("verify",)):
            assert mediyn(*words).status in (0, 3), "reading goes on beside the window"
    finally:
        window.close()
    assert mediyn(*WRITE).status == 0


@pytest.mark.parametrize(
    "words",
    [
        "balances --client nobody",
        "journal --client nobody",
        "pay nobody --amount 5 --method cash",
        "superbill nobody --month 2026-11 --out OUT",
        "sign nothing",
    ],
)
def test_an_unknown_reference(mediyn: Mediyn, tmp_path: Path, words: str) -> None:
    assert mediyn(*words.replace("OUT", str(tmp_path / "out")).split()).code == "not-found"


def test_a_blank_reference_of_a_script_is_not_everybody(mediyn: Mediyn) -> None:
    assert mediyn("balances", "--client", "").code == "not-found"
    assert mediyn("journal", "--client", "").code == "not-found"


@pytest.mark.parametrize(
    "amount", ["1.005", "0", "0.00", "-5", "-5.00", "five", "", "1e3", "1,50", "NaN", "9" * 14]
)
def test_an_amount_that_is_none(mediyn: Mediyn, amount: str) -> None:
    before = mediyn.json("journal")
    assert mediyn("pay", "c01", f"--amount={amount}", "--method", "cash").code == "bad-amount"
    assert mediyn.json("journal") == before


def test_a_mistake_of_the_program_quotes_nothing(
    mediyn: Mediyn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The traceback goes to the practice's own log, without the text that may name somebody."""

    def stumble(*_: object, **__: object) -> None:
        raise ValueError("Ánh Nguyễn, born 1988-02-29")

    monkeypatch.setattr("mediyn_desktop.cli.money.take_payment", stumble)
    ran = mediyn(*WRITE)
    assert ran.code == "internal"
    assert "Nguy" not in ran.err
    log = (mediyn.folder / "logs" / "mediyn.log").read_text("utf-8")
    assert "ValueError at" in log
    assert "stumble" in log
    assert "Nguy" not in log
