# SPDX-License-Identifier: MIT
"""What a database driver's refusal means to a person."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Never

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy.exc import DBAPIError

from mediyn_desktop.core.errors import Locked, UserFacingError


class StorageFailed(UserFacingError):
    """The disk or the database refused a write; the transaction was rolled back."""

    code = "storage-failed"


_LEAST_ROOM = 256 * 1024  # bytes: a log's index grows by 32 KiB at a time

NOT_WRITABLE = "read-only"
_NOT_WRITABLE_TEXT = (
    "The practice folder cannot be written to. Nothing was changed. Check its permissions."
)

_KNOWN_FAILURES = (
    (
        "disk is full",
        "disk-full",
        "The disk is full, so this was not saved. Everything saved before is safe and nothing "
        "was charged by it. Free some space and try again.",
    ),
    (
        "disk I/O error",
        "disk-failed",
        "The disk reported an error, so this was not saved. Everything saved before is safe. "
        "Check the disk, make a backup elsewhere, and try again.",
    ),
    (
        "database is locked",
        "busy",
        "Another part of the program was writing for too long, so this was not saved. Nothing "
        "changed. Try again in a moment.",
    ),
    (
        "malformed",
        "database-damaged",
        "The database is damaged. Nothing was changed. Restore the newest backup.",
    ),
    ("readonly", NOT_WRITABLE, _NOT_WRITABLE_TEXT),
    # Reading needs to write too: the log's index lies in the same folder.
    ("unable to open database file", NOT_WRITABLE, _NOT_WRITABLE_TEXT),
)


def known_failure(error: DBAPIError | sqlcipher.DatabaseError) -> StorageFailed | None:
    """Return the sentence for ``error``, or None if it is a bug and not the disk's doing."""
    text = str(error.orig if isinstance(error, DBAPIError) else error)
    for mark, code, message in _KNOWN_FAILURES:
        if mark in text:
            return StorageFailed(message, code=code)
    return None


def explain(error: DBAPIError | sqlcipher.DatabaseError, folder: Path) -> Never:
    """Raise the sentence for ``error``, or ``error`` itself if there is none.

    ``folder`` is where the database lies. Where no room is left there, SQLite reports an I/O error
    when it is the log's index that does not fit.
    """
    known = known_failure(error)
    if known is None:
        raise error
    if known.code == "disk-failed" and _no_room(folder):
        known = StorageFailed(_KNOWN_FAILURES[0][2], code="disk-full")
    raise known from error


def _no_room(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _LEAST_ROOM
    except OSError:
        return False


def locked() -> Locked:
    """Return the error for use after the practice was locked."""
    return Locked("The practice is locked. Nothing was done. Unlock it and try again.")
