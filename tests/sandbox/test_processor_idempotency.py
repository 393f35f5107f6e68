# SPDX-License-Identifier: MIT
"""The same key gives the same answer for 24 hours, and never for other parameters."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import stripe

from mediyn_desktop.sandbox.processor import Behaviour, Fault, FaultKind


def create(client: stripe.StripeClient, key: str, amount: int = 15000):
    return client.v1.payment_intents.create(
        {
            "amount": amount,
            "currency": "usd",
            "customer": "cus_anna",
            "payment_method": "pm_good",
            "metadata": {"iid": "a1"},
        },
        {"idempotency_key": key},
    )


@pytest.fixture(autouse=True)
def _anna(customer: str) -> None:
    """Every test has the customer with the good card."""


def test_the_same_key_replays_the_same_intent(client) -> None:
    first, second = create(client, "c-1"), create(client, "c-1")
    assert second.id == first.id
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    original = second.last_response.headers["Original-Request"]
    assert original == first.last_response.headers["Request-Id"]
    assert create(client, "c-2").id != first.id


def test_the_same_key_with_other_parameters_is_refused(client) -> None:
    create(client, "c-1")
    with pytest.raises(stripe.IdempotencyError) as refusal:
        create(client, "c-1", amount=100)
    assert refusal.value.http_status == 400
    made = create(client, "c-2")
    with pytest.raises(stripe.IdempotencyError):
        client.v1.payment_intents.confirm(made.id, {}, {"idempotency_key": "c-2"})


def test_a_key_is_forgotten_after_24_hours(client, clock) -> None:
    first = create(client, "c-1")
    clock.advance(timedelta(hours=23, minutes=59))
    assert create(client, "c-1").id == first.id
    clock.advance(timedelta(minutes=1))
    assert create(client, "c-1").id != first.id


def test_purging_forgets_keys_at_once(client, processor) -> None:
    first = create(client, "c-1")
    assert processor.keys.purge() == 1
    assert create(client, "c-1").id != first.id


def test_a_decline_is_replayed_even_when_the_card_became_good(client, processor) -> None:
    processor.state.seed_customer("cus_anna", "pm_bad", Behaviour.INSUFFICIENT_FUNDS)
    made = create(client, "c-1")
    confirm = client.v1.payment_intents.confirm
    with pytest.raises(stripe.CardError) as first:
        confirm(made.id, {"payment_method": "pm_bad"}, {"idempotency_key": "f-1"})
    processor.state.behaviours["pm_bad"] = Behaviour.GOOD
    with pytest.raises(stripe.CardError) as second:
        confirm(made.id, {"payment_method": "pm_bad"}, {"idempotency_key": "f-1"})
    assert second.value.error.charge == first.value.error.charge
    assert second.value.headers["Idempotent-Replayed"] == "true"
    paid = confirm(made.id, {"payment_method": "pm_bad"}, {"idempotency_key": "f-2"})
    assert paid.status == "succeeded"


def test_a_failed_validation_is_not_remembered(client) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        create(client, "c-1", amount=1)
    assert create(client, "c-1").amount == 15000


@pytest.mark.parametrize("kind", [FaultKind.TOO_MANY, FaultKind.CONFLICT, FaultKind.LOCK_TIMEOUT])
def test_a_refusal_at_the_door_is_not_remembered(client, processor, kind) -> None:
    processor.faults.script(kind)
    with pytest.raises(stripe.StripeError):
        create(client, "c-1")
    assert create(client, "c-1").status == "requires_confirmation"


def test_an_unknown_key_is_not_remembered(connect) -> None:
    with pytest.raises(stripe.AuthenticationError):
        create(connect("sk_live_x"), "c-1")
    assert create(connect(), "c-1").id


@pytest.mark.parametrize(
    ("kind", "taken"), [(FaultKind.ERROR_BEFORE, []), (FaultKind.ERROR_AFTER, ["succeeded"])]
)
def test_a_500_is_replayed_whether_or_not_money_moved(client, processor, kind, taken) -> None:
    made = create(client, "c-1")
    processor.faults.script(kind)
    for _ in range(2):
        with pytest.raises(stripe.APIError) as failure:
            client.v1.payment_intents.confirm(made.id, {}, {"idempotency_key": "f-1"})
        assert failure.value.http_status == 500
    charges = client.v1.charges.list({"payment_intent": made.id}).data
    assert [charge.status for charge in charges] == taken


def test_a_key_in_flight_conflicts(client, processor) -> None:
    made = create(client, "c-1")
    processor.faults.script(Fault(FaultKind.SLOW, path=".*/confirm", seconds=1.5))
    ready = threading.Barrier(2)
    outcomes: list[object] = []

    def confirm() -> None:
        ready.wait()
        try:
            paid = client.v1.payment_intents.confirm(made.id, {}, {"idempotency_key": "f-1"})
            outcomes.append(paid.status)
        except stripe.APIError as conflict:
            outcomes.append(conflict.http_status)

    threads = [threading.Thread(target=confirm) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=str) == [409, "succeeded"]
