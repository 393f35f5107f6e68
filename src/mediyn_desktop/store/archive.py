# SPDX-License-Identifier: MIT
"""The backup file: a ZIP archive, stored without compression, of three members.

``practice.db`` (still encrypted under the practice's key), ``keyslots.json`` of that day, and
``manifest.json`` with the SHA-256 of the other two, under an HMAC of a key derived from the
practice's. Anything else in it, or missing from it, makes it no backup.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
import zipfile
from pathlib import Path
from typing import IO, Any, Final

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.store.folder import DATABASE
from mediyn_desktop.vault.errors import NAME as KEYSLOTS

SUFFIX: Final = ".mediynbackup"
MANIFEST: Final = "manifest.json"
VERSION: Final = 1

_MEMBERS: Final = frozenset({DATABASE, KEYSLOTS, MANIFEST})
_CHUNK: Final = 1 << 20
_LARGEST_SMALL: Final = 1 << 20  # bytes; keyslots and manifest have a few thousand


class BackupDamaged(UserFacingError):
    """The file is not a whole backup."""

    code = "backup-damaged"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"This backup is not whole ({reason}), so nothing was restored and nothing was "
            "changed. Use another backup."
        )


def sealed(manifest: dict[str, Any], key: bytes) -> bytes:
    """Return the text of ``manifest`` with its HMAC under ``key`` as ``mac``."""
    return json.dumps({**manifest, "mac": mac(manifest, key)}, indent=1).encode()


def mac(manifest: dict[str, Any], key: bytes) -> str:
    """Return the HMAC of everything in ``manifest`` but its own ``mac``, 64 hex digits."""
    content = {name: value for name, value in manifest.items() if name != "mac"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def write_archive(archive: Path, texts: dict[str, bytes | Path], manifest: bytes) -> None:
    """Write the new file ``archive``, on the disk when this returns."""
    handle = os.open(archive, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    with os.fdopen(handle, "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as zipped:
            for name, text in {MANIFEST: manifest, **texts}.items():
                if isinstance(text, Path):
                    zipped.write(text, name)
                else:
                    zipped.writestr(name, text)
        file.flush()
        os.fsync(file.fileno())


def checked_manifest(file: Path) -> dict[str, Any]:
    """Return the manifest of ``file`` after checking the hash of every member; writes nothing.

    Raises:
        BackupDamaged: something is missing, added or changed.
    """
    try:
        with zipfile.ZipFile(file) as zipped:
            names = zipped.namelist()
            if len(names) != len(_MEMBERS) or set(names) != _MEMBERS:
                raise BackupDamaged("its parts are not those of a backup")
            if any(part.compress_type != zipfile.ZIP_STORED for part in zipped.infolist()):
                raise BackupDamaged("it was packed by another program")
            manifest = _parsed(zipped)
            for name in (KEYSLOTS, DATABASE):
                with zipped.open(name) as member:
                    if _digest(member) != manifest["sha256"].get(name):
                        raise BackupDamaged(f"{name} was changed")
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise BackupDamaged("it is cut short or was changed") from error
    return manifest


def _parsed(zipped: zipfile.ZipFile) -> dict[str, Any]:
    if max(zipped.getinfo(name).file_size for name in (MANIFEST, KEYSLOTS)) > _LARGEST_SMALL:
        raise BackupDamaged("its manifest is no manifest")
    try:
        manifest = json.loads(zipped.read(MANIFEST))
        version = manifest["version"]
        if version == VERSION and not isinstance(manifest["sha256"], dict):
            raise TypeError
    except (ValueError, TypeError, KeyError) as error:
        raise BackupDamaged("its manifest cannot be read") from error
    if version != VERSION:
        raise UserFacingError(
            "This backup was made by a newer version of this program. Nothing was restored. "
            "Install the newest version and try again.",
            code="newer-version",
        )
    return dict(manifest)


def extract(file: Path, name: str, target: Path) -> None:
    """Write the member ``name`` to the new file ``target``, on the disk when this returns."""
    handle = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with (
        os.fdopen(handle, "wb") as out,
        zipfile.ZipFile(file) as zipped,
        zipped.open(name) as member,
    ):
        shutil.copyfileobj(member, out, _CHUNK)
        out.flush()
        os.fsync(out.fileno())


def sha256(path: Path) -> str:
    """Return the SHA-256 of the file ``path``, 64 hex digits."""
    with path.open("rb") as file:
        return _digest(file)


def _digest(file: IO[bytes]) -> str:
    found = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        found.update(chunk)
    return found.hexdigest()
