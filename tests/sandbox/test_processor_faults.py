# SPDX-License-Identifier: MIT
"""Each fault as the SDK sees it, and whether money had moved by then."""

from __future__ import annotations

import socket
import threading

import pytest
import stripe

from mediyn_desktop.sandbox.processor import CardProcessor, Fault, FaultKind

LOST = stripe.APIConnectionError


@pytest.fixture
def made(client, customer):
    return client.v1.payment_intents.create(
        {"amount": 15000, "currency": "usd", "customer": customer, "payment_method": "pm_good"}
    )


@pytest.mark.parametrize(
    ("kind", "raised", "status", "afterwards"),
    [
        ("reset_before", LOST, None, "requires_confirmation"),
        ("reset_after", LOST, None, "succeeded"),
        ("fin_after", LOST, None, "succeeded"),
        ("partial", LOST, None, "succeeded"),
        ("truncated", stripe.APIError, 200, "succeeded"),
        ("hang_before", LOST, None, "requires_confirmation"),
        ("hang_after", LOST, None, "succeeded"),
        ("429", stripe.RateLimitError, 429, "requires_confirmation"),
        ("429_retry", stripe.RateLimitError, 429, "requires_confirmation"),
        ("lock_timeout", stripe.RateLimitError, 429, "requires_confirmation"),
        ("409", stripe.APIError, 409, "requires_confirmation"),
        ("500_before", stripe.APIError, 500, "requires_confirmation"),
        ("500_after", stripe.APIError, 500, "succeeded"),
        ("500_forgotten", stripe.APIError, 500, "succeeded"),
        ("503_html", stripe.APIError, 503, "requires_confirmation"),
        ("200_html", stripe.APIError, 200, "requires_confirmation"),
    ],
)
def test_a_fault_raises_and_the_intent_tells_the_truth(
    client, processor, made, kind, raised, status, afterwards
) -> None:
    processor.faults.script(Fault(FaultKind(kind), method="POST", seconds=0.02))
    with pytest.raises(stripe.StripeError) as failure:
        client.v1.payment_intents.confirm(made.id)
    assert type(failure.value) is raised
    if status is not None:
        assert failure.value.http_status == status
    assert client.v1.payment_intents.retrieve(made.id).status == afterwards
    assert processor.faults.waiting() == []


def test_a_real_time_out_leaves_a_late_success_behind(processor, customer, made, client) -> None:
    impatient = stripe.StripeClient(
        "sk_test_x",
        base_addresses={"api": processor.base_url},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=(2, 0.02)),
    )
    processor.faults.script(Fault(FaultKind.LATE, path=".*/confirm", seconds=1.5))
    pause = threading.Event()
    with pytest.raises(stripe.APIConnectionError):
        impatient.v1.payment_intents.confirm(made.id)
    assert client.v1.payment_intents.retrieve(made.id).status == "requires_confirmation"
    while not any(seen.path.endswith("/confirm") for seen in list(processor.state.requests)):
        pause.wait(0.02)  # the request that nobody waits for any more still runs
    with pytest.raises(stripe.InvalidRequestError, match="succeeded"):
        client.v1.payment_intents.cancel(made.id)


def test_the_sdks_own_retry_reuses_its_key_and_charges_once(connect, processor, customer) -> None:
    processor.faults.script(Fault(FaultKind.RESET_AFTER, method="POST", times=1))
    paid = connect(retries=1).v1.payment_intents.create(
        {
            "amount": 5000,
            "currency": "usd",
            "customer": customer,
            "payment_method": "pm_good",
            "confirm": True,
        }
    )
    assert paid.status == "succeeded"
    sent = [seen for seen in processor.state.requests if seen.method == "POST"]
    assert len({seen.idempotency_key for seen in sent}) == 1
    assert [seen.replayed for seen in sent] == [False, True]
    assert len(connect().v1.charges.list({"payment_intent": paid.id}).data) == 1


def test_a_forgotten_key_makes_a_second_intent_and_no_second_charge(client, processor, customer):
    params = {"amount": 5000, "currency": "usd", "customer": customer, "payment_method": "pm_good"}
    processor.faults.script(FaultKind.ERROR_FORGOTTEN)
    key = {"idempotency_key": "c-1"}
    with pytest.raises(stripe.APIError):
        client.v1.payment_intents.create(params, key)
    client.v1.payment_intents.create(params, key)
    statuses = [row.status for row in client.v1.payment_intents.list().data]
    assert statuses == ["requires_confirmation"] * 2


def test_should_retry_is_announced_only_where_asked(client, processor) -> None:
    processor.faults.script("429_retry", "429")
    announced = []
    for _ in range(2):
        with pytest.raises(stripe.RateLimitError) as refusal:
            client.v1.balance.retrieve()
        announced.append(refusal.value.headers.get("Stripe-Should-Retry"))
    assert announced == ["true", None]


def test_a_fault_waits_for_the_request_it_names(client, processor, made) -> None:
    processor.faults.script(Fault(FaultKind.ERROR_BEFORE, method="POST", path=".*/cancel"))
    client.v1.payment_intents.retrieve(made.id)
    client.v1.payment_intents.update(made.id, {"metadata": {"a": "b"}})
    with pytest.raises(stripe.APIError):
        client.v1.payment_intents.cancel(made.id)


def test_pass_lets_one_request_through_before_the_next_fault(client, processor) -> None:
    processor.faults.script("pass", "500_before")
    client.v1.balance.retrieve()
    with pytest.raises(stripe.APIError):
        client.v1.balance.retrieve()


def test_random_faults_repeat_with_their_seed() -> None:
    def drawn(seed: int) -> list[str | None]:
        with CardProcessor() as processor:
            processor.faults.randomly(seed, 0.5, ["429", "reset_after", "500_before"])
            taken = [processor.faults.take("POST", "/v1/x") for _ in range(50)]
            return [fault.kind if fault else None for fault in taken]

    assert drawn(7) == drawn(7)
    assert drawn(7) != drawn(8)
    assert 10 < sum(kind is None for kind in drawn(7)) < 40


def test_stopping_ends_hanging_requests_and_frees_the_port() -> None:
    with CardProcessor() as processor:
        processor.faults.script(Fault(FaultKind.HANG_BEFORE, seconds=60))
        port = int(processor.base_url.rpartition(":")[2])
        hanging = socket.create_connection(("127.0.0.1", port))
        idle = socket.create_connection(("127.0.0.1", port))
        hanging.sendall(b"GET /v1/balance HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        while processor.faults.waiting():
            pass
    assert hanging.recv(1) == b""
    hanging.close()
    idle.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


@pytest.mark.parametrize("arrived", ["", "amount=100", "amount=10000&currency=usd"])
def test_a_request_cut_off_before_its_end_asks_for_nothing(
    processor: CardProcessor, arrived: str
) -> None:
    whole = "amount=10000&currency=usd&customer=cus_anna"
    port = int(processor.base_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as dying:
        head = (
            "POST /v1/payment_intents HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            "Authorization: Bearer sk_test_x\r\n"
            f"Content-Length: {len(whole)}\r\n\r\n"
        )
        dying.sendall((head + arrived).encode())
        dying.shutdown(socket.SHUT_WR)
        answer = dying.recv(1)
    assert answer == b""
    assert not processor.state.requests
