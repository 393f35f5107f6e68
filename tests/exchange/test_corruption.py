# SPDX-License-Identifier: MIT
"""However a sound folder is damaged, it is read or refused; it never crashes or half-writes."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sound_folder import SOUND, rows_written

from mediyn_desktop.exchange.practice_folder import CellError, import_folder
from mediyn_desktop.exchange.practice_folder.rows import FILES
from mediyn_desktop.ledger.queries import trial_balance
from mediyn_desktop.store.uow import Store

# Pieces that mean something to a CSV, a TOML or a cell; a random byte seldom does.
PIECES = [
    *(b",", b'"', b"\n", b"\r", b";", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"=", b"["),
    *(b"-", b"0", b"9", b"999999999999", b"1e9", b"nan", b"c1", b"s1", b"me", b"F41.1", b"T", b"Z"),
    *(b"2026-02-30", b"9999-12-31T23:59", b"2026-03-08T02:30", b"-12:00", b"+23:59", b"$", b"."),
    *(
        b"\xe2\x82\xac",
        "٣".encode(),
        "ß".encode(),
        b"'''",
        b'"""',
        b"group",
        b"attended",
        b"a" * 99,
    ),
]

damage = st.tuples(
    st.sampled_from(sorted(SOUND)),
    st.sampled_from(["cut", "insert", "replace", "swap", "repeat"]),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.sampled_from(PIECES),
)


def damaged(data: bytes, how: str, first: int, second: int, piece: bytes) -> bytes:
    """Return ``data`` with one piece of damage."""
    start, end = sorted((first % (len(data) + 1), second % (len(data) + 1)))
    lines = data.split(b"\n")
    one, other = first % len(lines), second % len(lines)
    match how:
        case "cut":
            return data[:start] + data[min(end, start + 40) :]
        case "insert":
            return data[:start] + piece + data[start:]
        case "replace":
            return data[:start] + piece + data[start + len(piece) :]
        case "swap":
            lines[one], lines[other] = lines[other], lines[one]
        case _:
            lines.insert(one, lines[other])
    return b"\n".join(lines)


@pytest.mark.timeout(300)
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(hits=st.lists(damage, min_size=1, max_size=4))
def test_a_damaged_folder_is_refused_with_reasons_or_taken_in_whole(
    store: Store, hits: list[tuple[str, str, int, int, bytes]]
) -> None:
    files = {name: text.encode() for name, text in SOUND.items()}
    for name, how, first, second, piece in hits:
        files[name] = damaged(files[name], how, first, second, piece)
    folder = Path(tempfile.mkdtemp())
    try:
        for name, data in files.items():
            (folder / name).write_bytes(data)
        report = import_folder(store, folder, dry_run=True)
    finally:
        shutil.rmtree(folder)

    assert rows_written(store) == {}
    assert bool(report.errors) != bool(report.imported)
    for error in report.errors:
        assert isinstance(error, CellError)
        assert error.file in FILES
        assert (
            1 <= error.line <= files[error.file].count(b"\n") + files[error.file].count(b"\r") + 1
        )
        assert error.message.endswith((".", "?", "…"))
        assert "Traceback" not in error.message
    with store.read() as read:
        assert trial_balance(read) == 0
