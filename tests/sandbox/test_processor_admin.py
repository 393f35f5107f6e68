# SPDX-License-Identifier: MIT
"""The sandbox's own addresses, and who may reach them."""

from __future__ import annotations

import pytest
import stripe
from asking import ask


def charge(client, customer: str = "cus_b", **more):
    return client.v1.payment_intents.create(
        {
            "amount": 5000,
            "currency": "usd",
            "customer": customer,
            "payment_method": "pm_b",
            "metadata": {"iid": "i1"},
            "confirm": True,
            **more,
        }
    )


def test_another_process_seeds_a_card_and_reads_what_was_taken(processor, client) -> None:
    ask(processor, "POST", "customers", {"customer": "cus_b", "payment_method": "pm_b"})
    paid = charge(client)
    status, totals = ask(processor, "GET", "totals?by=iid")
    assert status == 200
    assert totals == {"i1": {"amount": 5000, "payment_intents": [paid.id]}}
    assert ask(processor, "GET", "status")[1]["objects"]["charge"] == 1


def test_another_process_scripts_faults_and_takes_them_back(processor, client) -> None:
    planned = {"faults": [{"kind": "429", "method": "GET", "path": "/v1/balance"}]}
    ask(processor, "POST", "faults", planned)
    assert ask(processor, "GET", "faults")[1][0]["kind"] == "429"
    with pytest.raises(stripe.RateLimitError):
        client.v1.balance.retrieve()
    ask(processor, "POST", "faults", {"faults": [{"kind": "500_before"}], "share": 1, "seed": 1})
    with pytest.raises(stripe.APIError):
        client.v1.balance.retrieve()
    ask(processor, "DELETE", "faults")
    assert client.v1.balance.retrieve().object == "balance"


def test_another_process_moves_the_clock_and_purges_keys(processor, client) -> None:
    client.v1.customers.create({}, {"idempotency_key": "k"})
    assert ask(processor, "POST", "keys/purge")[1] == {"purged": 1}
    moved = ask(processor, "POST", "clock", {"advance_seconds": 3600})[1]
    assert moved["now"] == "2026-11-23T19:00:00+00:00"
    assert client.v1.balance.retrieve().last_response.headers["Date"].endswith("19:00:00 GMT")


def test_a_processing_payment_is_settled_by_hand(processor, client) -> None:
    seed = {"customer": "cus_b", "payment_method": "pm_b", "behaviour": "processing"}
    ask(processor, "POST", "customers", seed)
    first, second = charge(client), charge(client)
    assert first.status == "processing"
    settle = {"payment_intent": first.id, "outcome": "succeeded"}
    assert ask(processor, "POST", "settle", settle)[1]["status"] == "succeeded"
    settle = {"payment_intent": second.id, "outcome": "failed"}
    assert ask(processor, "POST", "settle", settle)[1]["status"] == "requires_payment_method"
    assert client.v1.payment_intents.retrieve(first.id).amount_received == 5000


def test_what_was_sent_can_be_read_back(processor, client, customer) -> None:
    client.v1.customers.create({"metadata": {"ref": "k"}}, {"idempotency_key": "c-1"})
    seen = ask(processor, "GET", "requests")[1][-1]
    assert seen["params"] == {"metadata": {"ref": "k"}}
    assert (seen["path"], seen["idempotency_key"]) == ("/v1/customers", "c-1")
    assert (seen["api_key"], seen["api_version"]) == ("sk_test_****st_x", stripe.api_version)


def test_nonsense_is_refused(processor) -> None:
    assert ask(processor, "GET", "nowhere")[0] == 404
    assert ask(processor, "POST", "customers", {})[0] == 400
    assert (
        ask(
            processor,
            "POST",
            "customers",
            {"customer": "c", "payment_method": "p", "behaviour": "odd"},
        )[0]
        == 400
    )
    settle = {"payment_intent": "pi_none", "outcome": "succeeded"}
    assert ask(processor, "POST", "settle", settle)[0] == 404


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://example.org"}, {"Host": "rebound.example.org"}]
)
def test_a_web_page_cannot_reach_the_sandbox(processor, headers) -> None:
    assert ask(processor, "GET", "status", headers=headers)[0] == 403
