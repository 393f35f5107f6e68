# SPDX-License-Identifier: MIT
"""A damaged file is named as damage, never opened silently short and never confused with a key."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ledger.checks import LEDGER_CHECKS
from mediyn_desktop.schema import GUARDS
from mediyn_desktop.store.engine import DatabaseDamaged, connect
from mediyn_desktop.store.folder import DATABASE
from mediyn_desktop.store.opening import open_practice
from mediyn_desktop.store.verify import verify
from mediyn_desktop.vault import slots
from mediyn_desktop.vault.errors import WrongPassphrase
from mediyn_desktop.vault.keys import DataKey
from store.ledger_rows import fill

PAGE = 4096
OwnKey = Callable[[], DataKey]


@pytest.fixture
def database(folder: Path, own_key: OwnKey, clock: FixedClock) -> Path:
    """A closed practice with some hundred pages."""
    store = open_practice(folder, own_key(), clock, GUARDS)
    fill(store, 60)
    store.close()
    return folder / DATABASE


def found_out(database: Path, key: DataKey, clock: FixedClock) -> str:
    """Open and verify the practice; return what was said, or an empty string if all was well."""
    try:
        store = open_practice(database.parent, key, clock, GUARDS)
    except UserFacingError as error:
        return error.code
    try:
        return ", ".join(check.name for check in verify(store, LEDGER_CHECKS) if not check.ok)
    finally:
        store.close()


def test_an_undamaged_practice_passes(database: Path, own_key: OwnKey, clock: FixedClock) -> None:
    assert found_out(database, own_key(), clock) == ""


def test_a_wrong_passphrase_is_not_called_damage(folder: Path) -> None:
    with pytest.raises(WrongPassphrase):
        slots.open_with_passphrase(folder, "not these words at all")


def test_a_damaged_first_page_is_called_damage(
    database: Path, own_key: OwnKey, clock: FixedClock
) -> None:
    content = bytearray(database.read_bytes())
    content[100] ^= 1
    database.write_bytes(content)
    with pytest.raises(DatabaseDamaged, match="your passphrase stays the same") as refused:
        open_practice(database.parent, own_key(), clock, GUARDS)
    assert refused.value.code == "database-damaged"
    assert database.read_bytes() == content


def test_a_plaintext_database_is_refused_untouched(
    folder: Path, own_key: OwnKey, clock: FixedClock
) -> None:
    import sqlite3

    (folder / DATABASE).unlink()
    plain = sqlite3.connect(folder / DATABASE)
    plain.execute("CREATE TABLE entry (id)")
    plain.close()
    before = (folder / DATABASE).read_bytes()
    with pytest.raises(DatabaseDamaged, match="not encrypted"):
        open_practice(folder, own_key(), clock, GUARDS)
    assert (folder / DATABASE).read_bytes() == before


@pytest.mark.parametrize("lost", [1, 1000, PAGE, 7 * PAGE, 40 * PAGE])
def test_a_truncated_file_is_found_out(
    database: Path, own_key: OwnKey, clock: FixedClock, lost: int
) -> None:
    with database.open("r+b") as file:
        file.truncate(database.stat().st_size - lost)
    assert found_out(database, own_key(), clock)


def test_a_file_cut_to_its_first_page_is_found_out(
    database: Path, own_key: OwnKey, clock: FixedClock
) -> None:
    with database.open("r+b") as file:
        file.truncate(PAGE)
    assert found_out(database, own_key(), clock)


def test_every_flipped_bit_is_found_out(database: Path, own_key: OwnKey, clock: FixedClock) -> None:
    whole = database.read_bytes()
    chance = random.Random(20261123)
    for _ in range(25):
        content = bytearray(whole)
        place = chance.randrange(len(content))
        content[place] ^= 1 << chance.randrange(8)
        database.write_bytes(content)
        assert found_out(database, own_key(), clock), f"byte {place}"


def zeroed_half(content: bytearray) -> None:
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)


def zeroed_page(content: bytearray) -> None:
    content[5 * PAGE : 6 * PAGE] = bytes(PAGE)


def swapped_pages(content: bytearray) -> None:
    content[5 * PAGE : 6 * PAGE], content[8 * PAGE : 9 * PAGE] = (
        content[8 * PAGE : 9 * PAGE],
        content[5 * PAGE : 6 * PAGE],
    )


@pytest.mark.parametrize("change", [zeroed_half, zeroed_page, swapped_pages])
def test_a_half_written_file_is_found_out(
    database: Path,
    own_key: OwnKey,
    clock: FixedClock,
    change: Callable[[bytearray], None],
) -> None:
    content = bytearray(database.read_bytes())
    change(content)
    database.write_bytes(content)
    assert found_out(database, own_key(), clock)


def test_the_database_shows_nothing_of_its_content(
    folder: Path, own_key: OwnKey, clock: FixedClock
) -> None:
    store = open_practice(folder, own_key(), clock, GUARDS)
    try:
        with store.write("Canary") as uow:
            uow.direct("INSERT INTO setting VALUES (?, ?)", ("canary", "Quillon Featherstone"))
        files = [path for path in folder.rglob("*") if path.is_file()]
        assert any(path.name.endswith("-wal") for path in files)
        assert not any(b"Quillon" in path.read_bytes() for path in files)
    finally:
        store.close()


def test_a_key_of_another_length_is_a_bug(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        connect(tmp_path / "new.db", bytes(31))  # SQLCipher would take it for a passphrase
    assert not (tmp_path / "new.db").exists()
