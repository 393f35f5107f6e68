# SPDX-License-Identifier: MIT
"""An evening to close: a practice, the loopback card processor, and the real SDK between them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from evening import Evening

import world
from mediyn_desktop.cards.stripe_api import StripeApi
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.sandbox.processor import CardProcessor
from mediyn_desktop.store.uow import Store


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
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the slow check of each claim against the guide, where claims are not the topic."""
    monkeypatch.setattr("mediyn_desktop.claims.submission.check_837p", lambda *_: [])


@pytest.fixture
def evening(store: Store, api: StripeApi, processor: CardProcessor) -> Evening:
    with store.write("t") as uow:
        world.practice(uow)
    return Evening(store, api, processor)
