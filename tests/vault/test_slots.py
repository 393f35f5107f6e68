# SPDX-License-Identifier: MIT
from __future__ import annotations

import json
import logging
import traceback
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from keyring.errors import NoKeyringError

from mediyn_desktop.core.errors import Locked, UserFacingError
from mediyn_desktop.vault import keyslots_file
from mediyn_desktop.vault.errors import (
    KdfOutOfBounds,
    KeyringLost,
    KeyringMismatch,
    KeyslotsExist,
    KeyslotsMissing,
    LastSlot,
    NoSuchSlot,
    OtherPractice,
    PassphraseTooShort,
    WrongPassphrase,
    WrongRecoveryCode,
)
from mediyn_desktop.vault.keys import DataKey
from mediyn_desktop.vault.recovery import RecoveryCodeMistyped, format_code, new_secret
from mediyn_desktop.vault.slots import (
    DEFAULT,
    Argon2Cost,
    change_passphrase,
    create,
    forget_keyring,
    new_recovery_code,
    open_with_keyring,
    open_with_passphrase,
    open_with_recovery,
    remember_in_keyring,
    slots_state,
)

from .conftest import CHEAP, PASSPHRASE, MemoryKeyring, Practice


def test_passphrase_and_recovery_code_open_the_same_key(practice: Practice) -> None:
    assert open_with_passphrase(practice.folder, PASSPHRASE).hex() == practice.key.hex()
    assert open_with_recovery(practice.folder, practice.code.lower()).hex() == practice.key.hex()


def test_the_everyday_cost_is_the_measured_one_and_works(tmp_path: Path) -> None:
    assert Argon2Cost(iterations=3, memory_kib=64 * 1024, lanes=4) == DEFAULT
    key, _ = create(tmp_path, PASSPHRASE)
    slot = keyslots_file.load(tmp_path).slot("passphrase")
    assert slot is not None
    assert [slot.fields[n] for n in ("kdf", "iterations", "memory_kib", "lanes")] == [
        "argon2id", 3, 65_536, 4,
    ]  # fmt: skip
    assert len(slot.data("salt")) == 16
    assert open_with_passphrase(tmp_path, PASSPHRASE).hex() == key.hex()


def test_two_practices_share_nothing(tmp_path: Path) -> None:
    one, _ = create(tmp_path / "one", PASSPHRASE, kdf=CHEAP)
    other, code = create(tmp_path / "other", PASSPHRASE, kdf=CHEAP)
    assert one.hex() != other.hex()
    assert slots_state(tmp_path / "one").store_id != slots_state(tmp_path / "other").store_id
    with pytest.raises(WrongRecoveryCode):
        open_with_recovery(tmp_path / "one", code)


def test_a_wrong_passphrase_is_called_that(practice: Practice) -> None:
    for wrong in ("correct horse batterx", "", PASSPHRASE + " "):
        with pytest.raises(WrongPassphrase) as caught:
            open_with_passphrase(practice.folder, wrong)
        assert caught.value.code == "wrong-passphrase"


def test_composed_and_decomposed_letters_are_one_passphrase(tmp_path: Path) -> None:
    typed = "Grüße an Zoë"
    key, _ = create(tmp_path, unicodedata.normalize("NFC", typed), kdf=CHEAP)
    decomposed = unicodedata.normalize("NFD", typed)
    assert decomposed != unicodedata.normalize("NFC", typed)
    assert open_with_passphrase(tmp_path, decomposed).hex() == key.hex()


@pytest.mark.parametrize("short", ["", "nine char", " " * 20, "  padded    "])
def test_a_short_passphrase_is_refused_before_anything_is_written(
    tmp_path: Path, practice: Practice, short: str
) -> None:
    before = practice.file.read_bytes()
    with pytest.raises(PassphraseTooShort, match="at least 10 characters") as caught:
        create(tmp_path / "new", short, kdf=CHEAP)
    assert caught.value.code == "passphrase-too-short"
    assert not (tmp_path / "new").exists()
    with pytest.raises(PassphraseTooShort):
        change_passphrase(practice.folder, practice.key, short, kdf=CHEAP)
    assert practice.file.read_bytes() == before


def test_ten_characters_are_enough(tmp_path: Path) -> None:
    key, _ = create(tmp_path, "ten chars!", kdf=CHEAP)
    assert open_with_passphrase(tmp_path, "ten chars!").hex() == key.hex()


def test_a_mistyped_code_is_told_from_a_wrong_one(practice: Practice) -> None:
    typo = ("1" if practice.code[0] != "1" else "2") + practice.code[1:]
    with pytest.raises(RecoveryCodeMistyped, match="group 1") as mistyped:
        open_with_recovery(practice.folder, typo)
    assert mistyped.value.code == "recovery-code-mistyped"
    with pytest.raises(WrongRecoveryCode) as wrong:
        open_with_recovery(practice.folder, format_code(new_secret()))
    assert wrong.value.code == "wrong-recovery-code"


