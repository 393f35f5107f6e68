# SPDX-License-Identifier: MIT
"""What a database driver's refusal means to a person."""

from __future__ import annotations

from typing import Never

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy.exc import DBAPIError

from mediyn_desktop.core.errors import Locked, UserFacingError


class StorageFailed(UserFacingError):
    """The disk or the database refused a write; the transaction was rolled back."""

    code = "storage-failed"


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
    (
        "readonly",
        "read-only",
        "The practice folder cannot be written to. Nothing was changed. Check its permissions.",
    ),
)


def known_failure(error: DBAPIError | sqlcipher.DatabaseError) -> StorageFailed | None:
    """Return the sentence for ``error``, or None if it is a bug and not the disk's doing."""
    text = str(error.orig if isinstance(error, DBAPIError) else error)
    for mark, code, message in _KNOWN_FAILURES:
        if mark in text:
            return StorageFailed(message, code=code)
    return None


def explain(error: DBAPIError | sqlcipher.DatabaseError) -> Never:
    """Raise the sentence for ``error``, or ``error`` itself if there is none."""
    known = known_failure(error)
    if known is None:
        raise error
    raise known from error


def locked() -> Locked:
    """Return the error for use after the practice was locked."""
    return Locked("The practice is locked. Nothing was done. Unlock it and try again.")
