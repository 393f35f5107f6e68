# SPDX-License-Identifier: MIT
"""The unit of work: the one door through which anything is written.

``with store.write("Sign note") as uow:`` begins immediately, commits once, and seals one audit row
naming what changed. Leaving the block by an exception rolls everything back.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from mediyn_desktop.core.clock import Clock, local_date
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.store.audit import append_audit
from mediyn_desktop.store.failures import explain, locked
from mediyn_desktop.store.folder import FolderLock
from mediyn_desktop.store.tables import SettingRow
from mediyn_desktop.vault.keys import DataKey

_log = logging.getLogger(__name__)

_READERS_END_WITHIN = 5.0  # seconds; an interrupted read ends at once
_ASK_AGAIN_AFTER = 0.05


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

    def __init__(self, bind: Engine | Connection, clock: Clock) -> None:
        self._bind = bind
        self._clock = clock

    @cached_property
    def session(self) -> Session:
        """The session, made when it is first asked for."""
        return Session(self._bind, expire_on_commit=False)

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

    @property
    def raw(self) -> Any:
        """The DB-API connection, for pragmas and for SQL too plain or too frequent to compose."""
        return self.session.connection().connection.dbapi_connection


class UnitOfWork(Reading):
    """A writing transaction. Use cases take it as their first argument and never commit it."""

    def __init__(
        self, writer: _Writer, clock: Clock, *, subkey: Callable[[str], bytes], label: str
    ) -> None:
        super().__init__(writer.connection, clock)
        self.changes = Changes(label)
        self.subkey = subkey
        self._raw = writer.raw
        self._now = clock.now()

    @property
    def now(self) -> datetime:
        """The instant this transaction began, UTC: one transaction has one time."""
        return self._now

    @property
    def raw(self) -> Any:
        return self._raw

    def direct(self, sql: str, values: tuple[object, ...]) -> Any:
        """Run written-out standard SQL with ``?`` for each value; return the DB-API cursor.

        For the few statements that run at every posting. Another database's driver may want
        another mark than ``?``; it is put in here and nowhere else.
        """
        return self._raw.execute(sql, values)

    def direct_many(self, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Run ``sql`` once for each of ``rows``; see ``direct``."""
        self._raw.executemany(sql, rows)

    def changed(self, kind: str, ident: object) -> None:
        """Note that the thing ``kind`` with id ``ident`` changed."""
        self.changes.touched.setdefault(kind, set()).add(str(ident))

    def _end(self, end: Callable[[Session], None]) -> None:
        """``Session.commit`` or ``Session.rollback``, also where no session was asked for."""
        session = self.__dict__.get("session")
        if session is not None:
            end(session)
            session.close()
        if self._raw.in_transaction:
            self._raw.commit() if end is Session.commit else self._raw.rollback()


class _Writer:
    """The one connection that writes, kept open between writes.

    Transactions begin on the DB-API connection; the engine only joins them.
    """

    def __init__(self, engine: Engine) -> None:
        self.connection = engine.connect().execution_options(sqlite_begin=None)
        self.raw: Any = self.connection.connection.dbapi_connection

    def drop(self) -> None:
        """Close it for good: after a failure of the database its state is not to be trusted."""
        self.connection.invalidate()
        self.connection.close()


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
        self._subkeys: dict[str, bytes] = {}
        self._lock = lock
        self._writing = threading.RLock()
        self._in_write = False
        self._writer: _Writer | None = None
        self._reading: dict[Reading, Any] = {}  # open snapshots and their raw connections
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
            raise locked()
        return self._key

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """Yield a snapshot for reading; whatever is done to it is rolled back.

        Raises:
            Locked: the practice is locked, or was locked while reading.
        """
        view = Reading(self.engine, self.clock)
        try:
            with self._gate:
                self._unlocked()
                self._reading[view] = view.raw
            yield view
        except (DBAPIError, sqlcipher.DatabaseError) as error:
            if self._key is None:
                raise locked() from error
            explain(error, self.folder)
        finally:
            # A connection that goes back to the pool after a lock would stay open and keyed.
            view.session.close() if self._key is not None else view.session.invalidate()
            with self._gate:
                self._reading.pop(view, None)
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
        with self._writing:
            self._unlocked()
            if self._in_write:
                raise RuntimeError("a write inside a write")
            self._in_write = True
            try:
                yield from self._transaction(label)
            except (DBAPIError, sqlcipher.DatabaseError) as error:
                if self._writer is not None:
                    self._writer.drop()
                    self._writer = None
                explain(error, self.folder)
            finally:
                self._in_write = False

    def _transaction(self, label: str) -> Iterator[UnitOfWork]:
        if self._writer is None:
            self._writer = _Writer(self.engine)
        uow = UnitOfWork(self._writer, self.clock, subkey=self.subkey, label=label)
        try:
            uow.raw.execute("BEGIN IMMEDIATE")
            yield uow
            if "session" in uow.__dict__:
                uow.session.flush()
            append_audit(
                uow.raw,
                self.subkey("chain"),
                at=uow.now,
                label=label,
                touched=uow.changes.touched,
            )
            uow._end(Session.commit)
        except BaseException:
            uow._end(Session.rollback)
            raise

    def subkey(self, label: str) -> bytes:
        """Return the derived key for ``label``; derived once while the practice is open."""
        key = self._unlocked()
        if label not in self._subkeys:
            self._subkeys[label] = key.subkey(label)
        return self._subkeys[label]

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
        with self._writing:
            with self._gate:
                key, self._key = self._key, None
                if key is None:
                    return
                self._subkeys.clear()
                # Again and again: an interrupt between two statements of a reader is lost.
                for _ in range(int(_READERS_END_WITHIN / _ASK_AGAIN_AFTER)):
                    for raw in self._reading.values():
                        raw.interrupt()
                    if self._gate.wait_for(lambda: not self._reading, timeout=_ASK_AGAIN_AFTER):
                        break
            try:
                if self._writer is not None:
                    self._writer.drop()
                    self._writer = None
                if self._lock is not None:
                    _fold_log(self.engine)
            finally:
                self.engine.dispose()
                key.drop()
                if self._lock is not None:
                    self._lock.release()


@contextmanager
def reading(engine: Engine, clock: Clock) -> Iterator[Reading]:
    """Yield a snapshot of a database that is not the open practice, such as a backup's copy."""
    view = Reading(engine, clock)
    try:
        yield view
    finally:
        view.session.close()


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
