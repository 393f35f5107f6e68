# SPDX-License-Identifier: MIT
"""What it costs to ask a long ledger: every balance, one month, one client's account.

    PYTHONPATH=src python bench/bench_ledger.py [postings]

The ledger is filled with plain rows, two postings an entry, over five years and 250 clients. Ours
asks the encrypted, guarded store through ``ledger.queries``; the peer runs the same sum over the
same rows in plain sqlite3, with an index that covers it. Targets at 1,000,000 postings: all
balances at most 1.3 of the peer, a month at most 0.1 of either scan; a client's account costs the
same at 1,000 and at 1,000,000. Times are the best of several turns: noise only ever adds.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from mediyn_desktop.core.clock import SystemClock
from mediyn_desktop.delivery.account import account_history
from mediyn_desktop.delivery.money import account_money
from mediyn_desktop.ledger.queries import account_balances, client_balances, movements
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.schema import GUARDS
from mediyn_desktop.store.opening import create_practice
from mediyn_desktop.store.uow import Reading, Store
from mediyn_desktop.vault.keys import DataKey

CLIENTS, DAYS, ROUNDS = 250, 1826, 15
FIRST = date(2022, 1, 1)
OWN = 60  # entries of the one client whose account is shown
SHOWN = "shown"


def rows(postings: int) -> list[tuple[int, str, str, int]]:
    """Return (entry, date, client, cents) of every entry; the shown client has ``OWN`` of them."""
    entries = postings // 2
    every = max(1, entries // OWN)
    found = []
    for number in range(1, entries + 1):
        on = FIRST + timedelta(days=(number * DAYS) // (entries + 1))
        mine = number % every == 0 and number // every <= OWN
        client = SHOWN if mine else f"c{number % CLIENTS}"
        found.append((number, on.isoformat(), client, 10000 + number % 97))
    return found


def fill(store: Store, entries: list[tuple[int, str, str, int]]) -> None:
    with store.write("Fill") as uow:
        uow.session.add(
            Client(ref=SHOWN, first_name="A", last_name="B", payment_type="self_pay", search="b")
        )
        uow.session.flush()
        names = ["Income:Services", *(f"Assets:Receivable:Client:c{n}" for n in range(CLIENTS))]
        names.append(f"Assets:Receivable:Client:{SHOWN}")
        for ident, name in enumerate(names, 1):
            party = name.rpartition(":")[2] if name.startswith("Assets") else None
            role = "client-receivable" if party else "income"
            uow.raw.execute(
                "INSERT INTO account (id, name, role, party) VALUES (?, ?, ?, ?)",
                (ident, name, _role(name) or role, party),
            )
        number_of = {name.rpartition(":")[2]: ident for ident, name in enumerate(names, 1)}
        uow.raw.executemany(
            "INSERT INTO posting (entry_id, line, account_id, date, client, amount_cents) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                row
                for entry, on, client, cents in entries
                for row in (
                    (entry, 1, number_of[client], on, client, cents),
                    (entry, 2, 1, on, client, -cents),
                )
            ),
        )
        uow.raw.executemany(
            "INSERT INTO entry (id, date, kind, source, key, client, recorded_at, seal) "
            "VALUES (?, ?, 'charge', ?, ?, ?, '2026-01-01 00:00:00.000000', '')",
            ((entry, on, f"s:{entry}", f"k:{entry}", client) for entry, on, client, _ in entries),
        )


def _role(name: str) -> str:
    from mediyn_desktop.ledger import accounts

    if name.startswith("Assets"):
        return accounts.client_receivable(name.rpartition(":")[2]).role
    return accounts.SERVICES.role


def peer(path: Path, store: Store) -> Any:
    """Return plain sqlite3 with the rows of ``store`` and an index that covers the sum."""
    plain = sqlite3.connect(path)
    plain.execute("PRAGMA cache_size = -65536")  # as ours: neither reads the disk while timed
    plain.execute("CREATE TABLE account (id INTEGER PRIMARY KEY, name TEXT)")
    plain.execute("CREATE TABLE posting (entry_id INTEGER, account_id INTEGER, amount_cents)")
    with store.read() as read:
        plain.executemany(
            "INSERT INTO account VALUES (?, ?)", read.raw.execute("SELECT id, name FROM account")
        )
        plain.executemany(
            "INSERT INTO posting VALUES (?, ?, ?)",
            read.raw.execute("SELECT entry_id, account_id, amount_cents FROM posting"),
        )
    plain.execute("CREATE INDEX covering ON posting (account_id, amount_cents)")
    plain.execute("ANALYZE")
    plain.commit()
    return plain


ALL_BALANCES = (
    "SELECT account.name, coalesce(sums.cents, 0) FROM account LEFT JOIN "
    "(SELECT account_id, sum(amount_cents) AS cents FROM posting GROUP BY account_id) AS sums "
    "ON sums.account_id = account.id ORDER BY account.name"
)


def spent(work: Callable[[], object]) -> float:
    """Return the least of the milliseconds ``work`` takes, after one run that warms up."""
    work()
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1000)
    return min(times)


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    account_ms: dict[int, float] = {}
    for postings in (1000, most):
        entries = rows(postings)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            store = create_practice(folder / "p", DataKey.generate(), SystemClock(), GUARDS)
            fill(store, entries)
            plain = peer(folder / "plain.db", store)
            with store.read() as read:
                client = read.session.scalars(select(Client)).one()

                def account(read: Reading = read, client: Client = client) -> None:
                    assert len(account_history(read, client)) == OWN
                    account_money(read, client.ref)

                account_ms[postings] = spent(account)
                if postings == most:
                    assert account_balances(read) == dict(plain.execute(ALL_BALANCES).fetchall())
                    ours = spent(lambda: account_balances(read))
                    floor = spent(lambda plain=plain: plain.execute(ALL_BALANCES).fetchall())
                    of_clients = spent(lambda: client_balances(read))
                    of_month = spent(lambda: movements(read, date(2024, 3, 1), date(2024, 3, 31)))
            store.close()
            plain.close()
    print(f"{most:,} postings")
    print(f"all balances      {ours:8.1f} ms, peer {floor:8.1f} ms: {ours / floor:5.2f} of it")
    print(f"every client's    {of_clients:8.1f} ms: {of_clients / floor:5.2f} of the peer's scan")
    print(
        f"one month         {of_month:8.1f} ms: {of_month / floor:5.2f} of the peer's scan, "
        f"{of_month / ours:5.2f} of ours"
    )
    few, many = account_ms[1000], account_ms[most]
    print(f"a client's account {few:7.1f} ms at 1,000, {many:.1f} ms now: {many / few:5.2f} of it")


if __name__ == "__main__":
    main()
