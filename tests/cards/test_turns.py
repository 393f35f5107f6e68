# SPDX-License-Identifier: MIT
"""Two threads of one window ask the processor about the same thing: one waits for the other."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import closing as shut
from contextlib import contextmanager
from typing import Any

import pytest
from till import CONFIRM, CREATE, KEY, Till

import world
from mediyn_desktop.cards import attempts, worker
from mediyn_desktop.cards.accepting import accept
from mediyn_desktop.cards.declines import MOST_RETRIES
from mediyn_desktop.cards.links import closing
from mediyn_desktop.cards.links.offering import make_link, plan_link
from mediyn_desktop.cards.on_file.asking import make_page, plan_request
from mediyn_desktop.cards.polling.poll import poll
from mediyn_desktop.cards.receipts import ChargeUnknown, take_payment
from mediyn_desktop.cards.reconciling import compare
from mediyn_desktop.cards.recording import payment_ref
from mediyn_desktop.cards.refunds.planning import plan as plan_refund
from mediyn_desktop.cards.refunds.sending import send
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import Role, StripeApi
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.cards.turns import GivenUp, OutOfOrder, Turn, turn

A_MOMENT = 0.3  # seconds; far longer than all that the other thread asks for takes


class Other:
    """Another thread of the same window, with a connection of its own."""

    def __init__(self, till: Till, work: Callable[[StripeApi], object]) -> None:
        self.came: list[Any] = []
        self._api = StripeApi(KEY, till.processor.base_url)
        self._work = work
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        try:
            self.came.append(self._work(self._api))
        except BaseException as error:
            self.came.append(error)

    def begin(self) -> None:
        """Let it run until it is done or waits."""
        self._thread.start()
        self._thread.join(A_MOMENT)

    def end(self) -> None:
        self._thread.join(30)
        self._api.close()
        assert not self._thread.is_alive()
        for one in self.came:
            assert not isinstance(one, BaseException), one


@contextmanager
def meanwhile(
    patch: pytest.MonkeyPatch, owner: object, name: str, happens: Callable[[], object]
) -> Iterator[None]:
    """While the first call of ``owner.name`` is under way, something else happens."""
    original, first = getattr(owner, name), threading.Event()

    def called(*args: Any, **kwargs: Any) -> Any:
        if not first.is_set():
            first.set()
            happens()
        return original(*args, **kwargs)

    with patch.context() as scope:
        scope.setattr(owner, name, called)
        yield
    assert first.is_set()


def posts(till: Till, path: str) -> list[str | None]:
    """The idempotency keys of what was sent there."""
    return [
        one.idempotency_key
        for one in till.processor.state.requests
        if one.method == "POST" and re.fullmatch(path, one.path)
    ]


@pytest.mark.parametrize("call", ["create", "confirm", "read"])
def test_two_passes_at_once_ask_the_bank_once(
    till: Till, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    for _ in range(3):
        till.sell()
    other = Other(till, lambda api: worker.run_pass(till.store, api, skip_waits=True))
    with meanwhile(monkeypatch, till.api.intents, call, other.begin):
        assert till.run().stopped is None
    other.end()
    assert other.came[0].stopped is None
    assert other.came[0].driven == []
    assert (len(posts(till, CREATE)), len(posts(till, CONFIRM))) == (3, 3)
    assert till.states() == [State.SUCCEEDED] * 3
    till.agrees()


def test_a_decline_of_yesterday_is_not_read_while_the_bank_is_asked_again(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the charge would count as refused, cash would be taken, and the bank would say yes."""
    ident = till.sell("pm_card_chargeDeclinedInsufficientFunds")
    till.run()
    assert till.state(ident) == State.DECLINED
    till.days_pass(1.1)
    other = Other(till, lambda api: worker.run_pass(till.store, api, skip_waits=True))
    seen: list[str] = []

    def happens() -> None:
        other.begin()
        seen.append(till.state(ident))
        with pytest.raises(ChargeUnknown), till.store.write("t") as uow:
            take_payment(uow, till.client_of(ident), 15000, method="cash", on=uow.today)

    with meanwhile(monkeypatch, till.api.intents, "confirm", happens):
        till.run()
    other.end()
    assert seen == [State.CONFIRMING]
    assert till.row(ident).declines == 2
    assert till.row(ident).declines <= MOST_RETRIES
    assert len(posts(till, CONFIRM)) == 2
    till.agrees()


