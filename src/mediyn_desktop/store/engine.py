# SPDX-License-Identifier: MIT
"""Connections to the SQLCipher file.

The key reaches SQLCipher as a raw 64-hex-digit key in the first statement of a connection, never
through a URL. A wrong key, a foreign file and damage to the first page all look the same to
SQLCipher; because the key slot has already proved the key, such a failure is reported as damage.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.store.failures import NOT_WRITABLE, known_failure

PLAIN_HEADER = b"SQLite format 3\x00"

# synchronous=FULL: an acknowledged charge must survive a power cut. cache_size 64 MiB: SQLCipher
# pays for every page it has to decrypt again. recursive_triggers: REPLACE must fire the guards.
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "recursive_triggers=ON",
    "busy_timeout=10000",
    "temp_store=MEMORY",
    "secure_delete=FAST",
    "trusted_schema=OFF",
    "cache_size=-65536",
    "wal_autocheckpoint=200",
)

# The driver's statement cache, once full, keeps its oldest statements for ever and compiles every
# other one (with its triggers) anew each time; so it must never fill.
_STATEMENTS = 2000


class DatabaseDamaged(UserFacingError):
    """The file is not the encrypted database it should be."""

    code = "database-damaged"


def connect(path: Path, key: bytes) -> Any:
    """Open one SQLCipher connection (DB-API) to ``path`` with the 32-byte raw ``key``.

    Raises:
        DatabaseDamaged: the file is plaintext, truncated, foreign, or its first page is damaged.
        StorageFailed: its folder cannot be written to.
    """
    if len(key) != 32:
        raise ValueError("a raw SQLCipher key is 32 bytes")
    if path.exists() and path.stat().st_size:
        with path.open("rb") as file:
            if file.read(len(PLAIN_HEADER)) == PLAIN_HEADER:
                raise DatabaseDamaged(
                    f"{path.name} is not encrypted, so it was not written by this program. "
                    "Nothing was read or changed. Restore a backup instead."
                )
    connection = sqlcipher.connect(
        str(path),
        timeout=10,
        check_same_thread=False,
        isolation_level=None,
        cached_statements=_STATEMENTS,
    )
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("PRAGMA cipher_page_size = 4096")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except sqlcipher.DatabaseError as error:
        connection.close()
        if "not a database" in str(error) or "malformed" in str(error):
            raise DatabaseDamaged(
                f"{path.name} is damaged: its first page cannot be read with your key. Nothing "
                "was changed. Restore the newest backup; your passphrase stays the same."
            ) from None
        known = known_failure(error)
        if known is not None and known.code == NOT_WRITABLE:
            raise known from None
        raise
    except BaseException:
        connection.close()
        raise
    return connection


def make_engine(path: Path, key: Callable[[], bytes]) -> Engine:
    """Return an engine whose transactions are explicit; writers ask for ``BEGIN IMMEDIATE``.

    ``key`` is asked for the raw key at each new connection, so that the engine holds no copy and
    cannot connect any more once the key is dropped.

    Deferred transactions that read before they write fail with "database is locked" whatever the
    busy timeout, so a writer sets the execution option ``sqlite_begin="IMMEDIATE"``.
    """
    engine = create_engine(
        "sqlite://",
        module=sqlcipher,
        creator=lambda: connect(path, key()),
        poolclass=QueuePool,
        pool_size=3,
        max_overflow=4,
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        kind = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        if kind is not None:  # None: it has begun already
            connection.exec_driver_sql(f"BEGIN {kind}")

    return engine


def assert_encrypted(path: Path) -> None:
    """Refuse to go on if ``path`` came out as a plaintext database."""
    with path.open("rb") as file:
        if file.read(len(PLAIN_HEADER)) == PLAIN_HEADER:
            raise DatabaseDamaged(
                f"{path.name} was about to be stored without encryption, so work was stopped. "
                "Nothing about your clients was written. Please reinstall the program."
            )
