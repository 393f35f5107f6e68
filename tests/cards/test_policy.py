# SPDX-License-Identifier: MIT
"""Whose card may be charged, for what and how much, and in which order."""

from __future__ import annotations

from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select
from till import CONFIRM, Till

import world
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.approving import approve, due_by_itself, preview
from mediyn_desktop.cards.holds import lift_hold, place_hold
from mediyn_desktop.cards.on_file.consents import agree, revoke
from mediyn_desktop.cards.on_file.history import tell
from mediyn_desktop.cards.on_file.removing import found_off, remove
from mediyn_desktop.cards.receipts import take_payment
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api.intents import Intents
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.sandbox.processor.faults import Fault
from mediyn_desktop.store import settings


def refused(till: Till, *, by_hand: bool = False) -> list[str | None]:
    """What a preview of every charge says: a code, or None where a card would be charged."""
    with till.store.read() as read:
        lines = preview(read, list(read.session.scalars(select(Charge))), by_hand=by_hand)
        return [line.refused.code if line.refused else None for line in lines]


@pytest.mark.parametrize(
    ("rule", "session", "copay", "by_hand"),
    [
        ("full", None, None, None),
        ("copay", "autopay-off", None, None),
        ("none", "autopay-off", "autopay-off", None),
        ("ask", "autopay-off", "autopay-off", None),
        ("never", "card-never", "card-never", "card-never"),
    ],
)
def test_the_clients_rule_decides(
    till: Till, rule: str, session: str | None, copay: str | None, by_hand: str | None
) -> None:
    till.owe(autopay=rule)
    till.owe(autopay=rule, payment_type="in_network")
    assert refused(till) == [session, copay]
    assert refused(till, by_hand=True) == [by_hand, by_hand]


def test_a_charge_asked_for_by_hand_is_charged(till: Till) -> None:
    till.owe(autopay="ask")
    with till.store.write("t") as uow:
        charges = list(uow.session.scalars(select(Charge)))
        (ident,) = approve(uow, preview(uow, charges, by_hand=True))
    till.run()
    assert till.state(ident) == State.SUCCEEDED
    till.agrees()


@pytest.mark.parametrize("change", ["never", "hold", "consent", "detached"])
def test_what_changed_after_the_approval_is_asked_again_when_it_is_sent(
    till: Till, change: str
) -> None:
    ident = till.sell()
    with till.store.write("t") as uow:
        client = get_client(uow, till.client_of(ident))
        match change:
            case "never":
                client.autopay = "never"
            case "hold":
                place_hold(uow, client, source="dispute:pi_1", reason="A bank disputes a charge.")
            case "consent":
                client.cards[0].consent_scope = "fees"
            case "detached":
                remove(uow, client.cards[0].id)
    till.run()
    assert till.state(ident) == (State.QUEUED if change == "hold" else State.CANCELED)
    assert till.intents() == []
    if change == "hold":
        with till.store.write("t") as uow:
            lift_hold(uow, "dispute:pi_1", reason="Talked about it")
        till.run()
        assert till.state(ident) == State.SUCCEEDED
    till.agrees()


def test_a_hold_that_was_lifted_is_not_placed_again_by_the_same_dispute(till: Till) -> None:
    till.owe()
    with till.store.write("t") as uow:
        client = get_client(uow, "c1")
        assert place_hold(uow, client, source="dispute:pi_1", reason="x")
        lift_hold(uow, "dispute:pi_1", reason="Talked about it")
        assert not place_hold(uow, client, source="dispute:pi_1", reason="x")
    assert refused(till) == [None]


def next_day(till: Till, ref: str = "next", **how: Any) -> None:
    """The client comes again, a day after what came before was asked for."""
    till.days_pass(1)
    till.owe_again("c1", ref, day=world.DAY + timedelta(days=1), **how)


def test_a_card_refused_for_good_is_not_asked_for_the_next_session(till: Till) -> None:
    till.owe("pm_x_lostAfterSaving")
    till.queue()
    till.run()
    next_day(till)
    assert refused(till)[1:] == ["card-refused"]
    till.queue()
    till.run()
    assert len(till.processor.state.newest_first("charge")) == 1
    assert refused(till, by_hand=True)[1:] == [None]


