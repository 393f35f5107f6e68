# SPDX-License-Identifier: MIT
"""Every test card is put on a client, charged by closing a day, and does what is promised."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from mediyn_desktop import app
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.clearing.tables import CardDispute
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.cards.worker import run_pass
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.dayclose.close import close_day
from mediyn_desktop.dayclose.review import review
from mediyn_desktop.practice.tables import Card, Client, Session
from mediyn_desktop.sandbox.processor.behaviours import Behaviour
from mediyn_desktop.sandbox.processor.cards import CARDS
from mediyn_desktop.training.cards import TEST_CARDS, Outcome
from mediyn_desktop.training.controls import Controls
from mediyn_desktop.training.members import TEST_MEMBERS
from mediyn_desktop.training.opening import open_training
from mediyn_desktop.training.place import TrainingPlace
from mediyn_desktop.training.putting import put_card
from training_room import EVENING

# Who is charged by card every evening; c17's note is not signed.
CHARGED = ("c01", "c02", "c03", "c05", "c07", "c08", "c10", "c11", "c12", "c13")
# After a dispute nothing is charged to that client by itself: that card comes last.
IN_ORDER = sorted(CARDS, key=lambda card: card.behaviour is Behaviour.DISPUTED)
"""All test cards, in the order they are charged."""


@dataclass(frozen=True)
class Ended:
    """How the charge on one card ended, and what the processor took for it."""

    state: str
    retried: bool
    cents: int
    last4: str


def evening(training, cards) -> dict[str, Ended]:
    """Put one card on each client, close the day, and return how each charge ended, by number."""
    holders = dict(zip((card.number for card in cards), CHARGED, strict=False))
    for number, ref in holders.items():
        put_card(training, ref, number)
    store = training.store
    with store.read() as read:
        today = read.today
        others = {
            row.session_ref
            for row in review(read, today).rows
            if row.client_ref not in holders.values()
        }
    with app.processor_for_now(store) as api:
        close_day(store, today, api=api, out=None, skip=others)
    taken = training.outside.processor.state.succeeded_by_metadata("iid")
    with store.read() as read:
        return {
            number: Ended(
                row.state,
                row.retry_on is not None,
                taken[row.iid].amount if row.iid in taken else 0,
                method.last4,
            )
            for number, ref in holders.items()
            for row, method in read.session.execute(
                select(CardAttempt, Card)
                .join(Charge, Charge.id == CardAttempt.charge_id)
                .join(Session, Session.id == Charge.session_id)
                .join(Client, Client.id == CardAttempt.client_id)
                .join(Card, Card.stripe_payment_method == CardAttempt.payment_method)
                .where(Client.ref == ref, Session.date_of_service == today)
            )
        }


@pytest.fixture(scope="module")
def endings(tmp_path_factory):
    """Three evenings of ten charges: every test card once."""
    place = TrainingPlace.beside(tmp_path_factory.mktemp("cards") / "mediyn")
    training = open_training(place, clock=FixedClock(EVENING))
    controls = Controls(training)
    found: dict[str, Ended] = {}
    for begin in range(0, len(IN_ORDER), len(CHARGED)):
        if begin:
            controls.let_a_day_pass()
        found |= evening(training, IN_ORDER[begin : begin + len(CHARGED)])
    training.store.close()
    training.close()
    return found


def test_every_card_of_the_sandbox_is_explained_once():
    assert [card.number for card in TEST_CARDS] == [card.number for card in CARDS]
    assert all(card.label and card.promise.endswith(".") for card in TEST_CARDS)


def test_numbers_are_grouped_as_on_the_card():
    spaced = {card.number: card.spaced for card in TEST_CARDS}
    assert spaced["378282246310005"] == "3782 822463 10005"
    assert spaced["4242424242424242"] == "4242 4242 4242 4242"


@pytest.mark.parametrize("card", TEST_CARDS, ids=lambda card: f"{card.number[-4:]}-{card.outcome}")
def test_a_charged_test_card_does_what_is_promised(endings, card):
    ended = endings[card.number]
    assert ended.last4 == card.number[-4:]
    assert (ended.state, ended.retried) == (card.outcome, card.tried_again)
    assert bool(ended.cents) == (card.outcome is Outcome.PAID)


def state_of(training, ref: str) -> str:
    """Send what is due and return where the client's newest card charge stands."""
    with app.processor_for_now(training.store) as api:
        run_pass(training.store, api)
    with training.store.read() as read:
        return read.session.scalars(
            select(CardAttempt.state)
            .join(Client)
            .where(Client.ref == ref)
            .order_by(CardAttempt.id.desc())
        ).first()


def number_of(behaviour: Behaviour) -> str:
    return next(card.number for card in CARDS if card.behaviour is behaviour)


def one(training, behaviour: Behaviour) -> None:
    """Charge Zoë's session of today on a card that behaves so."""
    evening(training, [card for card in CARDS if card.number == number_of(behaviour)])


@pytest.mark.parametrize(
    ("behaviour", "ends"),
    [(Behaviour.PROCESSING_SUCCEEDS, "succeeded"), (Behaviour.PROCESSING_FAILS, "declined")],
)
def test_a_bank_that_does_not_know_decides_within_a_minute(training, clock, behaviour, ends):
    one(training, behaviour)
    assert state_of(training, "c01") == "processing"
    clock.sleep(61)
    assert state_of(training, "c01") == ends


@pytest.mark.parametrize(("paid", "ends"), [(True, "succeeded"), (False, "declined")])
def test_the_learner_decides_for_a_bank_that_waits(training, paid, ends):
    one(training, Behaviour.PROCESSING)
    assert Controls(training).decide_waiting(paid=paid).startswith("The bank decided: 1 ")
    assert state_of(training, "c01") == ends


def test_a_card_that_is_short_today_pays_tomorrow_by_itself(training):
    one(training, Behaviour.SHORT_TODAY)
    assert state_of(training, "c01") == "declined"
    Controls(training).let_a_day_pass()
    assert state_of(training, "c01") == "succeeded"


def test_another_card_is_asked_the_next_day_after_a_decline(training):
    one(training, Behaviour.INSUFFICIENT_FUNDS)
    put_card(training, "c01", number_of(Behaviour.GOOD))
    Controls(training).let_a_day_pass()
    assert state_of(training, "c01") == "succeeded"


def test_a_disputed_card_takes_its_money_back_and_the_practice_hears_of_it(training):
    one(training, Behaviour.DISPUTED)
    (news,) = [job for job in app.jobs() if job.name == "card-news"]
    assert news.run(training.store).state == "done"

    def disputes() -> list[tuple[str, int]]:
        with training.store.read() as read:
            rows = read.session.execute(select(CardDispute.status, CardDispute.amount_cents))
            return [tuple(row) for row in rows]

    assert disputes() == [("needs_response", 18500)]
    said = Controls(training).decide_dispute(won=True)
    assert said == "The bank decided for you: $185.00 comes back."
    assert news.run(training.store).state == "done"
    assert disputes() == [("won", 18500)]


def test_the_page_about_training_tells_every_card_as_the_panel_does():
    page = (Path(__file__).parents[2] / "docs" / "training.md").read_text("utf-8")
    for card in TEST_CARDS:
        assert f"| {card.spaced} | {card.label} | {card.promise} |" in page
    for member in TEST_MEMBERS:
        assert f"| {member.begins} | {member.promise} |" in page
