# SPDX-License-Identifier: MIT
"""Requests for a card that go other ways: asked anew, left behind, in the way of others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from shelf import MASTERCARD, PAGES, Shelf
from till import Till

from mediyn_desktop.cards.accounts import OtherAccount
from mediyn_desktop.cards.on_file import asking
from mediyn_desktop.cards.on_file.asking import AskRefused, make_page
from mediyn_desktop.cards.on_file.checks import consents
from mediyn_desktop.cards.on_file.consents import agree, revoke
from mediyn_desktop.cards.on_file.following import finish
from mediyn_desktop.cards.on_file.looking import end, look
from mediyn_desktop.cards.on_file.removing import remove
from mediyn_desktop.cards.polling.poll import poll
from mediyn_desktop.cards.stripe_api import KeyRefused, Refused, SetupPage, StripeApi
from mediyn_desktop.cards.stripe_api.setups import Setups
from mediyn_desktop.practice.tables import Card
from mediyn_desktop.sandbox.processor.faults import Fault
from mediyn_desktop.store.uow import UnitOfWork

AMEX = "378282246310005"


@pytest.fixture
def shelf(till: Till) -> Shelf:
    one = Shelf(till)
    one.client("c1")
    one.client("c2")
    return one


def lose_page(shelf: Shelf, client: str) -> None:
    """The processor does not hold the client's page any more, as in another account."""
    (asked,) = [one for one in shelf.requests() if one.client_ref == client]
    pages = shelf.world._tables["checkout.session"]
    del pages[next(ident for ident, page in pages.items() if page["url"] == asked.url)]


def test_what_was_never_sent_is_asked_for_otherwise(shelf: Shelf) -> None:
    shelf.till.processor.faults.script(
        Fault("reset_before", method="GET", path="/v1/account", times=9)
    )
    with pytest.raises(AskRefused) as refused:
        shelf.ask("c1", "sessions")
    assert refused.value.code == "offline"
    shelf.till.processor.faults.clear()
    asked = shelf.ask("c1", "copays")
    assert (asked.state, asked.scopes) == ("open", ("copays",))
    assert [one.state for one in shelf.requests()] == ["open", "closed"]
    with pytest.raises(AskRefused) as refused:
        shelf.ask("c1", "sessions")
    assert refused.value.code == "request-open"