def test_a_new_card_is_asked_in_place_of_one_refused_for_good(till: Till) -> None:
    """Although the old one is still the first choice."""
    till.owe("pm_x_lostAfterSaving")
    with till.store.write("t") as uow:
        get_client(uow, "c1").cards[0].is_default = True
    till.queue()
    till.run()
    with till.store.write("t") as uow:
        world.card(uow, get_client(uow, "c1"), "pm_new")
    next_day(till)
    (_, ident) = till.queue()
    till.run()
    assert till.state(ident) == State.SUCCEEDED
    assert till.intents("succeeded")[0]["payment_method"] == "pm_new"
    till.agrees()


@pytest.mark.parametrize("kind", ["saved", "renewed"])
def test_a_refused_card_that_was_saved_again_or_renewed_is_asked_again(
    till: Till, kind: str
) -> None:
    till.owe("pm_x_lostAfterSaving")
    till.queue()
    till.run()
    next_day(till)
    with till.store.write("t") as uow:
        tell(uow, get_client(uow, "c1").cards[0], kind, "As the network says")
    assert refused(till)[1:] == [None]


def test_a_refused_card_that_paid_since_is_asked_again(till: Till) -> None:
    till.owe("pm_x_insufficientFundsUntilTomorrow")
    (first,) = till.queue()
    till.run()
    with till.store.write("t") as uow:
        uow.session.get_one(CardAttempt, first).retry_on = None  # as its network advised
    next_day(till)
    assert refused(till)[1:] == ["card-refused"]
    with till.store.write("t") as uow:
        charges = list(uow.session.scalars(select(Charge)))
        (_, ident) = approve(uow, preview(uow, charges, by_hand=True))
    till.run(only=[ident])
    assert till.state(ident) == State.SUCCEEDED
    next_day(till, "later", hour=17)
    assert refused(till)[-1] is None


def test_a_soft_decline_leaves_the_card_to_the_next_session(till: Till) -> None:
    till.owe("pm_x_insufficientFundsAfterSaving")
    till.queue()
    till.run()
    next_day(till)
    assert refused(till)[1:] == [None]


def test_the_networks_word_not_to_try_again_counts_though_the_code_is_soft(till: Till) -> None:
    till.owe("pm_x_insufficientFundsAfterSaving")
    (ident,) = till.queue()
    till.run()
    with till.store.write("t") as uow:
        uow.session.get_one(CardAttempt, ident).retry_on = None
    next_day(till)
    assert refused(till)[1:] == ["card-refused"]


def test_saving_a_card_charges_nothing(till: Till) -> None:
    """Whatever is due, and whatever was refused for want of a card."""
    till.owe("pm_x_lostAfterSaving")
    till.queue()
    till.run()
    with till.store.write("t") as uow:
        world.card(uow, get_client(uow, "c1"), "pm_new")
    till.days_pass(1)
    till.run()
    assert till.states() == [State.DECLINED]
    assert len(till.processor.state.newest_first("charge")) == 1


def test_a_soft_decline_is_asked_again_on_the_newest_card(till: Till) -> None:
    ident = till.sell("pm_x_insufficientFundsAfterSaving")
    till.run()
    with till.store.write("t") as uow:
        world.card(uow, get_client(uow, "c1"), "pm_new")
    till.days_pass(1)
    till.run()
    assert till.state(ident) == State.SUCCEEDED
    assert till.intents("succeeded")[0]["payment_method"] == "pm_new"
    till.agrees()


def test_a_charge_above_the_limit_waits(till: Till) -> None:
    till.owe()
    with till.store.write("t") as uow:
        settings.set_value(uow, "cards.cap_per_charge_cents", "14999")
    assert refused(till) == ["over-cap"]
    assert refused(till, by_hand=True) == ["over-cap"]


def test_the_days_limit_holds_in_the_preview_and_again_when_sending(till: Till) -> None:
    for _ in range(3):
        till.owe()
    with till.store.write("t") as uow:
        settings.set_value(uow, "cards.cap_per_day_cents", "30000")
    assert refused(till) == [None, None, "over-day-cap"]
    till.queue()
    with till.store.write("t") as uow:
        settings.set_value(uow, "cards.cap_per_day_cents", "20000")
    till.run()
    assert sorted(till.states()) == [State.QUEUED, State.SUCCEEDED]
    till.days_pass(1)
    till.run()
    assert till.states() == [State.SUCCEEDED] * 2
    till.agrees()


def test_old_balances_are_never_included_by_themselves(till: Till) -> None:
    old = till.owe(day=world.DAY - timedelta(days=61))
    new = till.owe(day=world.DAY - timedelta(days=59))
    with till.store.read() as read:
        chosen = [line.due.session.ref for line in preview(read, due_by_itself(read))]
    assert chosen == [new]
    idents = till.queue(old, new)  # a person named both
    till.run()
    assert [till.state(one) for one in idents] == [State.SUCCEEDED] * 2
    till.agrees()


