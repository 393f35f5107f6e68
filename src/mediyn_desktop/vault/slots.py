# SPDX-License-Identifier: MIT
"""Create a practice's key, open it by passphrase, recovery code or OS keyring, change the ways in.

Each way in is a slot: a key-encryption key (KEK) that unwraps the same data key. Changing the
passphrase rewraps one slot and re-encrypts nothing; a backup keeps the slots of its own day, so an
old backup still opens with the passphrase of that day.

    passphrase  NFKC, Argon2id (RFC 9106) with its own salt
    recovery    160 random bits on paper, HKDF: nothing to guess, so nothing slow
    keyring     32 random bytes in the OS key store: a convenience, never the only way
"""

from __future__ import annotations

import base64
import binascii
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.vault import keyslots_file as file
from mediyn_desktop.vault import os_keyring
from mediyn_desktop.vault.errors import (
    KEYRING,
    PASSPHRASE,
    RECOVERY,
    SHORTEST_PASSPHRASE,
    KdfOutOfBounds,
    KeyringLost,
    KeyringMismatch,
    KeyslotsDamaged,
    KeyslotsExist,
    NoSuchSlot,
    OtherPractice,
    PassphraseTooShort,
    WrongPassphrase,
    WrongRecoveryCode,
)
from mediyn_desktop.vault.keys import KEY_BYTES, DataKey, derive
from mediyn_desktop.vault.keyslots_file import Keyslots, Slot
from mediyn_desktop.vault.recovery import format_code, new_secret, parse_code

SALT_BYTES: Final = 16
KEYRING_ENTRY: Final = "unlock"


@dataclass(frozen=True, slots=True)
class Argon2Cost:
    """How much work one guess at a passphrase takes.

    Raises:
        KdfOutOfBounds: outside what this program accepts. The ceiling keeps a changed file from
            exhausting memory (256 MiB) or time; a lower cost cannot weaken an existing slot, for
            the cost is part of what its key is bound to.
    """

    iterations: int = 3
    memory_kib: int = 65_536
    lanes: int = 4

    def __post_init__(self) -> None:
        if not (
            1 <= self.iterations <= 10
            and 1 <= self.lanes <= 16
            and 8 * self.lanes <= self.memory_kib <= 262_144  # the floor is RFC 9106, 3.1
        ):
            raise KdfOutOfBounds


DEFAULT: Final = Argon2Cost()


@dataclass(frozen=True, slots=True)
class SlotsState:
    """What a settings screen and ``verify`` show; holds nothing secret."""

    store_id: str
    passphrase: bool
    recovery: bool
    keyring: bool
    damaged: tuple[str, ...]  # kinds of slots whose checksum does not fit
    notice: str | None  # a sentence if a file or its copy is not whole

    @property
    def ok(self) -> bool:
        """True if both files are whole."""
        return not self.damaged and self.notice is None


def create(folder: Path, passphrase: str, *, kdf: Argon2Cost = DEFAULT) -> tuple[DataKey, str]:
    """Make a new data key with a passphrase and a recovery slot; return the key and the code.

    The recovery code is stored nowhere: show it once and have it typed back.

    Raises:
        KeyslotsExist, PassphraseTooShort, KeyslotsNotWritten: nothing was written.
    """
    if file.exist(folder):
        raise KeyslotsExist
    _long_enough(passphrase)
    key = DataKey.generate()
    store_id = secrets.token_hex(16)
    empty = Keyslots(store_id, key.fingerprint(store_id))
    recovery_secret = new_secret()
    filled = _with_passphrase(empty, key, passphrase, kdf)
    file.save(folder, _with_recovery(filled, key, recovery_secret))
    return key, format_code(recovery_secret)


def open_with_passphrase(folder: Path, passphrase: str) -> DataKey:
    """Return the data key of ``folder``; takes about half a second on purpose.

    Raises:
        WrongPassphrase, NoSuchSlot, KdfOutOfBounds, and what ``keyslots_file.load`` raises.
    """
    keyslots = file.load(folder)
    slot = _whole_slot(keyslots, PASSPHRASE)
    cost = Argon2Cost(*(slot.number(name) for name in ("iterations", "memory_kib", "lanes")))
    kek = _passphrase_kek(passphrase, _salt(slot), cost)
    return _unwrapped(keyslots, slot, kek, WrongPassphrase())


