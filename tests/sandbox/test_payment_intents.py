# SPDX-License-Identifier: MIT
"""Charging in two phases: create unconfirmed, confirm, read back."""

from __future__ import annotations

import threading

import pytest
import stripe

from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.sandbox.processor import Behaviour, CardProcessor, Fault, FaultKind


def create(client: stripe.StripeClient, customer_id: str, **more):
    return client.v1.payment_intents.create(
        {
            "amount": 15000,
            "currency": "usd",
            "customer": customer_id,
            "payment_method": "pm_good",
            "metadata": {"iid": "a1"},
            **more,
        }
    )


def test_two_phases_take_the_money_once(client, customer, processor) -> None:
    made = create(client, customer)
    assert made.status == "requires_confirmation"
    assert made.livemode is False
    confirmed = client.v1.payment_intents.confirm(made.id, {"off_session": True})
    assert (confirmed.status, confirmed.amount_received) == ("succeeded", 15000)
    read = client.v1.payment_intents.retrieve(made.id, {"expand": ["latest_charge"]})
    assert read.metadata["iid"] == "a1"
    assert read.latest_charge.paid is True
    assert read.latest_charge.payment_method_details.card.last4 == "4242"
    assert processor.state.succeeded_by_metadata("iid")["a1"].payment_intents == [made.id]


def test_a_reply_carries_request_id_and_the_sandbox_date(client, customer) -> None:
    made = create(client, customer)
    assert made.last_response.headers["Request-Id"].startswith("req_")
    assert made.last_response.headers["Date"] == "Mon, 23 Nov 2026 18:00:00 GMT"


def test_an_intent_cannot_be_confirmed_twice(client, customer) -> None:
    made = create(client, customer)
    client.v1.payment_intents.confirm(made.id)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_intents.confirm(made.id)
    assert refusal.value.code == "payment_intent_unexpected_state"
    assert refusal.value.error.payment_intent.status == "succeeded"


