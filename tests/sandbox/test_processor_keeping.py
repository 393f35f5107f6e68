# SPDX-License-Identifier: MIT
"""The processor's memory in a file: what was answered is there after any end of the program."""

from __future__ import annotations

import itertools
import json
import threading
from datetime import timedelta

import pytest
import stripe

from mediyn_desktop.sandbox.processor import CardProcessor
from mediyn_desktop.sandbox.processor.idempotency import IdempotencyKeys
from mediyn_desktop.sandbox.processor.keeping import MemoryDamaged, base_of, document, load
from mediyn_desktop.sandbox.processor.state import State

CHARGE = {"amount": 10000, "currency": "usd", "confirm": True, "off_session": True}


@pytest.fixture
def memory(tmp_path):
    """Where the processor keeps what it knows."""
    return tmp_path / "processor.json"


@pytest.fixture
def running(clock, memory):
    """Start the processor again; each one before it is simply abandoned, as a crash does."""
    started = []

    def start(**how) -> CardProcessor:
        made = CardProcessor(clock=clock, memory=memory, **how)
        made.start()
        started.append(made)
        return made

    yield start
    for one in started:
        one.stop()


def sdk(processor: CardProcessor) -> stripe.StripeClient:
    return stripe.StripeClient(
        "sk_test_x", base_addresses={"api": processor.base_url}, max_network_retries=0
    )


def pay(processor: CardProcessor, behaviour: str = "good", **more):
    processor.state.seed_customer("cus_bo", "pm_bo", behaviour)
    return sdk(processor).v1.payment_intents.create(
        {**CHARGE, "customer": "cus_bo", "payment_method": "pm_bo", "metadata": {"iid": "i1"}},
        more or None,
    )


def known(processor: CardProcessor):
    """What it knows, but for the one thing that may differ: where it listens."""
    with processor.state.lock:
        found = document(processor.state, processor.keys)
    return json.loads(json.dumps(found).replace(processor.base_url, "here"))


def kept(memory, clock):
    """What a start after a crash at this moment would know; the file is only read."""
    state = State(clock)
    state.page_base = "here"
    keys = IdempotencyKeys(state.clock)
    assert load(memory, state, keys)
    return json.loads(json.dumps(document(state, keys)))


def test_all_it_knows_comes_back(running, clock):
    first = running()
    pay(first, idempotency_key="k1")
    first.do("POST clock", advance_seconds=3 * 86_400)
    first.do("POST payouts")
    first.do("POST cards", payment_method="pm_bo", behaviour="refund_pending")
    intent = first.state.newest_first("payment_intent")[0]["id"]
    sdk(first).v1.refunds.create({"payment_intent": intent, "amount": 400})
    sdk(first).v1.checkout.sessions.create(
        {
            "mode": "setup",
            "customer": "cus_bo",
            "currency": "usd",
            "success_url": "https://x.example",
        }
    )
    assert known(running()) == known(first)


def test_an_answered_charge_survives_a_crash_and_is_not_made_twice(running):
    paid = pay(running(), idempotency_key="k1")
    again = running()
    replayed = pay(again, idempotency_key="k1")
    assert replayed.id == paid.id
    assert again.state.succeeded_by_metadata("iid")["i1"].payment_intents == [paid.id]


def test_a_decline_is_remembered_with_its_key(running):
    with pytest.raises(stripe.CardError):
        pay(running(), "insufficient_funds", idempotency_key="k1")
    again = running()
    with pytest.raises(stripe.CardError) as declined:
        pay(again, "insufficient_funds", idempotency_key="k1")
    assert declined.value.headers["Idempotent-Replayed"] == "true"


def test_a_lost_answer_left_its_charge_in_the_file(running):
    first = running()
    first.faults.script("reset_after")
    with pytest.raises(stripe.APIConnectionError):
        pay(first, idempotency_key="k1")
    assert running().state.succeeded_by_metadata("iid")["i1"].amount == 10000


def test_what_was_to_come_still_comes(running, clock):
    paid = pay(running(), "processing_then_succeeds")
    assert paid.status == "processing"
    clock.advance(timedelta(minutes=1))
    assert sdk(running()).v1.payment_intents.retrieve(paid.id).status == "succeeded"


