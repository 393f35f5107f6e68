# SPDX-License-Identifier: MIT
"""The facts behind the quiet line at the bottom: what waits, and how old the backup is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mediyn_desktop.cards.ground import Ground, ground
from mediyn_desktop.jobs.due import Job, JobState, JobStatus, status_of
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading
from mediyn_desktop.ui.wording import counted

_OLD_DAYS = 7
_WAITING_FOR = {
    "card-news": "refund",
    "cards": "charge",
    "claims": "claim",
    "eligibility": "coverage question",
}
"""What is counted; other jobs only keep watch, so nothing waits for them by number."""


@dataclass(frozen=True, slots=True)
class Status:
    """``jobs`` are those something waits for; ``backup`` and ``cards`` are ready to show.

    ``cards`` says what is not certain about cards, empty where all is; ``frozen`` why first.
    ``calm`` where it is nothing to worry about: cards are being charged right now.
    """

    jobs: tuple[JobStatus, ...]
    backup: str
    cards: str = ""
    frozen: bool = False
    calm: bool = False


def status(read: Reading, jobs: Iterable[Job]) -> Status:
    """Return what the status line shows."""
    shown = tuple(one for one in status_of(read, jobs) if one.waiting and _is_told(one))
    now = ground(read)
    text = cards_text(now)
    busy = under_way_text(now)
    frozen = now.frozen is not None
    return Status(shown, _backup(read), text or busy, frozen, calm=bool(busy) and not text)


def _is_told(job: JobStatus) -> bool:
    """Whether it is counted, or could not finish: a job that keeps watch in peace is not told."""
    return job.name in _WAITING_FOR or job.state != JobState.DONE


def cards_text(now: Ground) -> str:
    """Return what is not certain about cards, or that charging is frozen."""
    if now.frozen is not None:
        return "Charging is frozen"
    if now.to_compare.count:
        return f"{counted(now.to_compare.count, 'charge')} to compare"
    if now.unknown.count:
        return f"{counted(now.unknown.count, 'charge')} without an answer"
    return ""


def under_way_text(now: Ground) -> str:
    """Return how many cards are being charged right now."""
    count = now.under_way.count
    return f"{counted(count, 'charge')} under way" if count else ""


def connection_text(waiting: Iterable[JobStatus], *, offline: bool) -> str:
    """Return the line about the connection; nothing to say is said by nothing.

    Args:
        waiting: the jobs something waits for.
        offline: whether the user asked to use no network.
    """
    waiting = tuple(waiting)
    unreachable = offline or any(one.state == JobState.OFFLINE for one in waiting)
    needs_you = not offline and any(one.state == JobState.ATTENTION for one in waiting)
    counts = ", ".join(filter(None, map(count_text, waiting)))
    return " · ".join(
        part
        for part in (
            "Offline" if unreachable else "",
            f"{counts} waiting" if counts else "",
            "needs you" if needs_you else "",
        )
        if part
    )


def count_text(job: JobStatus) -> str:
    """Return how many of what wait, for example ``2 charges``; nothing where none is counted."""
    noun = _WAITING_FOR.get(job.name)
    return counted(job.waiting, noun) if noun is not None else ""


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
