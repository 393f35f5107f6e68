# SPDX-License-Identifier: MIT
"""What one posted entry costs beside the bare minimum.

    PYTHONPATH=src python bench/bench_posting.py [rounds]

Ours: one balanced entry through ``ledger.journal.post`` inside ``store.write``: encrypted, sealed,
audited, guarded. The floor: plain sqlite3, WAL with synchronous=FULL, one row for the transaction
and two for its postings, one commit. The two take turns, so that both see the same machine; the
ratio of processor time is what counts, for the disk's part is the same. Target: at most 3.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median

from mediyn_desktop.core.clock import SystemClock
from mediyn_desktop.ledger.accounts import SERVICES, client_receivable
from mediyn_desktop.ledger.journal import Line, post
from mediyn_desktop.schema import GUARDS
from mediyn_desktop.store.opening import create_practice
from mediyn_desktop.store.uow import Store
from mediyn_desktop.vault.keys import DataKey

BATCH = 100
CLIENTS = 20


def floor_database(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE txn (id INTEGER PRIMARY KEY, date TEXT, kind TEXT, source TEXT);"
        "CREATE TABLE posting (id INTEGER PRIMARY KEY, txn_id INTEGER, account TEXT, cents INTEGER)"
    )
    return connection


def floor_batch(connection: sqlite3.Connection, start: int) -> None:
    for number in range(start, start + BATCH):
        connection.execute("BEGIN IMMEDIATE")
        txn = connection.execute(
            "INSERT INTO txn (date, kind, source) VALUES (?, ?, ?)",
            ("2026-11-23", "charge", f"session:{number}"),
        ).lastrowid
        connection.executemany(
            "INSERT INTO posting (txn_id, account, cents) VALUES (?, ?, ?)",
            [
                (txn, f"Assets:Receivable:Client:c{number % CLIENTS}", 15000),
                (txn, "Income:Services", -15000),
            ],
        )
        connection.execute("COMMIT")


def our_batch(store: Store, start: int) -> None:
    for number in range(start, start + BATCH):
        client = f"c{number % CLIENTS}"
        with store.write("Bill session") as uow:
            post(
                uow,
                on=date(2026, 11, 23),
                kind="charge",
                source=f"session:{number}",
                key=f"session:{number}",
                client=client,
                lines=[Line(client_receivable(client), 15000), Line(SERVICES, -15000)],
            )


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = create_practice(folder / "practice", DataKey.generate(), SystemClock(), GUARDS)
        plain = floor_database(folder / "plain.db")
        our_batch(store, 0)
        floor_batch(plain, 0)
        ours, floor, walls = [], [], []
        for turn in range(1, rounds + 1):
            for batch, target, times in ((floor_batch, plain, floor), (our_batch, store, ours)):
                wall, cpu = time.perf_counter(), time.process_time()
                batch(target, turn * BATCH)  # type: ignore[operator]
                times.append((time.process_time() - cpu) / BATCH * 1e6)
                walls.append((batch.__name__, (time.perf_counter() - wall) / BATCH * 1e6))
        store.close()
        plain.close()
    ratio = median(a / b for a, b in zip(ours, floor, strict=True))
    for label, name, times in (("floor", "floor_batch", floor), ("ours", "our_batch", ours)):
        wall = median(t for n, t in walls if n == name)
        print(f"{label:6} {median(times):8.0f} µs processor {wall:8.0f} µs wall, per entry")
    print(f"ratio  {ratio:8.2f} of processor time (target: at most 3)")
    return 0 if ratio <= 3 else 1


if __name__ == "__main__":
    sys.exit(main())
