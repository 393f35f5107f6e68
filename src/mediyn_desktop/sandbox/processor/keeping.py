# SPDX-License-Identifier: MIT
"""The processor's memory in a file, so that it survives the end of the program.

The file is a line with everything, then a line for each request that changed something, with what
it changed. A line is on the disk before the answer goes out: whoever was answered finds it so after
a crash. Requests that end together share one line. A line that a crash cut off was never answered
and counts for nothing; what is broken before the last line is no memory.

With the first change after a start, at an orderly end, and where the lines outgrow what they are
about, everything is written anew as one line; half of that is no memory either.

What is kept is the sandbox's own account; accounts, keys and faults that were made for one run end
with it. Objects of the event list are forgotten after thirty days, as the real one does
(docs.stripe.com/api/events).
"""

from __future__ import annotations

import json
import logging
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from mediyn_desktop.core.files import write_whole
from mediyn_desktop.sandbox.processor.behaviours import Behaviour
from mediyn_desktop.sandbox.processor.errors import ApiError, Json
from mediyn_desktop.sandbox.processor.idempotency import KEPT_FOR, IdempotencyKeys, StoredReply
from mediyn_desktop.sandbox.processor.state import State

_log = logging.getLogger(__name__)

_VERSION = 1
_EVENTS_KEPT_SECONDS = 30 * 86_400
_ROOM: Final = 16 << 20  # bytes of lines before everything is written anew


class MemoryDamaged(Exception):
    """The file is not a whole memory of this processor; nothing was taken from it."""


class Keeper:
    """Writes ``state`` and ``keys`` to ``path``; nothing before the first change."""

    def __init__(self, path: Path, state: State, keys: IdempotencyKeys) -> None:
        self._path, self._state, self._keys = path, state, keys
        self._asking = threading.Lock()
        self._writing = threading.Lock()
        self._asked = self._written = 0
        self._seen = state.changes if path.exists() else -1
        self._kept = _Kept()
        self._size: int | None = None  # of the file as this keeper left it; None: write it anew
        self._room = 0

    def keep(self, *, changed: bool) -> None:
        """Have everything up to now in the file when this returns.

        Args:
            changed: whether the request may have changed an object without making one.

        Raises:
            OSError: the disk refuses; what was kept before is intact.
        """
        with self._asking:
            if not changed and self._state.changes == self._seen:
                return
            self._asked += 1
            mine = self._asked
        with self._writing:
            if self._written >= mine:  # somebody wrote it along
                return
            with self._asking:
                begun = self._asked
            seen = self._write()
            self._written, self._seen = begun, seen

    def close(self) -> None:
        """Leave everything as one line; what cannot be written so stays as it is."""
        with self._writing:
            try:
                if self._size is None or self._path.stat().st_size != self._size:
                    return  # not ours to touch
                self._size = None
                self._write()
            except OSError:
                _log.warning("the sandbox's memory could not be written as one line")

    def _write(self) -> int:
        """Write what is not kept yet; return how many changes that includes."""
        state = self._state
        # Also after a failure: what the file ends with is not certain then.
        anew = self._size is None or self._size > self._room
        with state.lock:
            seen = state.changes
            tell = self._kept.everything if anew else self._kept.news
            line = tell(state, self._keys)
            state.touched = {}
        size, self._size = self._size or 0, None
        if anew:
            write_whole(self._path, line)
            self._size, self._room = len(line), 4 * len(line) + _ROOM
        else:
            if line:
                self._append(line, size)
            self._size = size + len(line)
        return seen

    def _append(self, line: bytes, size: int) -> None:
        with self._path.open("r+b") as file:
            if file.seek(0, os.SEEK_END) != size:
                raise OSError(f"{self._path.name} was changed by somebody else")
            file.write(line)
            file.flush()
            os.fsync(file.fileno())


class _Kept:
    """What the file says, as far as it takes to tell what is new."""

    def __init__(self) -> None:
        self._things: dict[str, int] = {}  # fingerprints
        self._parts: dict[str, str] = {}
        self._answered: dict[str, str] = {}  # by key: which request answered it

    def everything(self, state: State, keys: IdempotencyKeys) -> bytes:
        """Return the line with everything; the caller holds ``state.lock``."""
        found = document(state, keys)
        self._things = {
            row["id"]: hash(json.dumps(row)) for rows in found["tables"].values() for row in rows
        }
        self._parts = {name: json.dumps(value) for name, value in _parts(state).items()}
        self._answered = {row[0]: row[-1] for row in found["keys"]}
        return f"{json.dumps(found)}\n".encode()

    def news(self, state: State, keys: IdempotencyKeys) -> bytes:
        """Return the line with what is not kept yet, if anything; as ``everything``."""
        things: list[str] = []
        for ident, thing in state.touched.items():
            text = json.dumps(thing)
            if self._things.get(ident) != hash(text):
                self._things[ident] = hash(text)
                things.append(text)
        said = {name: json.dumps(value) for name, value in _parts(state).items()}
        parts = {name: text for name, text in said.items() if self._parts[name] != text}
        self._parts = said
        answers = {row[0]: row for row in _answers(state, keys)}
        new = [row for key, row in answers.items() if self._answered.get(key) != row[-1]]
        gone = [key for key in self._answered if key not in answers]
        self._answered = {key: row[-1] for key, row in answers.items()}
        if not (things or parts or new or gone):
            return b""
        named = ", ".join(f"{json.dumps(name)}: {text}" for name, text in parts.items())
        return (
            f'{{"things": [{", ".join(things)}], "parts": {{{named}}}, '
            f'"keys": {json.dumps(new)}, "gone": {json.dumps(gone)}}}\n'
        ).encode()


