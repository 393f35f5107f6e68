# SPDX-License-Identifier: MIT
"""What a batch of card charges costs beside the bare waiting for the processor.

    PYTHONPATH=src:tests python bench/bench_cards.py [charges] [attempts]

The processor is another process on this computer that takes 300 ms for each answer. The floor is
that waiting alone, shared by the workers: calls x latency / workers. Target: at most 1.15 of it, at
most 3 calls for an undisturbed charge, and memory that does not grow over 10,000 attempts (peak
after all of them beside the peak after the first half). The database's page cache fills as the file
grows, up to its own limit; here it is kept small, so that what the worker keeps is seen.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import event

import programs
import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.approving import approve, preview
from mediyn_desktop.cards.pacing import WORKERS
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import StripeApi
from mediyn_desktop.cards.worker import run_pass
from mediyn_desktop.core.clock import SystemClock
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.schema import GUARDS
from mediyn_desktop.store import settings
from mediyn_desktop.store.opening import create_practice
from mediyn_desktop.store.uow import Store
from mediyn_desktop.vault.keys import DataKey

LATENCY = 0.3
BATCH = 500
SMALL_CACHE = "PRAGMA cache_size=-1024"


def practice(folder: Path) -> Store:
    store = create_practice(folder, DataKey.generate(), SystemClock(), GUARDS)
    with store.write("t") as uow:
        world.practice(uow)
        settings.set_value(uow, "cards.cap_per_day_cents", "1000000000")
        for number in range(BATCH):
            owner = world.client(uow, f"c{number}")
            world.card(uow, owner, f"pm_good{number}", exp_year=2050)
    return store


def queue(store: Store, round_: int, count: int) -> list[int]:
    """Bill and approve one session of each of ``count`` clients."""
    with store.write("t") as uow:
        owners = uow.session.query(Client).order_by(Client.id).limit(count).all()
        charges: list[Charge] = []
        for owner in owners:
            session = world.session(uow, owner, f"r{round_}-{owner.ref}", day=uow.today, hour=8)
            charge = bill_session(uow, session)
            assert isinstance(charge, Charge)
            charges.append(charge)
        return approve(uow, preview(uow, charges))


def calls(outside: programs.Outside) -> Counter[str]:
    return Counter(
        one["method"] + " " + one["path"].replace(one["path"].split("/")[3], "{}", 1)
        if one["path"].count("/") > 2
        else one["method"] + " " + one["path"]
        for one in outside.ask("requests")
    )


def speed(outside: programs.Outside, folder: Path, charges: int) -> None:
    store = practice(folder)
    api = StripeApi("sk_test_bench", outside.settings["stripe.api_base"])
    run_pass(store, api, only=queue(store, 0, 1))  # the anchor is made once
    idents = queue(store, 1, charges)
    before = calls(outside)
    outside.tell("limits", per_second=None, latency_seconds=LATENCY)
    started = time.perf_counter()
    outcome = run_pass(store, api, only=idents)
    took = time.perf_counter() - started
    outside.tell("limits", per_second=None, latency_seconds=0)
    made = calls(outside) - before
    api.close()
    with store.read() as read:
        from mediyn_desktop.cards.tables import CardAttempt

        done = read.session.query(CardAttempt).filter_by(state=State.SUCCEEDED).count()
    store.close()
    assert (outcome.stopped, done) == (None, charges + 1), outcome
    total = sum(made.values())
    each = (
        sum(
            many
            for what, many in made.items()
            if what == "POST /v1/payment_intents"
            or what.startswith(("POST /v1/payment_intents/{}", "GET /v1/payment_intents/{}"))
        )
        / charges
    )
    floor = total * LATENCY / WORKERS
    print(
        f"{charges} charges at {LATENCY * 1000:.0f} ms, {WORKERS} workers: {took:.1f} s for "
        f"{total} calls, {took / floor:.3f} of the waiting alone (target 1.15); "
        f"{each:.2f} calls a charge (target 3), {total - each * charges:.0f} for the whole batch"
    )


def small_cache(connection: Any, *_: Any) -> None:
    connection.execute(SMALL_CACHE)


def memory(outside: programs.Outside, folder: Path, attempts: int) -> None:
    store = practice(folder)
    event.listen(store.engine, "checkout", small_cache)
    with store.write("t") as uow:  # the writer's connection is open already
        uow.session.connection().exec_driver_sql(SMALL_CACHE)
    api = StripeApi("sk_test_memory", outside.settings["stripe.api_base"])
    peaks = []
    for round_ in range(attempts // BATCH):
        idents = queue(store, round_, BATCH)
        outcome = run_pass(store, api, only=idents)
        assert (outcome.stopped, len(outcome.driven)) == (None, BATCH), outcome
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    api.close()
    store.close()
    half = peaks[len(peaks) // 2 - 1]
    print(
        f"{attempts} attempts: peak {half:.0f} MB after half, {peaks[-1]:.0f} MB after all, "
        f"{peaks[-1] / half:.3f} of it (target 1.05)"
    )


def main() -> None:
    charges = int(sys.argv[1]) if len(sys.argv) > 1 else BATCH
    attempts = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        with programs.outside_world(room / "outside") as outside:
            speed(outside, room / "speed", charges)
        with programs.outside_world(room / "outside-2") as outside:
            memory(outside, room / "memory", attempts)


if __name__ == "__main__":
    main()
