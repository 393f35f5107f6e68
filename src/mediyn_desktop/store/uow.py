# SPDX-License-Identifier: MIT
"""The unit of work: the one door through which anything is written.

``with store.write("Sign note") as uow:`` begins immediately, commits once, and seals one audit row
naming what changed. Leaving the block by an exception rolls everything back.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from mediyn_desktop.core.clock import Clock, local_date
from mediyn_desktop.core.errors import Locked, UserFacingError
from mediyn_desktop.store.chain import GENESIS, seal
from mediyn_desktop.store.folder import FolderLock
from mediyn_desktop.store.tables import AuditRow, SettingRow
from mediyn_desktop.vault.keys import DataKey

_log = logging.getLogger(__name__)

_READERS_END_WITHIN = 5.0  # seconds; an interrupted read ends at once


class StorageFailed(UserFacingError):
    """The disk or the database refused a write; the transaction was rolled back."""

    code = "storage-failed"


_KNOWN_FAILURES = (
    (
        "disk is full",
        "disk-full",
        "The disk is full, so this was not saved. Everything saved before is safe and nothing "
        "was charged by it. Free some space and try again.",
    ),
    (
        "disk I/O error",
        "disk-failed",
        "The disk reported an error, so this was not saved. Everything saved before is safe. "
        "Check the disk, make a backup elsewhere, and try again.",
    ),
    (
        "database is locked",
        "busy",
        "Another part of the program was writing for too long, so this was not saved. Nothing "
        "changed. Try again in a moment.",
    ),
    (
        "malformed",
        "database-damaged",
        "The database is damaged. Nothing was changed. Restore the newest backup.",
    ),
    (
        "readonly",
        "read-only",
        "The practice folder cannot be written to. Nothing was changed. Check its permissions.",
    ),
)


@dataclass(slots=True)
class Changes:
    """What one write touched, for screens that must reload: kind -> ids."""

    label: str
    touched: dict[str, set[str]] = field(default_factory=dict)

    def kinds(self) -> frozenset[str]:
        """The kinds of thing that changed."""
        return frozenset(self.touched)


class Reading:
    """A read-only view of the practice: one snapshot, one session."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self.session = session
        self._clock = clock

    @cached_property
    def zone(self) -> ZoneInfo:
        """Where the practice is."""
        chosen = select(SettingRow.value).where(SettingRow.key == "practice.timezone")
        return ZoneInfo(self.session.scalar(chosen) or "America/New_York")

    @property
    def now(self) -> datetime:
        """The current instant, UTC."""
        return self._clock.now()

    @property
    def today(self) -> date:
        """Today's date where the practice is."""
        return local_date(self.now, self.zone)


class UnitOfWork(Reading):
    """A writing transaction. Use cases take it as their first argument and never commit it."""

    def __init__(self, session: Session, clock: Clock, *, key: DataKey, changes: Changes) -> None:
        super().__init__(session, clock)
        self.changes = changes
        self._key = key
        self._now = clock.now()

    @property
    def now(self) -> datetime:
        """The instant this transaction began, UTC: one transaction has one time."""
        return self._now

    def subkey(self, label: str) -> bytes:
        """Return the derived key for ``label`` ("chain", "identity")."""
        return self._key.subkey(label)

    def changed(self, kind: str, ident: object) -> None:
        """Note that the thing ``kind`` with id ``ident`` changed."""
        self.changes.touched.setdefault(kind, set()).add(str(ident))