def test_a_charge_taken_back_while_it_is_prepared_is_taken_back_once(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    ident = till.sell()
    other = Other(till, lambda api: worker.run_pass(till.store, api, skip_waits=True))

    def happens() -> None:
        with till.store.write("t") as uow:
            attempts.withdraw(uow, uow.session.get_one(CardAttempt, ident), "Not wanted")
        other.begin()

    with meanwhile(monkeypatch, till.api.intents, "create", happens):
        assert till.run().stopped is None
    other.end()
    assert till.state(ident) == State.CANCELED
    assert till.intents("succeeded") == []
    assert till.intents("requires_confirmation") == []
    till.agrees()


def test_a_poll_and_an_acceptance_wait_for_a_pass(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.sell()
    found = compare(till.store, till.api)
    others = [
        Other(till, lambda api: poll(till.store, api, sweep=True).stopped),
        Other(till, lambda api: accept(till.store, api, found)),
    ]

    def happens() -> None:
        for one in others:
            one.begin()

    with meanwhile(monkeypatch, till.api.intents, "confirm", happens):
        assert till.run().stopped is None
        assert others[0].came == []
        assert others[1].came == []
    for one in others:
        one.end()
    assert till.states() == [State.SUCCEEDED]
    assert till.run().stopped is None
    till.agrees()


def test_one_refund_asked_for_on_two_threads_goes_back_once(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    ident = till.sell()
    till.run()
    payment = till.row(ident)
    with till.store.write("t") as uow:
        refund = plan_refund(uow, payment_ref(payment), 5000, "t")
    payer, second = (StripeApi(KEY, till.processor.base_url, role=Role.REFUNDS) for _ in "12")
    other = Other(till, lambda api: send(till.store, api, second, refund))
    with shut(payer), shut(second):
        with meanwhile(monkeypatch, payer.refunds, "create", other.begin):
            first = send(till.store, till.api, payer, refund)
        other.end()
    assert other.came == [first]
    assert len(posts(till, r"/v1/refunds")) == 1
    assert till.processor_total() == payment.amount_cents - 5000
    till.agrees()


def test_one_link_is_made_and_closed_once_by_two_threads(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.owe()
    with till.store.write("t") as uow:
        link = plan_link(uow, "c1")
    other = Other(till, lambda api: make_link(till.store, api, link))
    with meanwhile(monkeypatch, till.api.links, "create", other.begin):
        first = make_link(till.store, till.api, link)
    other.end()
    assert other.came == [first]
    assert len(posts(till, r"/v1/payment_links")) == 1
    other = Other(till, lambda api: closing.close(till.store, api, link))
    with meanwhile(monkeypatch, till.api.links, "deactivate", other.begin):
        last = closing.close(till.store, till.api, link)
    other.end()
    assert other.came == [last]
    assert len(posts(till, r"/v1/payment_links/\w+")) == 1


def test_one_page_to_save_a_card_on_is_made_by_two_threads(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.owe()
    with till.store.write("t") as uow:
        world.client(uow, "new")
        page = plan_request(uow, "new", ["sessions"])
    other = Other(till, lambda api: make_page(till.store, api, page))
    with meanwhile(monkeypatch, till.api.setups, "create", other.begin):
        first = make_page(till.store, till.api, page)
    other.end()
    assert other.came == [first]
    assert len(posts(till, r"/v1/checkout/sessions")) == 1
    assert len(posts(till, r"/v1/customers")) == 1


def test_who_waits_for_a_pass_can_stop_waiting(till: Till) -> None:
    till.sell()
    stop = threading.Event()
    other = Other(
        till, lambda api: worker.run_pass(till.store, api, cancelled=stop, skip_waits=True)
    )
    with turn(till.store, Turn.CHARGES):
        other.begin()
        assert other.came == []
        stop.set()
        other.end()
    assert other.came[0].driven == []
    assert posts(till, CREATE) == []
    till.run()
    till.agrees()


def test_a_turn_is_held_once_and_may_be_taken_within_itself(till: Till) -> None:
    stop = threading.Event()
    stop.set()
    refused: list[type[Exception]] = []

    def other_thread(*kinds: Turn) -> None:
        try:
            with turn(till.store, *kinds, given_up=stop):
                refused.append(type(None))  # type: ignore[arg-type]
        except GivenUp:
            refused.append(GivenUp)

    with turn(till.store), turn(till.store, Turn.LINKS):
        thread = threading.Thread(target=other_thread, args=(Turn.LINKS,))
        thread.start()
        thread.join()
    with turn(till.store, Turn.LINKS):
        thread = threading.Thread(target=other_thread, args=(Turn.REFUNDS,))
        thread.start()
        thread.join()
    assert refused == [GivenUp, type(None)]


def test_a_turn_out_of_order_is_refused_before_two_threads_can_wait_for_each_other(
    till: Till,
) -> None:
    with turn(till.store, Turn.CHARGES, Turn.REFUNDS), turn(till.store, Turn.CHARGES):
        with pytest.raises(OutOfOrder, match="LINKS after REFUNDS"), turn(till.store, Turn.LINKS):
            pass
        with turn(till.store, Turn.CARDS):
            pass
    with turn(till.store, Turn.LINKS):
        pass