def test_pages_move_along_with_the_address(running):
    first = running()
    first.do("POST customers", customer="cus_x")
    page = sdk(first).v1.checkout.sessions.create(
        {
            "mode": "setup",
            "customer": "cus_x",
            "currency": "usd",
            "success_url": "https://x.example",
        }
    )
    again = running()
    found = sdk(again).v1.checkout.sessions.retrieve(page.id)
    assert found.url == page.url.replace(first.base_url, again.base_url)
    assert found.url.startswith(again.base_url)


def test_what_the_processor_did_by_itself_is_kept_before_it_is_told(running):
    first = running()
    charge = pay(first).latest_charge
    told = sdk(first).v1.charges.retrieve(charge).balance_transaction  # made by this very question
    assert sdk(running()).v1.charges.retrieve(charge).balance_transaction == told


def test_many_at_once_lose_nothing(running):
    first = running()
    first.state.seed_customer("cus_bo", "pm_bo")
    client = sdk(first)

    def charge(number: int) -> None:
        client.v1.payment_intents.create(
            {**CHARGE, "customer": "cus_bo", "payment_method": "pm_bo",
             "metadata": {"iid": f"i{number}"}},
        )  # fmt: skip

    threads = [threading.Thread(target=charge, args=(number,)) for number in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    taken = running().state.succeeded_by_metadata("iid")
    assert sorted(taken) == sorted(f"i{number}" for number in range(20))


def test_events_are_forgotten_after_thirty_days(running, clock):
    pay(running())
    clock.advance(timedelta(days=31))
    second = running()
    second.do("POST customers", customer="cus_new")
    assert running().state.newest_first("event") == []


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"version": 1}', '{"version": 2, "base": "x"}']
)
def test_a_damaged_file_is_said_and_left_alone(memory, clock, content):
    memory.write_text(content)
    with pytest.raises(MemoryDamaged):
        CardProcessor(clock=clock, memory=memory)
    assert memory.read_text() == content


def test_a_half_memory_is_damaged_as_a_whole(running, memory, clock):
    first = running()
    pay(first)
    first.stop()  # which writes it anew as one line
    whole = json.loads(memory.read_text())
    whole["pending_transactions"] = ["txn_gone"]
    memory.write_text(json.dumps(whole))
    with pytest.raises(MemoryDamaged):
        CardProcessor(clock=clock, memory=memory)


def test_what_a_crash_cut_off_was_never_answered_and_counts_for_nothing(running, memory, clock):
    first = running()
    pay(first, idempotency_key="k1")
    before, whole = known(first), memory.read_bytes()
    sdk(first).v1.customers.update("cus_bo", {"metadata": {"note": "second"}})
    after = memory.read_bytes()
    assert after.startswith(whole)  # nothing that stood there was touched
    cuts = range(len(whole), len(after), 97)
    for cut in [*cuts, len(after) - 1]:
        memory.write_bytes(after[:cut])
        assert kept(memory, clock) == before
    memory.write_bytes(whole + b"\0" * 64 + b"\n")  # room that was made and never filled
    assert kept(memory, clock) == before
    memory.write_bytes(after)
    assert kept(memory, clock) == known(first)


