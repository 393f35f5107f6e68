# SPDX-License-Identifier: MIT
"""A card processor on loopback, the real SDK talking to it, and a ledger with something due."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from purse import Purse
from till import Till

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.attempts import plan_attempt
from mediyn_desktop.cards.due import NotChargeable, chargeable_card, due_on_card
from mediyn_desktop.cards.stripe_api import StripeApi
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.sandbox.processor import CardProcessor
from mediyn_desktop.store.uow import Store
from mediyn_desktop.vault.keys import DataKey


@pytest.fixture
def processor(clock: FixedClock) -> Iterator[CardProcessor]:
    with CardProcessor(clock=clock, auto_seed=True) as server:
        yield server


@pytest.fixture
def api(processor: CardProcessor, monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeApi]:
    monkeypatch.setattr("mediyn_desktop.cards.stripe_api.connection.TIMEOUT", (10, 30))
    client = StripeApi("sk_test_suite", processor.base_url)
    yield client
    client.close()


@pytest.fixture
def till(
    folder: Path,
    own_key: Callable[[], DataKey],
    clock: FixedClock,
    processor: CardProcessor,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Till]:
    monkeypatch.setattr("mediyn_desktop.cards.stripe_api.connection.TIMEOUT", (10, 30))
    one = Till(folder, own_key, clock, processor)
    yield one
    one.close()


@pytest.fixture
def purse(till: Till, monkeypatch: pytest.MonkeyPatch) -> Iterator[Purse]:
    # Faults end by themselves; a slow machine is none.
    monkeypatch.setattr("mediyn_desktop.cards.stripe_api.connection.TIMEOUT", (10, 20))
    one = Purse(till)
    yield one
    one.close()


@pytest.fixture
def queue(store: Store) -> Callable[..., int]:
    """Bill one session for a client with a card and queue its attempt; returns the attempt's id."""
    made = 0

    def make(method: str | None = None, **client: object) -> int:
        nonlocal made
        made += 1
        with store.write("t") as uow:
            if made == 1:
                world.practice(uow)
            owner = world.client(uow, f"c{made}", **client)
            world.card(uow, owner, method or f"pm_good{made}")
            if owner.payment_type == "in_network":
                world.coverage(uow, owner)
            charge = bill_session(uow, world.session(uow, owner, f"s{made}"))
            assert isinstance(charge, Charge)
            return plan(uow, charge)

    def plan(uow: object, charge: Charge) -> int:
        due = due_on_card(uow, charge)  # type: ignore[arg-type]
        assert due is not None
        card = chargeable_card(due, today=world.DAY, cap_cents=100000)
        assert not isinstance(card, NotChargeable)
        return plan_attempt(uow, due, card).id  # type: ignore[arg-type]

    return make