def test_a_request_closed_in_another_window_makes_no_page(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    ident = shelf.plan()
    prove = asking._prove_account

    def meanwhile(*args: Any) -> None:
        prove(*args)
        end(shelf.till.store, shelf.till.api, ident)

    monkeypatch.setattr(asking, "_prove_account", meanwhile)
    assert make_page(shelf.till.store, shelf.till.api, ident) == "closed"
    assert shelf.sent(PAGES) == []


def test_a_page_left_behind_keeps_no_other_waiting_and_is_given_up(shelf: Shelf) -> None:
    shelf.ask("c1")
    other = shelf.ask("c2")
    lose_page(shelf, "c1")
    shelf.fill(other.url)
    shelf.poll()
    assert [one.state for one in shelf.requests()] == ["completed", "open"]
    shelf.till.days_pass(1.1)
    shelf.poll()
    assert [one.state for one in shelf.requests()] == ["completed", "closed"]
    assert shelf.ask("c1").state == "open"


def test_a_page_left_behind_can_be_closed_by_hand(shelf: Shelf) -> None:
    asked = shelf.ask("c1")
    lose_page(shelf, "c1")
    assert end(shelf.till.store, shelf.till.api, asked.id) == "closing"
    shelf.till.days_pass(1.1)
    assert end(shelf.till.store, shelf.till.api, asked.id) == "closed"


@contextmanager
def other_account(shelf: Shelf) -> Iterator[StripeApi]:
    """A key that opens another account of the same processor."""
    shelf.till.processor.ring.register("sk_test_other", account="acct_other")
    with closing(StripeApi("sk_test_other", shelf.till.processor.base_url)) as api:
        yield api


@pytest.mark.parametrize("saved", [True, False])
def test_a_key_of_another_account_says_nothing_of_a_page(shelf: Shelf, saved: bool) -> None:
    store, asked = shelf.till.store, shelf.ask("c1")
    if saved:
        shelf.fill(asked.url)
    shelf.till.days_pass(1.1)
    with other_account(shelf) as stranger:
        for _ in range(2):
            with pytest.raises(OtherAccount):
                look(store, stranger, asked.id)
            with pytest.raises(OtherAccount):
                finish(store, stranger)
            assert shelf.request(asked.id).state == "open"
        assert poll(store, stranger).stopped == "frozen"
        with pytest.raises(OtherAccount):
            end(store, stranger, asked.id)
        shelf.till.days_pass(30)
        with pytest.raises(OtherAccount):
            end(store, stranger, asked.id)
    assert shelf.request(asked.id).state == "closing"
    shelf.poll()
    assert shelf.request(asked.id).state == ("completed" if saved else "closed")


def test_a_revoked_key_says_nothing_of_a_page(shelf: Shelf) -> None:
    asked = shelf.ask("c1")
    shelf.fill(asked.url)
    shelf.till.days_pass(1.1)
    shelf.till.processor.faults.script(Fault("401", method="GET", times=9))
    with pytest.raises(KeyRefused):
        look(shelf.till.store, shelf.till.api, asked.id)
    assert shelf.request(asked.id).state == "open"
    shelf.till.processor.faults.clear()
    shelf.poll()
    assert shelf.request(asked.id).state == "completed"


def test_a_page_nobody_knows_the_id_of_waits_for_its_own_account(shelf: Shelf) -> None:
    faults = shelf.till.processor.faults
    faults.script(
        Fault("reset_after", method="POST", path=PAGES), Fault("reset_before", path=PAGES, times=9)
    )
    with pytest.raises(AskRefused):
        shelf.ask("c1")
    faults.clear()
    (asked,) = shelf.requests()
    shelf.till.days_pass(1.2)
    with other_account(shelf) as stranger, pytest.raises(OtherAccount):
        look(shelf.till.store, stranger, asked.id)
    assert shelf.request(asked.id).state == "unknown"


def test_a_removed_card_is_taken_off_in_its_own_account(shelf: Shelf) -> None:
    card = shelf.saved()
    with shelf.till.store.write("t") as uow:
        remove(uow, card.id)
    with other_account(shelf) as stranger, pytest.raises(OtherAccount):
        finish(shelf.till.store, stranger)
    assert len(shelf.attached()) == 1
    finish(shelf.till.store, shelf.till.api)
    assert shelf.attached() == []


def test_one_refused_request_keeps_no_other_waiting(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.ask("c1")
    other = shelf.ask("c2")
    shelf.fill(other.url)
    read = Setups.page

    def refuse(self: Setups, page: str) -> SetupPage:
        found = read(self, page)
        if found.status == "open":
            raise Refused("parameter_invalid", "No")
        return found

    monkeypatch.setattr(Setups, "page", refuse)
    assert shelf.poll().stopped == "refused"
    assert [one.state for one in shelf.requests()] == ["completed", "open"]


def test_a_newer_card_for_fees_takes_the_place_of_the_older(shelf: Shelf) -> None:
    shelf.saved("c1")
    shelf.saved("c1", "fees", number=MASTERCARD)
    newest = shelf.saved("c1", "fees", number=AMEX)
    assert [one.id for one in shelf.cards("c1") if one.for_fees] == [newest.id]


def test_the_order_of_consents_does_not_hang_on_the_clock(shelf: Shelf) -> None:
    card = shelf.saved("c1", "copays")
    clock, store = shelf.till.clock, shelf.till.store

    def in_a_wrong_year(do: Callable[[UnitOfWork], None]) -> None:
        clock.advance(timedelta(days=400))
        with store.write("t") as uow:
            do(uow)
        clock.advance(timedelta(days=-400))

    def holds() -> bool:
        with store.read() as read:
            return consents(read, b"").ok

    in_a_wrong_year(lambda uow: agree(uow, card.id, ["copays"], how="paper"))
    with store.write("t") as uow:
        agree(uow, card.id, ["copays", "sessions"], how="paper")
    assert holds()
    in_a_wrong_year(lambda uow: revoke(uow, card.id, scopes=["copays"], reason="Asked us to"))
    assert holds()
    with store.write("t") as uow:
        agree(uow, card.id, ["copays", "sessions"], how="paper")
    assert holds()
    with store.write("t") as uow:
        revoke(uow, card.id, scopes=["copays"], reason="Asked us to")
        uow.session.get_one(Card, card.id).consent_scope = "sessions;copays"
    assert not holds()
