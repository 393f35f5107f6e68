# SPDX-License-Identifier: MIT
"""Is a database file whole, and a copy of it that is proved to be.

SQLCipher's check finds every changed byte but not a file cut at a page's edge; SQLite's finds the
cut. So both are always run.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from mediyn_desktop.store.engine import DatabaseDamaged, assert_encrypted, connect

_MOST = 20  # damage is named, not listed to the last page


def cipher_damage(raw: Any) -> list[str]:
    """Return pages of the file behind ``raw`` (DB-API) whose seal does not fit their bytes."""
    return [str(row[0]) for row in raw.execute("PRAGMA cipher_integrity_check")][:_MOST]


def structure_damage(raw: Any) -> list[str]:
    """Return what is wrong with tables and indexes; empty when they are sound."""
    rows = [str(row[0]) for row in raw.execute(f"PRAGMA integrity_check({_MOST})")]
    return [] if rows == ["ok"] else rows


def dangling_keys(raw: Any) -> list[str]:
    """Return rows that point at rows that do not exist."""
    return [
        f"{table} row {row} points at a missing {parent} row"
        for table, row, parent, _ in raw.execute("PRAGMA foreign_key_check").fetchmany(_MOST)
    ]


def damage(raw: Any) -> list[str]:
    """Return everything the three checks above find; a file too broken to check says so."""
    try:
        return cipher_damage(raw) + structure_damage(raw) + dangling_keys(raw)
    except sqlcipher.DatabaseError as error:
        return [str(error)]


def copy_database(raw: Any, target: Path, key: bytes) -> None:
    """Copy the open database ``raw`` to the new file ``target`` under ``key``, and prove the copy.

    One snapshot: what other connections commit meanwhile is not in it and does not disturb it.
    The copy is on the disk (fsync) when this returns; after an error there is no ``target``.

    Raises:
        DatabaseDamaged: the copy, and so most likely the original, is damaged.
        OSError, sqlcipher3.DatabaseError: the disk is full or not writable.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        copy = connect(target, key)
        try:
            raw.backup(copy)
        finally:
            copy.close()
        assert_encrypted(target)
        proof = connect(target, key)
        try:
            found = damage(proof)
        finally:
            proof.close()
        if found:
            raise DatabaseDamaged(
                f"A copy of the practice could not be proved whole: {found[0]}. The practice was "
                "not changed. Run a check of the practice and restore the newest good backup."
            )
        sync_file(target)
    except BaseException:
        remove_database(target)
        raise


def remove_database(path: Path) -> None:
    """Delete the database file ``path`` with its write-ahead log; harmless if there is none."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm", f"{path.name}-journal"):
        path.with_name(name).unlink(missing_ok=True)


def sync_file(path: Path) -> None:
    """Return when the bytes of ``path`` are on the disk."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` outlive a power cut, where folders can be synced at all."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
