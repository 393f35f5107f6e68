# SPDX-License-Identifier: MIT
"""Errors carry their sentence and code, ids are opaque, files are whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mediyn_desktop.core.errors import Locked, NotFound, UserFacingError
from mediyn_desktop.core.files import write_whole
from mediyn_desktop.core.ids import keyed_id, new_ref


def test_an_error_has_a_sentence_and_a_stable_code() -> None:
    assert (NotFound("No such client.").message, NotFound("x").code) == (
        "No such client.",
        "not-found",
    )
    assert Locked("x", code="already-open").code == "already-open"
    assert UserFacingError("x").code == "refused"


def test_refs_differ_and_are_easy_to_read_out() -> None:
    made = {new_ref("pay") for _ in range(500)}
    assert len(made) == 500
    assert not set("ilou") & set("".join(ref.removeprefix("pay-") for ref in made))


def test_a_keyed_id_is_the_same_for_ever_and_tells_parts_apart() -> None:
    assert keyed_id(b"k", "ab", "c") == keyed_id(b"k", "ab", "c")
    assert keyed_id(b"k", "ab", "c") != keyed_id(b"k", "a", "bc")
    assert keyed_id(b"k", "ab", "c") != keyed_id(b"other", "ab", "c")
    assert len(keyed_id(b"k", "x")) == 32


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "paper.pdf"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert os.listdir(path.parent) == ["paper.pdf"]


def test_a_failed_write_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "paper.pdf"
    write_whole(path, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["paper.pdf"]
