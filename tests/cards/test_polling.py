# SPDX-License-Identifier: MIT
"""Events are hints: lost, doubled, shuffled or too old, the books end up as the processor is."""

from __future__ import annotations

import contextlib
import random
from datetime import timedelta

import pytest
from purse import Purse
from sqlalchemy import func, select

from mediyn_desktop.cards.polling.tables import PollCursor, PollEvent
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import StripeApi
from mediyn_desktop.cards.tables import CardFreeze
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ledger.queries import journal
from mediyn_desktop.sandbox.processor import CardProcessor
from mediyn_desktop.sandbox.processor.faults import Fault


def asked(purse: Purse) -> list[str]:
    return [one.path for one in purse.world.requests]


def quiet(purse: Purse) -> None:
    """Everything so far is known."""
    purse.poll(sweep=True)
    purse.poll()
    purse.world.requests.clear()


def test_without_news_a_poll_is_one_request_and_no_write(purse: Purse) -> None:
    purse.sold()
    quiet(purse)
    with purse.till.store.read() as read:
        before = read.session.get_one(PollCursor, 1).polled_until
    for _ in range(4):  # an hour
        purse.till.clock.advance(timedelta(minutes=15))
        assert purse.poll().events == 0
    assert asked(purse) == ["/v1/events"] * 4
    with purse.till.store.read() as read:
        assert read.session.get_one(PollCursor, 1).polled_until > before


def test_an_event_is_looked_into_once(purse: Purse) -> None:
    payment = purse.sold()
    quiet(purse)
    purse.dispute(purse.intent(payment))
    purse.world.event_faults.duplicate = True
    assert purse.poll().events == 2
    assert purse.account("Assets:Disputed") == 15000
    purse.world.requests.clear()
    assert purse.poll().events == 0
    assert asked(purse) == ["/v1/events"]
    with purse.till.store.read() as read:
        count = read.session.scalar(select(func.count()).select_from(PollEvent))
    assert count
    assert count >= 2


def test_what_an_event_carries_is_not_believed(purse: Purse) -> None:
    """The dispute was won before anybody looked: its first event still says otherwise."""
    payment = purse.sold()
    quiet(purse)
    dispute = purse.dispute(purse.intent(payment))
    purse.decide(dispute, won=True)
    purse.world.event_faults.shuffle = True
    purse.poll()
    assert purse.account("Assets:Disputed") == 0
    assert purse.account("Expenses:DisputeFees") == 1500
    purse.agrees()


