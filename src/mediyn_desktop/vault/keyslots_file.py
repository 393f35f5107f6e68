# SPDX-License-Identifier: MIT
"""``keyslots.json``: the wrapped copies of the data key, and how that file survives accidents.

The file holds a version, a random store id, a fingerprint of the data key and one slot per way to
unlock. Nothing in it is secret without a passphrase, a recovery code or the OS keyring. It lies
beside the database and inside every backup.

Each slot carries a SHA-256 checksum over all its fields and the header. The checksum is no defence
against an attacker (that is the AES-GCM tag); it tells a damaged slot from a wrong passphrase.

``keyslots.json.bak`` is written right after the main file and with the same content. Were it the
previous content, a passphrase that was changed because it leaked would still open the practice.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from mediyn_desktop.vault.errors import (
    NAME,
    PASSPHRASE,
    RECOVERY,
    KeyslotsDamaged,
    KeyslotsMissing,
    KeyslotsNewer,
    KeyslotsNotWritten,
    KeyslotsUnreadable,
    LastSlot,
)

COPY_NAME: Final = "keyslots.json.bak"
VERSION: Final = 1

_LARGEST_FILE = 65_536  # bytes; a real one has less than 2,000
_OUTSIDE_AAD = frozenset({"nonce", "wrapped", "checksum"})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Slot:
    """One way to unlock, as it stands in the file; ``damaged`` if its checksum does not fit."""

    fields: Mapping[str, Any]
    damaged: bool = False

    @property
    def kind(self) -> str:
        """``passphrase``, ``recovery``, ``keyring``, or what a damaged slot happens to say."""
        return str(self.fields.get("kind"))

    def number(self, name: str) -> int:
        """Return the whole number in field ``name``."""
        value = self.fields.get(name)
        if type(value) is not int:
            raise KeyslotsDamaged(self.kind)
        return value

    def data(self, name: str) -> bytes:
        """Return the bytes in the base64 field ``name``."""
        try:
            return base64.b64decode(self.fields[name], validate=True)
        except (KeyError, TypeError, ValueError, binascii.Error):
            raise KeyslotsDamaged(self.kind) from None


@dataclass(frozen=True, slots=True)
class Keyslots:
    """The parsed file. ``notice`` is a sentence for the user when a file copy was not whole."""

    store_id: str
    key_id: str
    slots: tuple[Slot, ...] = ()
    notice: str | None = None

    @property
    def whole(self) -> bool:
        """True if no slot is damaged and the practice can be opened without the keyring."""
        return self.lasting and not any(slot.damaged for slot in self.slots)

    @property
    def lasting(self) -> bool:
        """True if there is a passphrase or a recovery slot: the keyring is never the only one."""
        return any(slot.kind in {PASSPHRASE, RECOVERY} for slot in self.slots)

    def slot(self, kind: str) -> Slot | None:
        """Return the slot of ``kind``, or None."""
        return next((slot for slot in self.slots if slot.kind == kind), None)

    def aad(self, fields: Mapping[str, Any]) -> bytes:
        """Return what AES-GCM binds a slot's wrapped key to: the header and every other field."""
        bound = {name: value for name, value in fields.items() if name not in _OUTSIDE_AAD}
        return _canonical({"header": self._header(), "slot": bound})

    def with_slot(self, fields: Mapping[str, Any], nonce: bytes, wrapped: bytes) -> Keyslots:
        """Return the keyslots with this slot in place of any other of its kind."""
        complete = dict(fields, nonce=encoded(nonce), wrapped=encoded(wrapped))
        complete["checksum"] = self._checksum(complete)
        others = tuple(slot for slot in self.slots if slot.kind != fields["kind"])
        return replace(self, slots=(*others, Slot(complete)))

    def without(self, kind: str) -> Keyslots:
        """Return the keyslots without the slot of ``kind``.

        Raises:
            LastSlot: neither a passphrase nor a recovery slot would be left.
        """
        left = replace(self, slots=tuple(slot for slot in self.slots if slot.kind != kind))
        if not left.lasting:
            raise LastSlot
        return left

    def text(self) -> bytes:
        """Return the file's content."""
        slots = [dict(slot.fields) for slot in self.slots]
        return json.dumps(self._header() | {"slots": slots}, indent=1).encode("ascii") + b"\n"

    def _header(self) -> dict[str, Any]:
        return {"version": VERSION, "store_id": self.store_id, "key_id": self.key_id}

    def _checksum(self, fields: Mapping[str, Any]) -> str:
        bound = {name: value for name, value in fields.items() if name != "checksum"}
        return hashlib.sha256(_canonical({"header": self._header(), "slot": bound})).hexdigest()

    def checked(self, fields: Mapping[str, Any]) -> Slot:
        """Return the slot read from ``fields``, marked damaged unless its checksum fits."""
        return Slot(fields, damaged=fields.get("checksum") != self._checksum(fields))


