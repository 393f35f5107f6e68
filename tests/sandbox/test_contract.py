# SPDX-License-Identifier: MIT
"""The sandbox takes the parameters the installed SDK knows: no other, and none left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
import stripe

import stripe_types
from mediyn_desktop.sandbox.processor.dispatch import ROUTES
from mediyn_desktop.sandbox.processor.payouts import pay_out


@dataclass
class Sent:
    method: str
    path: str
    params: dict[str, Any] = field(default_factory=dict)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_an_address_takes_what_the_sdk_sends(route) -> None:
    call = stripe_types.find(route.method, route.path.replace("{}", "x_1"))
    assert call is not None, "the SDK has no such address"
    assert {*route.takes(), *route.known.split()} == set(stripe_types.names(call))
    assert not set(route.accepts.split()) & set(route.known.split())


SHAPES = {
    "customer": stripe.Customer,
    "payment_method": stripe.PaymentMethod,
    "payment_intent": stripe.PaymentIntent,
    "setup_intent": stripe.SetupIntent,
    "charge": stripe.Charge,
    "refund": stripe.Refund,
    "balance_transaction": stripe.BalanceTransaction,
    "event": stripe.Event,
    "dispute": stripe.Dispute,
    "payout": stripe.Payout,
    "checkout.session": stripe.checkout.Session,
    "payment_link": stripe.PaymentLink,
}
# Declared without Optional, yet only there in special cases: test clocks, older kinds of charge.
SPECIAL = {"test_clock", "source", "transfer"}


@pytest.fixture
def played(processor, client):
    """A processor with at least one object of each kind."""
    processor.state.seed_customer("cus_bo", "pm_bo", "disputed")
    processor.state.seed_customer("cus_cy", "pm_cy", "bypass_pending")
    for name in ("bo", "cy"):
        paid = client.v1.payment_intents.create(
            {
                "amount": 5000,
                "currency": "usd",
                "customer": f"cus_{name}",
                "payment_method": f"pm_{name}",
                "confirm": True,
            }
        )
    client.v1.balance.retrieve()
    pay_out(processor.state)
    client.v1.refunds.create({"payment_intent": paid.id, "amount": 100})
    page = {"currency": "usd", "success_url": "https://practice.example"}
    client.v1.checkout.sessions.create({"mode": "setup", **page})
    price = {"currency": "usd", "unit_amount": 100, "product_data": {"name": "Balance"}}
    client.v1.payment_links.create({"line_items": [{"quantity": 1, "price_data": price}]})
    return processor


@pytest.mark.parametrize("kind", SHAPES)
def test_an_object_has_the_fields_the_sdk_says_are_there(played, kind) -> None:
    declared = {
        name: str(annotation)
        for name, annotation in SHAPES[kind].__annotations__.items()
        if not name.startswith("_") and "ClassVar" not in str(annotation)
    }
    always = {name for name, annotation in declared.items() if "Optional" not in annotation}
    for row in played.state.newest_first(kind):
        shown = {name for name in row if not name.startswith("_")}
        assert always - SPECIAL <= shown
        assert shown <= set(declared) | {"created"}


INTENT = {"amount": "5000", "currency": "usd"}


@pytest.mark.parametrize(
    "params",
    [
        INTENT,
        {**INTENT, "metadata": {"iid": "x"}, "allowed_payment_method_types": ["card"]},
        {**INTENT, "confirm": "true", "off_session": "true", "expand": ["latest_charge"]},
        {**INTENT, "off_session": "one_off"},
        {**INTENT, "payment_method_options": {"card": {"request_three_d_secure": "any"}}},
    ],
)
def test_what_is_legal_passes(params) -> None:
    assert stripe_types.violations([Sent("POST", "/v1/payment_intents", params)]) == []


@pytest.mark.parametrize(
    ("params", "problem"),
    [
        ({"amount": "5000"}, "currency is missing"),
        ({**INTENT, "payment_method_types": ["card"]}, "payment_method_types is unknown"),
        ({**INTENT, "amount": "50.00"}, "amount is '50.00', not int"),
        ({**INTENT, "confirm": "yes"}, "confirm is 'yes', not bool"),
        ({**INTENT, "metadata": "x"}, "metadata is not a group"),
        ({**INTENT, "allowed_payment_method_types": "card"}, "is not a list"),
        ({**INTENT, "allowed_payment_method_types": ["crad"]}, "[0] is 'crad'"),
        ({**INTENT, "setup_future_usage": "later"}, "setup_future_usage is 'later'"),
        (
            {**INTENT, "payment_method_options": {"card": {"shoe_size": "9"}}},
            "payment_method_options.card.shoe_size is unknown",
        ),
        ({**INTENT, "idempotency_key": "k"}, "idempotency_key is unknown"),
    ],
)
def test_what_is_illegal_is_named(params, problem) -> None:
    found = stripe_types.violations([Sent("POST", "/v1/payment_intents", params)])
    assert len(found) == 1
    assert problem in found[0]


def test_an_address_the_sdk_does_not_have_is_named() -> None:
    assert stripe_types.violations([Sent("POST", "/v1/payment_intents/pi_1/settle")]) == [
        "POST /v1/payment_intents/pi_1/settle: the SDK has no such address"
    ]


@pytest.mark.parametrize(
    ("method", "path", "key", "known"),
    [
        ("POST", "/v1/payment_intents", "metadata[iid]", True),
        ("POST", "/v1/payment_intents", "allowed_payment_method_types[0]", True),
        ("POST", "/v1/payment_intents", "payment_method_types[0]", False),
        ("POST", "/v1/payment_intents", "amount[gte]", False),
        ("GET", "/v1/payment_intents", "created[gte]", True),
        ("GET", "/v1/payment_intents", "created[since]", False),
        ("GET", "/v1/payment_intents", "expand[0]", True),
        ("POST", "/v1/checkout/sessions", "line_items[0][price_data][unit_amount]", True),
        ("POST", "/v1/checkout/sessions", "line_items[0][price_data][shoe_size]", False),
        ("POST", "/v1/checkout/sessions", "line_items[price_data]", False),
        ("POST", "/v1/shoes", "size", False),
    ],
)
def test_a_single_key_is_looked_up(method, path, key, known) -> None:
    assert stripe_types.knows(method, path, key) is known


def test_bounds_of_lists_are_checked() -> None:
    good = Sent("GET", "/v1/events", {"created": {"gte": "1"}, "types": ["charge.updated"]})
    bad = Sent("GET", "/v1/events", {"created": {"since": "1"}})
    assert stripe_types.violations([good]) == []
    assert len(stripe_types.violations([bad])) == 1
