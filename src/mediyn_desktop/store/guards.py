# SPDX-License-Identifier: MIT
"""Triggers that hold whatever code runs above them. Written for SQLite; the port to another
database rewrites this module and nothing outside ``store``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def append_only(table: str, *, what: str, key: Sequence[str] = ("id",)) -> dict[str, str]:
    """Return triggers (name to SQL) that forbid UPDATE, DELETE and key reuse on ``table``.

    ``what`` names the rows in the refusal, ``key`` the columns of the primary key. The insert
    guard covers ``INSERT OR REPLACE``, which would otherwise delete the old row without firing
    the delete trigger on some builds.
    """
    equal = " AND ".join(f"{column} = NEW.{column}" for column in key)
    same = f"SELECT 1 FROM {table} WHERE {equal}"
    return {
        f"{table}_no_update": (
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN "
            f"SELECT RAISE(ABORT, '{what} are never changed'); END"
        ),
        f"{table}_no_delete": (
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN "
            f"SELECT RAISE(ABORT, '{what} are never deleted'); END"
        ),
        f"{table}_no_replace": (
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS ({same}) BEGIN "
            f"SELECT RAISE(ABORT, '{what} are never replaced'); END"
        ),
    }


def no_delete(table: str, *, what: str) -> dict[str, str]:
    """Return a trigger that forbids DELETE on ``table``: rows that may move on but never vanish."""
    return {
        f"{table}_no_delete": (
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN "
            f"SELECT RAISE(ABORT, '{what} are never deleted'); END"
        ),
    }


def fixed(table: str, columns: Sequence[str], *, what: str) -> dict[str, str]:
    """Return a trigger that forbids changing ``columns`` of ``table``, whatever else may change."""
    return {
        f"{table}_fixed": (
            f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OF {', '.join(columns)} ON {table} BEGIN "
            f"SELECT RAISE(ABORT, '{what} are kept as they came'); END"
        ),
    }


def row_of(prefix: str, columns: str) -> str:
    """Return ``columns`` (names, comma and blank between) of OLD or NEW, to compare two rows."""
    return ", ".join(f"{prefix}.{column}" for column in columns.split(", "))


def guard_differences(raw: Any, guards: Mapping[str, str]) -> list[str]:
    """Return what differs between the triggers of the database ``raw`` (DB-API) and ``guards``.

    Name and SQL must agree exactly; a guard weakened by one word is as good as missing.
    """
    found = dict(raw.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"))
    return (
        [f"{name} is missing" for name in sorted(guards.keys() - found.keys())]
        + [f"{name} is not one of ours" for name in sorted(found.keys() - guards.keys())]
        + [
            f"{name} was changed"
            for name in sorted(guards.keys() & found.keys())
            if guards[name] != found[name]
        ]
    )
