# SPDX-License-Identifier: MIT
"""What was acknowledged survives a killed program; a full disk loses nothing that was saved."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.ledger.checks import LEDGER_CHECKS
from mediyn_desktop.schema import GUARDS
from mediyn_desktop.store.backup import backup, restore
from mediyn_desktop.store.failures import StorageFailed
from mediyn_desktop.store.opening import create_practice, open_practice
from mediyn_desktop.store.uow import Store
from mediyn_desktop.store.verify import verify
from mediyn_desktop.vault import slots
from mediyn_desktop.vault.keys import DataKey
from store.ledger_rows import fill, post_one

OwnKey = Callable[[], DataKey]

# Commits entries and says each number only after the commit.
WRITER = """
import sys
from itertools import count
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from store.ledger_rows import post_one
from mediyn_desktop.core.clock import SystemClock
from mediyn_desktop.schema import GUARDS
from mediyn_desktop.store.opening import open_practice
from mediyn_desktop.vault import slots

folder = Path(sys.argv[1])
key = slots.open_with_passphrase(folder, sys.argv[2])
store = open_practice(folder, key, SystemClock(), GUARDS)
with store.read() as read:
    start = read.raw.execute("SELECT count(*) FROM entry").fetchone()[0]
for number in count(start):
    print(post_one(store, number), flush=True)
"""


@pytest.mark.long
def test_ten_kills_lose_no_acknowledged_entry(
    folder: Path, own_key: OwnKey, clock: FixedClock, passphrase: str
) -> None:
    tests = str(Path(__file__).parents[1])
    acknowledged = 0
    for turn in range(10):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder), passphrase, tests],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert writer.stdout is not None
        for _ in range(1 + 13 * turn):  # so that kills meet commits and checkpoints alike
            assert writer.stdout.readline()
        os.kill(writer.pid, signal.SIGKILL)
        said = writer.stdout.read().split("\n")
        writer.wait()
        writer.stdout.close()
        acknowledged += 1 + 13 * turn + len([line for line in said[:-1] if line])
        store = open_practice(folder, own_key(), clock, GUARDS)  # the dead program's lock is free
        try:
            with store.read() as read:
                kept = read.session.scalar(text("SELECT count(*) FROM entry"))
            assert kept is not None
            assert kept >= acknowledged
            acknowledged = kept  # one may be committed and not yet said
            assert [check for check in verify(store, LEDGER_CHECKS) if not check.ok] == []
        finally:
            store.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = (
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)],
            capture_output=True,
            check=False,
        )
        if sys.platform == "linux" and os.geteuid() == 0
        else None
    )
    if mounted is None or mounted.returncode != 0:
        pytest.skip("needs Linux and the right to mount a small file system")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def fill_disk(disk: Path, *, leave: int) -> Path:
    """Fill ``disk`` but for ``leave`` bytes; deleting the returned file frees it."""
    ballast = disk / "ballast"
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    ballast.write_bytes(bytes(max(0, free - leave)))
    return ballast


def entries(store: Store) -> int:
    with store.read() as read:
        return int(read.raw.execute("SELECT count(*) FROM entry").fetchone()[0])


def test_a_full_disk_refuses_the_write_in_words_and_keeps_all_before(
    small_disk: Path, key: DataKey, clock: FixedClock
) -> None:
    store = create_practice(small_disk / "practice", key, clock, GUARDS)
    try:
        ballast = fill_disk(small_disk, leave=200_000)
        saved = 0
        with pytest.raises(StorageFailed) as refused:
            for number in range(2000):
                post_one(store, number, reason="words " * 100)
                saved += 1
        assert refused.value.code == "disk-full"
        assert 0 < saved == entries(store)
        ballast.unlink()
        post_one(store, saved)
        assert entries(store) == saved + 1
        assert [check for check in verify(store, LEDGER_CHECKS) if not check.ok] == []
    finally:
        store.close()


def test_a_practice_that_does_not_fit_is_not_created(
    small_disk: Path, key: DataKey, clock: FixedClock
) -> None:
    fill_disk(small_disk, leave=100_000)
    with pytest.raises(StorageFailed) as refused:
        create_practice(small_disk / "practice", key, clock, GUARDS)
    assert refused.value.code == "disk-full"
    assert not list((small_disk / "practice").glob("practice.db*"))


@pytest.mark.parametrize("leave", [20_000, 300_000, 700_000])
def test_a_full_disk_leaves_no_half_backup(store: Store, small_disk: Path, leave: int) -> None:
    fill(store, 30)
    ballast = fill_disk(small_disk, leave=leave)
    with pytest.raises(StorageFailed) as refused:
        backup(store, small_disk / "backups")
    assert refused.value.code == "disk-full"
    assert list((small_disk / "backups").iterdir()) == []
    ballast.unlink()
    assert backup(store, small_disk / "backups").path.exists()


def test_a_full_disk_leaves_no_half_restore(
    store: Store, small_disk: Path, tmp_path: Path, passphrase: str
) -> None:
    fill(store, 30)
    report = backup(store, tmp_path / "backups")
    ballast = fill_disk(small_disk, leave=300_000)

    def restored() -> None:
        restore(
            report.path,
            small_disk / "new",
            lambda folder: slots.open_with_passphrase(folder, passphrase),
        )

    with pytest.raises(StorageFailed) as refused:
        restored()
    assert refused.value.code == "disk-full"
    assert not (small_disk / "new").exists()
    ballast.unlink()
    restored()
    assert (small_disk / "new" / "practice.db").exists()
