# SPDX-License-Identifier: MIT
"""Customers, saved cards, refunds, fees, events, disputes and the account."""

from __future__ import annotations

import json
from datetime import timedelta
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import stripe

from mediyn_desktop.sandbox.processor import Behaviour, CardProcessor
from mediyn_desktop.sandbox.processor.disputes import close_dispute, open_dispute
from mediyn_desktop.sandbox.processor.payouts import pay_out


def pay(client: stripe.StripeClient, amount: int = 15000):
    return client.v1.payment_intents.create(
        {
            "amount": amount,
            "currency": "usd",
            "customer": "cus_anna",
            "payment_method": "pm_good",
            "confirm": True,
            "expand": ["latest_charge.balance_transaction"],
        }
    )


@pytest.fixture(autouse=True)
def _anna(customer: str) -> None:
    """Every test has the customer with the good card."""


def test_a_customer_is_created_changed_and_found_by_email(client) -> None:
    made = client.v1.customers.create({"email": "a@example.org", "metadata": {"ref": "k"}})
    client.v1.customers.create({"email": "b@example.org"})
    settings = {"default_payment_method": "pm_x"}
    changed = client.v1.customers.update(made.id, {"invoice_settings": settings})
    assert changed.invoice_settings.default_payment_method == "pm_x"
    assert client.v1.customers.retrieve(made.id).metadata["ref"] == "k"
    found = client.v1.customers.list({"email": "a@example.org"}).data
    assert [row.id for row in found] == [made.id]


def test_an_unknown_customer_is_404_by_address(client) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.customers.retrieve("cus_nobody")
    assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")


def card(number: str) -> dict:
    return {
        "type": "card",
        "card": {"number": number, "exp_month": 4, "exp_year": 2031, "cvc": "123"},
    }


def test_a_card_is_attached_listed_and_detached(client) -> None:
    methods = client.v1.payment_methods
    made = methods.create(card("5555 5555 5555 4444"))
    assert (made.card.brand, made.card.last4, made.card.exp_year) == ("mastercard", "4444", 2031)
    attached = methods.attach(made.id, {"customer": "cus_anna"})
    assert attached.customer == "cus_anna"
    listed = methods.list({"customer": "cus_anna", "type": "card"}).data
    assert [row.id for row in listed] == [made.id, "pm_good"]
    assert client.v1.customers.payment_methods.list("cus_anna", {"limit": 1}).has_more is True
    one = client.v1.customers.payment_methods.retrieve("cus_anna", made.id)
    assert one.id == made.id
    assert methods.detach(made.id).customer is None
    with pytest.raises(stripe.InvalidRequestError):
        methods.detach(made.id)


@pytest.mark.parametrize(
    ("number", "decline_code"),
    [
        ("4000000000000002", "generic_decline"),
        ("4000000000009995", "insufficient_funds"),
        ("4000000000009987", "lost_card"),
        ("4000000000009979", "stolen_card"),
        ("4000000000000069", "expired_card"),
        ("4000000000000127", "incorrect_cvc"),
        ("4000000000000119", "processing_error"),
    ],
)
def test_a_bad_card_is_declined_when_it_is_attached(client, number, decline_code) -> None:
    made = client.v1.payment_methods.create(card(number))
    with pytest.raises(stripe.CardError) as declined:
        client.v1.payment_methods.attach(made.id, {"customer": "cus_anna"})
    assert declined.value.error.decline_code == decline_code
    assert client.v1.payment_methods.retrieve(made.id).customer is None


@pytest.mark.parametrize("number", ["4000000000000341", "4000002760003184"])
def test_cards_that_fail_only_when_charged_can_be_attached(client, number) -> None:
    made = client.v1.payment_methods.create(card(number))
    assert client.v1.payment_methods.attach(made.id, {"customer": "cus_anna"}).customer


def test_a_number_that_is_no_test_card_is_refused(client) -> None:
    with pytest.raises(stripe.CardError) as declined:
        client.v1.payment_methods.create(card("4111111111111112"))
    assert declined.value.error.decline_code == "test_mode_live_card"


def test_a_setup_intent_attaches_the_card_to_the_customer(client) -> None:
    made = client.v1.setup_intents.create({"customer": "cus_anna", "usage": "off_session"})
    assert made.status == "requires_payment_method"
    done = client.v1.setup_intents.confirm(made.id, {"payment_method": "pm_card_visa"})
    assert done.status == "succeeded"
    assert client.v1.payment_methods.retrieve(done.payment_method).customer == "cus_anna"
    assert client.v1.setup_intents.retrieve(made.id).status == "succeeded"
    assert client.v1.setup_intents.list({"customer": "cus_anna"}).data[0].id == made.id
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.setup_intents.confirm(made.id)
    assert refusal.value.code == "setup_intent_unexpected_state"


