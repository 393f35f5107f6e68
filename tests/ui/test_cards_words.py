# SPDX-License-Identifier: MIT
"""What a card charge says about itself: each state, each way a bank says no, each freeze."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

import world
from mediyn_desktop.cards.afterwards import Afterwards, Disputed
from mediyn_desktop.cards.anchoring import REASONS
from mediyn_desktop.cards.declines import MOST_RETRIES, Refusal, kind_of
from mediyn_desktop.cards.listing import GROUPS, AttemptRow
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.story import ANYWAY, AttemptEvent, AttemptStory
from mediyn_desktop.cards.wording import decline_sentence
from mediyn_desktop.ui.screens.cards import words

AT = datetime(2026, 11, 23, 18, 4, tzinfo=world.ZONE)
TODAY = AT.date()


def row(state: State, **more) -> AttemptRow:
    given = {
        "id": 1,
        "state": state,
        "client_ref": "c1",
        "client_name": "Sample, Ana",
        "amount_cents": 15000,
        "last4": "4242",
        "purpose": "sessions",
        "about": world.DAY,
        "planned_at": AT,
        "retry_on": None,
        "withdraw": False,
    }
    return AttemptRow(**{**given, **more})


def events(*told: tuple[State, str]) -> tuple[AttemptEvent, ...]:
    return tuple(
        AttemptEvent(number, AT + timedelta(minutes=number), state, text)
        for number, (state, text) in enumerate(told)
    )


def story(state: State, *, line: dict | None = None, **more) -> AttemptStory:
    given = {
        "row": row(state, **(line or {})),
        "events": events((State.QUEUED, "$150.00 queued"), (state, "then")),
        "actions": (),
        "asked_bank": True,
        "session_ref": "s1",
        "refusal": None,
        "decline_code": None,
        "decline": "",
        "declines": 0,
        "not_before": None,
        "held": None,
        "frozen": None,
        "link_id": None,
        "payment_ref": None,
        "refundable_cents": 0,
    }
    return AttemptStory(**{**given, **more})


@pytest.mark.parametrize(
    ("then", "word", "said"),
    [
        (Afterwards(), "Paid", ""),
        (Afterwards(returned_cents=15000), "Paid back", "$150.00 was paid back."),
        (Afterwards(returned_cents=5000), "Partly paid back", "$50.00 was paid back."),
        (Afterwards(asked_cents=5000), "Being paid back", "Stripe is asked to pay $50.00 back."),
        (Afterwards(disputed=Disputed.OPEN), "Disputed", "has not decided: see Disputes."),
        (Afterwards(disputed=Disputed.LOST), "Dispute lost", "decided for the client"),
        (Afterwards(disputed=Disputed.WON), "Paid", "decided for you."),
        (Afterwards(5000, disputed=Disputed.OPEN), "Disputed", "$50.00 was paid back. The client"),
    ],
)
def test_a_paid_charge_says_what_became_of_the_money(then, word, said):
    paid = story(State.SUCCEEDED, line={"then": then})
    assert words.standing(paid.row).word == word
    known = words.certain(paid)
    assert known.status.word == ("Charged" if word == "Paid" else word)
    assert known.sentence.startswith("$150.00 was charged to the card ending 4242, once.")
    assert said in known.sentence


def declined(code: str | None, **more) -> AttemptStory:
    kind = kind_of(code)
    state = State.NEEDS_CLIENT if kind is Refusal.CLIENT else State.DECLINED
    return story(state, refusal=kind, decline_code=code, decline=decline_sentence(code), **more)


@pytest.mark.parametrize("state", list(State))
def test_each_state_has_a_word_and_says_what_is_certain(state):
    assert words.standing(row(state)).word
    found = words.certain(story(state))
    assert found.status.word
    assert found.sentence.endswith(".")
    assert "_" not in found.sentence + found.status.word


@pytest.mark.parametrize("state", sorted(set(State) - {State.SUCCEEDED}))
def test_each_state_that_is_not_over_well_says_what_comes_next(state):
    assert words.next_step(story(state), TODAY).endswith(".")


@pytest.mark.parametrize("state", [State.CONFIRMING, State.UNKNOWN])
def test_what_may_have_happened_is_never_called_certain(state):
    found = words.certain(story(state))
    assert found.status.word == "Not known yet"
    assert "may have been charged or not" in found.sentence


@pytest.mark.parametrize(
    ("state", "asked_bank"),
    [
        (State.PLANNED, False),
        (State.QUEUED, False),
        (State.CREATING, False),
        (State.CREATED, True),
        (State.UNKNOWN, False),
        (State.DECLINED, True),
        (State.NEEDS_CLIENT, True),
        (State.CANCELED, True),
        (State.REVIEW, False),
    ],
)
def test_what_surely_moved_no_money_is_called_not_charged(state, asked_bank):
    assert words.certain(story(state, asked_bank=asked_bank)).status.word == "Not charged"


def test_only_a_charge_that_succeeded_is_called_charged():
    charged = {
        state for state in State if words.certain(story(state)).status.word.startswith("Charged")
    }
    assert charged == {State.SUCCEEDED}
    assert (
        words.certain(story(State.SUCCEEDED)).sentence
        == "$150.00 was charged to the card ending 4242, once."
    )


def test_a_bank_that_has_not_decided_is_neither():
    assert words.certain(story(State.PROCESSING)).status.word == "Not decided yet"
    assert "few days" in words.next_step(story(State.PROCESSING), TODAY)


@pytest.mark.parametrize("code", ["insufficient_funds", "try_again_later", "processing_error"])
def test_a_soft_no_is_asked_again_on_its_day(code):
    tomorrow = TODAY + timedelta(days=1)
    one = declined(code, declines=1, line={"retry_on": tomorrow})
    assert words.next_step(one, TODAY) == (
        "The card is asked again by itself on Nov 24, 2026, at most 3 times more."
    )
    assert "by itself today" in words.next_step(one, tomorrow)
    assert words.standing(one.row).word == "Declined, again Nov 24"


def test_the_last_time_is_called_the_last():
    one = declined("do_not_honor", declines=MOST_RETRIES, line={"retry_on": TODAY})
    assert words.next_step(one, TODAY).endswith("today, for the last time.")


def test_a_soft_no_that_was_said_too_often_is_left_to_a_person():
    one = declined("insufficient_funds", declines=4)
    assert "no 4 times; it is not asked again by itself" in words.next_step(one, TODAY)
    assert words.standing(one.row).word == "Declined"


@pytest.mark.parametrize("code", ["expired_card", "lost_card", "stolen_card", "a_new_word", None])
def test_a_hard_no_asks_for_another_card(code):
    said = words.next_step(declined(code, declines=1), TODAY)
    assert "no for good" in said
    assert "ask for another card and stop this charge" in said


def test_a_bank_that_wants_the_client_gets_a_link():
    one = declined("authentication_required", declines=1)
    assert one.row.state is State.NEEDS_CLIENT
    assert "payment link: there the bank can ask them" in words.next_step(one, TODAY)


def test_a_similar_charge_is_compared_before_it_is_sent():
    one = story(State.REVIEW, asked_bank=False, actions=(ANYWAY,))
    assert "another one for the same client, day and purpose" in words.certain(one).sentence
    assert "say that it is another charge" in words.next_step(one, TODAY)


def test_what_differs_at_the_processor_was_not_posted():
    one = story(State.REVIEW)
    assert words.certain(one).status.word == "Please compare"
    assert "Nothing was posted" in words.certain(one).sentence


def test_what_the_processor_would_not_prepare_is_stopped():
    one = story(State.REVIEW, asked_bank=False)
    assert words.next_step(one, TODAY).startswith("Stripe would not prepare this charge.")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"held": "The client's bank disputes an earlier charge."}, "until the hold is lifted"),
        ({"link_id": 3}, "A payment link is open for this client."),
        ({"not_before": AT}, "sent again after 6:04 PM"),
        ({}, "within five minutes, while this program is open and online"),
        ({"frozen": "behind"}, "Charging is frozen. This practice was restored"),
    ],
)
def test_a_charge_that_waits_says_for_what(more, said):
    assert said in words.next_step(story(State.QUEUED, asked_bank=False, **more), TODAY)


def test_a_charge_that_is_being_stopped_says_what_it_may_turn_out_to_be():
    one = story(State.DECLINED, line={"withdraw": True})
    assert words.standing(one.row).word == "Being stopped"
    assert "only" not in words.next_step(one, TODAY)
    assert "charged already, it is charged once" in words.next_step(one, TODAY)


@pytest.mark.parametrize("code", [*REASONS, "account"])
def test_each_freeze_is_told_without_a_command_to_type(code):
    said = words.freeze_words(code)
    assert said != words.freeze_words("a new word")
    assert "mediyn" not in said


def test_each_group_of_the_list_has_words():
    assert set(words.GROUPS) == set(GROUPS)


def test_a_lost_answer_is_told_with_its_time():
    told = words.history(
        events(
            (State.QUEUED, "$150.00 queued for the card ending 4242"),
            (State.CREATING, "Asking the processor to prepare the charge"),
            (State.CREATED, "The processor has not charged the card yet"),
            (State.CONFIRMING, "Asking the bank"),
            (State.UNKNOWN, "no readable answer"),
            (State.SUCCEEDED, "$150.00 charged"),
        )
    )
    assert [said for _, said in told] == [
        "$150.00 queued for the card ending 4242.",
        "We asked Stripe at 6:05 PM to prepare the charge. That moves no money yet.",
        "Stripe has prepared the charge; the bank has not been asked.",
        "We asked the bank at 6:07 PM.",
        "We asked Stripe at 6:08 PM and got no answer; checking before anything else.",
        "Stripe answered: $150.00 charged.",
    ]


def test_a_lost_answer_about_preparing_says_that_no_card_was_charged():
    told = words.history(events((State.CREATING, ""), (State.UNKNOWN, "no readable answer")))
    assert "No card was charged by that" in told[1][1]


def test_days_in_a_history_are_written_as_people_write_them():
    told = words.history(events((State.DECLINED, "Refused. We ask again on 2026-11-24.")))
    assert told[0][1] == "Refused. We ask again on Nov 24, 2026."


@pytest.mark.parametrize(
    ("purpose", "said"),
    [
        ("sessions", "Session of Nov 23, 2026"),
        ("copays", "Copay for Nov 23, 2026"),
        ("fees", "Missed session of Nov 23, 2026"),
        ("balance", "Balance of Nov 23, 2026"),
        ("plan", "Installment due Nov 23, 2026"),
    ],
)
def test_each_purpose_is_named(purpose, said):
    assert words.what_for(row(State.QUEUED, purpose=purpose, about=date(2026, 11, 23))) == said