def base_of(path: Path) -> str:
    """Return the address the processor kept in ``path`` had, or nothing where there is none."""
    try:
        with path.open(encoding="utf-8") as file:
            return str(json.loads(file.readline())["base"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def load(path: Path, state: State, keys: IdempotencyKeys) -> bool:
    """Fill an empty ``state`` from ``path``; False where there is no such file.

    Addresses of hosted pages become those of the processor as it runs now.

    Raises:
        MemoryDamaged: the file cannot be read; ``state`` is of no use then.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return False
    except (OSError, UnicodeDecodeError) as error:
        raise MemoryDamaged(str(error)) from error
    try:
        before = json.loads(text.partition("\n")[0])["base"]
        first, *more = text.replace(f"{before}/", f"{state.page_base}/").split("\n")
        given = json.loads(first)
        if given["version"] != _VERSION:
            raise ValueError("another version")
        _fill(_with(given, _answered_lines(more)), state, keys)
    except (ApiError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise MemoryDamaged(repr(error)) from error
    return True


def _answered_lines(lines: list[str]) -> list[dict[str, Any]]:
    """Read all lines but the first; of the last ones, what a crash cut off is left out."""
    whole = lines[:-1]  # after the last line break stands nothing, or half a line
    found: list[dict[str, Any]] = []
    for number, line in enumerate(whole):
        try:
            found.append(json.loads(line))
        except ValueError:
            if number != len(whole) - 1:
                raise
    return found


def _with(given: dict[str, Any], lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what was given with what each line changed of it, in their order."""
    things = {row["id"]: row for rows in given["tables"].values() for row in rows}
    answers = {row[0]: row for row in given["keys"]}
    for line in lines:
        things |= {row["id"]: row for row in line["things"]}
        given |= line["parts"]
        answers |= {row[0]: row for row in line["keys"]}
        for key in line["gone"]:
            answers.pop(key, None)
    return given | {"tables": {"all": list(things.values())}, "keys": list(answers.values())}


def document(state: State, keys: IdempotencyKeys) -> Json:
    """Return everything there is to keep, as JSON; the caller holds ``state.lock``."""
    tables = {kind: list(table.values()) for kind, table in state.tables().items() if table}
    since = state.now() - _EVENTS_KEPT_SECONDS
    tables["event"] = [one for one in tables.get("event", []) if one["created"] >= since]
    return {
        "version": _VERSION,
        "base": state.page_base,
        "tables": tables,
        **_parts(state),
        "keys": _answers(state, keys),
    }


def _parts(state: State) -> Json:
    """What is no object: each part is small, and kept anew as a whole."""
    return {
        "account": state.account,
        "shift_seconds": state.clock.shift.total_seconds(),
        "behaviours": state.behaviours,
        "authenticated": sorted(state.authenticated),
        "first_declined": state.first_declined,
        "session_of": state.session_of,
        "charges_without_transaction": state.charges_without_transaction,
        "pending_transactions": [one["id"] for one in state.pending_transactions],
        "paid_out": state.paid_out,
        "revoked_keys": sorted(state.revoked_keys),
        "agenda": [[due.at, due.deed, list(due.about)] for due in state.agenda.entries()],
    }


def _answers(state: State, keys: IdempotencyKeys) -> list[list[Any]]:
    now = state.clock.now()
    return [
        [key, fingerprint, at.isoformat(), reply.status, reply.body.decode(), reply.request_id]
        for key, fingerprint, at, reply in keys.replies()
        if now - at < KEPT_FOR
    ]


def _fill(given: dict[str, Any], state: State, keys: IdempotencyKeys) -> None:
    with state.lock:
        state.account = given["account"]
        state.clock.advance(timedelta(seconds=given["shift_seconds"]) - state.clock.shift)
        for rows in given["tables"].values():
            for row in rows:
                state.add(row)
        state.behaviours.update(
            {method: Behaviour(one) for method, one in given["behaviours"].items()}
        )
        state.authenticated.update(given["authenticated"])
        state.first_declined.update(given["first_declined"])
        state.session_of.update(given["session_of"])
        state.charges_without_transaction.extend(given["charges_without_transaction"])
        state.pending_transactions.extend(
            state.get("balance_transaction", ident) for ident in given["pending_transactions"]
        )
        state.paid_out.update(given["paid_out"])
        state.revoked_keys.update(given["revoked_keys"])
        for at, deed, about in given["agenda"]:
            state.agenda.add(int(at), str(deed), *about)
    for key, fingerprint, at, status, body, request_id in given["keys"]:
        reply = StoredReply(int(status), str(body).encode(), str(request_id))
        keys.put_back(key, fingerprint, datetime.fromisoformat(at).astimezone(UTC), reply)
