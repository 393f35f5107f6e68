# SPDX-License-Identifier: MIT
"""The facts behind the quiet line at the bottom: what waits, and how old the backup is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from mediyn_desktop.cards.states import IN_FLIGHT, State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading

_OLD_DAYS = 7


@dataclass(frozen=True, slots=True)
class Status:
    """``waiting`` charges are queued or without an answer; ``backup`` is ready to show."""

    waiting: int
    backup: str


def status(read: Reading) -> Status:
    """Return what the status line shows."""
    waiting = read.session.scalar(
        select(func.count())
        .select_from(CardAttempt)
        .where(CardAttempt.state.in_([*IN_FLIGHT, State.QUEUED]))
    )
    return Status(waiting or 0, _backup(read))


def connection_text(waiting: int, *, offline: bool) -> str:
    """Return the line about the connection; nothing to say is said by nothing."""
    count = "" if not waiting else f"{waiting} charge{'s' if waiting != 1 else ''} waiting"
    return " · ".join(part for part in ("Offline" if offline else "", count) if part)


def _backup(read: Reading) -> str:
    text = settings.get(read, settings.BACKUP_LAST_AT)
    if not text:
        return "Not backed up yet"
    made = datetime.fromisoformat(text).astimezone(read.zone)
    days = (read.today - made.date()).days
    if days <= 0:
        return f"Backed up today {made:%H:%M}"
    if days == 1:
        return "Backed up yesterday"
    return f"Backed up {days} days ago" + (": please make one" if days >= _OLD_DAYS else "")
