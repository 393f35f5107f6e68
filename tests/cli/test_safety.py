# SPDX-License-Identifier: MIT
"""Verify, backup and restore, by passphrase and by recovery code."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from command_line import Mediyn


def test_verify_names_every_check(mediyn: Mediyn) -> None:
    ran = mediyn("verify", "--json")
    assert (ran.status, ran.err) == (0, "")
    assert ran.document["ok"] is True
    names = {one["name"] for one in ran.document["checks"]}
    assert {"pages", "structure", "references", "schema", "guards", "permissions"} <= names
    assert all(one["ok"] is True and one["detail"] for one in ran.document["checks"])
    assert mediyn("verify").out.count("ok ") == len(names)


def test_verify_refuses_a_folder_others_can_read(mediyn: Mediyn) -> None:
    (mediyn.folder / "backups").chmod(0o755)
    ran = mediyn("verify", "--json")
    assert ran.status == 1
    assert ran.err == (
        "The practice is not sound (permissions). Nothing was changed. Keep your backups. "
        "[not-sound]\n"
    )
    (bad,) = (one for one in ran.document["checks"] if not one["ok"])
    assert "backups" in bad["detail"]
    assert mediyn("verify").out == ""


def test_a_backup_is_proved_and_restored(mediyn: Mediyn, tmp_path: Path) -> None:
    before = mediyn.json("journal")
    made = mediyn.json("backup", "--to", tmp_path / "copies")
    file = Path(made["file"])
    assert hashlib.sha256(file.read_bytes()).hexdigest() == made["sha256"]
    assert made["counts"]["client"] == 17
    restored = mediyn.json("restore", file, "--to", tmp_path / "restored")
    assert restored["data"] == str(tmp_path / "restored")
    assert restored["sha256"] == hashlib.sha256(Path(file).read_bytes()).hexdigest()
    assert restored["counts"]["client"] == 17
    mediyn.folder = tmp_path / "restored"
    assert mediyn.json("journal") == before
    assert mediyn("verify").status == 0


def test_a_restore_never_writes_over_anything(mediyn: Mediyn, tmp_path: Path) -> None:
    file = mediyn.json("backup", "--to", tmp_path / "copies")["file"]
    assert mediyn("restore", file, "--to", mediyn.folder).code == "restore-target-not-empty"
    mediyn.passphrase.write_text("another passphrase\n")
    assert mediyn("restore", file, "--to", tmp_path / "r").code == "wrong-passphrase"
    assert mediyn("restore", tmp_path / "none", "--to", tmp_path / "r").code == "no-backup"
    Path(file).write_bytes(Path(file).read_bytes()[:5000])
    assert mediyn("restore", file, "--to", tmp_path / "r").code == "backup-damaged"
    assert not (tmp_path / "r").exists()


@pytest.fixture
def sheet(empty: Mediyn, tmp_path: Path) -> tuple[Path, Path]:
    """A backup of a new practice, and a file with its recovery code as it was printed."""
    empty.folder = tmp_path / "new"
    code = empty.json("init")["recovery_code"]
    file = tmp_path / "recovery.txt"
    file.write_text(f"{code}\n")
    return Path(empty.json("backup", "--to", tmp_path)["file"]), file


def test_a_backup_opens_with_the_recovery_code_alone(
    empty: Mediyn, sheet: tuple[Path, Path], tmp_path: Path
) -> None:
    backup, code = sheet
    ran = empty.bare("restore", backup, "--to", tmp_path / "r", "--recovery-code-file", code)
    assert ran.status == 0
    assert code.read_text().strip() not in ran.out + ran.err
    empty.folder = tmp_path / "r"
    assert empty("verify").status == 0, "the passphrase opens it too"


def test_a_recovery_code_that_does_not_open_it_restores_nothing(
    empty: Mediyn, sheet: tuple[Path, Path], tmp_path: Path
) -> None:
    backup, code = sheet
    restore = ("restore", backup, "--to", tmp_path / "r", "--recovery-code-file", code)
    right = code.read_text().strip()
    code.write_text(right[:-1] + ("A" if right[-1] != "A" else "B"))
    assert empty.bare(*restore).code == "recovery-code-mistyped"
    code.write_text("")
    assert empty.bare(*restore).code == "recovery-code-file"
    empty.folder = tmp_path / "other"
    code.write_text(empty.json("init")["recovery_code"])
    assert empty.bare(*restore).code == "wrong-recovery-code"
    assert not (tmp_path / "r").exists()