def open_with_recovery(folder: Path, code: str) -> DataKey:
    """Return the data key of ``folder`` by the code of the recovery sheet.

    Raises:
        RecoveryCodeMistyped, WrongRecoveryCode, NoSuchSlot, and what ``keyslots_file.load`` raises.
    """
    recovery_secret = parse_code(code)
    keyslots = file.load(folder)
    slot = _whole_slot(keyslots, RECOVERY)
    kek = _recovery_kek(recovery_secret, _salt(slot))
    return _unwrapped(keyslots, slot, kek, WrongRecoveryCode())


def open_with_keyring(folder: Path) -> DataKey:
    """Return the data key of ``folder`` by what this computer's key store holds.

    Raises:
        NoSuchSlot, KeyringLost, KeyringMismatch, what ``os_keyring.read_secret`` and what
        ``keyslots_file.load`` raise.
    """
    keyslots = file.load(folder)
    slot = _whole_slot(keyslots, KEYRING)
    stored = os_keyring.read_secret(keyslots.store_id, KEYRING_ENTRY)
    if stored is None:
        raise KeyringLost
    kek = _stored_kek(stored)
    if kek is None:
        raise KeyringMismatch
    return _unwrapped(keyslots, slot, kek, KeyringMismatch())


def remember_in_keyring(folder: Path, key: DataKey) -> None:
    """Let this computer open the practice without the passphrase.

    Raises:
        OtherPractice, KeyslotsNotWritten, and what ``os_keyring.store_secret`` raises; no slot is
        added unless the key store gave back what it was given.
    """
    keyslots = _own(folder, key)
    # An entry that is there already may also open a slot in a backup: keep it.
    kek = _stored_kek(os_keyring.read_secret(keyslots.store_id, KEYRING_ENTRY) or "")
    if kek is None:
        kek = secrets.token_bytes(KEY_BYTES)
        os_keyring.store_secret(keyslots.store_id, KEYRING_ENTRY, file.encoded(kek))
    file.save(folder, _with(keyslots, key, {"kind": KEYRING, "kdf": "none"}, kek))


def forget_keyring(folder: Path) -> None:
    """Take the keyring slot out of the file, then the entry out of the key store.

    The entry alone opens nothing, so the slot goes first. Safe to repeat.

    Raises:
        LastSlot, KeyslotsNotWritten: nothing changed.
        KeyringLocked, KeyringNotReady, KeyringFailed: the slot is gone, the entry is left.
    """
    keyslots = file.load(folder)
    if keyslots.slot(KEYRING) is not None:
        file.save(folder, keyslots.without(KEYRING))
    try:
        os_keyring.delete_secret(keyslots.store_id, KEYRING_ENTRY)
    except os_keyring.KeyringMissing:
        return  # no key store, no entry


def change_passphrase(folder: Path, key: DataKey, new: str, *, kdf: Argon2Cost = DEFAULT) -> None:
    """Replace the passphrase slot; the other slots and the database stay as they are.

    Raises:
        PassphraseTooShort, OtherPractice, KeyslotsNotWritten: the old passphrase still counts.
    """
    _long_enough(new)
    file.save(folder, _with_passphrase(_own(folder, key), key, new, kdf))


def new_recovery_code(folder: Path, key: DataKey) -> str:
    """Replace the recovery slot and return the new code; the old sheet opens nothing any more.

    Raises:
        OtherPractice, KeyslotsNotWritten: the old code still counts.
    """
    recovery_secret = new_secret()
    file.save(folder, _with_recovery(_own(folder, key), key, recovery_secret))
    return format_code(recovery_secret)


