# SPDX-License-Identifier: MIT
"""The audit chain: one sealed row per committed write."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Set
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediyn_desktop.store.base import stored_instant
from mediyn_desktop.store.chain import GENESIS, seal
from mediyn_desktop.store.tables import AuditRow

# Run at every write, so they are written out: composing them costs more than running them.
_LAST = "SELECT id, seal FROM audit ORDER BY id DESC LIMIT 1"
_INSERT = "INSERT INTO audit (id, at, label, changes, seal) VALUES (?, ?, ?, ?, ?)"


def append_audit(
    raw: Any, key: bytes, *, at: datetime, label: str, touched: Mapping[str, Set[str]]
) -> None:
    """Seal one write on the connection ``raw`` (DB-API): what it was called, which ids it touched.

    A write that touched nothing leaves no row.
    """
    if not touched:
        return
    last = raw.execute(_LAST).fetchone()
    number, previous = (last[0] + 1, last[1]) if last else (1, GENESIS)
    changes = json.dumps({kind: sorted(touched[kind]) for kind in sorted(touched)})
    own = audit_seal(key, previous, number=number, at=at, label=label, changes=changes)
    raw.execute(_INSERT, (number, stored_instant(at), label, changes, own))


def audit_seal(
    key: bytes, previous: str, *, number: int, at: datetime, label: str, changes: str
) -> str:
    """Return the seal of one audit row."""
    return seal(key, previous, ("audit", number, at.isoformat(), label, changes))


def broken_audit(session: Session, key: bytes) -> Iterator[str]:
    """Yield a sentence for each audit row whose number or seal is not as it was written."""
    previous, expected = GENESIS, 0
    rows = select(AuditRow).order_by(AuditRow.id).execution_options(yield_per=1000)
    for row in session.scalars(rows):
        expected += 1
        if row.id != expected:
            yield f"audit row {expected} is missing"
            expected = row.id
        own = audit_seal(
            key, previous, number=row.id, at=row.at, label=row.label, changes=row.changes
        )
        if own != row.seal:
            yield f"audit row {row.id} was changed after it was written"
        previous = row.seal
