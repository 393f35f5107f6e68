# SPDX-License-Identifier: MIT
"""Backups: one file each, proved when made and proved again before it is restored.

Format: ``archive``. Whoever has the passphrase of a backup's day has everything in it; nobody else
has anything.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy.exc import DBAPIError

from mediyn_desktop.core.clock import Clock
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.store import integrity, migrate, settings
from mediyn_desktop.store.archive import (
    SUFFIX,
    VERSION,
    BackupDamaged,
    checked_manifest,
    extract,
    mac,
    sealed,
    sha256,
    write_archive,
)
from mediyn_desktop.store.engine import connect, make_engine
from mediyn_desktop.store.failures import StorageFailed, explain
from mediyn_desktop.store.folder import DATABASE, PRIVATE_FOLDERS, prepare
from mediyn_desktop.store.uow import Store, reading
from mediyn_desktop.store.verify import Check, ExtraCheck, check_database
from mediyn_desktop.vault import keyslots_file, slots
from mediyn_desktop.vault.errors import NAME as KEYSLOTS
from mediyn_desktop.vault.keys import DataKey

_STAGED: Final = f".{DATABASE}.restoring"


class BackupFailed(UserFacingError):
    """The copy was made but did not prove good; it was deleted."""

    code = "backup-failed"


class TargetNotEmpty(UserFacingError):
    """A restore never writes over anything."""

    code = "restore-target-not-empty"

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"The folder {folder} is not empty. Nothing was restored and nothing in it was "
            "changed. Choose a new or empty folder."
        )


@dataclass(frozen=True, slots=True)
class BackupReport:
    """A backup that was proved good: where it is, its SHA-256, and how many rows of each table."""

    path: Path
    sha256: str
    counts: dict[str, int]


def backup(store: Store, to: Path, *, checks: Sequence[ExtraCheck] = ()) -> BackupReport:
    """Write one proved backup of the open practice into the folder ``to``.

    The copy is one snapshot; work may go on meanwhile. It is checked whole, with ``checks``, before
    it gets its name; after any failure there is no new file in ``to``.

    Raises:
        BackupFailed: the copy did not prove good.
        StorageFailed: the target is full or cannot be written.
    """
    keyslots = keyslots_file.load(store.folder)
    if store.fingerprint(keyslots.store_id) != keyslots.key_id:
        raise BackupFailed(
            f"The key file {KEYSLOTS} in the practice's folder belongs to another practice, so a "
            "backup could not be opened. Nothing was written. Restore the right key file first."
        )
    with _explained(to):
        to.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = _free_name(to, store.clock.now().strftime("practice-%Y%m%dT%H%M%SZ"))
        copy, archive = (target.with_name(f".{target.stem}.{end}") for end in ("db", "part"))
        try:
            head = _copied(store, copy)
            _prove(store, copy, head, checks)
            texts: dict[str, bytes | Path] = {KEYSLOTS: keyslots.text(), DATABASE: copy}
            manifest = _manifest(head, texts, store.clock)
            write_archive(archive, texts, sealed(manifest, store.subkey("backup-manifest")))
            checked_manifest(archive)  # read back what the disk holds now
            digest = sha256(archive)
            archive.replace(target)
            integrity.sync_folder(to)
        finally:
            integrity.remove_database(copy)
            archive.unlink(missing_ok=True)
    if store.writable:
        with store.write("Back up") as uow:
            settings.set_value(uow, settings.BACKUP_LAST_AT.key, uow.now.isoformat())
    return BackupReport(target, digest, head["counts"])


def restore(file: Path, to: Path, key_opener: Callable[[Path], DataKey]) -> BackupReport:
    """Restore the backup ``file`` into the new or empty folder ``to``; return what it proved.

    Args:
        key_opener: opens the data key of a folder that holds the backup's key slots.

    Every hash is checked before anything is written, the seal and the database itself before the
    database gets its name. After any failure ``to`` is as it was.

    Raises:
        TargetNotEmpty, BackupDamaged, StorageFailed, and what ``key_opener`` raises.
    """
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise TargetNotEmpty(to)
    if not file.is_file():
        raise UserFacingError(
            f"There is no backup file {file}. Nothing was changed.", code="no-backup"
        )
    manifest = checked_manifest(file)
    existed = to.exists()
    with _explained(to):
        try:
            prepare(to)
            staged = to / _STAGED
            extract(file, KEYSLOTS, to / KEYSLOTS)
            key = key_opener(to)
            try:
                if not hmac.compare_digest(
                    str(manifest.get("mac")), mac(manifest, key.subkey("backup-manifest"))
                ):
                    raise BackupDamaged("its manifest was changed")
                extract(file, DATABASE, staged)
                _prove_restored(staged, key.sqlcipher_key(), manifest)
            finally:
                key.drop()
            integrity.remove_database(to / DATABASE)  # a stale log would be replayed into it
            slots.mend(to)
            staged.replace(to / DATABASE)
            integrity.sync_folder(to)
        except BaseException:
            _undo(to, existed=existed)
            raise
    return BackupReport(file, sha256(file), manifest["head"]["counts"])


def _copied(store: Store, copy: Path) -> dict[str, Any]:
    """Copy the practice to ``copy`` and return the head of the very snapshot that was copied."""
    with store.read() as read:
        raw = read.raw
        head = _head(raw)
        with _explained(copy.parent):  # the disk that refuses may be another than the practice's
            integrity.copy_database(raw, copy, store.sqlcipher_key())
    return head


def _prove(store: Store, copy: Path, head: dict[str, Any], checks: Sequence[ExtraCheck]) -> None:
    engine = make_engine(copy, store.sqlcipher_key)
    try:
        with reading(engine, store.clock) as read:
            found = check_database(read, store.subkey("chain"), store.guards, checks)
            raw = read.raw
            found.append(Check("snapshot", _head(raw) == head, "differs from the practice"))
    finally:
        engine.dispose()
    failed = [check for check in found if not check.ok]
    if failed:
        raise BackupFailed(
            f"The copy did not prove good ({failed[0].name}: {failed[0].detail}) and was deleted. "
            "Older backups are untouched; keep them. Run a check of the practice."
        )


def _prove_restored(database: Path, key: bytes, manifest: dict[str, Any]) -> None:
    try:
        raw = connect(database, key)
    except UserFacingError:
        raise BackupDamaged("its database does not open") from None
    try:
        found = integrity.damage(raw)
        if found:
            raise BackupDamaged(found[0])
        if _head(raw) != manifest["head"]:
            raise BackupDamaged("its rows are not those of the manifest")
    finally:
        raw.close()
    integrity.sync_file(database)


def _head(raw: Any) -> dict[str, Any]:
    """Return what tells one state of a practice from another: revision, counts, chain heads."""
    tables = [
        str(row[0])
        for row in raw.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' "
            "AND name NOT LIKE 'sqlite%' AND name <> 'alembic_version' ORDER BY name"
        )
    ]
    heads = {
        table: raw.execute(f"SELECT id, seal FROM {table} ORDER BY id DESC LIMIT 1").fetchone()
        for table in ("audit", "entry")
    }
    return {
        "revision": migrate.revision(raw),
        "counts": {
            table: raw.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables
        },
        "chains": {table: list(row) if row else None for table, row in heads.items()},
    }


def _manifest(head: dict[str, Any], texts: dict[str, bytes | Path], clock: Clock) -> dict[str, Any]:
    return {
        "version": VERSION,
        "made_at": clock.now().isoformat(),
        "head": head,
        "sha256": {
            name: sha256(text) if isinstance(text, Path) else hashlib.sha256(text).hexdigest()
            for name, text in texts.items()
        },
    }


def _undo(folder: Path, *, existed: bool) -> None:
    """Take away what a failed restore wrote into ``folder``, and nothing else."""
    integrity.remove_database(folder / _STAGED)
    (folder / KEYSLOTS).unlink(missing_ok=True)
    for name in PRIVATE_FOLDERS:
        with suppress(OSError):  # not there, or not ours to remove
            (folder / name).rmdir()
    if not existed:
        with suppress(OSError):
            folder.rmdir()


def _free_name(folder: Path, stem: str) -> Path:
    name, number = folder / f"{stem}{SUFFIX}", 1
    while name.exists():
        number += 1
        name = folder / f"{stem}-{number}{SUFFIX}"
    return name


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Say in a sentence what the disk refused."""
    try:
        yield
    except (DBAPIError, sqlcipher.DatabaseError) as error:
        explain(error, folder)
    except OSError as error:
        raise StorageFailed(
            f"{folder} could not be written ({error.strerror}). Nothing was left there and your "
            "practice was not changed. Free some space there or choose another folder.",
            code="disk-full" if error.errno in (28, 122) else "storage-failed",
        ) from error
