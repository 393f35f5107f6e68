# SPDX-License-Identifier: MIT
"""Writing a document to a folder the user chose: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from mediyn_desktop.core.errors import UserFacingError


class NotSaved(UserFacingError):
    """A document could not be written where it was asked for."""

    code = "not-saved"


def put(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` through a temporary file beside it, readable by the owner only.

    Raises:
        NotSaved: the folder cannot be written to or the disk is full; the old file is intact.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".mediyn-", suffix=".tmp")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise NotSaved(
            f"{path.name} could not be saved in {path.parent} ({error.strerror}). Everything in "
            "the practice is safe. Choose another folder or free some space, and try again."
        ) from None
