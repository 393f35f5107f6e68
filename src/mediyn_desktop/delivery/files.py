# SPDX-License-Identifier: MIT
"""Writing a document to a folder the user chose: whole or not at all."""

from __future__ import annotations

from pathlib import Path

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.files import write_whole


class NotSaved(UserFacingError):
    """A document could not be written where it was asked for."""

    code = "not-saved"


def put(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``, readable by the owner only.

    Raises:
        NotSaved: the folder cannot be written to or the disk is full; the old file is intact.
    """
    try:
        write_whole(path, content)
    except OSError as error:
        raise NotSaved(
            f"{path.name} could not be saved in {path.parent} ({error.strerror}). Everything in "
            "the practice is safe. Choose another folder or free some space, and try again."
        ) from None
