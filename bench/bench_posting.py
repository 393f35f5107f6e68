# SPDX-License-Identifier: MIT
"""What one posted entry costs beside the bare minimum.

    PYTHONPATH=src python bench/bench_posting.py [rounds]

Ours: one balanced entry through ``ledger.journal.post`` inside ``store.write``: encrypted, sealed,
audited, guarded, indexed. The floor: plain sqlite3, WAL with synchronous=FULL, one row for the
transaction and two for its postings, one commit. The floor is run a second time in SQLCipher, which
shows what of the difference is the cipher's. All take turns, so that they see the same machine; the
ratio of the whole time is what a person waits for. Target: at most 3.

Where the rest goes: an encrypted page costs some 25 µs (AES, HMAC-SHA512, two writes) and a posting
touches seven (entry, its key, lines, two places of their index, audit, growth); Python, SQLAlchemy
included, has about 50 µs of it.
"""

from __future__ import annotations

import secrets
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from mediyn_desktop.core.clock import SystemClock
from mediyn_desktop.ledger.accounts import SERVICES, client_receivable
from mediyn_desktop.ledger.journal import Line, post
from mediyn_desktop.schema import GUARDS
from mediyn_desktop.store.engine import connect
from mediyn_desktop.store.opening import create_practice
from mediyn_desktop.store.uow import Store
from mediyn_desktop.vault.keys import DataKey

BATCH = 100
CLIENTS = 20


def floor_database(connection: Any) -> Any:
    for sql in (
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "CREATE TABLE txn (id INTEGER PRIMARY KEY, date TEXT, kind TEXT, source TEXT)",
        "CREATE TABLE posting "
        "(id INTEGER PRIMARY KEY, txn_id INTEGER, account TEXT, cents INTEGER)",
    ):
        connection.execute(sql)
    return connection


def floor_batch(connection: Any, start: int) -> None:
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


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = create_practice(folder / "practice", DataKey.generate(), SystemClock(), GUARDS)
        plain = floor_database(sqlite3.connect(folder / "plain.db", isolation_level=None))
        cipher = floor_database(connect(folder / "cipher.db", secrets.token_bytes(32)))
        runs: dict[str, Callable[[int], None]] = {
            "floor": lambda start: floor_batch(plain, start),
            "floor, encrypted": lambda start: floor_batch(cipher, start),
            "ours": lambda start: our_batch(store, start),
        }
        cpu: dict[str, list[float]] = {label: [] for label in runs}
        wall: dict[str, list[float]] = {label: [] for label in runs}
        for turn in range(rounds + 1):  # the first warms up
            for label, run in runs.items():
                walls, cpus = time.perf_counter(), time.process_time()
                run(turn * BATCH)
                if turn:
                    cpu[label].append((time.process_time() - cpus) / BATCH * 1e6)
                    wall[label].append((time.perf_counter() - walls) / BATCH * 1e6)
        store.close()
        plain.close()
        cipher.close()
    for label in runs:
        of_wall, of_cpu = (
            median(own / bare for own, bare in zip(spent[label], spent["floor"], strict=True))
            for spent in (wall, cpu)
        )
        print(
            f"{label:17} {median(wall[label]):6.0f} µs, {median(cpu[label]):6.0f} of them on the "
            f"processor: {of_wall:5.2f} of the floor's time, {of_cpu:5.2f} of its processor time"
        )


if __name__ == "__main__":
    main()