def test_what_was_approved_long_ago_waits_to_be_approved_again(till: Till) -> None:
    """A laptop in a drawer for a season does not charge cards by itself when it wakes up."""
    ref = till.owe()
    (ident,) = till.queue(ref)
    till.days_pass(61)
    till.run()
    assert till.state(ident) == State.QUEUED
    till.run(only=till.queue(ref))
    assert till.state(ident) == State.SUCCEEDED
    till.agrees()


def test_the_oldest_date_of_service_is_charged_first(till: Till) -> None:
    refs = [till.owe(day=world.DAY - timedelta(days=days)) for days in (1, 5, 3)]
    till.queue(*refs)
    till.run(workers=1)
    asked = [one["customer"] for one in reversed(till.intents())]
    assert asked == ["cus_c2", "cus_c3", "cus_c1"]


def test_a_batch_stops_cleanly_between_charges(till: Till) -> None:
    idents = [till.sell() for _ in range(6)]
    stop = Event()

    def after(done: int, *_: object) -> None:
        if done == 2:
            stop.set()

    till.run(workers=1, progress=after, cancelled=stop)
    assert till.states() == [State.SUCCEEDED] * 2 + [State.QUEUED] * 4
    till.agrees()
    till.run()
    assert {till.state(one) for one in idents} == {State.SUCCEEDED}
    till.agrees()


def test_cash_for_a_declined_charge_takes_it_back_at_the_processor(till: Till) -> None:
    ident = till.sell("pm_x_insufficientFundsUntilTomorrow")
    till.run()
    with till.store.write("t") as uow:
        take_payment(uow, "c1", 15000, "cash")
    till.days_pass(1)
    till.run()
    assert till.state(ident) == State.CANCELED
    assert [one["status"] for one in till.intents()] == ["canceled"]
    till.agrees()


def test_part_paid_in_cash_the_rest_is_a_new_charge_of_the_same_obligation(till: Till) -> None:
    ident = till.sell("pm_x_insufficientFundsUntilTomorrow")
    till.run()
    with till.store.write("t") as uow:
        take_payment(uow, "c1", 5000, "cash")
    till.days_pass(1)
    till.run()
    assert till.state(ident) == State.CANCELED
    (rest,) = till.queue()
    till.run()
    row = till.row(rest)
    assert (row.state, row.series, row.amount_cents) == (State.SUCCEEDED, 2, 10000)
    till.agrees()


def test_a_stopped_worker_leaves_no_attempt_without_a_next_step(till: Till) -> None:
    """A key refused half-way: each row is one the next pass takes up."""
    for _ in range(5):
        till.sell()
    till.processor.faults.script(Fault("pass", method="POST", path=CONFIRM, times=2))
    till.processor.faults.script(Fault("401", method="POST", path=CONFIRM, times=9))
    assert till.run(workers=1).stopped == "key-refused"
    with till.store.read() as read:
        assert read.session.query(CardAttempt).count() == 5
    till.converge()
    assert till.states() == [State.SUCCEEDED] * 5
    till.agrees()


@pytest.mark.parametrize("how", ["revoked", "never", "removed elsewhere", "held"])
def test_what_a_client_takes_back_while_the_intent_is_made_holds_for_that_charge(
    till: Till, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    ident = till.sell()
    ref, create = till.client_of(ident), Intents.create

    def meanwhile(self: Intents, *args: Any, **named: Any) -> Any:
        made = create(self, *args, **named)
        with till.store.write("t") as uow:
            client = get_client(uow, ref)
            (card,) = client.cards
            if how == "revoked":
                agree(uow, card.id, ["sessions"], how="paper")
                revoke(uow, card.id, reason="Asked us to stop")
            elif how == "never":
                client.autopay = "never"
            elif how == "held":
                place_hold(uow, client, source="dispute:pi_1", reason="A dispute is open.")
            else:
                found_off(uow, card)
        return made

    monkeypatch.setattr(Intents, "create", meanwhile)
    till.run()
    till.run()
    assert till.intents("succeeded") == []
    assert till.state(ident) == ("created" if how == "held" else "canceled")
    assert [one["status"] for one in till.intents()] == [
        "requires_confirmation" if how == "held" else "canceled"
    ]
