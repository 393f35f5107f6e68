# SPDX-License-Identifier: MIT
"""Another author's server gives the same outcome on the way both can go."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe

LAUNCHER = Path(__file__).with_name("localstripe_on_loopback.py")


@pytest.fixture
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


def outcome(base_url: str) -> dict[str, object]:
    """Save a card, charge it in two phases, read it back; return what both must agree on."""
    client = stripe.StripeClient(
        "sk_test_second_opinion",
        base_addresses={"api": base_url},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=(5, 10)),
    )
    customer = client.v1.customers.create({"metadata": {"ref": "k1"}})
    method = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    made = client.v1.payment_intents.create(
        {
            "amount": 12345,
            "currency": "usd",
            "customer": customer.id,
            "payment_method": method.id,
            "metadata": {"iid": "i1"},
        }
    )
    confirmed = client.v1.payment_intents.confirm(made.id)
    read = client.v1.payment_intents.retrieve(made.id)
    charge = read.latest_charge
    charge_id = charge if isinstance(charge, str) else charge.id
    read_charge = client.v1.charges.retrieve(charge_id)
    with pytest.raises(stripe.InvalidRequestError) as again:
        client.v1.payment_intents.confirm(made.id)
    return {
        "attached": method.customer == customer.id,
        "card": (method.card.brand, method.card.last4),
        "created": made.status,
        "confirmed": confirmed.status,
        "read": (read.status, read.amount, read.currency, read.metadata["iid"]),
        "customer": read.customer == customer.id,
        "charge": (read_charge.status, read_charge.amount, read_charge.paid),
        "confirmed twice": again.value.http_status,
    }


def test_both_servers_agree_on_the_happy_path(processor, other_server) -> None:
    ours = outcome(processor.base_url)
    assert ours == outcome(other_server)
    assert ours["read"] == ("succeeded", 12345, "usd", "i1")