def test_changing_the_passphrase_keeps_key_and_recovery_code(practice: Practice) -> None:
    change_passphrase(practice.folder, practice.key, "another good phrase", kdf=CHEAP)
    opened = open_with_passphrase(practice.folder, "another good phrase")
    assert opened.hex() == practice.key.hex()
    assert open_with_recovery(practice.folder, practice.code).hex() == practice.key.hex()
    with pytest.raises(WrongPassphrase):
        open_with_passphrase(practice.folder, PASSPHRASE)


@pytest.mark.parametrize("lost", ["keyslots.json", "keyslots.json.bak"])
def test_a_replaced_passphrase_or_code_opens_neither_file(practice: Practice, lost: str) -> None:
    change_passphrase(practice.folder, practice.key, "another good phrase", kdf=CHEAP)
    code = new_recovery_code(practice.folder, practice.key)
    (practice.folder / lost).unlink()
    with pytest.raises(WrongPassphrase):
        open_with_passphrase(practice.folder, PASSPHRASE)
    with pytest.raises(WrongRecoveryCode):
        open_with_recovery(practice.folder, practice.code)
    assert open_with_recovery(practice.folder, code).hex() == practice.key.hex()


def test_a_key_of_another_practice_is_not_wrapped_into_this_one(practice: Practice) -> None:
    before = practice.file.read_bytes()
    stranger = DataKey.generate()
    changes: list[Callable[[], object]] = [
        lambda: change_passphrase(practice.folder, stranger, "another good phrase", kdf=CHEAP),
        lambda: new_recovery_code(practice.folder, stranger),
        lambda: remember_in_keyring(practice.folder, stranger),
    ]
    for change in changes:
        with pytest.raises(OtherPractice) as caught:
            change()
        assert caught.value.code == "other-practice"
    assert practice.file.read_bytes() == before


def test_a_locked_key_changes_nothing(practice: Practice) -> None:
    before = practice.file.read_bytes()
    practice.key.drop()
    with pytest.raises(Locked):
        new_recovery_code(practice.folder, practice.key)
    assert practice.file.read_bytes() == before


@pytest.mark.parametrize("left", ["keyslots.json", "keyslots.json.bak"])
def test_keys_are_never_written_over(practice: Practice, left: str) -> None:
    for path in (practice.file, practice.copy):
        if path.name != left:
            path.unlink()
    with pytest.raises(KeyslotsExist) as caught:
        create(practice.folder, PASSPHRASE, kdf=CHEAP)
    assert caught.value.code == "keyslots-exist"
    assert open_with_passphrase(practice.folder, PASSPHRASE).hex() == practice.key.hex()


def test_a_folder_without_keys_says_missing(tmp_path: Path) -> None:
    attempts: list[Callable[[], object]] = [
        lambda: open_with_passphrase(tmp_path, PASSPHRASE),
        lambda: open_with_recovery(tmp_path, format_code(new_secret())),
        lambda: open_with_keyring(tmp_path),
        lambda: slots_state(tmp_path),
    ]
    for attempt in attempts:
        with pytest.raises(KeyslotsMissing) as caught:
            attempt()
        assert caught.value.code == "keyslots-missing"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("iterations", "memory_kib", "lanes"),
    [
        (3, 1 << 40, 4),
        (3, 262_145, 4),
        (11, 65_536, 4),
        (10**12, 65_536, 4),
        (3, 65_536, 17),
        (3, 31, 4),
        (0, 65_536, 4),
        (3, 65_536, 0),
        (-3, 65_536, 4),
    ],
)
def test_absurd_costs_in_a_forged_file_are_refused_before_any_work(
    practice: Practice, iterations: int, memory_kib: int, lanes: int
) -> None:
    forge(practice, "passphrase", iterations=iterations, memory_kib=memory_kib, lanes=lanes)
    with pytest.raises(KdfOutOfBounds) as caught:
        open_with_passphrase(practice.folder, PASSPHRASE)
    assert caught.value.code == "kdf-out-of-bounds"


def test_a_forged_lower_cost_does_not_open(practice: Practice) -> None:
    forge(practice, "passphrase", memory_kib=32)
    with pytest.raises(WrongPassphrase):
        open_with_passphrase(practice.folder, PASSPHRASE)


def test_every_field_of_a_slot_is_bound_to_its_key(practice: Practice) -> None:
    forge(practice, "recovery", note="added later")
    with pytest.raises(WrongRecoveryCode):
        open_with_recovery(practice.folder, practice.code)


