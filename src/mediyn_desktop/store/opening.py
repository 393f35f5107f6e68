# SPDX-License-Identifier: MIT
"""Create a practice, and open one. A database that cannot be opened is never made anew."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from mediyn_desktop.core.clock import Clock
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.store import migrate
from mediyn_desktop.store.engine import DatabaseDamaged, assert_encrypted, make_engine
from mediyn_desktop.store.failures import explain
from mediyn_desktop.store.folder import DATABASE, FolderLock, prepare
from mediyn_desktop.store.guards import guard_differences
from mediyn_desktop.store.integrity import remove_database, sync_folder
from mediyn_desktop.store.uow import Store
from mediyn_desktop.vault.keys import DataKey


class NoPractice(UserFacingError):
    """There is no database in the folder."""

    code = "no-practice"

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"There is no practice in {folder}. Nothing was created. Create one with "
            "“mediyn init”, restore a backup there, or name the right folder with --data."
        )


class PracticeExists(UserFacingError):
    """The folder already holds a practice."""

    code = "practice-exists"

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"There is a practice in {folder} already. Nothing was changed. Open it, or choose "
            "another folder."
        )


class GuardsMissing(UserFacingError):
    """The triggers that keep records from being rewritten are not exactly the program's."""

    code = "guards-missing"

    def __init__(self, difference: str) -> None:
        super().__init__(
            "The database no longer has the guards that keep its records from being rewritten "
            f"({difference}). Another program changed it. Nothing was changed now. Restore the "
            "newest backup made before that."
        )


def prepare_new(folder: Path) -> None:
    """Make ``folder`` and its sub-folders, closed to other users.

    Raises:
        UserFacingError: code ``folder-not-usable``.
    """
    try:
        prepare(folder)
    except OSError as error:
        raise UserFacingError(
            f"The folder {folder} cannot be used ({error.strerror}). Nothing was created. Choose "
            "a folder that belongs to you.",
            code="folder-not-usable",
        ) from error


def create_practice(folder: Path, key: DataKey, clock: Clock, guards: Mapping[str, str]) -> Store:
    """Create the encrypted database of a new practice in ``folder`` and return it open.

    It is built under another name and put in place when it is complete, so a crash leaves no half
    practice behind.

    Raises:
        PracticeExists, Locked, StorageFailed: nothing was created.
    """
    path = folder / DATABASE
    prepare_new(folder)
    lock = FolderLock(folder)
    lock.acquire()
    try:
        if path.exists():
            raise PracticeExists(folder)
        _build(path, key, guards)
    except BaseException:
        lock.release()
        raise
    return _opened(path, key, clock, guards, lock)


def open_practice(
    folder: Path,
    key: DataKey,
    clock: Clock,
    guards: Mapping[str, str],
    *,
    exclusive: bool = True,
) -> Store:
    """Open the practice in ``folder``, migrated to this program's schema and with its guards on.

    Args:
        exclusive: take the folder's lock and allow writing. Without it the store only reads, also
            while another program has the practice open.

    Raises:
        NoPractice: there is none; nothing was created.
        Locked: code ``already-open``.
        DatabaseDamaged, NewerVersion, GuardsMissing, MigrationFailed, StorageFailed: it is as it
            was, and the lock is free again.
    """
    path = folder / DATABASE
    if not path.is_file():
        raise NoPractice(folder)
    lock = FolderLock(folder) if exclusive else None
    if lock is not None:
        lock.acquire()
    return _opened(path, key, clock, guards, lock)


def _opened(
    path: Path, key: DataKey, clock: Clock, guards: Mapping[str, str], lock: FolderLock | None
) -> Store:
    """Open ``path`` under ``lock``, which is free again if this raises."""
    engine = make_engine(path, key.sqlcipher_key)
    try:
        if path.stat().st_size == 0:  # SQLite would take an empty file for a new database
            raise DatabaseDamaged(
                f"{path.name} is empty. Nothing was changed. Restore the newest backup; your "
                "passphrase stays the same."
            )
        old = _revision(engine)
        if old != migrate.HEAD:
            with nullcontext() if lock is not None else FolderLock(path.parent):
                _copy_first(engine, path.parent / "backups", key, clock, old)
                migrate.upgrade(engine, guards)
        with engine.connect() as connection:
            found = guard_differences(connection.connection.dbapi_connection, guards)
        if found:
            raise GuardsMissing(found[0])
    except BaseException as error:
        engine.dispose()
        if lock is not None:
            lock.release()
        if isinstance(error, DBAPIError | sqlcipher.DatabaseError):
            explain(error, path.parent)
        raise
    return Store(path, engine, key, clock, guards=guards, lock=lock)


def _copy_first(engine: Engine, backups: Path, key: DataKey, clock: Clock, old: str | None) -> None:
    """Put a proved copy of a database of the older revision ``old`` into ``backups``."""
    if old is None:
        raise DatabaseDamaged(
            "The database holds no practice: its schema is not known. Nothing was changed. "
            "Restore the newest backup."
        )
    if old not in migrate.known_revisions():
        raise migrate.NewerVersion
    stamp = clock.now().strftime("%Y%m%dT%H%M%SZ")
    migrate.copy_before(engine, backups, key.sqlcipher_key(), old=old, stamp=stamp)


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return migrate.revision(connection.connection.dbapi_connection)


def _build(path: Path, key: DataKey, guards: Mapping[str, str]) -> None:
    """Make the database under a passing name, then put it at ``path``, complete."""
    building = path.with_name(f"{path.name}.new")
    remove_database(building)  # of a creation that was cut short: it never held anything
    os.close(os.open(building, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        engine = make_engine(building, key.sqlcipher_key)
        try:
            migrate.upgrade(engine, guards)
            with engine.connect() as connection:
                raw = connection.connection.dbapi_connection
                assert raw is not None
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            engine.dispose()
        assert_encrypted(building)
        building.replace(path)
        sync_folder(path.parent)
    except BaseException as error:
        remove_database(building)
        if isinstance(error, DBAPIError | sqlcipher.DatabaseError):
            explain(error, path.parent)
        raise