def test_effects_and_cursor_stand_or_fall_together(
    purse: Purse, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = purse.sold()
    quiet(purse)
    purse.dispute(purse.intent(payment))
    for where in ("apply", "advance"):
        with purse.till.power_cut(
            monkeypatch, f"mediyn_desktop.cards.polling.poll.{where}", after=True
        ):
            purse.poll()
        assert purse.account("Assets:Disputed") == 0
    purse.poll()
    assert purse.account("Assets:Disputed") == 15000
    purse.poll(sweep=True)
    purse.agrees()


@pytest.mark.parametrize("path", ["/v1/events", r"/v1/disputes/\w+"])
@pytest.mark.parametrize("kind", ["truncated", "500_before", "200_html", "list_empty", "429"])
def test_a_poll_that_breaks_off_changes_nothing_and_is_repeated(
    purse: Purse, path: str, kind: str
) -> None:
    payment = purse.sold()
    quiet(purse)
    purse.dispute(purse.intent(payment))
    purse.till.processor.faults.script(Fault(kind, method="GET", path=path, times=2))
    purse.poll()
    purse.till.processor.faults.clear()
    purse.poll()
    assert purse.account("Assets:Disputed") == 15000
    purse.poll(sweep=True)
    purse.agrees()


def test_an_absence_longer_than_events_are_kept_reads_the_lists(purse: Purse) -> None:
    sold = [purse.sold() for _ in range(2)]
    quiet(purse)
    purse.dispute(purse.intent(sold[0]))
    purse.till.days_pass(40)
    purse.pay_out()
    polled = purse.poll()
    assert polled.swept
    assert purse.account("Assets:Bank") > 0
    assert purse.owes() == (15000, 0)  # the dispute was lost meanwhile
    purse.poll(sweep=True)
    purse.agrees()


def test_events_that_were_lost_are_made_good_at_night(purse: Purse) -> None:
    payment = purse.sold()
    quiet(purse)
    purse.world.event_faults.lose = ["*"]
    purse.dispute(purse.intent(payment))
    assert purse.poll().events == 0
    assert purse.account("Assets:Disputed") == 0
    purse.till.clock.advance(timedelta(hours=24))
    assert purse.poll().swept
    assert purse.account("Assets:Disputed") == 15000


def test_a_charge_that_was_processing_is_posted_when_the_bank_decides(purse: Purse) -> None:
    attempt = purse.till.sell("pm_x_processingSucceeds")
    purse.till.run()
    assert purse.till.state(attempt) == State.PROCESSING
    purse.poll(sweep=True)
    purse.till.clock.advance(timedelta(minutes=2))
    purse.poll()
    assert purse.till.state(attempt) == State.SUCCEEDED
    assert purse.owes() == (0, 0)
    purse.poll(sweep=True)
    purse.agrees()


def test_many_events_are_read_as_lists(purse: Purse) -> None:
    purse.sold()
    quiet(purse)
    for _ in range(45):
        intent = purse.world.newest_first("payment_intent")[0]
        purse.world.emit("payment_intent.processing", {**intent, "id": purse.world.new_id("pi")})
    assert purse.poll().swept


def test_an_object_nobody_has_is_no_news(purse: Purse) -> None:
    purse.sold()
    quiet(purse)
    intent = purse.world.newest_first("payment_intent")[0]
    purse.world.emit("payment_intent.succeeded", {**intent, "id": "pi_nobody"})
    assert purse.poll().stopped is None
    assert purse.poll().events == 0


def test_a_frozen_practice_applies_nothing(purse: Purse) -> None:
    payment = purse.sold()
    quiet(purse)
    purse.dispute(purse.intent(payment))
    with purse.till.store.write("t") as uow:
        uow.session.add(CardFreeze(id=1, code="behind", reason="Restored.", since=uow.now))
    assert purse.poll().stopped == "frozen"
    assert asked(purse) == []


def test_another_account_is_not_mixed_in(purse: Purse) -> None:
    purse.sold()
    quiet(purse)
    with CardProcessor(clock=purse.till.clock, auto_seed=True, account_id="acct_other") as other:
        stranger = StripeApi("sk_test_suite", other.base_url)
        from mediyn_desktop.cards.polling.poll import poll

        assert poll(purse.till.store, stranger, sweep=True).stopped == "frozen"
        stranger.close()


def test_a_key_that_may_not_read_says_so(purse: Purse) -> None:
    purse.sold()
    quiet(purse)
    purse.till.processor.ring.register("rk_test_few", permissions={"events": "none"})
    few = StripeApi("rk_test_few", purse.till.processor.base_url)
    from mediyn_desktop.cards.polling.poll import poll

    outcome = poll(purse.till.store, few)
    few.close()
    assert outcome.stopped == "key-refused"


@pytest.mark.parametrize("seed", range(3))
def test_random_life_converges_to_what_the_processor_holds(purse: Purse, seed: int) -> None:
    """Charges, refunds, disputes, payouts; faults, kills of lists, long pauses: it all adds up."""
    chance = random.Random(seed)
    kinds = ["reset_before", "truncated", "500_before", "429", "200_html", "list_cut",
             "list_doubled", "list_reversed", "list_empty"]  # fmt: skip
    sold: list[str] = []
    for _ in range(10):
        match chance.randrange(5):
            case 0 | 1:
                sold.append(purse.sold())
            case 2 if sold:
                payment = chance.choice(sold)
                with contextlib.suppress(UserFacingError):  # bounded, or disputed
                    purse.pay_back(payment, chance.randrange(100, 8000))
            case 3 if sold:
                intent = purse.world.get("payment_intent", purse.intent(chance.choice(sold)))
                charge = purse.world.get("charge", intent["latest_charge"])
                if not charge["disputed"] and not charge["refunded"]:
                    dispute = purse.dispute(intent["id"])
                    if chance.random() < 0.5:
                        purse.poll()
                        purse.decide(dispute, won=chance.random() < 0.5)
            case _:
                purse.till.clock.advance(timedelta(days=3))
                if purse.held() > 0:
                    with_money = [
                        one for one in purse.world.newest_first("balance_transaction")
                        if one["status"] == "available" and one["id"] not in purse.world.paid_out
                    ]  # fmt: skip
                    if sum(one["net"] for one in with_money) > 0:
                        payout = purse.pay_out(chance.choice(["paid", "in_transit"]))
                        if chance.random() < 0.3:
                            purse.settle_payout(payout, paid=False)
        purse.world.event_faults.duplicate = chance.random() < 0.3
        purse.world.event_faults.shuffle = chance.random() < 0.3
        purse.world.event_faults.lose = ["*"] if chance.random() < 0.2 else []
        purse.till.processor.faults.randomly(chance.randrange(1000), 0.3, kinds)
        purse.poll()
        purse.till.processor.faults.clear()
        purse.till.clock.advance(timedelta(hours=chance.choice((1, 30))))
    purse.till.days_pass(9)
    purse.converge()
    purse.agrees()
    with purse.till.store.read() as read:
        keys = [entry.id for entry in journal(read)]
    assert len(keys) == len(set(keys))
