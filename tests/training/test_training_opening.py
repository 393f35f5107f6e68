# SPDX-License-Identifier: MIT
"""Training is made, closed, opened again, begun anew, and never mixed with a real practice."""

from __future__ import annotations

import json
import threading
from contextlib import closing

import pytest

import world
from mediyn_desktop import app
from mediyn_desktop.cards.stripe_api import KeyRefused, StripeApi
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.cards.worker import run_pass
from mediyn_desktop.claims import connection
from mediyn_desktop.core.errors import Locked
from mediyn_desktop.dayclose.close import close_day
from mediyn_desktop.dayclose.review import review
from mediyn_desktop.ledger import queries as ledger
from mediyn_desktop.store import settings
from mediyn_desktop.store.sides import KEY_BEGINS, OtherSide
from mediyn_desktop.training.opening import PASSPHRASE, open_training, start_anew
from mediyn_desktop.training.place import NotATrainingFolder
from training_room import closed_after


def close_today(training):
    """Close the day as the window does, and return what it came to."""
    with training.store.read() as read:
        today = read.today
    with app.processor_for_now(training.store) as api:
        return close_day(training.store, today, api=api, out=training.place.printed)


def objects(training) -> dict[str, int]:
    return training.outside.processor.state.counts()


def test_a_whole_evening_survives_closing_and_opening(opened):
    training = opened()
    closed = close_today(training)
    assert len(closed.files) == 2
    before, account = objects(training), training.outside.processor.state.account["id"]
    assert before["payment_intent"] == 10
    again = opened()
    assert objects(again) == before
    assert again.outside.processor.state.account["id"] == account
    assert not again.forgetful
    with again.store.read() as read:
        assert ledger.trial_balance(read) == 0
        assert review(read, closed.review.day).rows == closed.review.rows
    with app.processor_for_now(again.store) as api:
        assert run_pass(again.store, api).stopped is None


def test_a_crash_loses_nothing_the_practice_was_told(opened, place):
    training = opened()
    close_today(training)
    told = objects(training)
    first, *more = map(json.loads, place.memory.read_text().splitlines())
    written = {one["id"] for rows in first["tables"].values() for one in rows}
    written |= {one["id"] for line in more for one in line["things"]}
    assert len([one for one in written if one.startswith("pi_")]) == told["payment_intent"] > 0
    training.store.close()
    # The world outside is not told to stop: what is in the file is all there will be.
    with closed_after(open_training(place, clock=training.store.clock)) as again:
        assert objects(again) == told


def test_a_day_that_passed_stays_passed(opened):
    training = opened()
    training.outside.processor.do("POST clock", advance_seconds=86_400)
    with training.store.read() as read:
        today = read.today
    with opened().store.read() as read:
        assert read.today == today