def test_an_orderly_end_leaves_one_line_of_which_half_is_no_memory(running, memory, clock):
    first = running()
    pay(first)
    pay(first)
    before = known(first)
    first.stop()
    whole = memory.read_bytes()
    assert (whole.count(b"\n"), kept(memory, clock)) == (1, before)
    for cut in (1, len(whole) // 2, len(whole) - 2):
        memory.write_bytes(whole[:cut])
        with pytest.raises(MemoryDamaged):
            CardProcessor(clock=clock, memory=memory)


def test_a_start_that_changes_nothing_writes_nothing(running, memory, clock):
    first = running()
    pay(first)
    sdk(first).v1.balance.retrieve()  # nothing is left for it to do by itself
    there = memory.read_bytes()
    second = running()
    sdk(second).v1.customers.list()
    second.stop()
    assert memory.read_bytes() == there


def test_a_broken_line_before_the_last_is_no_memory(running, memory, clock):
    first = running()
    pay(first)
    for note in ("second", "third"):
        sdk(first).v1.customers.update("cus_bo", {"metadata": {"note": note}})
    lines = memory.read_text().split("\n")
    assert len(lines) > 3
    broken = "\n".join([lines[0], lines[1][:-9], *lines[2:]])
    memory.write_text(broken)
    with pytest.raises(MemoryDamaged):
        CardProcessor(clock=clock, memory=memory)
    assert memory.read_text() == broken


def test_a_change_costs_the_same_however_much_is_known(running, memory, clock):
    first = running()
    client = sdk(first)
    first.state.seed_customer("cus_bo", "pm_bo")
    grown: list[int] = []

    def charge() -> None:
        before = memory.stat().st_size if memory.exists() else 0
        client.v1.payment_intents.create(
            {**CHARGE, "customer": "cus_bo", "payment_method": "pm_bo"}
        )
        grown.append(memory.stat().st_size - before)

    for _ in range(40):
        charge()
    assert memory.stat().st_size > 15 * max(grown[2:])
    assert max(grown[-10:]) < 1.2 * max(grown[2:12])


def test_lines_that_outgrow_what_they_are_about_are_written_as_one(running, memory, monkeypatch):
    monkeypatch.setattr("mediyn_desktop.sandbox.processor.keeping._ROOM", 0)
    first = running()
    first.do("POST customers", customer="cus_x")
    sizes = []
    for number in range(60):
        sdk(first).v1.customers.update("cus_x", {"metadata": {"note": str(number)}})
        sizes.append(memory.stat().st_size)
    assert any(later < sooner for sooner, later in itertools.pairwise(sizes))
    assert known(running()) == known(first)


def test_a_disk_that_refuses_leaves_what_was_kept_and_is_made_good(running, memory, monkeypatch):
    first = running()
    first.do("POST customers", customer="cus_x")
    before = memory.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as scope:
        scope.setattr("mediyn_desktop.sandbox.processor.keeping.os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            first.do("POST customers", customer="cus_y")
    assert memory.read_bytes().startswith(before)
    first.do("POST customers", customer="cus_z")
    again = running()
    assert known(again) == known(first)
    assert again.state.find("cus_y") is not None


def test_keys_that_were_forgotten_stay_so(running):
    first = running()
    paid = pay(first, idempotency_key="k1")
    first.do("POST keys/purge")
    again = running()
    assert pay(again, idempotency_key="k1").id != paid.id


def test_a_crash_at_any_change_of_a_long_day_is_taken_up_from_there(running, memory, clock):
    """Every kind of thing the processor does is kept as it was, change by change."""
    first = running()
    client = sdk(first)
    steps = (
        lambda: pay(first, idempotency_key="k1"),
        client.v1.balance.retrieve,
        lambda: clock.advance(timedelta(days=3)),
        lambda: first.do("POST payouts", status="pending"),
        lambda: client.v1.checkout.sessions.create(
            {
                "mode": "setup",
                "customer": "cus_bo",
                "currency": "usd",
                "success_url": "https://x.example",
            }
        ),
        lambda: clock.advance(timedelta(days=2)),
        client.v1.customers.list,
        lambda: client.v1.payment_methods.detach("pm_bo"),
        lambda: client.v1.customers.delete("cus_bo"),
        lambda: clock.advance(timedelta(days=31)),
        lambda: first.do("POST customers", customer="cus_new"),
    )
    for step in steps:
        step()
        first.do("POST customers", customer="cus_tick")  # so that what came due is looked at
        assert kept(memory, clock) == known(first)


def test_the_address_it_had_is_found(running, memory):
    assert base_of(memory) == ""
    first = running()
    pay(first)
    assert base_of(memory) == first.base_url


def test_only_registered_keys_open_it_where_that_is_asked(running):
    first = running()
    first.ring.register("sk_test_mine")
    first.ring.only_registered = True
    with pytest.raises(stripe.AuthenticationError):
        pay(first)


@pytest.mark.parametrize("number", ["5555555555554444", "4000990000000095"])
def test_any_test_card_is_saved_by_its_number(running, number):
    first = running()
    saved = first.do("POST customers", customer="cus_a", payment_method="pm_a", number=number)
    assert saved["card"]["last4"] == number[-4:]
    with pytest.raises(ValueError, match="number of a test card"):
        first.do("POST customers", customer="cus_a", payment_method="pm_a", number=number)
    with pytest.raises(ValueError, match="number of a test card"):
        first.do("POST customers", customer="cus_a", payment_method="pm_b", number="4111")