def encoded(data: bytes) -> str:
    """Return ``data`` in base64, as the file and the keyring store it."""
    return base64.b64encode(data).decode("ascii")


def exist(folder: Path) -> bool:
    """Return whether ``folder`` holds a keyslots file or its copy, whole or not."""
    return any(os.path.lexists(folder / name) for name in (NAME, COPY_NAME))


def load(folder: Path) -> Keyslots:
    """Return the keyslots of ``folder``: from the main file, else from its copy, and say which.

    A file with one damaged slot is still used when nothing better is left: another slot may open.

    Raises:
        KeyslotsMissing, KeyslotsDamaged, KeyslotsNewer, KeyslotsUnreadable
    """
    main, copy = _read(folder / NAME), _read(folder / COPY_NAME)
    if main is None and copy is None:
        raise KeyslotsMissing
    first, second = _parse(main), _parse(copy)
    if first is not None and first.whole:
        if copy == main:
            return first
        return replace(first, notice=f"{COPY_NAME} is missing, old or damaged; {NAME} is fine.")
    if second is not None and second.whole:
        what = "is missing" if main is None else "is damaged"
        _log.warning("keyslots: the main file %s, its copy was used", what)
        return replace(
            second,
            notice=f"{NAME} {what}, so its copy {COPY_NAME} was used. Your records are safe.",
        )
    if _is_newer(main) or _is_newer(copy):
        raise KeyslotsNewer
    for partial in (first, second):
        if partial is not None and partial.slots:
            return replace(partial, notice=f"{NAME} and its copy are partly damaged.")
    raise KeyslotsDamaged


def save(folder: Path, keyslots: Keyslots) -> None:
    """Put ``keyslots`` in place, main file first, each copy whole at every instant; mode 0600.

    Raises:
        KeyslotsNotWritten: nothing changed.
        LastSlot: only the keyring could open the practice.
    """
    if not keyslots.lasting:
        raise LastSlot
    main, copy = folder / NAME, folder / COPY_NAME
    new_main, new_copy = folder / f"{NAME}.tmp", folder / f"{COPY_NAME}.tmp"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in (new_main, new_copy):  # both, so that a full disk is met before any change
            _write_new(path, keyslots.text())
        os.replace(new_main, main)
    except OSError as error:
        for path in (new_main, new_copy):
            with suppress(OSError):  # the first failure is the one to tell
                path.unlink()
        raise KeyslotsNotWritten(error.strerror or "no reason given") from error
    try:
        _sync_folder(folder)
        os.replace(new_copy, copy)
        _sync_folder(folder)
    except OSError:
        # The change is made: calling it failed would be untrue. load() gives notice of the copy.
        _log.warning("keyslots: the spare copy could not be brought up to date", exc_info=True)


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KeyslotsUnreadable(error.strerror or "no reason given") from error


def _document(content: bytes | None) -> dict[str, Any] | None:
    if content is None or len(content) > _LARGEST_FILE:
        return None
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _is_newer(content: bytes | None) -> bool:
    version = (_document(content) or {}).get("version")
    return type(version) is int and version > VERSION


def _parse(content: bytes | None) -> Keyslots | None:
    """Return what ``content`` holds, slots that cannot be trusted marked; None if it is no file."""
    document = _document(content)
    if document is None or document.get("version") != VERSION:
        return None
    store_id, key_id, slots = (document.get(name) for name in ("store_id", "key_id", "slots"))
    if not (isinstance(store_id, str) and isinstance(key_id, str) and isinstance(slots, list)):
        return None
    header = Keyslots(store_id, key_id)
    read = tuple(header.checked(fields) for fields in slots if isinstance(fields, dict))
    return replace(header, slots=read) if len(read) == len(slots) else None


def _canonical(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")


def _write_new(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)  # left behind by a crash
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder, and journals renames itself
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
