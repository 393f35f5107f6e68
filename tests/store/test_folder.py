# SPDX-License-Identifier: MIT
"""The folder a practice lies in: what cannot serve as one is refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from mediyn_desktop import app
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.store.engine import connect
from mediyn_desktop.store.folder import FolderLock


@pytest.mark.parametrize("below", ["", "sub"])
def test_a_file_in_the_folders_place_is_refused_in_words(tmp_path: Path, below: str) -> None:
    there = tmp_path / "notes.txt"
    there.write_text("mine")
    with pytest.raises(UserFacingError, match=r"cannot be used .* Nothing was created") as refused:
        app.create(there / below, "correct horse battery staple")
    assert refused.value.code == "folder-not-usable"
    assert there.read_text() == "mine"


def test_a_lock_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()  # refused for root too, as a read-only disk is
    with pytest.raises(UserFacingError, match="cannot be written to") as refused:
        FolderLock(tmp_path).acquire()
    assert refused.value.code == "read-only"


def test_a_database_that_cannot_be_opened_for_writing_is_said_in_words(tmp_path: Path) -> None:
    path = tmp_path / "practice.db"
    first = connect(path, bytes(32))
    first.execute("CREATE TABLE t (a)")
    first.close()
    (tmp_path / "practice.db-wal").mkdir()  # its log cannot be opened, as on a read-only disk
    with pytest.raises(UserFacingError, match="cannot be written to") as refused:
        connect(path, bytes(32))
    assert refused.value.code == "read-only"
