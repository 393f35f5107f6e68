# SPDX-License-Identifier: MIT
"""The processor's memory in a file, so that it survives the end of the program.

The whole of it is written after each request that changed something and before the answer goes out:
whoever was answered finds it so after a crash. Requests that end together share one write. What is
kept is the sandbox's own account; accounts, keys and faults that were made for one run end with it.
Objects of the event list are forgotten after thirty days, as the real one does
(docs.stripe.com/api/events).
"""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mediyn_desktop.core.files import write_whole
from mediyn_desktop.sandbox.processor.behaviours import Behaviour
from mediyn_desktop.sandbox.processor.errors import ApiError, Json
from mediyn_desktop.sandbox.processor.idempotency import KEPT_FOR, IdempotencyKeys, StoredReply
from mediyn_desktop.sandbox.processor.state import State

_VERSION = 1
_EVENTS_KEPT_SECONDS = 30 * 86_400


class MemoryDamaged(Exception):
    """The file is not a whole memory of this processor; nothing was taken from it."""


class Keeper:
    """Writes ``state`` and ``keys`` to ``path``."""

    def __init__(self, path: Path, state: State, keys: IdempotencyKeys) -> None:
        self._path, self._state, self._keys = path, state, keys
        self._asking = threading.Lock()
        self._writing = threading.Lock()
        self._asked = self._written = 0
        self._seen = -1

    def keep(self, *, changed: bool) -> None:
        """Have everything up to now in the file when this returns.

        Args:
            changed: whether the request may have changed an object without making one.

        Raises:
            OSError: the disk refuses; an older file is intact.
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
            with self._state.lock:
                seen = self._state.changes
                text = json.dumps(document(self._state, self._keys))
            write_whole(self._path, text.encode())
            self._written, self._seen = begun, seen


def base_of(path: Path) -> str:
    """Return the address the processor kept in ``path`` had, or nothing where there is none."""
    try:
        return str(json.loads(path.read_text("utf-8"))["base"])
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
        before = json.loads(text)["base"]
        given = json.loads(text.replace(f"{before}/", f"{state.page_base}/"))
        if given["version"] != _VERSION:
            raise ValueError("another version")
        _fill(given, state, keys)
    except (ApiError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise MemoryDamaged(repr(error)) from error
    return True


def document(state: State, keys: IdempotencyKeys) -> Json:
    """Return everything there is to keep, as JSON; the caller holds ``state.lock``."""
    tables = {kind: list(table.values()) for kind, table in state.tables().items() if table}
    since = state.now() - _EVENTS_KEPT_SECONDS
    tables["event"] = [one for one in tables.get("event", []) if one["created"] >= since]
    return {
        "version": _VERSION,
        "base": state.page_base,
        "account": state.account,
        "shift_seconds": state.clock.shift.total_seconds(),
        "tables": tables,
        "behaviours": state.behaviours,
        "authenticated": sorted(state.authenticated),
        "first_declined": state.first_declined,
        "session_of": state.session_of,
        "charges_without_transaction": state.charges_without_transaction,
        "pending_transactions": [one["id"] for one in state.pending_transactions],
        "paid_out": state.paid_out,
        "revoked_keys": sorted(state.revoked_keys),
        "agenda": [[due.at, due.deed, list(due.about)] for due in state.agenda.entries()],
        "keys": [
            [key, fingerprint, at.isoformat(), reply.status, reply.body.decode(), reply.request_id]
            for key, fingerprint, at, reply in keys.replies()
            if state.clock.now() - at < KEPT_FOR
        ],
    }


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
