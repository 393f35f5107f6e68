# SPDX-License-Identifier: MIT
"""The unmodified ``stripe`` SDK against the sandbox processor, over real loopback sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import stripe

from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.sandbox.processor import CardProcessor

START = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture
def processor(clock: FixedClock) -> Iterator[CardProcessor]:
    with CardProcessor(clock=clock) as running:
        yield running


Connect = Callable[..., stripe.StripeClient]


@pytest.fixture
def connect(processor: CardProcessor) -> Connect:
    """Makes SDK clients for the processor with another key or with retries."""

    def make(key: str = "sk_test_x", retries: int = 0) -> stripe.StripeClient:
        return stripe.StripeClient(
            key,
            base_addresses={"api": processor.base_url},
            max_network_retries=retries,
            http_client=stripe.RequestsClient(timeout=(2, 5)),
        )

    return make


@pytest.fixture
def client(connect: Connect) -> stripe.StripeClient:
    return connect()


@pytest.fixture
def customer(processor: CardProcessor) -> str:
    """A customer with a good card, ``pm_good``."""
    processor.state.seed_customer("cus_anna", "pm_good")
    return "cus_anna"