@pytest.mark.parametrize(
    "value", [True, 1.0, "1", None, [1]], ids=lambda value: type(value).__name__
)
def test_a_forged_cost_that_is_no_whole_number_is_damage(practice: Practice, value: object) -> None:
    forge(practice, "passphrase", iterations=value)
    with pytest.raises(UserFacingError) as caught:
        open_with_passphrase(practice.folder, PASSPHRASE)
    assert caught.value.code == "keyslots-damaged"


@pytest.mark.parametrize(
    "change",
    [{"salt": "AAAA"}, {"salt": "not base64!"}, {"nonce": "AAAA"}, {"wrapped": ""}, {"salt": 7}],
    ids=str,
)
def test_forged_bytes_of_the_wrong_shape_are_damage(
    practice: Practice, change: dict[str, object]
) -> None:
    forge(practice, "recovery", **change)
    with pytest.raises(UserFacingError) as caught:
        open_with_recovery(practice.folder, practice.code)
    assert caught.value.code == "keyslots-damaged"


def test_a_slot_that_was_never_made_is_called_that(practice: Practice) -> None:
    with pytest.raises(NoSuchSlot) as no_keyring:
        open_with_keyring(practice.folder)
    assert no_keyring.value.code == "no-keyring-slot"
    keyslots = keyslots_file.load(practice.folder)
    keyslots_file.save(practice.folder, keyslots.without("passphrase"))
    with pytest.raises(NoSuchSlot) as no_passphrase:
        open_with_passphrase(practice.folder, PASSPHRASE)
    assert no_passphrase.value.code == "no-passphrase-slot"
    keyslots_file.save(practice.folder, keyslots.without("recovery"))
    with pytest.raises(NoSuchSlot) as no_recovery:
        open_with_recovery(practice.folder, practice.code)
    assert no_recovery.value.code == "no-recovery-slot"


def test_passphrase_and_recovery_slot_cannot_both_go(
    practice: Practice, memory: MemoryKeyring
) -> None:
    remember_in_keyring(practice.folder, practice.key)
    for first, second in (("passphrase", "recovery"), ("recovery", "passphrase")):
        left = keyslots_file.load(practice.folder).without(first)
        with pytest.raises(LastSlot) as caught:
            left.without(second)
        assert caught.value.code == "last-slot"
    only_keyring = keyslots_file.Keyslots("s", "k").with_slot(
        {"kind": "keyring", "kdf": "none"}, b"n", b"w"
    )
    with pytest.raises(LastSlot):
        keyslots_file.save(practice.folder, only_keyring)


def test_a_lost_passphrase_slot_comes_back_by_the_recovery_code(practice: Practice) -> None:
    keyslots = keyslots_file.load(practice.folder)
    keyslots_file.save(practice.folder, keyslots.without("passphrase"))
    key = open_with_recovery(practice.folder, practice.code)
    change_passphrase(practice.folder, key, "a phrase found again", kdf=CHEAP)
    opened = open_with_passphrase(practice.folder, "a phrase found again")
    assert opened.hex() == practice.key.hex()


def test_a_remembered_practice_opens_without_a_passphrase(
    practice: Practice, memory: MemoryKeyring
) -> None:
    remember_in_keyring(practice.folder, practice.key)
    assert open_with_keyring(practice.folder).hex() == practice.key.hex()
    store_id = slots_state(practice.folder).store_id
    assert [service for service, _ in memory.entries] == [f"mediyn-desktop/{store_id}/unlock"]
    assert len(next(iter(memory.entries.values()))) == 44  # 32 bytes in base64
    assert open_with_passphrase(practice.folder, PASSPHRASE).hex() == practice.key.hex()


def test_remembering_twice_keeps_the_entry_so_that_backups_still_open(
    practice: Practice, memory: MemoryKeyring
) -> None:
    remember_in_keyring(practice.folder, practice.key)
    backup, entries = practice.file.read_bytes(), dict(memory.entries)
    remember_in_keyring(practice.folder, practice.key)
    assert memory.entries == entries
    practice.file.write_bytes(backup)
    assert open_with_keyring(practice.folder).hex() == practice.key.hex()


def test_forgetting_removes_slot_and_entry_and_may_be_repeated(
    practice: Practice, memory: MemoryKeyring
) -> None:
    remember_in_keyring(practice.folder, practice.key)
    forget_keyring(practice.folder)
    assert memory.entries == {}
    assert not slots_state(practice.folder).keyring
    with pytest.raises(NoSuchSlot):
        open_with_keyring(practice.folder)
    forget_keyring(practice.folder)


