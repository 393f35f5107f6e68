# SPDX-License-Identifier: MIT
"""A card charge in plain words: what happened, what is certain, and what happens next. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from mediyn_desktop.cards.afterwards import Disputed
from mediyn_desktop.cards.attempts import ASKING
from mediyn_desktop.cards.declines import MOST_RETRIES, Refusal
from mediyn_desktop.cards.listing import AttemptRow
from mediyn_desktop.cards.states import IN_FLIGHT, WAITING, State, public_name
from mediyn_desktop.cards.story import ANYWAY, AttemptEvent, AttemptStory
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.theme.tokens import Tone

GROUPS: Final = {
    "needs_you": "Needs you",
    "waiting": "Waiting",
    "unknown": "No answer yet",
    "uncertain": "No answer, or to compare",
    "declined": "Declined",
    "done": "Done",
}
FREEZES: Final = {
    "behind": "This practice was restored from a backup or copied. Cards were charged since then "
    "that it does not know of.",
    "installation": "Cards of this account were last charged from another computer, or this "
    "practice was moved here.",
    "account": "The key in the settings belongs to another Stripe account than before.",
}
"""Why charging is frozen, by the code of the freeze."""
THAW: Final = "No card is charged meanwhile. Compare with Stripe, look at what is found, accept it."
_SELF: Final = "by itself, within five minutes, while this program is open and online"


_DISPUTED: Final = {
    Disputed.OPEN: Status("Disputed", Tone.BAD),
    Disputed.LOST: Status("Dispute lost", Tone.BAD),
}
_BANK: Final = {
    Disputed.OPEN: "The client’s bank took it back and has not decided: see Disputes.",
    Disputed.WON: "The client’s bank disputed it and decided for you.",
    Disputed.LOST: "The client’s bank took it back and decided for the client: see Disputes.",
}


@dataclass(frozen=True, slots=True)
class Certain:
    """What is known of the money, in a word and in a sentence."""

    status: Status
    sentence: str


def freeze_words(code: str) -> str:
    """Return why charging is frozen; a code nobody foresaw is said to be one."""
    return FREEZES.get(code, "This practice may not be the newest copy of itself.")


def standing(row: AttemptRow) -> Status:
    """Return where an attempt stands, for a list."""
    if row.withdraw:
        return Status("Being stopped", Tone.INFO)
    if row.state is State.UNKNOWN:
        return Status("No answer yet", Tone.WARN)
    if row.state is State.DECLINED and row.retry_on is not None:
        return Status(f"Declined, again {_short(row.retry_on)}", Tone.WARN)
    if row.state is State.SUCCEEDED:
        return _paid(row) or wording.CARD_STATES["succeeded"]
    return wording.state(wording.CARD_STATES, public_name(row.state))


def _paid(row: AttemptRow) -> Status | None:
    """What became of the money afterwards, in a word; None where it stayed."""
    if row.then.disputed in _DISPUTED:
        return _DISPUTED[row.then.disputed]
    if row.then.returned_cents >= row.amount_cents:
        return Status("Paid back", Tone.NEUTRAL)
    if row.then.asked_cents:
        return Status("Being paid back", Tone.INFO)
    return Status("Partly paid back", Tone.NEUTRAL) if row.then.returned_cents else None


def what_for(row: AttemptRow) -> str:
    """Return what the money is asked for."""
    about = wording.day(row.about)
    match row.purpose:
        case "plan":
            return f"Installment due {about}"
        case "fees":
            return f"Missed session of {about}"
        case "copays":
            return f"Copay for {about}"
        case "balance":
            return f"Balance of {about}"
    return f"Session of {about}"


_NOT_ASKED: Final = Certain(
    Status("Not charged", Tone.NEUTRAL),
    "The card was not charged: Stripe was at most asked to prepare the charge, which moves no "
    "money.",
)
_CERTAIN: Final = {
    State.PLANNED: Certain(Status("Not charged", Tone.NEUTRAL), "Nothing was sent to Stripe."),
    State.CREATING: _NOT_ASKED,
    State.CREATED: _NOT_ASKED,
    State.CONFIRMING: Certain(
        Status("Not known yet", Tone.WARN),
        "The bank was asked. Until Stripe has answered, the card may have been charged or not.",
    ),
    State.UNKNOWN: Certain(
        Status("Not known yet", Tone.WARN),
        "Stripe did not answer. The card may have been charged or not, never twice: nothing else "
        "is charged for this until Stripe says what became of it.",
    ),
    State.PROCESSING: Certain(
        Status("Not decided yet", Tone.INFO),
        "The bank has not decided. The money counts as paid only once it has.",
    ),
    State.DECLINED: Certain(
        Status("Not charged", Tone.BAD), "The bank said no. The card was not charged."
    ),
    State.NEEDS_CLIENT: Certain(
        Status("Not charged", Tone.WARN),
        "The bank wants the client to agree first. The card was not charged.",
    ),
    State.CANCELED: Certain(
        Status("Not charged", Tone.NEUTRAL), "It was stopped. The card was not charged."
    ),
}
_DIFFERS: Final = Certain(
    Status("Please compare", Tone.BAD),
    "What Stripe holds is not what was asked for. Nothing was posted, and nothing else is charged "
    "for this.",
)
_SIMILAR: Final = Certain(
    Status("Not charged", Tone.WARN),
    "This charge was not sent. Stripe holds another one for the same client, day and purpose that "
    "this practice does not know.",
)


def certain(story: AttemptStory) -> Certain:
    """Return what is known of the money of one attempt."""
    row = story.row
    if row.state is State.SUCCEEDED:
        cents, card = format_cents(row.amount_cents), card_words(row.last4)
        said = [f"{cents} was charged to {card}, once.", *_since(row)]
        return Certain(_paid(row) or Status("Charged", Tone.OK), " ".join(said))
    if row.state is State.QUEUED:
        return _NOT_ASKED if story.asked_bank or len(story.events) > 1 else _CERTAIN[State.PLANNED]
    if row.state is State.UNKNOWN and not story.asked_bank:
        return _NOT_ASKED
    if row.state is State.REVIEW:
        if story.asked_bank:
            return _DIFFERS
        return _SIMILAR if ANYWAY in story.actions else _NOT_ASKED
    return _CERTAIN[row.state]


def _since(row: AttemptRow) -> list[str]:
    """What became of the money afterwards, in sentences."""
    said = []
    if row.then.returned_cents:
        said.append(f"{format_cents(row.then.returned_cents)} was paid back.")
    if row.then.asked_cents:
        said.append(f"Stripe is asked to pay {format_cents(row.then.asked_cents)} back.")
    if row.then.disputed is not None:
        said.append(_BANK[row.then.disputed])
    return said


def next_step(story: AttemptStory, today: date) -> str:
    """Return what happens next and when, or what somebody has to do first."""
    row = story.row
    if row.state is State.SUCCEEDED:
        return ""
    if row.state is State.CANCELED:
        return "Nothing more is sent for it. What is still due can be charged anew."
    if story.frozen is not None:
        return f"Charging is frozen. {freeze_words(story.frozen)} {THAW}"
    if row.withdraw:
        return (
            f"Stripe is told to stop it {_SELF}. It counts as stopped once Stripe says so; should "
            "it turn out to be charged already, it is charged once and shown here."
        )
    if row.state in WAITING:
        return _waiting(story)
    if row.state is State.PROCESSING:
        return "Stripe is asked again by itself. A bank may take a few days."
    if row.state in IN_FLIGHT:
        return f"Stripe is asked what became of it {_SELF}. Nothing is charged before that."
    if row.state is State.REVIEW:
        return _review(story)
    return _refused(story, today)


def _waiting(story: AttemptStory) -> str:
    if story.row.state is State.PLANNED:
        return "It is sent once you approve it: close its day, or charge the client now."
    if story.held is not None:
        return f"{story.held} No card of this client is charged until the hold is lifted."
    if story.link_id is not None:
        return "A payment link is open for this client. It is closed first, then the card is asked."
    if story.not_before is not None:
        return f"Stripe was busy. It is sent again after {wording.clock(story.not_before)}."
    return f"It is sent {_SELF}."


def _review(story: AttemptStory) -> str:
    if story.asked_bank:
        return (
            "Look at this charge on Stripe's page, then compare with Stripe and accept what is "
            "right. Or stop it."
        )
    if ANYWAY in story.actions:
        return (
            "Look at the other charge on Stripe's page. If it was for this, compare with Stripe "
            "and accept it there. If it was for something else, say that it is another charge."
        )
    return "Stripe would not prepare this charge. Stop it; what is due can be charged anew."


def _refused(story: AttemptStory, today: date) -> str:
    row = story.row
    if row.state is State.NEEDS_CLIENT:
        return (
            "Send the client a payment link: there the bank can ask them. Or ask for another card, "
            "and stop this charge first."
        )
    if row.retry_on is not None:
        when = "today" if row.retry_on <= today else f"on {wording.day(row.retry_on)}"
        return f"The card is asked again by itself {when}, {_left(story.declines)}."
    if story.refusal is Refusal.SOFT:
        times = "once" if story.declines == 1 else f"{story.declines} times"
        said = f"The bank said no {times}; it is not asked again by itself."
    else:
        said = "The bank said no for good, so this card is not asked again."
    return (
        f"{said} Send a payment link, or ask for another card and stop this charge: what is due "
        "can then be charged anew."
    )


def _left(declines: int) -> str:
    left = max(MOST_RETRIES + 1 - declines, 1)
    return "for the last time" if left == 1 else f"at most {left} times more"


def history(events: Sequence[AttemptEvent]) -> list[tuple[AttemptEvent, str]]:
    """Return each event with what it says, oldest first."""
    told: list[tuple[AttemptEvent, str]] = []
    before: State | None = None
    for event in events:
        told.append((event, _happened(event, before)))
        before = event.state
    return told


def _happened(event: AttemptEvent, before: State | None) -> str:
    at = wording.clock(event.at)
    moved = event.state is not before
    if event.state is State.UNKNOWN and moved:
        if before is State.CREATING:
            return (
                f"We asked Stripe to prepare the charge at {at} and got no answer. No card was "
                "charged by that; checking before anything else."
            )
        return f"We asked Stripe at {at} and got no answer; checking before anything else."
    if event.state is State.CREATING and moved:
        return f"We asked Stripe at {at} to prepare the charge. That moves no money yet."
    if event.state is State.CONFIRMING and moved:
        return f"We asked the bank at {at}{event.text.removeprefix(ASKING)}."
    if event.state is State.CREATED and before in (State.UNKNOWN, State.CONFIRMING):
        return "Stripe answered: the card has not been charged yet."
    if event.state is State.CREATED and moved:
        return "Stripe has prepared the charge; the bank has not been asked."
    if event.state is State.SUCCEEDED and before is State.UNKNOWN:
        return f"Stripe answered: {_sentence(event.text)}"
    return _sentence(event.text)


def _sentence(text: str) -> str:
    """Return ``text`` as a sentence, its days as people write them."""
    said = wording.readable(text.strip())
    return said if said.endswith((".", "!", "?")) else f"{said}."


def card_words(last4: str) -> str:
    """Return what a card is called."""
    return f"the card ending {last4}" if last4 else "the card"


def _short(day: date) -> str:
    return wording.day(day).rpartition(",")[0]