def slots_state(folder: Path) -> SlotsState:
    """Return which ways in ``folder`` has and whether its files are whole; asks no key store.

    Raises:
        What ``keyslots_file.load`` raises.
    """
    keyslots = file.load(folder)
    kinds = {slot.kind for slot in keyslots.slots if not slot.damaged}
    return SlotsState(
        store_id=keyslots.store_id,
        passphrase=PASSPHRASE in kinds,
        recovery=RECOVERY in kinds,
        keyring=KEYRING in kinds,
        damaged=tuple(slot.kind for slot in keyslots.slots if slot.damaged),
        notice=keyslots.notice,
    )


def mend(folder: Path) -> bool:
    """Write both files again from the whole one; return whether there was anything to mend."""
    keyslots = file.load(folder)
    if keyslots.notice is None or not keyslots.whole:
        return False
    file.save(folder, keyslots)
    return True


def _long_enough(passphrase: str) -> None:
    if len(unicodedata.normalize("NFKC", passphrase).strip()) < SHORTEST_PASSPHRASE:
        raise PassphraseTooShort


def _own(folder: Path, key: DataKey) -> Keyslots:
    """Return the keyslots of ``folder`` after making sure that ``key`` is theirs."""
    keyslots = file.load(folder)
    if key.fingerprint(keyslots.store_id) != keyslots.key_id:
        raise OtherPractice
    return keyslots


def _whole_slot(keyslots: Keyslots, kind: str) -> Slot:
    slot = keyslots.slot(kind)
    if slot is None:
        raise KeyslotsDamaged if any(s.damaged for s in keyslots.slots) else NoSuchSlot(kind)
    if slot.damaged:
        raise KeyslotsDamaged(kind)
    return slot


def _salt(slot: Slot) -> bytes:
    salt = slot.data("salt")
    if len(salt) != SALT_BYTES:
        raise KeyslotsDamaged(slot.kind)
    return salt


def _unwrapped(keyslots: Keyslots, slot: Slot, kek: bytes, wrong: UserFacingError) -> DataKey:
    """Return the key in ``slot``, or raise ``wrong`` if ``kek`` is not its KEK."""
    nonce, wrapped = slot.data("nonce"), slot.data("wrapped")
    if len(nonce) != 12 or len(wrapped) != KEY_BYTES + 16:
        raise KeyslotsDamaged(slot.kind)
    try:
        return DataKey.unwrap(kek, nonce, wrapped, keyslots.aad(slot.fields))
    except InvalidTag:
        raise wrong from None


def _with(keyslots: Keyslots, key: DataKey, fields: Mapping[str, Any], kek: bytes) -> Keyslots:
    nonce, wrapped = key.wrap(kek, keyslots.aad(fields))
    return keyslots.with_slot(fields, nonce, wrapped)


def _with_passphrase(
    keyslots: Keyslots, key: DataKey, passphrase: str, cost: Argon2Cost
) -> Keyslots:
    salt = secrets.token_bytes(SALT_BYTES)
    fields = {
        "kind": PASSPHRASE,
        "kdf": "argon2id",
        "iterations": cost.iterations,
        "memory_kib": cost.memory_kib,
        "lanes": cost.lanes,
        "salt": file.encoded(salt),
    }
    return _with(keyslots, key, fields, _passphrase_kek(passphrase, salt, cost))


def _with_recovery(keyslots: Keyslots, key: DataKey, recovery_secret: bytes) -> Keyslots:
    salt = secrets.token_bytes(SALT_BYTES)
    fields = {"kind": RECOVERY, "kdf": "hkdf-sha256", "salt": file.encoded(salt)}
    return _with(keyslots, key, fields, _recovery_kek(recovery_secret, salt))


def _passphrase_kek(passphrase: str, salt: bytes, cost: Argon2Cost) -> bytes:
    # NFKC: the same keys typed on another keyboard may arrive as other code points.
    typed = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
    return Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=cost.iterations,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    ).derive(typed)


def _recovery_kek(recovery_secret: bytes, salt: bytes) -> bytes:
    return derive(recovery_secret, info="slot/recovery", salt=salt)


def _stored_kek(stored: str) -> bytes | None:
    """Return the KEK in a key store's entry, or None if it is not one."""
    try:
        kek = base64.b64decode(stored, validate=True)
    except (ValueError, binascii.Error):
        return None
    return kek if len(kek) == KEY_BYTES else None
