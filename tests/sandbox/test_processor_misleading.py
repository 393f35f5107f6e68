# SPDX-License-Identifier: MIT
"""A processor that lies, forgets, is busy, or belongs to somebody else."""

from __future__ import annotations

import pytest
import stripe
from asking import ask

from mediyn_desktop.sandbox.processor import Fault, FaultKind
from mediyn_desktop.sandbox.processor.limits import Limits

INTENT = {"amount": 5000, "currency": "usd", "metadata": {"iid": "i1"}}


@pytest.fixture
def made(client, customer):
    return client.v1.payment_intents.create(
        {**INTENT, "customer": customer, "payment_method": "pm_good"}
    )


# --- lies ------------------------------------------------------------------------------------


def test_a_lie_changes_the_reply_and_not_the_truth(client, processor, made) -> None:
    told = {"amount": 1, "customer": "cus_other", "status": "succeeded"}
    processor.faults.script(Fault(FaultKind.LIE, changes=told))
    read = client.v1.payment_intents.retrieve(made.id)
    assert (read.amount, read.customer, read.status) == (1, "cus_other", "succeeded")
    read = client.v1.payment_intents.retrieve(made.id)
    assert (read.amount, read.status) == (5000, "requires_confirmation")


def test_a_lie_is_not_what_the_idempotency_key_remembers(client, processor) -> None:
    processor.faults.script(Fault(FaultKind.LIE, changes={"amount": 1}))
    key = {"idempotency_key": "c-1"}
    assert client.v1.payment_intents.create(INTENT, key).amount == 1
    assert client.v1.payment_intents.create(INTENT, key).amount == 5000


def test_a_lie_reaches_into_lists_and_is_planned_from_outside(client, processor, made) -> None:
    fault = {"kind": "lie", "method": "GET", "changes": {"data.0.metadata.iid": "other"}}
    ask(processor, "POST", "faults", {"faults": [fault]})
    assert client.v1.payment_intents.list().data[0].metadata["iid"] == "other"


@pytest.mark.parametrize("fault", [{"kind": "lie"}, {"kind": "429", "changes": {"amount": 1}}])
def test_only_a_lie_has_changes(processor, fault) -> None:
    assert ask(processor, "POST", "faults", {"faults": [fault]})[0] == 400


@pytest.mark.parametrize(
    ("kind", "amounts", "more"),
    [
        ("list_cut", [400, 300], False),
        ("list_empty", [], True),
        ("list_doubled", [400, 400, 300, 300, 200, 200, 100, 100], False),
        ("list_reversed", [100, 200, 300, 400], False),
    ],
)
def test_a_list_is_cut_empty_doubled_or_reversed(client, processor, kind, amounts, more) -> None:
    for amount in (100, 200, 300, 400):
        client.v1.payment_intents.create({**INTENT, "amount": amount})
    processor.faults.script(kind)
    page = client.v1.payment_intents.list()
    assert [row.amount for row in page.data] == amounts
    assert page.has_more is more
    assert len(client.v1.payment_intents.list().data) == 4


def test_an_error_in_the_middle_of_a_sweep(client, processor) -> None:
    for _ in range(3):
        client.v1.payment_intents.create(INTENT)
    plan = [Fault(FaultKind.PASS, path="/v1/payment_intents"), Fault(FaultKind.ERROR_BEFORE)]
    processor.faults.script(*plan)
    with pytest.raises(stripe.APIError):
        list(client.v1.payment_intents.list({"limit": 1}).auto_paging_iter())


def test_a_page_of_somebody_else_comes_back_after_the_charge(client, processor, made) -> None:
    processor.faults.script(FaultKind.HTML_AFTER)
    with pytest.raises(stripe.APIError):
        client.v1.payment_intents.confirm(made.id)
    assert client.v1.payment_intents.retrieve(made.id).status == "succeeded"


def test_a_reply_without_request_id_or_date(client, processor) -> None:
    processor.faults.script("no_request_id", "no_date")
    first, second, whole = (client.v1.balance.retrieve().last_response.headers for _ in range(3))
    assert "Request-Id" not in first
    assert "Date" in first
    assert "Date" not in second
    assert {"Request-Id", "Date"} <= set(whole)


