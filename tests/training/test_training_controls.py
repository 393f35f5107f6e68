# SPDX-License-Identifier: MIT
"""What a learner lets happen outside, and what the practice makes of it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from mediyn_desktop import app
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.cards.worker import run_pass
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.dayclose.close import close_day
from mediyn_desktop.dayclose.review import review
from mediyn_desktop.practice.tables import Client, Coverage
from mediyn_desktop.sandbox.clearinghouse.outcomes import Outcome
from mediyn_desktop.training.controls import SLOW_SECONDS, Controls, NothingToDo
from mediyn_desktop.training.members import TEST_MEMBERS
from mediyn_desktop.training.putting import people, set_member_id


@pytest.fixture
def controls(training) -> Controls:
    return Controls(training)


def close_for(training, *clients: str) -> None:
    """Close today, charging only the cards of ``clients``."""
    with training.store.read() as read:
        today = read.today
        others = {
            row.session_ref for row in review(read, today).rows if row.client_ref not in clients
        }
    with app.processor_for_now(training.store) as api:
        close_day(training.store, today, api=api, out=None, skip=others)


def states(training) -> list[str]:
    with training.store.read() as read:
        return list(read.session.scalars(select(CardAttempt.state).order_by(CardAttempt.id)))


def send(training) -> str | None:
    """Send what waits; return why that stopped, if it did."""
    with app.processor_for_now(training.store) as api:
        return run_pass(training.store, api, skip_waits=True).stopped


def run(training, name: str) -> str:
    (job,) = [job for job in app.jobs() if job.name == name]
    return job.run(training.store).state


def taken(training) -> int:
    found = training.outside.processor.state.succeeded_by_metadata("iid")
    return sum(one.amount for one in found.values())


def test_offline_everything_waits_and_nothing_is_charged(training, controls):
    assert "offline now" in controls.set_offline(True)
    close_for(training, "c01")
    assert send(training) == "offline"
    assert taken(training) == 0
    assert "online again" in controls.set_offline(False)
    assert send(training) is None
    assert (states(training)[:1], taken(training)) == (["succeeded"], 18500)


def test_a_lost_answer_is_looked_up_and_nobody_is_charged_twice(training, controls):
    controls.lose_next_answer()
    close_for(training, "c01")
    assert training.outside.processor.faults.waiting() == []  # it met its request
    send(training)
    assert (states(training)[:1], taken(training)) == (["succeeded"], 18500)


def test_slow_answers_take_their_time_and_end(training, controls):
    limits = training.outside.processor.limits
    controls.set_slow(True)
    assert limits.latency_seconds == SLOW_SECONDS
    controls.set_slow(False)
    assert limits.latency_seconds == 0


def test_a_day_passes_for_both_sides_and_the_same_people_come_again(training, controls):
    with training.store.read() as read:
        before = read.today
    said = controls.let_a_day_pass()
    with training.store.read() as read:
        after, rows = read.today, review(read, read.today).rows
    assert (after - before).days == 1
    assert said == "It is Tuesday, November 24 now. 17 appointments are in the calendar."
    assert {row.client_ref for row in rows} == {f"c{number:02d}" for number in range(1, 18)}
    assert training.outside.clock.now() == training.store.clock.now()
    controls.let_a_day_pass()
    with training.store.read() as read:
        assert (read.today - before).days == 2


def test_a_payout_takes_the_money_two_days_later_and_is_tied_to_its_charges(training, controls):
    close_for(training, "c01")
    with pytest.raises(NothingToDo, match="two days"):
        controls.send_payout()
    for _ in range(2):
        controls.let_a_day_pass()
    # 185.00 less 2.9 % and 30 cents
    assert controls.send_payout() == "$179.33 was sent to your bank account."
    assert run(training, "card-news") == "done"


@pytest.mark.parametrize(
    "verb",
    [
        Controls.dispute_last_charge,
        Controls.send_payout,
        Controls.answer_claims,
        lambda controls: controls.decide_dispute(won=True),
        lambda controls: controls.decide_waiting(paid=True),
    ],
)
def test_what_cannot_happen_yet_says_what_to_do_first(controls, verb):
    with pytest.raises(NothingToDo) as refusal:
        verb(controls)
    assert "Nothing was done." in refusal.value.message


def claim_state(training, client: str) -> str | None:
    """Where the client's newest claim stands."""
    with training.store.read() as read:
        return read.session.scalars(
            select(Claim.state).join(Client).where(Client.ref == client).order_by(Claim.id.desc())
        ).first()


@pytest.mark.parametrize(("begins", "state"), [("PAID", "paid"), ("DENY", "denied")])
def test_a_claim_is_sent_and_answered_as_its_member_id_says(training, controls, begins, state):
    set_member_id(training.store, "c04", begins)
    close_for(training)
    assert claim_state(training, "c04") == "sent"
    assert "answered" in controls.answer_claims()
    run(training, "answers")
    assert claim_state(training, "c04") == state


def test_every_member_id_the_clearinghouse_knows_is_explained_once():
    explained = [member.begins for member in TEST_MEMBERS]
    assert len(set(explained)) == len(explained)
    assert {one.value for one in Outcome} - {""} < set(explained)
    assert set(explained) - {one.value for one in Outcome} == {"PAID", "INACT", "NOTF", "DOWN"}


def test_a_member_id_is_given_to_the_first_coverage(training):
    given = set_member_id(training.store, "c03", "DED")
    with training.store.read() as read:
        found = read.session.scalar(
            select(Coverage.member_id).join(Client).where(Client.ref == "c03")
        )
        who = people(read)
    assert found == given
    assert given.startswith("DED")
    assert {"c03", "c04"} <= {one.ref for one in who.with_coverage}
    assert "c04" not in {one.ref for one in who.with_card}
