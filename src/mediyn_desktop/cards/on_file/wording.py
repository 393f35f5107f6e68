# SPDX-License-Identifier: MIT
"""What a client agrees to by saving a card: versions of the text, and notices by state, as data.

The table is ``wordings.toml`` beside this file; each row says since when it holds and, for a
notice, which law asks for it. A practice may add words of its own in the settings.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

from mediyn_desktop.cards.choosing import COPAYS, FEES, SESSIONS
from mediyn_desktop.practice.tables import Practice
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading

ORDER: Final = (SESSIONS, COPAYS, FEES)
SCOPE_WORDS: Final = {
    SESSIONS: "sessions",
    COPAYS: "copays",
    FEES: "missed-session fees",
}


@dataclass(frozen=True, slots=True)
class Wording:
    """A consent's text as a client reads it; ``notice`` is the part a state asks for."""

    version: str
    text: str
    notice: str | None
    source: str | None

    @property
    def sha256(self) -> str:
        """Hex digest of the text, UTF-8."""
        return sha256(self.text)


def sha256(text: str) -> str:
    """Return the hex digest of a consent's text, UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def current_wording(read: Reading, scopes: Collection[str]) -> Wording:
    """Return today's text for ``scopes`` in the practice's state."""
    practice = read.session.get(Practice, 1)
    state = practice.state if practice is not None else ""
    own = settings.get(read, settings.CARDS_CONSENT_OWN)
    return wording(scopes, state=state, own=own, on=read.today)


def wording(scopes: Collection[str], *, state: str, own: str, on: date) -> Wording:
    """Return the text of ``on`` for ``scopes``: what may be charged, the terms, notice and own."""
    base = _newest(_table()["texts"], on)
    notices = [one for one in _table()["notices"] if one["state"] == state]
    notice = _newest(notices, on) if notices and notices[0]["from"] <= on else None
    lines = [base["permits"], *(f"- {base[one]}" for one in ORDER if one in scopes), base["terms"]]
    version = base["version"]
    if notice is not None:
        version += f"+{state}-{notice['version']}"
        lines.append(notice["text"])
    if own.strip():
        version += "+own"
        lines.append(own.strip())
    return Wording(
        version,
        "\n".join(line.strip() for line in lines),
        notice["text"].strip() if notice is not None else None,
        notice["source"] if notice is not None else None,
    )


def _newest(rows: Sequence[dict[str, Any]], on: date) -> dict[str, Any]:
    """The row in force on a day; the first there is, where a clock says a day before all."""
    in_force = [one for one in rows if one["from"] <= on] or rows[:1]
    return max(in_force, key=lambda one: one["from"])


@cache
def _table() -> dict[str, list[dict[str, Any]]]:
    text = files("mediyn_desktop.cards.on_file").joinpath("wordings.toml").read_text("utf-8")
    table: dict[str, list[dict[str, Any]]] = tomllib.loads(text)
    for rows in table.values():
        rows.sort(key=lambda one: one["from"])
    return table