def test_a_declined_setup_intent_says_why(client) -> None:
    with pytest.raises(stripe.CardError) as declined:
        client.v1.setup_intents.create(
            {
                "customer": "cus_anna",
                "confirm": True,
                "payment_method": "pm_card_visa_chargeDeclined",
            }
        )
    intent = client.v1.setup_intents.retrieve(declined.value.error.setup_intent.id)
    assert intent.status == "requires_payment_method"
    assert intent.last_setup_error.decline_code == "generic_decline"


def test_refunds_are_partial_then_full_and_never_more(client) -> None:
    paid = pay(client, 12500)
    first = client.v1.refunds.create(
        {"payment_intent": paid.id, "amount": 2500, "metadata": {"iid": "r1"}}
    )
    assert (first.status, first.amount, first.charge) == (
        "succeeded",
        2500,
        paid.latest_charge.id,
    )
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": paid.id, "amount": 10001})
    assert refusal.value.param == "amount"
    rest = client.v1.refunds.create({"charge": paid.latest_charge.id})
    assert rest.amount == 10000
    with pytest.raises(stripe.InvalidRequestError) as again:
        client.v1.refunds.create({"payment_intent": paid.id})
    assert again.value.code == "charge_already_refunded"
    listed = client.v1.refunds.list({"payment_intent": paid.id}).data
    assert [row.id for row in listed] == [rest.id, first.id]
    assert client.v1.refunds.retrieve(first.id).metadata["iid"] == "r1"
    charge = client.v1.charges.retrieve(paid.latest_charge.id)
    assert (charge.amount_refunded, charge.refunded) == (12500, True)
    moved = client.v1.balance_transactions.retrieve(rest.balance_transaction)
    assert (moved.amount, moved.fee, moved.net) == (-10000, 0, -10000)


def test_an_unpaid_intent_has_nothing_to_refund(client) -> None:
    made = client.v1.payment_intents.create({"amount": 100, "currency": "usd"})
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create({"payment_intent": made.id})


@pytest.mark.parametrize(
    ("amount", "fee"),
    [
        (2500, 103),
        (5600, 192),
        (7500, 248),
        (12345, 388),
        (15000, 465),
        (17500, 538),
        (130000, 3800),
    ],
)
def test_the_fee_appears_after_the_charge(client, amount, fee) -> None:
    paid = pay(client, amount)
    assert paid.latest_charge.balance_transaction is None
    read = client.v1.payment_intents.retrieve(
        paid.id, {"expand": ["latest_charge.balance_transaction"]}
    )
    moved = read.latest_charge.balance_transaction
    assert (moved.amount, moved.fee, moved.net) == (amount, fee, amount - fee)
    assert (moved.source, moved.type, moved.status) == (paid.latest_charge.id, "charge", "pending")


def test_the_fee_can_be_kept_back(client, processor) -> None:
    processor.state.hold_balance_transactions = True
    paid = pay(client)
    charge = client.v1.charges.retrieve(paid.latest_charge.id)
    assert charge.balance_transaction is None
    processor.state.hold_balance_transactions = False
    assert client.v1.charges.retrieve(charge.id).balance_transaction.startswith("txn_")
    assert client.v1.events.list({"type": "charge.updated"}).data[0].data.object.id == charge.id


def test_the_balance_becomes_available_and_is_paid_out(client, processor, clock) -> None:
    pay(client)
    before = client.v1.balance.retrieve()
    assert (before.available[0].amount, before.pending[0].amount) == (0, 14535)
    assert before.livemode is False
    clock.advance(timedelta(days=2))
    assert client.v1.balance.retrieve().available[0].amount == 14535
    payout = pay_out(processor.state)
    assert client.v1.payouts.retrieve(payout["id"]).amount == 14535
    rows = client.v1.balance_transactions.list({"payout": payout["id"]}).data
    assert sorted(row.net for row in rows) == [-14535, 14535]
    assert client.v1.balance.retrieve().available[0].amount == 0


def test_a_dispute_takes_the_amount_and_winning_gives_it_back(client, processor) -> None:
    paid = pay(client)
    opened = open_dispute(processor.state, paid.id)
    read = client.v1.disputes.list({"payment_intent": paid.id}).data[0]
    assert (read.id, read.status, read.amount) == (opened["id"], "needs_response", 15000)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": paid.id})
    assert refusal.value.code == "charge_disputed"
    close_dispute(processor.state, opened["id"], won=True)
    nets = [row.net for row in client.v1.balance_transactions.list({"source": read.id}).data]
    assert sorted(nets) == [-16500, 15000]


