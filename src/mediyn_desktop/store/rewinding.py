# SPDX-License-Identifier: MIT
"""Taking back whole rows: what one import brought in, before anything came of it.

Nowhere else is a row of the books deleted. An import holds other people's records; brought in by
mistake they must not stay. That they were brought in and taken back stays in the audit chain.
Written for SQLite, as the guards are.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Table

from mediyn_desktop.store.base import Base
from mediyn_desktop.store.uow import Reading, UnitOfWork

# What is not about the practice's clients and books, or came from outside: never taken back.
KEPT = frozenset(
    {
        "audit",
        "card_anchor",
        "card_freeze",
        "code_list",
        "inbound_file",
        "job_run",
        "mailbox_item",
        "poll_event",
        "secret",
        "setting",
        "undo_step",
    }
)


def newest_rows(read: Reading) -> dict[str, int]:
    """Return the highest id of each table that can be taken back (0 where it is empty)."""
    raw = read.raw
    return {
        table.name: raw.execute(f"SELECT coalesce(max(id), 0) FROM {table.name}").fetchone()[0]
        for table in _tables()
        if _numbered(table)
    }


def rewind(uow: UnitOfWork, newest: Mapping[str, int]) -> None:
    """Delete every row above ``newest``, the answer of ``newest_rows`` at an earlier time.

    The guards are lifted for it and stand again before anything else is written; all of it is one
    transaction. Tables that came since are emptied.
    """
    uow.session.flush()
    raw = uow.raw
    guards = raw.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    raw.execute("PRAGMA defer_foreign_keys = ON")  # until this transaction ends
    for name, _ in guards:
        raw.execute(f"DROP TRIGGER {name}")
    for table in _tables():
        column, parent = ("id", table.name) if _numbered(table) else _owner(table)
        raw.execute(f"DELETE FROM {table.name} WHERE {column} > ?", (newest.get(parent, 0),))
    for _, sql in guards:
        raw.execute(sql)
    uow.session.expunge_all()


def _tables() -> list[Table]:
    return [one for one in reversed(Base.metadata.sorted_tables) if one.name not in KEPT]


def _numbered(table: Table) -> bool:
    return [column.name for column in table.primary_key.columns] == ["id"]


def _owner(table: Table) -> tuple[str, str]:
    """The column and table of the row that rows without an id of their own belong to."""
    first = next(iter(table.primary_key.columns))
    (key,) = first.foreign_keys
    return first.name, key.column.table.name
