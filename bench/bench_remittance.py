# SPDX-License-Identifier: MIT
"""What posting a remittance costs beside the bare writing of its rows.

    PYTHONPATH=src python bench/bench_remittance.py [claims]

Ours: an 835 of 1,000 claims of 40 clients, stored, read, balanced, matched and posted in one
transaction of an encrypted practice, told of step by step. The floor: the very rows that posting
left behind, written by plain sqlite3 into tables with the same columns and keys (no checks, no
guards, no cipher), one statement for each table, one commit with synchronous=FULL. All in processor
time. Target: at most 150 times, and in proportion: four times the claims take at most five times as
long. Where it goes: a claim asks the books some 15 times what is open and writes some 14 rows one
by one, each through the mapping of tables, the seals of the journal and the cipher.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT / "tests" / "claims")]

import remittances  # noqa: E402
from sqlalchemy import select, text  # noqa: E402

import world  # noqa: E402
from mediyn_desktop.billing.charges import bill_session  # noqa: E402
from mediyn_desktop.billing.tables import Charge  # noqa: E402
from mediyn_desktop.claims import answers, submission  # noqa: E402
from mediyn_desktop.claims.states import ClaimState  # noqa: E402
from mediyn_desktop.core.clock import FixedClock  # noqa: E402
from mediyn_desktop.practice.tables import Client  # noqa: E402
from mediyn_desktop.schema import GUARDS  # noqa: E402
from mediyn_desktop.store.base import Base  # noqa: E402
from mediyn_desktop.store.opening import create_practice  # noqa: E402
from mediyn_desktop.store.uow import Store  # noqa: E402
from mediyn_desktop.vault.keys import DataKey  # noqa: E402

CLIENTS = 40
FIRST = date(2026, 1, 5)


def fill(store: Store, count: int) -> bytes:
    """Bill ``count`` sessions, let their claims be sent, and return the 835 that decides them."""
    decided = []
    with store.write("Fill") as uow:
        world.practice(uow)
        for number in range(CLIENTS):
            world.coverage(uow, world.client(uow, f"c{number}", payment_type="in_network"))
    with store.write("Fill") as uow:
        clients = uow.session.scalars(select(Client)).all()
        for number in range(count):
            owner = clients[number % CLIENTS]
            day = FIRST + timedelta(days=number // CLIENTS)
            session = world.session(uow, owner, f"s{number}", minutes=55, day=day)
            charge = bill_session(uow, session)
            assert isinstance(charge, Charge)
            claim = submission.new_claim(uow, charge)
            claim.state = ClaimState.SENT
            parts = [("CO", "45", 6000), ("PR", "3", 2500)]
            decided.append(
                remittances.Clp(
                    claim.control_number, 18000, 9500, parts, payer_number=f"ICN{number}",
                    service=day,
                )
            )  # fmt: skip
    return remittances.era(*decided)


def rows_of(store: Store) -> dict[str, list[dict[str, Any]]]:
    with store.read() as read:
        return {
            table.name: [
                dict(row)
                for row in read.session.execute(text(f"SELECT * FROM {table.name}")).mappings()
            ]
            for table in Base.metadata.sorted_tables
        }


def added(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The rows of ``after`` that are not in ``before``, by table."""
    news = {name: rows[len(before[name]) :] for name, rows in after.items()}
    return {name: rows for name, rows in news.items() if rows}


def write_plainly(news: dict[str, list[dict[str, Any]]], file: Path) -> float:
    """Write rows with one statement for each table; return the processor time of it."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    for name in news:
        table = Base.metadata.tables[name]
        columns = ", ".join(
            f'"{one.name}" INTEGER PRIMARY KEY' if one.primary_key and one.name == "id"
            else f'"{one.name}"' for one in table.columns
        )  # fmt: skip
        connection.execute(f"CREATE TABLE {name} ({columns})")
        for index in table.indexes:
            named = ", ".join(f'"{one.name}"' for one in index.columns)
            connection.execute(f"CREATE INDEX {index.name} ON {name} ({named})")
    began = time.process_time()
    connection.execute("BEGIN IMMEDIATE")
    for name, rows in news.items():
        columns = list(rows[0])
        marks = ", ".join("?" * len(columns))
        named = ", ".join(f'"{one}"' for one in columns)
        connection.executemany(
            f"INSERT INTO {name} ({named}) VALUES ({marks})",
            [[row[one] for one in columns] for row in rows],
        )
    connection.execute("COMMIT")
    spent = time.process_time() - began
    connection.close()
    return spent


def post(count: int, watch: Callable[[int, int], None]) -> tuple[float, float, int]:
    """Return the processor time of ours and of the floor, and how many rows were written."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clock = FixedClock(datetime(2026, 11, 23, 21, 0, tzinfo=UTC))
        store = create_practice(folder / "practice", DataKey.generate(), clock, GUARDS)
        content = fill(store, count)
        before = rows_of(store)
        began = time.process_time()
        with store.write("Post answers") as uow:
            (report,) = answers.take_and_act_all(uow, [(content, "era")], step=watch)
        ours = time.process_time() - began
        assert report.status == "posted", report.flaws
        assert len(report.claims) == count
        news = added(before, rows_of(store))
        floor = min(write_plainly(news, folder / f"floor{turn}.db") for turn in range(3))
        store.close()
        return ours, floor, sum(map(len, news.values()))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    steps: list[int] = []
    quarter, _, _ = post(count // 4, lambda *_: None)
    ours, floor, rows = post(count, lambda done, total: steps.append(done) if total else None)
    print(
        f"{count:,} claims, {rows:,} rows: written plainly {floor * 1e3:5.0f} ms, posted "
        f"{ours * 1e3:6.0f} ms ({ours / count * 1e3:4.1f} ms a claim): {ours / floor:5.1f} times "
        "(at most 150)"
    )
    print(f"told of {len(steps):,} steps; four times the claims take {ours / quarter:3.1f} times")


if __name__ == "__main__":
    main()
