# SPDX-License-Identifier: MIT
"""Writing a document to a folder the user chose: whole or not at all."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.files import write_whole


class NotSaved(UserFacingError):
    """A document could not be written where it was asked for."""

    code = "not-saved"


def require_folder(folder: Path) -> None:
    """Make ``folder`` and prove that files can be written there, before work begins that cannot be
    taken back.

    Raises:
        NotSaved: they cannot; nothing was left there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise NotSaved(
            f"Nothing can be saved in {folder} ({error.strerror}). Nothing was done. Choose "
            "another folder."
        ) from None


def put(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``, readable by the owner only.

    Raises:
        NotSaved: the folder cannot be written to or the disk is full; the old file is intact.
    """
    try:
        write_whole(path, content)
    except OSError as error:
        raise _not_saved(path, error) from None


def put_beside(path: Path, content: bytes) -> Path:
    """Write ``content`` to ``path``, or under a numbered name when something else lies there.

    The same content again is the same file. A number can come back for another paper, from another
    practice or after an old backup was restored: what was printed before is never overwritten.

    Raises:
        NotSaved: as ``put``.
    """
    for copy in itertools.count(1):
        free = path if copy == 1 else path.with_stem(f"{path.stem} ({copy})")
        try:
            if free.read_bytes() == content:
                return free
        except FileNotFoundError:
            put(free, content)
            return free
        except OSError as error:
            raise _not_saved(free, error) from None
    raise AssertionError("there is no end of numbers")


def _not_saved(path: Path, error: OSError) -> NotSaved:
    return NotSaved(
        f"{path.name} could not be saved in {path.parent} ({error.strerror}). Everything in "
        "the practice is safe. Choose another folder or free some space, and try again."
    )