class Store:
    """An open practice database. Made by ``store.opening``; closed on lock and on exit.

    ``lock`` is the folder lock it holds; without one the store only reads.
    """

    def __init__(
        self,
        path: Path,
        engine: Engine,
        key: DataKey,
        clock: Clock,
        *,
        guards: Mapping[str, str],
        lock: FolderLock | None = None,
    ) -> None:
        self.path = path
        self.engine = engine
        self.clock = clock
        self.guards = guards
        self._key: DataKey | None = key
        self._lock = lock
        self._writer = threading.Lock()
        self._reading: dict[Session, Any] = {}  # open snapshots and their raw connections
        self._gate = threading.Condition()

    @property
    def folder(self) -> Path:
        """The data folder."""
        return self.path.parent

    @property
    def writable(self) -> bool:
        """Whether this store holds the folder's lock, and so may write."""
        return self._lock is not None

    def _unlocked(self) -> DataKey:
        if self._key is None:
            raise _locked()
        return self._key

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """Yield a snapshot for reading; whatever is done to it is rolled back.

        Raises:
            Locked: the practice is locked, or was locked while reading.
        """
        with Session(self.engine) as session:
            try:
                with self._gate:
                    self._unlocked()
                    self._reading[session] = session.connection().connection.dbapi_connection
                yield Reading(session, self.clock)
            except DBAPIError as error:
                raise _locked() if self._key is None else known_failure(error) from error
            finally:
                # A connection that goes back to the pool after a lock would stay open and keyed.
                session.rollback() if self._key is not None else session.invalidate()
                with self._gate:
                    self._reading.pop(session, None)
                    self._gate.notify_all()

    @contextmanager
    def write(self, label: str) -> Iterator[UnitOfWork]:
        """Yield a unit of work; commit when the block ends well, roll back when it does not.

        Raises:
            StorageFailed: the disk is full, unreadable or busy; nothing was kept.
            Locked: the practice is locked.
        """
        if self._lock is None:
            raise RuntimeError("this store was opened for reading only")
        with self._writer, Session(self.engine, expire_on_commit=False) as session:
            key = self._unlocked()
            try:
                session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
                changes = Changes(label)
                uow = UnitOfWork(session, self.clock, key=key, changes=changes)
                yield uow
                session.flush()
                _append_audit(uow)
                session.commit()
            except DBAPIError as error:
                session.rollback()
                raise known_failure(error) from error
            except BaseException:
                session.rollback()
                raise

    def subkey(self, label: str) -> bytes:
        """Return the derived key for ``label``; for verification and backup."""
        return self._unlocked().subkey(label)

    def fingerprint(self, store_id: str) -> str:
        """Return what names the practice's key in its key file; for backup."""
        return self._unlocked().fingerprint(store_id)

    def sqlcipher_key(self) -> bytes:
        """Return the database's raw key; for backup."""
        return self._unlocked().sqlcipher_key()

    def close(self) -> None:
        """Fold the write-ahead log in, close every connection, forget the key, free the folder.

        Waits for a write to finish; interrupts what is being read. Closing twice is harmless.
        """
        with self._writer:
            with self._gate:
                key, self._key = self._key, None
                if key is None:
                    return
                for raw in self._reading.values():
                    raw.interrupt()
                self._gate.wait_for(lambda: not self._reading, timeout=_READERS_END_WITHIN)
            try:
                if self._lock is not None:
                    _fold_log(self.engine)
            finally:
                self.engine.dispose()
                key.drop()
                if self._lock is not None:
                    self._lock.release()


def _fold_log(engine: Engine) -> None:
    try:
        with engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            raw.execute("PRAGMA busy_timeout=500")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except (UserFacingError, DBAPIError, sqlcipher.Error) as error:
        # Nothing is lost: the log stays beside the database and is read at the next start.
        _log.warning("The write-ahead log could not be folded in: %s", type(error).__name__)


def _locked() -> Locked:
    return Locked("The practice is locked. Nothing was done. Unlock it and try again.")


def known_failure(error: DBAPIError | sqlcipher.DatabaseError) -> Exception:
    """Return the error to show for ``error``: a known storage failure, or the error itself."""
    text = str(error.orig if isinstance(error, DBAPIError) else error)
    for mark, code, message in _KNOWN_FAILURES:
        if mark in text:
            return StorageFailed(message, code=code)
    return error


@contextmanager
def reading(engine: Engine, clock: Clock) -> Iterator[Reading]:
    """Yield a snapshot of a database that is not the open practice, such as a backup's copy."""
    with Session(engine) as session:
        yield Reading(session, clock)
        session.rollback()


def _append_audit(uow: UnitOfWork) -> None:
    """Seal this write. A write that touched nothing leaves no row."""
    if not uow.changes.touched:
        return
    connection = uow.session.connection()
    last = connection.execute(
        select(AuditRow.id, AuditRow.seal).order_by(AuditRow.id.desc()).limit(1)
    ).first()
    number, previous = (last.id, last.seal) if last else (0, GENESIS)
    changes = json.dumps({kind: sorted(ids) for kind, ids in sorted(uow.changes.touched.items())})
    connection.execute(
        insert(AuditRow).values(
            id=number + 1,
            at=uow.now,
            label=uow.changes.label,
            changes=changes,
            seal=audit_seal(
                uow.subkey("chain"),
                previous,
                number=number + 1,
                at=uow.now,
                label=uow.changes.label,
                changes=changes,
            ),
        )
    )


def audit_seal(
    key: bytes, previous: str, *, number: int, at: datetime, label: str, changes: str
) -> str:
    """Return the seal of one audit row."""
    return seal(key, previous, ["audit", number, at.isoformat(), label, changes])
