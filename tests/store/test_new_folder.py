# SPDX-License-Identifier: MIT
"""Where a new practice may lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from mediyn_desktop import app
from mediyn_desktop.core.errors import UserFacingError


@pytest.mark.parametrize("below", ["", "sub"])
def test_a_file_in_the_folders_place_is_refused_in_words(tmp_path: Path, below: str) -> None:
    there = tmp_path / "notes.txt"
    there.write_text("mine")
    with pytest.raises(UserFacingError, match=r"no practice in .* Nothing was created") as refused:
        app.create(there / below, "correct horse battery staple")
    assert refused.value.code == "folder-unusable"
    assert there.read_text() == "mine"
