# SPDX-License-Identifier: MIT
"""Another author's server gives the same outcome on every way that both can go.

What it leaves out or does otherwise than the real one (pages, links, disputes, search, restricted
keys, idempotency, order of events, refunds beyond the amount) is not asked here.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import stripe

LAUNCHER = Path(__file__).with_name("localstripe_on_loopback.py")


@pytest.fixture(scope="module")
def other_server() -> Iterator[str]:
    if importlib.util.find_spec("localstripe") is None:
        pytest.skip("localstripe is not installed; it comes with the dev extra")
    process = subprocess.Popen(
        [sys.executable, str(LAUNCHER)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    with process:
        assert process.stdout is not None
        port = process.stdout.readline().decode().strip()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def connect(base_url: str, key: str = "sk_test_second_opinion") -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        base_addresses={"api": base_url},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=(5, 10)),
    )


def refusal(call: Callable[[], object]) -> tuple[object, ...]:
    """Return what both servers must agree on when they refuse."""
    with pytest.raises(stripe.StripeError) as raised:
        call()
    return (raised.value.http_status, type(raised.value).__name__)


def saved_card(client: stripe.StripeClient, stock: str = "pm_card_visa"):
    customer = client.v1.customers.create({"metadata": {"ref": "k1"}})
    return client.v1.payment_methods.attach(stock, {"customer": customer.id})


def intent(client: stripe.StripeClient, method, **more):
    return client.v1.payment_intents.create(
        {
            "amount": 12345,
            "currency": "usd",
            "customer": method.customer,
            "payment_method": method.id,
            "metadata": {"iid": "i1"},
            **more,
        }
    )


def charge_of(client: stripe.StripeClient, paid):
    charge = paid.latest_charge
    return client.v1.charges.retrieve(charge if isinstance(charge, str) else charge.id)


def happy_path(client: stripe.StripeClient) -> object:
    method = saved_card(client)
    made = intent(client, method)
    confirmed = client.v1.payment_intents.confirm(made.id)
    read = client.v1.payment_intents.retrieve(made.id)
    charge = charge_of(client, read)
    return {
        "card": (method.card.brand, method.card.last4),
        "created": made.status,
        "confirmed": confirmed.status,
        "read": (read.status, read.amount, read.currency, read.metadata["iid"]),
        "customer": read.customer == method.customer,
        "charge": (charge.status, charge.amount, charge.paid, charge.amount_refunded),
        "confirmed twice": refusal(lambda: client.v1.payment_intents.confirm(made.id)),
        "canceled after": refusal(lambda: client.v1.payment_intents.cancel(made.id)),
    }


def one_call(client: stripe.StripeClient) -> object:
    paid = intent(client, saved_card(client), confirm=True, off_session=True)
    return (paid.status, charge_of(client, paid).amount)


def canceled(client: stripe.StripeClient) -> object:
    made = intent(client, saved_card(client))
    gone = client.v1.payment_intents.cancel(made.id)
    return {
        "canceled": gone.status,
        "read": client.v1.payment_intents.retrieve(made.id).status,
        "confirmed after": refusal(lambda: client.v1.payment_intents.confirm(made.id)),
    }


def declined(client: stripe.StripeClient) -> object:
    made = intent(client, saved_card(client, "pm_card_chargeCustomerFail"))
    said = refusal(lambda: client.v1.payment_intents.confirm(made.id))
    read = client.v1.payment_intents.retrieve(made.id)
    return {"said": said, "status": read.status, "code": read.last_payment_error.code}


def refused_when_saved(client: stripe.StripeClient) -> object:
    customer = client.v1.customers.create({})
    stock = "pm_card_visa_chargeDeclined"
    return refusal(lambda: client.v1.payment_methods.attach(stock, {"customer": customer.id}))


def refunded(client: stripe.StripeClient) -> object:
    paid = intent(client, saved_card(client), confirm=True)
    part = client.v1.refunds.create({"payment_intent": paid.id, "amount": 2345})
    charge = charge_of(client, paid)
    return {
        "refund": (part.status, part.amount, part.currency),
        "tied": part.payment_intent == paid.id,
        "read": client.v1.refunds.retrieve(part.id).amount,
        "left": (charge.amount_refunded, charge.refunded),
    }


def cards_of_a_customer(client: stripe.StripeClient) -> object:
    method = saved_card(client)
    listed = client.v1.payment_methods.list({"customer": method.customer, "type": "card"}).data
    client.v1.customers.update(
        method.customer, {"invoice_settings": {"default_payment_method": method.id}}
    )
    read = client.v1.customers.retrieve(method.customer)
    detached = client.v1.payment_methods.detach(method.id)
    after = client.v1.payment_methods.list({"customer": method.customer, "type": "card"}).data
    return {
        "listed": [row.id == method.id for row in listed],
        "default": read.invoice_settings.default_payment_method == method.id,
        "detached": detached.customer,
        "after": len(after),
    }


def setup(client: stripe.StripeClient) -> object:
    customer = client.v1.customers.create({})
    made = client.v1.setup_intents.create({"customer": customer.id, "usage": "off_session"})
    done = client.v1.setup_intents.confirm(made.id, {"payment_method": "pm_card_visa"})
    return (made.status, done.status, done.usage, done.customer == customer.id)


def events(client: stripe.StripeClient) -> object:
    paid = intent(client, saved_card(client), confirm=True)
    told = client.v1.events.list({"type": "payment_intent.succeeded"}).data
    mine = [event for event in told if event.data.object.id == paid.id]
    return [(event.type, event.data.object.amount) for event in mine]


def customers_by_email(client: stripe.StripeClient) -> object:
    client.v1.customers.create({"email": "one@example.org"})
    client.v1.customers.create({"email": "two@example.org"})
    return [row.email for row in client.v1.customers.list({"email": "two@example.org"}).data]


def mistakes(client: stripe.StripeClient) -> object:
    method = saved_card(client)
    retrieve = client.v1.payment_intents.retrieve
    return {
        "unknown intent": refusal(lambda: retrieve("pi_none")),
        "unknown customer": refusal(lambda: client.v1.customers.retrieve("cus_none")),
        "unknown parameter": refusal(lambda: intent(client, method, shoe_size="9")),
        "amount is no number": refusal(lambda: intent(client, method, amount="much")),
        "currency is missing": refusal(
            lambda: client.v1.payment_intents.create({"amount": 100})  # type: ignore[typeddict-item]
        ),
    }


WAYS = (
    happy_path,
    one_call,
    canceled,
    declined,
    refused_when_saved,
    refunded,
    cards_of_a_customer,
    setup,
    events,
    customers_by_email,
    mistakes,
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_both_servers_agree(processor, other_server, way) -> None:
    ours = way(connect(processor.base_url))
    assert ours == way(connect(other_server))
    assert ours


def test_both_servers_refuse_what_is_no_key(processor, other_server) -> None:
    said = {
        refusal(connect(base, "nonsense").v1.customers.list)
        for base in (processor.base_url, other_server)
    }
    assert said == {(401, "AuthenticationError")}


def test_the_happy_path_is_what_we_think_it_is(processor) -> None:
    ours = happy_path(connect(processor.base_url))
    assert ours["read"] == ("succeeded", 12345, "usd", "i1")
    assert ours["charge"] == ("succeeded", 12345, True, 0)