def test_a_canceled_intent_cannot_be_confirmed_and_a_paid_one_not_canceled(
    client, customer
) -> None:
    first, second = create(client, customer), create(client, customer)
    canceled = client.v1.payment_intents.cancel(first.id, {"cancellation_reason": "abandoned"})
    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    client.v1.payment_intents.confirm(second.id)
    for attempt in (
        lambda: client.v1.payment_intents.confirm(first.id),
        lambda: client.v1.payment_intents.cancel(second.id),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            attempt()
        assert refusal.value.code == "payment_intent_unexpected_state"


def test_creating_and_confirming_in_one_call_also_works(client, customer) -> None:
    assert create(client, customer, confirm=True, off_session=True).status == "succeeded"


@pytest.mark.parametrize(
    ("behaviour", "code", "decline_code"),
    [
        (Behaviour.DECLINED, "card_declined", "generic_decline"),
        (Behaviour.FAILS_AFTER_ATTACH, "card_declined", "generic_decline"),
        (Behaviour.INSUFFICIENT_FUNDS, "card_declined", "insufficient_funds"),
        (Behaviour.LOST, "card_declined", "lost_card"),
        (Behaviour.STOLEN, "card_declined", "stolen_card"),
        (Behaviour.EXPIRED, "expired_card", "expired_card"),
        (Behaviour.INCORRECT_CVC, "incorrect_cvc", "incorrect_cvc"),
        (Behaviour.PROCESSING_ERROR, "processing_error", "processing_error"),
        (Behaviour.AUTHENTICATION_REQUIRED, "authentication_required", "authentication_required"),
    ],
)
def test_a_decline_is_a_card_error_that_carries_the_intent(
    client, processor, behaviour, code, decline_code
) -> None:
    processor.state.seed_customer("cus_b", "pm_bad", behaviour)
    made = create(client, "cus_b", payment_method="pm_bad")
    with pytest.raises(stripe.CardError) as declined:
        client.v1.payment_intents.confirm(made.id, {"off_session": True})
    error = declined.value
    assert (error.http_status, error.code) == (402, code)
    assert (error.error.type, error.error.decline_code) == ("card_error", decline_code)
    assert error.error.payment_intent.id == made.id
    assert error.error.payment_intent.status == "requires_payment_method"
    assert error.error.payment_method.id == "pm_bad"

    read = client.v1.payment_intents.retrieve(made.id)
    assert read.status == "requires_payment_method"
    assert read.payment_method is None
    assert read.last_payment_error.decline_code == decline_code
    failed = client.v1.charges.retrieve(error.error.charge)
    assert (failed.status, failed.paid, failed.failure_code) == ("failed", False, code)
    assert processor.state.succeeded_by_metadata("iid") == {}


def test_a_declined_intent_takes_another_card(client, customer, processor) -> None:
    processor.state.seed_customer(customer, "pm_bad", Behaviour.INSUFFICIENT_FUNDS)
    made = create(client, customer, payment_method="pm_bad")
    with pytest.raises(stripe.CardError):
        client.v1.payment_intents.confirm(made.id)
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        client.v1.payment_intents.confirm(made.id)
    paid = client.v1.payment_intents.confirm(made.id, {"payment_method": "pm_good"})
    assert paid.status == "succeeded"
    charges = client.v1.charges.list({"payment_intent": made.id}).data
    assert [charge.status for charge in charges] == ["succeeded", "failed"]


def test_authentication_on_session_waits_for_the_client(client, processor) -> None:
    processor.state.seed_customer("cus_b", "pm_sca", "authentication_required")
    made = create(client, "cus_b", payment_method="pm_sca")
    assert client.v1.payment_intents.confirm(made.id).status == "requires_action"
    with pytest.raises(stripe.CardError):
        create(
            client,
            "cus_b",
            payment_method="pm_sca",
            confirm=True,
            error_on_requires_action=True,
        )


@pytest.mark.parametrize("stock", ["pm_card_visa", "pm_card_mastercard"])
def test_stock_payment_methods_charge(client, customer, stock) -> None:
    made = create(client, customer, payment_method=stock, confirm=True)
    assert made.status == "succeeded"
    assert made.payment_method != stock


def test_fifty_simultaneous_confirmations_charge_once(client, processor, customer) -> None:
    made = create(client, customer)
    processor.faults.script(Fault(FaultKind.SLOW, path=".*/confirm", seconds=0.02, times=3))
    ready = threading.Barrier(50)
    outcomes: list[str] = []

    def confirm() -> None:
        ready.wait()
        try:
            outcomes.append(client.v1.payment_intents.confirm(made.id).status)
        except stripe.InvalidRequestError as refusal:
            outcomes.append(refusal.code or "")

    threads = [threading.Thread(target=confirm) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["payment_intent_unexpected_state"] * 49 + ["succeeded"]
    assert len(client.v1.charges.list({"payment_intent": made.id}).data) == 1


def test_lists_are_newest_first_and_page_both_ways(
    client, customer, clock: FixedClock, processor: CardProcessor
) -> None:
    made = []
    for _ in range(5):
        made.append(create(client, customer).id)
        clock.sleep(10)
    newest = made[::-1]
    listed = client.v1.payment_intents.list

    first = listed({"limit": 2})
    assert ([row.id for row in first.data], first.has_more) == (newest[:2], True)
    second = listed({"limit": 2, "starting_after": newest[1]})
    assert ([row.id for row in second.data], second.has_more) == (newest[2:4], True)
    last = listed({"limit": 2, "starting_after": newest[3]})
    assert ([row.id for row in last.data], last.has_more) == (newest[4:], False)
    back = listed({"limit": 2, "ending_before": newest[3]})
    assert ([row.id for row in back.data], back.has_more) == (newest[1:3], True)
    assert [row.id for row in listed({"limit": 2}).auto_paging_iter()] == newest

    third = client.v1.payment_intents.retrieve(newest[2]).created
    assert [row.id for row in listed({"created": {"gte": third}}).data] == newest[:3]
    assert [row.id for row in listed({"created": {"gt": third}}).data] == newest[:2]
    assert [row.id for row in listed({"created": {"lte": third}}).data] == newest[2:]
    assert [row.id for row in listed({"created": {"lt": third}}).data] == newest[3:]
    assert [row.id for row in listed({"created": third}).data] == [newest[2]]

    processor.state.seed_customer("cus_other")
    assert listed({"customer": "cus_other"}).data == []
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        listed({"starting_after": "pi_none"})
    assert refusal.value.code == "resource_missing"


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"payment_method_types": ["card"]}, "payment_method_types_no_longer_supported", None),
        ({"colour": "blue"}, "parameter_unknown", "colour"),
        ({"amount": 49}, "amount_too_small", "amount"),
        ({"amount": "lots"}, "parameter_invalid_integer", "amount"),
        ({"amount": ""}, "parameter_missing", "amount"),
        ({"customer": "cus_nobody"}, "resource_missing", "customer"),
        ({"payment_method": "pm_nothing"}, "resource_missing", "payment_method"),
        ({"transfer_group": "x"}, "sandbox_unsupported", "transfer_group"),
        ({"currency": "eur"}, None, "currency"),
        ({"off_session": True}, None, "off_session"),
        ({"metadata": {"k" * 41: "v"}}, None, None),
    ],
)
def test_wrong_parameters_are_refused(client, customer, change, code, param) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        create(client, customer, **change)
    assert refusal.value.http_status == 400
    assert refusal.value.code == code
    if param is not None:
        assert refusal.value.param == param


def test_another_customers_card_is_refused(client, customer, processor) -> None:
    processor.state.seed_customer("cus_b", "pm_of_b")
    with pytest.raises(stripe.InvalidRequestError, match="another customer"):
        create(client, customer, payment_method="pm_of_b")


def test_an_intent_can_be_changed_before_it_is_paid(client, customer) -> None:
    made = create(client, customer)
    changed = client.v1.payment_intents.update(
        made.id, {"amount": 9900, "metadata": {"iid": "", "dup": "d"}}
    )
    assert changed.amount == 9900
    assert changed.metadata.to_dict() == {"dup": "d"}
    client.v1.payment_intents.confirm(made.id)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.update(made.id, {"amount": 100})
    assert client.v1.payment_intents.update(made.id, {"metadata": {"a": "b"}}).metadata["a"] == "b"
