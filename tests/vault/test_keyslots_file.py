# SPDX-License-Identifier: MIT
from __future__ import annotations

import errno
import json
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.vault.errors import (
    KeyslotsDamaged,
    KeyslotsMissing,
    KeyslotsNewer,
    KeyslotsNotWritten,
    KeyslotsUnreadable,
    WrongPassphrase,
)
from mediyn_desktop.vault.slots import (
    change_passphrase,
    create,
    mend,
    new_recovery_code,
    open_with_passphrase,
    open_with_recovery,
    slots_state,
)

from .conftest import CHEAP, PASSPHRASE, Practice


@pytest.fixture
def everyday_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
@pytest.mark.usefixtures("everyday_umask")
def test_files_are_for_their_owner_only_whatever_the_umask(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    key, _ = create(folder, PASSPHRASE, kdf=CHEAP)
    assert folder.stat().st_mode & 0o777 == 0o700
    for _ in range(2):
        assert {p.name: oct(p.stat().st_mode & 0o777) for p in folder.iterdir()} == {
            "keyslots.json": "0o600",
            "keyslots.json.bak": "0o600",
        }
        (folder / "keyslots.json").chmod(0o644)
        (folder / "keyslots.json.tmp").write_text("left by a crash")
        new_recovery_code(folder, key)


def test_both_files_are_the_same(practice: Practice) -> None:
    assert practice.file.read_bytes() == practice.copy.read_bytes()
    new_recovery_code(practice.folder, practice.key)
    assert practice.file.read_bytes() == practice.copy.read_bytes()
    assert slots_state(practice.folder).ok


def test_a_missing_main_file_is_read_from_the_copy_and_said(
    practice: Practice, caplog: pytest.LogCaptureFixture
) -> None:
    practice.file.unlink()
    assert open_with_passphrase(practice.folder, PASSPHRASE).hex() == practice.key.hex()
    state = slots_state(practice.folder)
    assert not state.ok
    assert "keyslots.json is missing, so its copy keyslots.json.bak was used" in str(state.notice)
    assert "the main file is missing" in caplog.text


def test_a_main_file_cut_anywhere_is_read_from_the_copy(
    practice: Practice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    whole = practice.file.read_bytes()
    for length in range(len(whole) - 1):  # the last byte is a line end
        practice.file.write_bytes(whole[:length])
        state = slots_state(practice.folder)
        assert state.passphrase
        assert state.recovery
        assert "is damaged, so its copy" in str(state.notice)


def test_no_flipped_bit_is_taken_for_a_wrong_passphrase(practice: Practice) -> None:
    """Each flip is survived, harmless, or named: 'wrong passphrase' would be a lie."""
    practice.copy.unlink()
    whole = practice.file.read_bytes()
    codes = set()
    for offset in range(len(whole)):
        for bit in range(8):
            flipped = bytearray(whole)
            flipped[offset] ^= 1 << bit
            practice.file.write_bytes(flipped)
            try:
                assert open_with_passphrase(practice.folder, PASSPHRASE).hex() == practice.key.hex()
            except UserFacingError as error:
                codes.add(error.code)
    assert codes == {"keyslots-damaged", "keyslots-newer"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 700,
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b'{"version": 1}',
        b'{"version": 1, "store_id": "s", "key_id": "k", "slots": []}',
        b'{"version": 1, "store_id": "s", "key_id": "k", "slots": [7]}',
        b'{"version": 1, "store_id": 5, "key_id": "k", "slots": []}',
        b'{"version": true, "store_id": "s", "key_id": "k", "slots": [{}]}',
        b"[" * 60_000,
        b" " * 70_000 + b"{}",
    ],
    ids=range(13),
)
def test_whatever_else_the_files_hold_is_damage(practice: Practice, content: bytes) -> None:
    for path in (practice.file, practice.copy):
        path.write_bytes(content)
    with pytest.raises(KeyslotsDamaged) as caught:
        open_with_passphrase(practice.folder, PASSPHRASE)
    assert caught.value.code == "keyslots-damaged"


def test_one_damaged_slot_leaves_the_other_way_in(practice: Practice) -> None:
    document = json.loads(practice.file.read_text())
    document["slots"][0]["memory_kib"] = 32
    practice.file.write_text(json.dumps(document))
    practice.copy.write_text("half a fi")
    with pytest.raises(KeyslotsDamaged, match="The passphrase entry of the key file") as caught:
        open_with_passphrase(practice.folder, PASSPHRASE)
    assert caught.value.code == "keyslots-damaged"
    state = slots_state(practice.folder)
    assert state.damaged == ("passphrase",)
    assert not state.ok
    key = open_with_recovery(practice.folder, practice.code)
    change_passphrase(practice.folder, key, "a phrase found again", kdf=CHEAP)
    assert open_with_passphrase(practice.folder, "a phrase found again").hex() == key.hex()
    assert slots_state(practice.folder).ok


def test_lowering_the_memory_cost_in_the_file_falls_back_to_the_copy(practice: Practice) -> None:
    text = practice.file.read_text()
    practice.file.write_text(text.replace('"memory_kib": 64', '"memory_kib": 32'))
    assert practice.file.read_text() != text
    assert "is damaged" in str(slots_state(practice.folder).notice)
    assert open_with_passphrase(practice.folder, PASSPHRASE).hex() == practice.key.hex()


def test_a_stale_copy_is_noticed_and_does_not_count(practice: Practice) -> None:
    old = practice.copy.read_bytes()
    change_passphrase(practice.folder, practice.key, "another good phrase", kdf=CHEAP)
    practice.copy.write_bytes(old)
    with pytest.raises(WrongPassphrase):
        open_with_passphrase(practice.folder, PASSPHRASE)
    assert "keyslots.json is fine" in str(slots_state(practice.folder).notice)


@pytest.mark.parametrize("harm", ["main missing", "main cut", "copy missing", "copy cut"])
def test_mending_makes_both_files_whole_again(practice: Practice, harm: str) -> None:
    whole = practice.file.read_bytes()
    victim = practice.file if harm.startswith("main") else practice.copy
    if harm.endswith("missing"):
        victim.unlink()
    else:
        victim.write_bytes(whole[:100])
    assert mend(practice.folder)
    assert slots_state(practice.folder).ok
    assert practice.file.read_bytes() == practice.copy.read_bytes() == whole
    assert not mend(practice.folder)


def test_a_newer_file_is_not_called_damaged(practice: Practice) -> None:
    document = json.loads(practice.file.read_text()) | {"version": 2}
    for path in (practice.file, practice.copy):
        path.write_text(json.dumps(document))
    with pytest.raises(KeyslotsNewer) as caught:
        open_with_passphrase(practice.folder, PASSPHRASE)
    assert caught.value.code == "keyslots-newer"


def test_a_slot_kind_of_a_later_version_survives_changes(practice: Practice) -> None:
    from mediyn_desktop.vault import keyslots_file

    later = {"kind": "passkey", "kdf": "none", "note": "unknown here"}
    keyslots = keyslots_file.load(practice.folder).with_slot(later, b"n", b"w")
    keyslots_file.save(practice.folder, keyslots)
    new_recovery_code(practice.folder, practice.key)
    kept = keyslots_file.load(practice.folder).slot("passkey")
    assert kept is not None
    assert not kept.damaged
    assert kept.fields["note"] == "unknown here"


def test_an_unreadable_file_says_why(practice: Practice) -> None:
    practice.file.unlink()
    practice.file.mkdir()
    with pytest.raises(KeyslotsUnreadable, match="cannot be read") as caught:
        open_with_passphrase(practice.folder, PASSPHRASE)
    assert caught.value.code == "keyslots-unreadable"


@pytest.mark.parametrize("failing", ["write", "fsync", "replace"])
def test_a_full_disk_changes_nothing_and_leaves_nothing(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    before = practice.file.read_bytes()

    def no_space(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        name = {"write": "fdopen", "fsync": "fsync", "replace": "replace"}[failing]
        broken.setattr(os, name, no_space)
        with pytest.raises(KeyslotsNotWritten, match="No space left on device") as caught:
            new_recovery_code(practice.folder, practice.key)
    assert caught.value.code == "keyslots-not-written"
    assert sorted(p.name for p in practice.folder.iterdir()) == [
        "keyslots.json",
        "keyslots.json.bak",
    ]
    assert practice.file.read_bytes() == practice.copy.read_bytes() == before
    assert open_with_recovery(practice.folder, practice.code).hex() == practice.key.hex()


def test_a_spare_copy_that_cannot_follow_does_not_lose_the_new_code(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(os, "replace", _failing_at(2, os.replace))
        code = new_recovery_code(practice.folder, practice.key)
    assert open_with_recovery(practice.folder, code).hex() == practice.key.hex()
    assert "spare copy" in caplog.text
    assert not slots_state(practice.folder).ok
    assert mend(practice.folder)
    assert slots_state(practice.folder).ok


def test_a_practice_that_could_not_be_created_leaves_no_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(os, "replace", _failing_at(1, os.replace))
        with pytest.raises(KeyslotsNotWritten):
            create(tmp_path, PASSPHRASE, kdf=CHEAP)
    with pytest.raises(KeyslotsMissing):
        slots_state(tmp_path)
    create(tmp_path, PASSPHRASE, kdf=CHEAP)


def test_a_file_where_the_data_folder_should_be_is_refused_in_words(tmp_path: Path) -> None:
    taken = tmp_path / "data"
    taken.write_text("somebody's notes")
    with pytest.raises(KeyslotsNotWritten):
        create(taken, PASSPHRASE, kdf=CHEAP)
    with pytest.raises(KeyslotsUnreadable):
        open_with_passphrase(taken, PASSPHRASE)
    assert taken.read_text() == "somebody's notes"


def _failing_at(call: int, real: Callable[..., None]) -> Callable[..., None]:
    calls = iter(range(1, 100))

    def maybe(*args: object, **kwargs: object) -> None:
        if next(calls) == call:
            raise OSError(errno.EIO, "Input/output error")
        real(*args, **kwargs)

    return maybe
