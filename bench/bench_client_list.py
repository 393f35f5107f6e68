# SPDX-License-Identifier: MIT
"""The client list of a small and of a large practice: ``python bench/bench_client_list.py``.

Two encrypted stores are made, with 100 and 100,000 clients and a few journal entries each. Timed
is what the screen does, in turn on both: the first page (its ids and its rows), the next page, a
jump to a page in the middle, the ids of everybody, and searches. A page is 100 rows here, so that
both show as many. Printed: medians in milliseconds and the ratio large to small; only the ratios
are worth quoting.
"""

from __future__ import annotations

import argparse
import random
import secrets
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from sqlalchemy import insert  # noqa: E402

from mediyn_desktop.core.clock import FixedClock  # noqa: E402
from mediyn_desktop.ledger import accounts  # noqa: E402
from mediyn_desktop.ledger.tables import AccountRow, EntryRow, PostingRow  # noqa: E402
from mediyn_desktop.practice import queries  # noqa: E402
from mediyn_desktop.practice.tables import Card, Client  # noqa: E402
from mediyn_desktop.schema import GUARDS  # noqa: E402
from mediyn_desktop.store.folder import prepare  # noqa: E402
from mediyn_desktop.store.opening import create_practice  # noqa: E402
from mediyn_desktop.store.uow import Store  # noqa: E402
from mediyn_desktop.vault.keys import DataKey  # noqa: E402

PAGE = 100
FIRST = ("Ana", "Bao", "Chidi", "Dana", "Elif", "Femi", "Gus", "Hana", "Ivo", "Jo", "Kai", "Zoë")
STEMS = ("Ash", "Bel", "Cor", "Dun", "Ever", "Fair", "Gol", "Hart", "Lind", "Mor", "Nor", "Škv")
ENDS = ("berg", "ford", "ham", "ley", "man", "orecký", "quist", "son", "ton", "wood")


def person(rng: random.Random, number: int) -> dict[str, object]:
    """Return one made-up client."""
    return {
        "id": number,
        "ref": f"c{number}",
        "first_name": rng.choice(FIRST),
        "last_name": rng.choice(STEMS) + rng.choice(ENDS),
        "email": f"person{number}@example.com",
        "payment_type": rng.choice(("self_pay", "out_of_network", "in_network")),
    }


def make_store(folder: Path, count: int) -> Store:
    """Return an encrypted practice of ``count`` clients, each with a card and four entries."""
    prepare(folder)
    clock = FixedClock(datetime(2026, 11, 23, 21, 0, tzinfo=UTC))
    store = create_practice(folder, DataKey(secrets.token_bytes(32)), clock, GUARDS)
    rng = random.Random(7)
    with store.write("Fill") as uow:
        connection = uow.session.connection()
        connection.execute(insert(AccountRow), {"id": 1, "name": "Income:Services", "role": "s"})
        for begin in range(1, count + 1, 5000):
            numbers = range(begin, min(begin + 5000, count + 1))
            connection.execute(insert(Client), [person(rng, number) for number in numbers])
            connection.execute(
                insert(Card),
                [
                    {
                        "client_id": number,
                        "stripe_customer": "cus",
                        "stripe_payment_method": "pm",
                        "last4": f"{number % 10000:04}",
                    }
                    for number in numbers
                ],
            )
            post(connection, uow.now, numbers)
    return store


def post(connection, now: datetime, numbers: range) -> None:
    """Write four charges of each client straight into the tables; seals are not what is timed."""
    own = [accounts.client_receivable(f"c{number}") for number in numbers]
    connection.execute(
        insert(AccountRow),
        [
            {"id": number + 1, "name": account.name, "role": account.role, "party": account.party}
            for number, account in zip(numbers, own, strict=True)
        ],
    )
    on = date(2026, 11, 2)
    entries = [(4 * number + i, number) for number in numbers for i in range(4)]
    connection.execute(
        insert(PostingRow),
        [
            {
                "entry_id": entry,
                "line": line,
                "account_id": account,
                "date": on,
                "client": f"c{number}",
                "amount_cents": cents,
            }
            for entry, number in entries
            for line, account, cents in ((1, number + 1, 15000), (2, 1, -15000))
        ],
    )
    connection.execute(
        insert(EntryRow),
        [
            {
                "id": entry,
                "date": on,
                "kind": "charge",
                "source": f"session:{entry}",
                "key": f"charge:{entry}",
                "client": f"c{number}",
                "recorded_at": now,
                "seal": f"{entry:064}",
            }
            for entry, number in entries
        ],
    )


def first_page(store: Store, search: str = "") -> None:
    """What is on screen before anything else is asked for."""
    with store.read() as read:
        queries.client_rows(read, queries.client_ids(read, search, limit=PAGE))


def rows_at(store: Store, ids: list[int], start: int) -> None:
    """A page of a list whose ids are known."""
    with store.read() as read:
        assert queries.client_rows(read, ids[start : start + PAGE])


def every_id(store: Store) -> list[int]:
    """The rest of the list, read while the first page is looked at."""
    with store.read() as read:
        return list(queries.client_ids(read))


def main() -> None:
    """Make both stores, take turns, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--large", type=int, default=100_000)
    options.add_argument("--small", type=int, default=100)
    options.add_argument("--rounds", type=int, default=15)
    args = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-clients-"))
    try:
        stores = {
            count: make_store(folder / str(count), count) for count in (args.small, args.large)
        }
        ids = {count: every_id(store) for count, store in stores.items()}
        tasks = {
            "first page": lambda n: first_page(stores[n]),
            "next page": lambda n: rows_at(stores[n], ids[n], PAGE if n > PAGE else 0),
            "jump": lambda n: rows_at(stores[n], ids[n], n // 2 if n > PAGE else 0),
            "search, common word": lambda n: first_page(stores[n], "ana"),
            "search, two words": lambda n: first_page(stores[n], "zoe skv"),
            "search, one person": lambda n: first_page(stores[n], "person77@"),
            "search, nobody": lambda n: first_page(stores[n], "50%_x"),
            "all ids": lambda n: every_id(stores[n]),
        }
        print(f"{'':22}{args.small:>10,}{args.large:>12,}{'ratio':>9}")
        for name, task in tasks.items():
            spent: dict[int, list[float]] = {count: [] for count in stores}
            for _ in range(args.rounds):
                for count in stores:  # turn about, so that both meet the same machine
                    began = time.perf_counter()
                    task(count)
                    spent[count].append((time.perf_counter() - began) * 1000)
            small, large = (statistics.median(spent[count]) for count in stores)
            print(f"{name:22}{small:10.2f}{large:12.2f}{large / small:9.1f}")
        for store in stores.values():
            store.close()
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