def test_a_key_is_refused_for_once(client, processor) -> None:
    processor.faults.script("401", "403")
    with pytest.raises(stripe.AuthenticationError):
        client.v1.balance.retrieve()
    with pytest.raises(stripe.PermissionError):
        client.v1.balance.retrieve()
    assert client.v1.balance.retrieve().object == "balance"


# --- events and search -----------------------------------------------------------------------


def kinds(client) -> list[str]:
    return [event.type for event in client.v1.events.list({"limit": 4}).data]


def test_events_are_lost_repeated_and_out_of_order_on_demand(client, processor, made) -> None:
    client.v1.payment_intents.confirm(made.id)
    straight = ["payment_intent.succeeded", "charge.succeeded", "payment_intent.created"]
    client.v1.balance.retrieve()
    assert kinds(client) == ["charge.updated", *straight]
    ask(processor, "POST", "events", {"lose": ["charge.*"]})
    assert kinds(client) == [straight[0], straight[2]]
    ask(processor, "POST", "events", {"duplicate": True, "lose": ["charge.*"]})
    assert kinds(client) == [straight[0]] * 2 + [straight[2]] * 2
    ask(processor, "POST", "events", {"shuffle": True})
    assert kinds(client) == [straight[1], straight[0], "charge.updated", straight[2]]
    ask(processor, "POST", "events", {})
    assert kinds(client) == ["charge.updated", *straight]
    assert ask(processor, "POST", "events", {"forget": True})[0] == 400


def found(client, query: str) -> list[str]:
    return [row.id for row in client.v1.payment_intents.search({"query": query}).data]


def test_search_lags_behind(client, processor, made) -> None:
    query = "metadata['iid']:'i1' AND status:'requires_confirmation'"
    assert found(client, query) == []
    ask(processor, "POST", "clock", {"advance_seconds": 60})
    assert found(client, query) == [made.id]
    assert found(client, 'metadata["iid"]:"i2"') == []
    ask(processor, "POST", "search", {"lag_seconds": 3600})
    assert found(client, f"customer:'{made.customer}'") == []
    with pytest.raises(stripe.InvalidRequestError):
        found(client, "shoe_size>9")


def test_search_has_pages(client, processor) -> None:
    ask(processor, "POST", "search", {"lag_seconds": 0})
    for _ in range(3):
        client.v1.payment_intents.create(INTENT)
    first = client.v1.payment_intents.search({"query": "currency:'usd'", "limit": 2})
    rest = client.v1.payment_intents.search(
        {"query": "currency:'usd'", "limit": 2, "page": first.next_page}
    )
    assert (len(first.data), first.has_more) == (2, True)
    assert (len(rest.data), rest.has_more, rest.next_page) == (1, False, None)


# --- a busy processor ------------------------------------------------------------------------


def test_more_requests_than_the_limit_are_refused_within_a_second() -> None:
    now = [100.0]
    limits = Limits(monotonic=lambda: now[0])
    assert all(limits.admits() for _ in range(1000))
    limits.per_second = 2
    assert [limits.admits() for _ in range(3)] == [True, True, False]
    now[0] += 0.99
    assert limits.admits() is False
    now[0] += 0.02
    assert [limits.admits() for _ in range(3)] == [True, True, False]


def test_a_limit_is_set_and_lifted_from_outside(client, processor) -> None:
    ask(processor, "POST", "limits", {"per_second": 0})
    with pytest.raises(stripe.RateLimitError) as refusal:
        client.v1.balance.retrieve()
    assert refusal.value.headers["Stripe-Rate-Limited-Reason"] == "global-rate"
    lifted = ask(processor, "POST", "limits", {"per_second": None, "latency_seconds": 0.001})[1]
    assert lifted == {"per_second": None, "latency_seconds": 0.001}
    assert client.v1.balance.retrieve().object == "balance"


def test_latency_is_real_time(processor, connect) -> None:
    ask(processor, "POST", "limits", {"latency_seconds": 30})
    impatient = stripe.StripeClient(
        "sk_test_x",
        base_addresses={"api": processor.base_url},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=(2, 0.02)),
    )
    with pytest.raises(stripe.APIConnectionError):
        impatient.v1.balance.retrieve()


