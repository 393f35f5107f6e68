# SPDX-License-Identifier: MIT
"""A charge that was stopped is taken back, unless the processor was asked about it."""

from __future__ import annotations

from collections.abc import Callable

from mediyn_desktop.cards import worker
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import StripeApi
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.cards.withdrawing import withdraw_unsent
from mediyn_desktop.sandbox.processor import CardProcessor
from mediyn_desktop.store.uow import Store


def states(store: Store) -> list[str]:
    with store.read() as read:
        return [row.state for row in read.session.query(CardAttempt).order_by(CardAttempt.id)]


def test_a_waiting_charge_is_taken_back_and_never_sent(
    store: Store, api: StripeApi, processor: CardProcessor, queue: Callable[..., int]
) -> None:
    queue()
    queue()
    with store.write("t") as uow:
        assert withdraw_unsent(uow, {"s1"}) == 1
    worker.run_pass(store, api)
    assert states(store) == [State.CANCELED, State.SUCCEEDED]
    assert len(processor.state.succeeded_by_metadata("iid")) == 1


def test_what_the_processor_was_asked_about_stays(store: Store, queue: Callable[..., int]) -> None:
    ident = queue()
    with store.write("t") as uow:
        uow.session.get_one(CardAttempt, ident).create_started_at = uow.now
        assert withdraw_unsent(uow, {"s1"}) == 0
    assert states(store) == [State.QUEUED]
