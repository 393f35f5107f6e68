# SPDX-License-Identifier: MIT
"""No statement changes, deletes or replaces a guarded row, in any room's tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Boolean, Column, Date, DateTime, Integer, LargeBinary

from mediyn_desktop.schema import GUARDS, METADATA
from mediyn_desktop.store.engine import connect
from mediyn_desktop.store.folder import DATABASE
from mediyn_desktop.vault.keys import DataKey

APPEND_ONLY = sorted(
    name.removesuffix("_no_update") for name in GUARDS if name.endswith("_no_update")
)
LASTING = sorted(name.removesuffix("_no_delete") for name in GUARDS if name.endswith("_no_delete"))


def value(column: Column[Any]) -> object:
    kind = column.type
    for wanted, given in (
        (Boolean, 0),
        (Integer, 1),
        (LargeBinary, b"x"),
        (Date, "2026-11-23"),
        (DateTime, "2026-11-23 21:00:00.000000"),
    ):
        if isinstance(getattr(kind, "impl_instance", kind), wanted):
            return given
    return "x"


@pytest.fixture
def raw(folder: Path, own_key: Callable[[], DataKey]) -> Iterator[Any]:
    """A database on a raw connection, without the rules about what may be inserted."""
    path = folder / DATABASE
    connection = connect(path, own_key().sqlcipher_key())
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("PRAGMA ignore_check_constraints=ON")
    for name in GUARDS:
        if not name.endswith(("_no_update", "_no_delete", "_no_replace")):
            connection.execute(f"DROP TRIGGER {name}")
    yield connection
    connection.close()


def insert_one(raw: Any, name: str) -> str:
    """Put a row of made-up values into the table ``name``; return its last column's name."""
    columns = list(METADATA.tables[name].columns)
    marks = ", ".join("?" for _ in columns)
    raw.execute(f"INSERT INTO {name} VALUES ({marks})", [value(column) for column in columns])
    return columns[-1].name


def refused(raw: Any, sql: str, why: str) -> None:
    with pytest.raises(sqlcipher.IntegrityError, match=why):
        raw.execute(sql)


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_an_append_only_row_is_never_changed_or_replaced(raw: Any, table: str) -> None:
    column = insert_one(raw, table)
    before = raw.execute(f"SELECT * FROM {table}").fetchall()
    for verb in ("UPDATE", "UPDATE OR IGNORE", "UPDATE OR REPLACE", "UPDATE OR FAIL"):
        refused(raw, f"{verb} {table} SET {column} = {column}", "never changed")
    for verb in ("INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"):
        refused(raw, f"{verb} INTO {table} SELECT * FROM {table}", "never replaced")
    assert raw.execute(f"SELECT * FROM {table}").fetchall() == before


@pytest.mark.parametrize("table", LASTING)
def test_a_lasting_row_is_never_deleted_nor_replaced_away(raw: Any, table: str) -> None:
    insert_one(raw, table)
    refused(raw, f"DELETE FROM {table}", "never deleted")
    refused(raw, f"REPLACE INTO {table} SELECT * FROM {table}", "never (deleted|replaced)")
    assert raw.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,)


def test_the_money_tables_are_all_append_only() -> None:
    money = {"account", "entry", "posting", "open_item", "payment", "allocation", "audit"}
    assert money <= set(APPEND_ONLY)


def test_a_guard_on_the_way_in_does_not_depend_on_recursive_triggers(raw: Any) -> None:
    raw.execute("PRAGMA recursive_triggers=OFF")
    insert_one(raw, "entry")
    refused(raw, "REPLACE INTO entry SELECT * FROM entry", "never replaced")