def test_events_are_newest_first_filtered_and_end_after_30_days(client, clock) -> None:
    paid = pay(client)
    kinds = [event.type for event in client.v1.events.list().data]
    assert kinds[:3] == ["charge.updated", "payment_intent.succeeded", "charge.succeeded"]
    some = client.v1.events.list({"types": ["payment_intent.succeeded", "charge.succeeded"]})
    assert [event.type for event in some.data] == ["payment_intent.succeeded", "charge.succeeded"]
    succeeded = some.data[0]
    assert succeeded.data.object.id == paid.id
    assert succeeded.request.id == paid.last_response.headers["Request-Id"]
    wild = client.v1.events.list({"type": "payment_intent.*"})
    assert {event.type for event in wild.data} == {
        "payment_intent.created",
        "payment_intent.succeeded",
    }
    page = client.v1.events.list({"limit": 1, "starting_after": succeeded.id})
    assert [event.type for event in page.data] == ["charge.succeeded"]
    clock.advance(timedelta(days=30))
    assert client.v1.events.list({"type": "charge.succeeded"}).data == []
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.events.retrieve(succeeded.id)


def test_an_event_keeps_the_object_as_it_was(client) -> None:
    made = client.v1.payment_intents.create({"amount": 100, "currency": "usd"})
    client.v1.payment_intents.cancel(made.id)
    created = client.v1.events.list({"type": "payment_intent.created"}).data[0]
    assert created.data.object.status == "requires_payment_method"


def test_the_account_says_who_we_are(client, processor) -> None:
    account = client.v1.accounts.retrieve_current()
    assert account.id == processor.state.account["id"]
    assert account.id.startswith("acct_")


@pytest.mark.parametrize("key", ["sk_live_x", "pk_test_x", "nonsense"])
def test_a_wrong_key_is_refused(connect, key) -> None:
    with pytest.raises(stripe.AuthenticationError) as refusal:
        connect(key).v1.balance.retrieve()
    assert refusal.value.http_status == 401
    assert refusal.value.error.type == "invalid_request_error"


def test_a_request_without_a_key_is_refused(processor) -> None:
    connection = HTTPConnection(urlsplit(processor.base_url).netloc)
    connection.request("GET", "/v1/balance")
    reply = connection.getresponse()
    assert reply.status == 401
    assert json.loads(reply.read())["error"]["type"] == "invalid_request_error"
    connection.close()


def test_a_restricted_key_works_and_a_read_only_one_reads(connect) -> None:
    assert pay(connect("rk_test_1")).status == "succeeded"
    reader = connect("rk_test_readonly")
    assert reader.v1.balance.retrieve().object == "balance"
    with pytest.raises(stripe.PermissionError):
        pay(reader)


def test_a_revoked_key_is_refused(connect, processor) -> None:
    processor.state.revoked_keys.add("sk_test_old")
    with pytest.raises(stripe.AuthenticationError):
        connect("sk_test_old").v1.balance.retrieve()


def test_an_unknown_address_is_404(client) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.coupons.list()
    assert refusal.value.http_status == 404
    assert "/v1/coupons" in str(refusal.value)


def test_a_property_that_is_no_object_cannot_be_expanded(client) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.customers.retrieve("cus_anna", {"expand": ["shoe_size"]})


def test_lists_expand_into_their_rows(client) -> None:
    pay(client)
    rows = client.v1.payment_intents.list({"expand": ["data.customer", "data.latest_charge"]}).data
    assert rows[0].customer.id == "cus_anna"
    assert rows[0].latest_charge.status == "succeeded"


@pytest.mark.parametrize(
    ("method_id", "behaviour"),
    [
        ("pm_1Qx8made0up", Behaviour.GOOD),
        ("pm_anna_mastercard", Behaviour.GOOD),
        ("pm_demo_card_visa_chargeDeclined", Behaviour.DECLINED),
        ("pm_7_chargeDeclinedInsufficientFunds", Behaviour.INSUFFICIENT_FUNDS),
        ("pm_7_authenticationRequired", Behaviour.AUTHENTICATION_REQUIRED),
    ],
)
def test_made_up_ids_of_a_practice_folder_exist_on_first_use(method_id, behaviour) -> None:
    with CardProcessor(auto_seed=True) as processor:
        client = stripe.StripeClient(
            "sk_test_x",
            base_addresses={"api": processor.base_url},
            http_client=stripe.RequestsClient(timeout=(2, 5)),
        )
        made = client.v1.payment_intents.create(
            {
                "amount": 5000,
                "currency": "usd",
                "customer": "cus_made_up",
                "payment_method": method_id,
            }
        )
        assert (made.customer, made.payment_method) == ("cus_made_up", method_id)
        assert processor.state.behaviours[method_id] is behaviour
        assert client.v1.payment_methods.retrieve(method_id).customer == "cus_made_up"
        stock = client.v1.payment_intents.create(
            {
                "amount": 5000,
                "currency": "usd",
                "customer": "cus_made_up",
                "payment_method": "pm_card_chargeDeclinedInsufficientFunds",
            }
        )
        with pytest.raises(stripe.CardError) as declined:
            client.v1.payment_intents.confirm(stock.id)
        assert declined.value.error.decline_code == "insufficient_funds"
