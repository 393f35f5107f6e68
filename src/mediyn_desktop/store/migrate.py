# SPDX-License-Identifier: MIT
"""Bring a database to the schema of this program, in one transaction or not at all.

An up-to-date database is recognised by ``HEAD`` alone; Alembic is imported only to create or to
migrate. The migrations are plain files, frozen on the day of their release, so an old database
takes the same steps whatever the models look like today.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.resources import shipped
from mediyn_desktop.store.engine import DatabaseDamaged
from mediyn_desktop.store.failures import known_failure
from mediyn_desktop.store.guards import guard_differences
from mediyn_desktop.store.integrity import copy_database, dangling_keys

HEAD = "0001"


class NewerVersion(UserFacingError):
    """The database was written by a later version of this program."""

    code = "newer-version"

    def __init__(self) -> None:
        super().__init__(
            "This practice was last opened by a newer version of this program. Nothing was "
            "changed. Install the newest version and open it again."
        )


class MigrationFailed(UserFacingError):
    """A step of the migration failed or left something inconsistent; all of it was rolled back."""

    code = "migration-failed"


def migrations_folder() -> Path:
    """Return the folder with ``env.py`` and ``versions``."""
    return shipped("migrations")


def revision(raw: Any) -> str | None:
    """Return the schema revision of the database ``raw`` (DB-API), None if it has none.

    Raises:
        DatabaseDamaged: the database cannot be read.
    """
    try:
        table = raw.execute(
            "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'alembic_version'"
        ).fetchone()
        row = raw.execute("SELECT version_num FROM alembic_version").fetchone() if table else None
    except sqlcipher.DatabaseError as error:
        if "locked" in str(error):
            raise
        raise DatabaseDamaged(
            "The database is damaged: its list of tables cannot be read. Nothing was changed. "
            "Restore the newest backup; your passphrase stays the same."
        ) from error
    return str(row[0]) if row else None


def known_revisions() -> list[str]:
    """Return this program's revisions, newest first."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415  (slow to import, seldom needed)

    return [
        script.revision for script in ScriptDirectory(str(migrations_folder())).walk_revisions()
    ]


def upgrade(engine: Engine, guards: Mapping[str, str], *, to: str = "head") -> None:
    """Run the migrations up to ``to`` and check keys and guards before the one commit.

    Raises:
        MigrationFailed: nothing was changed.
    """
    with engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        # A rebuilt table is dropped and renamed, which enforced foreign keys would refuse; the
        # pragma is without effect inside a transaction, so it stands outside.
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            writing = connection.execution_options(sqlite_begin="IMMEDIATE")
            with writing.begin():
                _run(writing, to)
                found = dangling_keys(raw)
                if to == "head":  # a rebuilt table silently loses its triggers
                    found += guard_differences(raw, guards)
                if found:
                    raise ValueError(found[0])
        except Exception as error:
            if isinstance(error, DBAPIError) and known_failure(error) is not None:
                raise  # the disk's doing; whoever opens the practice says so
            raise MigrationFailed(
                f"The practice could not be brought to this version ({error}). It is exactly as it "
                "was, and a copy lies in its backups folder. Go on with the version you had "
                "before and report this."
            ) from error
        finally:
            raw.execute("PRAGMA foreign_keys=ON")


def copy_before(engine: Engine, folder: Path, key: bytes, *, old: str, stamp: str) -> Path:
    """Put a proved copy of the database into ``folder`` before it is migrated; return its path."""
    target = folder / f"before-{HEAD}-from-{old}-{stamp}.db"
    with engine.connect() as connection:
        copy_database(connection.connection.dbapi_connection, target, key)
    return target


def _run(connection: Any, to: str) -> None:
    from alembic import command  # noqa: PLC0415  (slow to import, seldom needed)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, to)
