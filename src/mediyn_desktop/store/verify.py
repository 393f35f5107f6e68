# SPDX-License-Identifier: MIT
"""Prove that the practice's file is whole, guarded, sealed and private.

The rooms above add checks of their own rows as functions; this room knows none of their tables.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy.exc import DBAPIError

from mediyn_desktop.store import integrity, migrate
from mediyn_desktop.store.audit import broken_audit
from mediyn_desktop.store.engine import PLAIN_HEADER
from mediyn_desktop.store.folder import loose_permissions
from mediyn_desktop.store.guards import guard_differences
from mediyn_desktop.store.uow import Reading, Store

_WAL_FIRST_PAGE = (
    32 + 24
)  # bytes of file header and frame header before the first page (WAL format)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked, and in a few words what was found."""

    name: str
    ok: bool
    detail: str


# A check of a room above: reads one snapshot, has the chain key for seals.
ExtraCheck = Callable[[Reading, bytes], Check]


def judged(name: str, problems: Sequence[str], sound: str) -> Check:
    """Return the check ``name``: passed with ``sound``, or failed with the first problem."""
    if not problems:
        return Check(name, True, sound)
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return Check(name, False, f"{problems[0]}{more}")


def verify(store: Store, extra_checks: Sequence[ExtraCheck] = ()) -> list[Check]:
    """Run every check of the file, its rows and its folder; a failed one does not stop the rest."""
    with store.read() as read:
        return [
            *check_database(read, store.subkey("chain"), store.guards, extra_checks),
            judged("encrypted", _plaintext_files(store.path), "the database and its log are"),
            _permissions(store.folder),
        ]


def check_database(
    read: Reading, chain_key: bytes, guards: Mapping[str, str], extra_checks: Sequence[ExtraCheck]
) -> list[Check]:
    """Run the checks that need nothing but an open database, of the practice or of a backup."""
    raw = read.raw
    own: tuple[tuple[str, Callable[[], list[str]], str], ...] = (
        ("pages", lambda: integrity.cipher_damage(raw), "every page is as it was written"),
        ("structure", lambda: integrity.structure_damage(raw), "tables and indexes agree"),
        ("references", lambda: integrity.dangling_keys(raw), "every reference has its row"),
        ("schema", lambda: _schema_problems(raw), f"revision {migrate.HEAD}"),
        ("guards", lambda: guard_differences(raw, guards), f"{len(guards)} guards in place"),
        ("audit chain", lambda: list(broken_audit(read.session, chain_key)), "every seal fits"),
    )
    checks = [_attempted(name, _judging(name, find, sound)) for name, find, sound in own]
    for extra in extra_checks:
        checks.append(_attempted(_name_of(extra), lambda extra=extra: extra(read, chain_key)))  # type: ignore[misc]
    return checks


def _judging(name: str, find: Callable[[], list[str]], sound: str) -> Callable[[], Check]:
    return lambda: judged(name, find(), sound)


def _attempted(name: str, check: Callable[[], Check]) -> Check:
    """Run ``check``; a database too damaged for it is its answer, not the end of the others."""
    try:
        return check()
    except (DBAPIError, sqlcipher.DatabaseError) as error:
        return Check(name, False, f"could not be checked: {getattr(error, 'orig', error)}")


def _name_of(extra: ExtraCheck) -> str:
    return getattr(extra, "__name__", "check").strip("_").replace("_", " ")


def _schema_problems(raw: Any) -> list[str]:
    found = migrate.revision(raw)
    return [] if found == migrate.HEAD else [f"revision {found} instead of {migrate.HEAD}"]


def _plaintext_files(path: Path) -> list[str]:
    problems = []
    for name, start in ((path.name, 0), (f"{path.name}-wal", _WAL_FIRST_PAGE)):
        file = path.with_name(name)
        if file.exists():
            with file.open("rb") as opened:
                opened.seek(start)
                if opened.read(len(PLAIN_HEADER)) == PLAIN_HEADER:
                    problems.append(f"{name} is not encrypted")
    return problems


def _permissions(folder: Path) -> Check:
    sound = "closed to other users" if sys.platform != "win32" else "left to the profile folder"
    loose = [f"{path} can be read by other users" for path in loose_permissions(folder)]
    return judged("permissions", loose, sound)
