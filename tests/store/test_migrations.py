# SPDX-License-Identifier: MIT
"""The frozen migrations make exactly the live schema, and a failing one changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import create_engine

from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.schema import GUARDS, METADATA
from mediyn_desktop.store import migrate
from mediyn_desktop.store.engine import connect
from mediyn_desktop.store.folder import DATABASE
from mediyn_desktop.store.guards import guard_differences
from mediyn_desktop.store.opening import open_practice
from mediyn_desktop.vault.keys import DataKey

OLD = migrate.HEAD
NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "9001"
down_revision = "{old}"


def upgrade():
    with op.batch_alter_table("fee", recreate="always") as batch:
        batch.add_column(sa.Column("colour", sa.String(10)))
    op.execute("INSERT INTO setting (key, value) VALUES ('half', 'done')")
    {then}
"""


def parts(sql: str) -> list[str]:
    """The comma-separated parts of a CREATE TABLE, sorted: their order carries no meaning."""
    head, _, body = sql.partition("(")
    found, depth, part = [head], 0, ""
    for letter in body[: body.rindex(")")]:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            found.append(part)
            part = ""
        else:
            part += letter
    return sorted(" ".join(piece.replace('"', "").split()) for piece in [*found, part])


def shape(raw: Any) -> dict[str, Any]:
    """Every table and index of a database by name, comparable."""
    rows = raw.execute(
        "SELECT type, name, sql FROM sqlite_schema WHERE type IN ('table', 'index', 'view') "
        "AND sql IS NOT NULL AND name <> 'alembic_version'"
    )
    return {name: parts(sql) if kind == "table" else sql for kind, name, sql in rows}


@pytest.fixture
def own(own_key: Callable[[], DataKey]) -> DataKey:
    return own_key()


def with_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, then: str) -> None:
    """Let the program know one migration more, which ends with the statement ``then``."""
    newer = tmp_path / "migrations"
    shutil.copytree(migrate.migrations_folder(), newer)
    (newer / "versions" / "9001_next.py").write_text(
        NEXT.format(old=OLD, then=then), encoding="utf-8"
    )
    monkeypatch.setattr(migrate, "migrations_folder", lambda: newer)
    monkeypatch.setattr(migrate, "HEAD", "9001")


def columns(folder: Path, key: DataKey) -> list[str]:
    raw = connect(folder / DATABASE, key.sqlcipher_key())
    try:
        return [row[1] for row in raw.execute("PRAGMA table_info(fee)")]
    finally:
        raw.close()


def test_migrated_schema_is_the_live_schema(folder: Path, own: DataKey) -> None:
    engine = create_engine("sqlite://", module=sqlcipher)
    with engine.connect() as connection:
        METADATA.create_all(connection)
        wanted = shape(connection.connection.dbapi_connection)
    raw = connect(folder / DATABASE, own.sqlcipher_key())
    try:
        found = shape(raw)
        assert sorted(found) == sorted(wanted)
        assert found == wanted
        assert guard_differences(raw, GUARDS) == []
    finally:
        raw.close()
        engine.dispose()


def test_head_is_the_newest_migration() -> None:
    assert migrate.known_revisions()[0] == migrate.HEAD


def test_migrations_do_not_import_the_program() -> None:
    for file in (migrate.migrations_folder() / "versions").glob("*.py"):
        assert "mediyn_desktop" not in file.read_text(encoding="utf-8")


def test_an_older_practice_is_copied_then_migrated(
    folder: Path,
    own_key: Callable[[], DataKey],
    clock: FixedClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_next(tmp_path, monkeypatch, "pass")
    own = own_key()
    raw_key = own.sqlcipher_key()
    open_practice(folder, own, clock, GUARDS).close()
    assert "colour" in columns(folder, own_key())
    (copy,) = (folder / "backups").iterdir()
    kept = connect(copy, raw_key)
    assert migrate.revision(kept) == OLD
    kept.close()


@pytest.mark.parametrize(
    ("then", "reason"),
    [
        ('raise RuntimeError("half way")', "half way"),
        (  # Rebuilding a guarded table drops its triggers; that is caught before the commit.
            'with op.batch_alter_table("audit", recreate="always"): pass',
            "audit_no_delete is missing",
        ),
        (
            'op.execute("INSERT INTO fee (id, code, fee_cents, client_id) VALUES (1, 1, 1, 7)")',
            "fee row 1 points at a missing client row",
        ),
    ],
    ids=["raises", "loses guards", "dangles"],
)
def test_a_failing_migration_changes_nothing(
    folder: Path,
    own: DataKey,
    clock: FixedClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    then: str,
    reason: str,
) -> None:
    with_next(tmp_path, monkeypatch, then)
    with pytest.raises(migrate.MigrationFailed, match=reason) as failed:
        open_practice(folder, own, clock, GUARDS)
    assert failed.value.code == "migration-failed"
    assert "colour" not in columns(folder, own)
    raw = connect(folder / DATABASE, own.sqlcipher_key())
    try:
        assert migrate.revision(raw) == OLD
        assert raw.execute("SELECT count(*) FROM setting").fetchone() == (0,)
        assert guard_differences(raw, GUARDS) == []
    finally:
        raw.close()


def test_foreign_keys_are_on_again_after_a_migration(
    folder: Path, own: DataKey, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_next(tmp_path, monkeypatch, "pass")
    store = open_practice(folder, own, clock, GUARDS)
    try:
        for _ in range(5):
            with store.engine.connect() as connection:
                assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    finally:
        store.close()