@pytest.mark.parametrize("damage", ["deleted", "cut short"])
def test_a_lost_memory_is_said_and_charges_stay_frozen_until_begun_anew(
    opened, place, clock, damage
):
    training = opened()
    close_today(training)
    opened.close()
    whole = place.memory.read_text()
    place.memory.unlink()
    if damage == "cut short":
        place.memory.write_text(whole[: len(whole) // 2])
    again = opened()
    assert again.forgetful
    assert objects(again) == {}
    with app.processor_for_now(again.store) as api:
        again.outside.processor.do("POST clock", advance_seconds=86_400)
        stopped = run_pass(again.store, api)  # the declined charge would be tried again
    assert (stopped.stopped, stopped.driven) == ("frozen", [])
    assert "another card processor account" in stopped.message
    opened.close()
    with closed_after(start_anew(place, clock=clock)) as fresh:
        assert not fresh.forgetful
        assert close_today(fresh).processor is None
        assert objects(fresh)["payment_intent"] == 10


def test_a_damaged_memory_is_set_aside_whole(opened, place):
    opened()
    opened.close()
    place.memory.write_text("half of")
    opened()
    assert (place.outside / "processor-damaged-1.json").read_text() == "half of"


def test_beginning_anew_leaves_nothing_of_before(opened, place, clock):
    close_today(opened())
    opened.close()
    with closed_after(start_anew(place, clock=clock)) as fresh:
        assert objects(fresh) == {}
        assert list(place.printed.iterdir()) == []
        with fresh.store.read() as read:
            assert settings.get(read, settings.STRIPE_ACCOUNT) == ""


class Stopped(Exception):
    pass


@pytest.mark.parametrize("at", range(6))
def test_stopping_at_any_step_leaves_nothing_open_and_the_next_try_works(place, clock, at):
    before = set(threading.enumerate())

    def step(done: int, total: int) -> None:
        if done == at:
            raise Stopped

    with pytest.raises(Stopped):
        open_training(place, step=step, clock=clock)
    assert set(threading.enumerate()) == before
    with (
        closed_after(open_training(place, clock=clock)) as training,
        training.store.read() as read,
    ):
        assert len(review(read, read.today).rows) == 17


def test_training_that_is_open_already_is_not_opened_twice(training, place, clock):
    memory = place.memory.read_bytes()
    with pytest.raises(Locked):
        open_training(place, clock=clock)
    assert place.memory.read_bytes() == memory
    training.outside.processor.do("GET status")


def test_a_folder_that_is_something_else_is_left_alone(place, clock):
    place.root.mkdir()
    (place.root / "letters.txt").write_text("mine")
    for begin in (open_training, start_anew):
        with pytest.raises(NotATrainingFolder):
            begin(place, clock=clock)
    assert [one.name for one in place.root.iterdir()] == ["letters.txt"]


def test_a_real_practice_in_the_training_folder_is_not_trained_on(opened, place):
    opened()
    opened.close()
    key = app.unlock(place.practice, PASSPHRASE)
    with closing(app.open_store(place.practice, key)) as store, store.write("x") as uow:
        uow.session.execute(settings.delete(settings.SettingRow))
    with pytest.raises(OtherSide, match="real one"):
        opened()


# -- the two sides


def test_a_real_practice_that_asks_the_training_processor_is_refused(training, store):
    """With any key a person could have: the training processor opens to its own only."""
    with store.write("Point at training") as uow:
        settings.set_value(uow, "stripe.api_base", training.outside.processor.base_url)
        settings.set_value(uow, "stripe.key", "sk_test_mine")
        world.practice(uow)
        world.card(uow, world.client(uow, "c1"), "pm_card_visa")
    with app.processor_for_now(store) as api:
        with pytest.raises(KeyRefused):
            api.accounts.current()
        assert objects(training) == {}


def test_a_real_practice_never_gets_hold_of_the_training_key(training, store):
    with training.store.read() as read:
        key = settings.read_secret(read, "stripe.key")
    assert key.startswith(KEY_BEGINS)
    with pytest.raises(OtherSide), store.write("Take the key") as uow:
        settings.set_value(uow, "stripe.key", key)


def test_a_training_practice_asks_nobody_with_a_live_key(training):
    """Not even where the key got past the settings."""
    with training.store.write("Force it") as uow:
        row = uow.session.get(settings.SecretRow, "stripe.key")
        row.value = b"sk_live_forced"
    with pytest.raises(OtherSide):
        app.card_processor(training.store)
    with pytest.raises(OtherSide), app.refunding(training.store, PASSPHRASE):
        pass


def test_training_claims_cannot_leave_by_a_forced_setting(training, tmp_path):
    with training.store.write("Force it") as uow:
        uow.session.get(settings.SettingRow, "clearinghouse.out").value = str(tmp_path / "real")
    with training.store.read() as read:
        for way in (connection.transport, connection.answers_transport):
            with pytest.raises(OtherSide):
                way(read)


def test_the_training_clearinghouse_opens_to_its_own_key_only(training, store):
    with training.store.read() as read:
        address = settings.show(read, "clearinghouse.https_eligibility_url")[0]["value"]
    with store.write("Point at training") as uow:
        settings.set_value(uow, "clearinghouse.https_eligibility_url", address)
        settings.set_value(uow, "clearinghouse.https_key", "mine")
    with store.read() as read:
        way = connection.eligibility_transport(read)
    with way, pytest.raises(Exception, match="refused your key"):
        way.ask(b"ISA*", "k1")


def test_account_and_mode_stand_on_every_charge_of_training(training):
    close_today(training)
    account = training.outside.processor.state.account["id"]
    with training.store.read() as read:
        assert settings.get(read, settings.STRIPE_ACCOUNT).startswith(account)
        rows = read.session.execute(
            settings.select(CardAttempt.account, CardAttempt.livemode).where(
                CardAttempt.processor_id.is_not(None)
            )
        ).all()
    assert {tuple(row) for row in rows} == {(account, False)}


def test_the_processor_moves_to_another_port_where_its_own_is_taken(opened, place):
    training = opened()
    had = training.outside.processor.base_url
    training.store.close()
    # The old one listens still.
    with (
        closed_after(open_training(place, clock=training.store.clock)) as again,
        app.processor_for_now(again.store) as api,
        again.store.read() as read,
    ):
        assert again.outside.processor.base_url != had
        assert settings.get(read, settings.STRIPE_API_BASE) == again.outside.processor.base_url
        assert isinstance(api, StripeApi)
        assert api.accounts.current().livemode is False