def test_a_held_object_cannot_be_changed(client, processor, made) -> None:
    ask(processor, "POST", "locks", {"object": made.id})
    with pytest.raises(stripe.RateLimitError) as refusal:
        client.v1.payment_intents.confirm(made.id)
    assert refusal.value.error.code == "lock_timeout"
    assert client.v1.payment_intents.retrieve(made.id).status == "requires_confirmation"
    ask(processor, "POST", "locks", {"object": made.id, "held": False})
    assert client.v1.payment_intents.confirm(made.id).status == "succeeded"


# --- keys and accounts -----------------------------------------------------------------------

SCHEDULER = {
    "payment_intents": "write",
    "customers": "read",
    "payment_methods": "read",
    "checkout_sessions": "write",
}


def register(processor, key: str, **more):
    return ask(processor, "POST", "keys", {"key": key, **more})


def test_a_restricted_key_does_what_it_may(processor, connect, made) -> None:
    register(processor, "rk_test_scheduler", permissions=SCHEDULER)
    scheduler = connect("rk_test_scheduler")
    assert scheduler.v1.payment_intents.confirm(made.id).status == "succeeded"
    assert scheduler.v1.customers.payment_methods.list(made.customer).data
    for forbidden in (
        lambda: scheduler.v1.refunds.create({"payment_intent": made.id}),
        lambda: scheduler.v1.customers.create({}),
        scheduler.v1.payouts.list,
        scheduler.v1.payment_links.list,
    ):
        with pytest.raises(stripe.PermissionError, match="rak_") as refusal:
            forbidden()
        assert refusal.value.http_status == 403
        assert "rk_test_scheduler" not in str(refusal.value)


def test_expanding_needs_its_own_permission_and_comes_too_late(processor, connect, made) -> None:
    register(processor, "rk_test_scheduler", permissions=SCHEDULER)
    scheduler = connect("rk_test_scheduler")
    with pytest.raises(stripe.PermissionError, match="rak_charge_read"):
        scheduler.v1.payment_intents.confirm(made.id, {"expand": ["latest_charge"]})
    assert scheduler.v1.payment_intents.retrieve(made.id).status == "succeeded"


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "pk_test_x"},
        {"key": "rk_live_x"},
        {"key": "rk_test_x", "permissions": {"shoes": "read"}},
        {"key": "rk_test_x", "permissions": {"charges": "maybe"}},
    ],
)
def test_a_key_that_is_none_is_not_registered(processor, wrong) -> None:
    assert ask(processor, "POST", "keys", wrong)[0] == 400
    assert ask(processor, "GET", "keys")[1] == []


def test_registered_keys_are_listed_without_their_secrets(processor) -> None:
    register(processor, "rk_test_abcdefgh1234")
    assert ask(processor, "GET", "keys")[1][0]["secret"] == "rk_test_****1234"


def test_a_key_is_revoked_and_restored(processor, connect) -> None:
    register(processor, "rk_test_one")
    ask(processor, "POST", "keys/revoke", {"key": "rk_test_one"})
    with pytest.raises(stripe.AuthenticationError):
        connect("rk_test_one").v1.balance.retrieve()
    ask(processor, "POST", "keys/restore", {"key": "rk_test_one"})
    assert connect("rk_test_one").v1.balance.retrieve().object == "balance"


def test_a_key_of_another_account_finds_nothing_of_ours(processor, connect, client, made) -> None:
    register(processor, "sk_test_other", account="acct_other")
    other = connect("sk_test_other")
    assert other.v1.accounts.retrieve_current().id == "acct_other"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        other.v1.payment_intents.retrieve(made.id)
    assert refusal.value.code == "resource_missing"
    key = {"idempotency_key": "c-1"}
    theirs = other.v1.payment_intents.create(INTENT, key)
    assert client.v1.payment_intents.create(INTENT, key).id != theirs.id
    assert [row.id for row in other.v1.payment_intents.list().data] == [theirs.id]


def test_a_live_key_says_so_everywhere(processor, connect) -> None:
    register(processor, "sk_live_x", livemode=True)
    live = connect("sk_live_x")
    assert live.v1.balance.retrieve().livemode is True
    assert live.v1.payment_intents.create(INTENT).livemode is True
    assert live.v1.events.list().data[0].livemode is True
    assert live.v1.payment_intents.list().data


def test_our_account_changes(processor, client) -> None:
    ask(processor, "POST", "account", {"id": "acct_new", "charges_enabled": False})
    account = client.v1.accounts.retrieve_current()
    assert (account.id, account.charges_enabled) == ("acct_new", False)
