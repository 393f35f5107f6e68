# SPDX-License-Identifier: MIT
"""Files a person has at hand: read whole, or refused before they are read."""

from __future__ import annotations

import stat
from pathlib import Path

from mediyn_desktop.claims.inbox import NothingInFile
from mediyn_desktop.claims.x12.containers import LARGEST_FILE
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.steps import Step, silently

_BLOCK = 1 << 20


class FileNotTaken(UserFacingError):
    """The file is not one to read: too large, a folder, or out of reach."""


def content_at(path: Path, *, step: Step = silently) -> bytes:
    """Return the bytes of the file at ``path``.

    Args:
        step: told block by block, with a total of 0.

    Raises:
        NothingInFile: it is empty.
        FileNotTaken: it is larger than ``LARGEST_FILE``, no file, or cannot be read.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise FileNotTaken(
                f"{path.name} is no file. Nothing was posted. Choose the file itself.",
                code="not-readable",
            )
        if found.st_size > LARGEST_FILE:
            raise FileNotTaken(
                f"{path.name} is larger than {LARGEST_FILE >> 20} MB, so it was not read. Nothing "
                "was posted. Ask the sender for smaller files.",
                code="file-too-large",
            )
        content = bytearray()
        with path.open("rb") as file:
            while len(content) <= LARGEST_FILE and (block := file.read(_BLOCK)):
                step(0, 0)
                content += block
    except OSError as error:
        raise FileNotTaken(
            f"{path.name} cannot be read ({error.strerror}). Nothing was posted.",
            code="not-readable",
        ) from None
    if not content:
        raise NothingInFile(
            f"{path.name} is empty. Nothing was posted. Fetch it again from the clearinghouse."
        )
    return bytes(content)