def test_forgetting_with_a_locked_key_store_still_removes_the_slot(
    practice: Practice, memory: MemoryKeyring
) -> None:
    remember_in_keyring(practice.folder, practice.key)
    memory.raises = RuntimeError("bus gone")
    with pytest.raises(UserFacingError) as caught:
        forget_keyring(practice.folder)
    assert caught.value.code == "keyring-failed"
    assert not slots_state(practice.folder).keyring


def test_a_restored_practice_can_be_forgotten_where_there_is_no_key_store(
    practice: Practice, memory: MemoryKeyring
) -> None:
    remember_in_keyring(practice.folder, practice.key)
    memory.raises = NoKeyringError("none")
    forget_keyring(practice.folder)
    assert not slots_state(practice.folder).keyring


def test_a_wiped_key_store_says_lost_and_can_be_filled_again(
    practice: Practice, memory: MemoryKeyring
) -> None:
    remember_in_keyring(practice.folder, practice.key)
    memory.entries.clear()
    with pytest.raises(KeyringLost) as caught:
        open_with_keyring(practice.folder)
    assert caught.value.code == "keyring-lost"
    remember_in_keyring(practice.folder, open_with_passphrase(practice.folder, PASSPHRASE))
    assert open_with_keyring(practice.folder).hex() == practice.key.hex()


@pytest.mark.parametrize("entry", ["A" * 43 + "=", "not base64!", "AAAA"])
def test_a_foreign_entry_says_mismatch_and_is_replaced(
    practice: Practice, memory: MemoryKeyring, entry: str
) -> None:
    remember_in_keyring(practice.folder, practice.key)
    memory.entries = dict.fromkeys(memory.entries, entry)
    with pytest.raises(KeyringMismatch) as caught:
        open_with_keyring(practice.folder)
    assert caught.value.code == "keyring-mismatch"
    remember_in_keyring(practice.folder, practice.key)
    assert open_with_keyring(practice.folder).hex() == practice.key.hex()


def test_a_forgetful_key_store_gets_no_slot(practice: Practice, memory: MemoryKeyring) -> None:
    memory.forgetful = True
    with pytest.raises(UserFacingError) as caught:
        remember_in_keyring(practice.folder, practice.key)
    assert caught.value.code == "keyring-forgets"
    assert not slots_state(practice.folder).keyring


def test_the_settings_screen_sees_every_way_in_and_no_secret(
    practice: Practice, memory: MemoryKeyring
) -> None:
    state = slots_state(practice.folder)
    assert (state.passphrase, state.recovery, state.keyring, state.ok) == (True, True, False, True)
    remember_in_keyring(practice.folder, practice.key)
    state = slots_state(practice.folder)
    assert state.keyring
    assert state.notice is None
    assert len(state.store_id) == 32


def test_no_key_or_secret_reaches_file_log_or_traceback(
    practice: Practice, memory: MemoryKeyring, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    remember_in_keyring(practice.folder, practice.key)
    raw = bytes(practice.key._material)
    secrets = [
        raw.hex(), repr(raw), keyslots_file.encoded(raw), practice.key.hex(),
        practice.code, practice.code.replace("-", ""), PASSPHRASE, *memory.entries.values(),
    ]  # fmt: skip
    said = practice.file.read_text() + repr(slots_state(practice.folder))
    memory.entries = dict.fromkeys(memory.entries, "A" * 43 + "=")
    attempts: list[Callable[[], object]] = [
        lambda: open_with_passphrase(practice.folder, "wrong " + PASSPHRASE[:5]),
        lambda: open_with_recovery(practice.folder, practice.code[:-1] + "U"),
        lambda: open_with_keyring(practice.folder),
        lambda: change_passphrase(practice.folder, practice.key, PASSPHRASE[:9]),
        lambda: create(practice.folder, PASSPHRASE),
    ]
    for attempt in attempts:
        with pytest.raises(UserFacingError) as caught:
            attempt()
        said += "".join(traceback.format_exception(caught.value))
    practice.key.drop()
    with pytest.raises(Locked) as locked:
        practice.key.hex()
    said += "".join(traceback.format_exception(locked.value)) + caplog.text
    assert [secret for secret in secrets if secret in said] == []


def forge(practice: Practice, kind: str, **changes: object) -> None:
    """Change a slot as an attacker would: fields and checksum, in both files."""
    document = json.loads(practice.file.read_text())
    keyslots = keyslots_file.Keyslots(document["store_id"], document["key_id"])
    for slot in document["slots"]:
        if slot["kind"] == kind:
            slot.update(changes)
            slot["checksum"] = keyslots._checksum(slot)
    for path in (practice.file, practice.copy):
        path.write_text(json.dumps(document))
