# SPDX-License-Identifier: MIT
"""Creating and opening a practice: what is refused, and in which words."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.core.errors import Locked
from mediyn_desktop.schema import GUARDS
from mediyn_desktop.store.engine import PLAIN_HEADER, DatabaseDamaged, connect
from mediyn_desktop.store.folder import DATABASE, loose_permissions
from mediyn_desktop.store.migrate import NewerVersion
from mediyn_desktop.store.opening import (
    GuardsMissing,
    NoPractice,
    PracticeExists,
    create_practice,
    open_practice,
)
from mediyn_desktop.store.uow import Store
from mediyn_desktop.vault.keys import DataKey

OwnKey = Callable[[], DataKey]


def test_a_new_practice_is_encrypted_and_private(
    tmp_path: Path, key: DataKey, clock: FixedClock
) -> None:
    folder = tmp_path / "deep" / "practice"
    store = create_practice(folder, key, clock, GUARDS)
    try:
        assert not (folder / DATABASE).read_bytes().startswith(PLAIN_HEADER)
        assert loose_permissions(folder) == []
        assert not list(folder.glob("*.new*"))
    finally:
        store.close()


def test_creating_over_a_practice_is_refused(
    folder: Path, own_key: OwnKey, clock: FixedClock
) -> None:
    before = (folder / DATABASE).read_bytes()
    with pytest.raises(PracticeExists):
        create_practice(folder, own_key(), clock, GUARDS)
    assert (folder / DATABASE).read_bytes() == before


def test_a_creation_cut_short_leaves_no_practice_and_can_be_repeated(
    tmp_path: Path, key: DataKey, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("mediyn_desktop.store.opening.migrate.upgrade", dies)
        with pytest.raises(KeyboardInterrupt):
            create_practice(tmp_path, key, clock, GUARDS)
    assert not (tmp_path / DATABASE).exists()
    (tmp_path / f"{DATABASE}.new").write_bytes(b"left by a killed program")
    create_practice(tmp_path, key, clock, GUARDS).close()
    assert (tmp_path / DATABASE).exists()


def test_a_folder_without_practice_says_so_and_stays_empty(
    tmp_path: Path, key: DataKey, clock: FixedClock
) -> None:
    with pytest.raises(NoPractice, match="mediyn init") as refused:
        open_practice(tmp_path, key, clock, GUARDS)
    assert refused.value.code == "no-practice"
    assert list(tmp_path.iterdir()) == []


def test_an_empty_database_file_is_damage_and_is_not_filled(
    folder: Path, own_key: OwnKey, clock: FixedClock
) -> None:
    (folder / DATABASE).write_bytes(b"")
    with pytest.raises(DatabaseDamaged):
        open_practice(folder, own_key(), clock, GUARDS)
    assert (folder / DATABASE).stat().st_size == 0


def test_a_practice_opens_once_and_again_after_closing(
    store: Store, own_key: OwnKey, clock: FixedClock
) -> None:
    with pytest.raises(Locked) as refused:
        open_practice(store.folder, own_key(), clock, GUARDS)
    assert refused.value.code == "already-open"
    store.close()
    open_practice(store.folder, own_key(), clock, GUARDS).close()


def test_a_reader_may_look_while_the_practice_is_open_but_never_writes(
    store: Store, own_key: OwnKey, clock: FixedClock
) -> None:
    with store.write("Note") as uow:
        uow.changed("thing", 1)
    reader = open_practice(store.folder, own_key(), clock, GUARDS, exclusive=False)
    try:
        with reader.read() as read:
            assert read.session.scalar(text("SELECT count(*) FROM audit")) == 1
        with pytest.raises(RuntimeError), reader.write("No"):
            pass
    finally:
        reader.close()


def test_a_refused_opening_frees_the_folder(
    folder: Path, own_key: OwnKey, clock: FixedClock
) -> None:
    with pytest.raises(GuardsMissing):
        open_practice(folder, own_key(), clock, {})
    open_practice(folder, own_key(), clock, GUARDS).close()


@pytest.mark.parametrize(
    "change",
    [
        "DROP TRIGGER entry_no_update",
        "CREATE TRIGGER extra AFTER INSERT ON entry BEGIN SELECT 1; END",
        (
            "DROP TRIGGER posting_no_delete; CREATE TRIGGER posting_no_delete "
            "BEFORE DELETE ON posting BEGIN SELECT 1; END"
        ),
    ],
)
def test_a_missing_foreign_or_weakened_guard_is_refused(
    folder: Path, own_key: OwnKey, clock: FixedClock, change: str
) -> None:
    raw = connect(folder / DATABASE, own_key().sqlcipher_key())
    raw.executescript(change)
    raw.close()
    with pytest.raises(GuardsMissing) as refused:
        open_practice(folder, own_key(), clock, GUARDS)
    assert refused.value.code == "guards-missing"


def test_a_practice_of_a_newer_program_is_left_alone(
    folder: Path, own_key: OwnKey, clock: FixedClock
) -> None:
    raw = connect(folder / DATABASE, own_key().sqlcipher_key())
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    with pytest.raises(NewerVersion) as refused:
        open_practice(folder, own_key(), clock, GUARDS)
    assert refused.value.code == "newer-version"
    assert list((folder / "backups").iterdir()) == []


def test_an_encrypted_database_of_something_else_is_not_taken_for_a_practice(
    tmp_path: Path, key: DataKey, clock: FixedClock
) -> None:
    raw = connect(tmp_path / DATABASE, key.sqlcipher_key())
    raw.execute("CREATE TABLE other (id)")
    raw.close()
    with pytest.raises(DatabaseDamaged, match="schema"):
        open_practice(tmp_path, key, clock, GUARDS)


OPENS_WITHOUT_ALEMBIC = """
import sys
from pathlib import Path
from mediyn_desktop.core.clock import SystemClock
from mediyn_desktop.schema import GUARDS
from mediyn_desktop.store.opening import open_practice
from mediyn_desktop.vault import slots

folder = Path(sys.argv[1])
key = slots.open_with_passphrase(folder, sys.argv[2])
open_practice(folder, key, SystemClock(), GUARDS).close()
assert "alembic" not in sys.modules
"""


def test_an_up_to_date_practice_opens_without_alembic(folder: Path, passphrase: str) -> None:
    command = [sys.executable, "-c", OPENS_WITHOUT_ALEMBIC, str(folder), passphrase]
    subprocess.run(command, check=True)
