# SPDX-License-Identifier: MIT
"""A comparison hears the processor first and judges afterwards, whatever is written in between."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from purse import Purse
from till import Till

import world
from mediyn_desktop.cards import hearing
from mediyn_desktop.cards.accepting import NotAccepted, accept
from mediyn_desktop.cards.findings import Kind
from mediyn_desktop.cards.hearing import CompareFailed
from mediyn_desktop.cards.links.offering import make_link, plan_link
from mediyn_desktop.cards.links.tables import PaymentLink
from mediyn_desktop.cards.polling.poll import poll
from mediyn_desktop.cards.receipts import take_payment
from mediyn_desktop.cards.reconciling import compare
from mediyn_desktop.cards.stripe_api.connection import Connection
from mediyn_desktop.sandbox.processor import outside


@contextmanager
def hanging(patch: pytest.MonkeyPatch, after: int) -> Iterator[tuple[threading.Event, Any]]:
    """The processor gives ``after`` answers, then keeps everybody waiting until it is let go."""
    reached, go = threading.Event(), threading.Event()
    answers = 0
    call, pages = Connection.call, Connection.pages

    def hang() -> None:
        nonlocal answers
        answers += 1
        if answers > after:
            reached.set()
            assert go.wait(60)

    def slow_call(self: Connection, *how: Any) -> Any:
        hang()
        return call(self, *how)

    def slow_pages(self: Connection, *how: Any) -> Any:
        hang()
        yield from pages(self, *how)

    patch.setattr(Connection, "call", slow_call)
    patch.setattr(Connection, "pages", slow_pages)
    try:
        yield reached, go
    finally:
        go.set()


@pytest.mark.parametrize("after", range(6))
def test_others_write_while_the_processor_keeps_a_comparison_waiting(
    till: Till, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    till.sell()
    till.run()
    with (
        hanging(monkeypatch, after) as (reached, go),
        ThreadPoolExecutor(1) as elsewhere,
    ):
        comparison = elsewhere.submit(compare, till.store, till.api)
        assert reached.wait(60)
        with till.store.write("t") as uow:
            world.client(uow, "c9")
        assert not comparison.done()
        go.set()
        assert comparison.result().findings == ()


def test_others_write_while_the_processor_keeps_a_sweep_waiting(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no old snapshot of the database is held open for as long as the network takes."""
    till.sell()
    till.run()
    poll(till.store, till.api, sweep=True)
    for after in range(12):
        with hanging(monkeypatch, after) as (reached, go), ThreadPoolExecutor(1) as elsewhere:
            swept = elsewhere.submit(poll, till.store, till.api, sweep=True)
            while not reached.wait(0.01):
                if swept.done():
                    return
            assert not till.store._reading
            with till.store.write("t") as uow:
                world.client(uow, f"c{after + 20}")
            go.set()
            assert swept.result().swept
        monkeypatch.undo()
    pytest.fail("a sweep asks more than that")


def charged_elsewhere(till: Till, cents: int = 4000) -> None:
    outside.charge_by_hand(
        till.processor.state,
        {"customer": "cus_c1", "payment_method": "pm_good1", "amount": cents},
    )


def changed(till: Till, found: Any) -> str:
    with pytest.raises(NotAccepted) as refused:
        accept(till.store, till.api, found)
    return refused.value.code


def test_what_another_pass_posted_meanwhile_is_not_posted_again(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The charge was begun here, and its outcome is read by somebody else before it is accepted."""
    till.sell()
    with till.power_cut(monkeypatch, "mediyn_desktop.cards.driving.Driver._read_back"):
        till.run()
    found = till.compare()
    assert [one.kind for one in found.findings] == [Kind.ADOPTED]
    till.run()
    assert changed(till, found) == "changed-meanwhile"
    assert till.posted() == 15000
    assert till.accept().findings == ()
    till.agrees()


def test_a_link_that_was_paid_and_posted_meanwhile_is_not_posted_again(purse: Purse) -> None:
    till = purse.till
    till.owe()
    with till.store.write("t") as uow:
        ident = plan_link(uow, "c1")
    make_link(till.store, till.api, ident)
    with till.store.read() as read:
        url = str(read.session.get_one(PaymentLink, ident).url)
    purse.pay_page(purse.open_page(url))
    found = till.compare()
    assert [one.amount_cents for one in found.findings] == [15000]
    purse.poll(sweep=True)
    assert till.posted() == 15000
    assert changed(till, found) == "changed-meanwhile"
    assert till.posted() == 15000
    assert till.accept().findings == ()
    purse.agrees()


def test_what_was_accepted_in_another_window_is_not_posted_again(till: Till) -> None:
    till.sell()
    till.run()
    charged_elsewhere(till)
    found = till.compare()
    till.accept()
    assert changed(till, found) == "changed-meanwhile"
    till.agrees()


def test_what_is_written_about_others_changes_no_finding(till: Till) -> None:
    till.sell()
    till.run()
    charged_elsewhere(till)
    found = till.compare()
    till.owe()
    with till.store.write("t") as uow:
        take_payment(uow, "c2", 1000, "cash")
    accept(till.store, till.api, found)
    till.agrees()


def test_memory_holds_what_is_not_known_and_only_so_much_of_it(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        till.sell()
    till.run()
    assert till.compare().heard.intents == ()
    for _ in range(3):
        charged_elsewhere(till)
    assert len(till.compare().heard.intents) == 3
    monkeypatch.setattr(hearing, "MOST", 2)
    with pytest.raises(CompareFailed) as stopped:
        till.compare()
    assert stopped.value.code == "too-much"
    assert till.posted() == 5 * 15000
