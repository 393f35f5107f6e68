# SPDX-License-Identifier: MIT
"""A sound practice folder on disk, with whatever a test wants wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from sound_folder import SOUND, WriteFolder


@pytest.fixture
def write_folder(tmp_path: Path) -> WriteFolder:
    """Return a function that writes the sound folder, changed as asked."""

    def write(changes: Mapping[str, str | bytes | None] = {}, *, name: str = "files") -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for file, text in {**SOUND, **changes}.items():
            if text is not None:
                data = text if isinstance(text, bytes) else text.encode()
                (folder / file).write_bytes(data)
        return folder

    return write
