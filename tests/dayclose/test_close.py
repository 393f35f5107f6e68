# SPDX-License-Identifier: MIT
"""Closing the day from the use case's side; the whole evening is tested in ``journeys``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

import world
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.stripe_api import StripeApi
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.dayclose.close import close_day
from mediyn_desktop.sandbox.processor import CardProcessor
from mediyn_desktop.sandbox.processor.faults import Fault
from mediyn_desktop.store.uow import Store


@pytest.fixture
def evening(store: Store) -> Store:
    with store.write("t") as uow:
        world.practice(uow)
        owner = world.client(uow)
        world.card(uow, owner)
        world.session(uow, owner, "s1")
    return store


@pytest.fixture
def processor(clock: FixedClock) -> Iterator[CardProcessor]:
    with CardProcessor(clock=clock, auto_seed=True) as server:
        yield server


def queued(store: Store) -> int:
    with store.read() as read:
        return read.session.scalar(select(func.count()).select_from(CardAttempt)) or 0


def test_a_skipped_session_is_billed_and_its_card_left_alone(evening: Store) -> None:
    closed = close_day(evening, world.DAY, api=None, offline=True, skip=["s1"])
    assert [row.billed for row in closed.review.rows] == [True]
    assert queued(evening) == 0


def test_skipping_a_session_the_day_does_not_have_stops_before_anything(evening: Store) -> None:
    with pytest.raises(NotFound, match=r"“sl”.*Nothing was charged"):
        close_day(evening, world.DAY, api=None, offline=True, skip=["sl"])
    assert queued(evening) == 0
    with evening.read() as read:
        assert read.session.scalar(select(Charge)) is None


def test_a_charge_the_busy_processor_put_off_is_named(
    evening: Store, processor: CardProcessor
) -> None:
    api = StripeApi("sk_test_suite", processor.base_url)
    processor.faults.script(Fault("429", method="POST", path="/v1/payment_intents", times=4))
    closed = close_day(evening, world.DAY, api=api)
    api.close()
    (row,) = closed.review.rows
    assert row.card is not None
    assert row.card.state == "queued"
    (found,) = closed.exceptions
    assert (found.ref, found.code) == ("s1", "card-waiting")
