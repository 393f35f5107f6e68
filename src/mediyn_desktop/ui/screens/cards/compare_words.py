# SPDX-License-Identifier: MIT
"""What a comparison with the processor found, and what accepting it would do, in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mediyn_desktop.cards.findings import Finding, Kind
from mediyn_desktop.cards.ground import Ground
from mediyn_desktop.cards.links.states import LinkState
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.screens.cards.words import THAW, freeze_words
from mediyn_desktop.ui.theme.tokens import Tone

KINDS: Final = {
    Kind.ADOPTED: Status("Ours", Tone.OK),
    Kind.IMPORTED: Status("Charged elsewhere", Tone.INFO),
    Kind.REVIEW: Status("Please compare", Tone.BAD),
    Kind.REFUND: Status("Paid back", Tone.INFO),
    Kind.DISPUTE: Status("Disputed", Tone.WARN),
    Kind.CARD: Status("Saved card", Tone.INFO),
    Kind.FOREIGN: Status("Not ours", Tone.NEUTRAL),
}
_COUNTED: Final = {
    Kind.ADOPTED: "of ours",
    Kind.IMPORTED: "charged elsewhere",
    Kind.REVIEW: "to compare",
    Kind.REFUND: "paid back",
    Kind.DISPUTE: "disputed",
    Kind.CARD: "saved but not on file",
    Kind.FOREIGN: "of nobody here",
}
LINKS: Final = {
    LinkState.PLANNED: Status("Being made", Tone.INFO),
    LinkState.CREATING: Status("Being made", Tone.INFO),
    LinkState.ACTIVE: Status("Can be paid", Tone.OK),
    LinkState.CLOSING: Status("Being closed", Tone.INFO),
    LinkState.PAYING: Status("Bank is deciding", Tone.INFO),
    LinkState.REVIEW: Status("Please compare", Tone.BAD),
}
_DECIDED: Final = "succeeded"


def standing(ground: Ground) -> Status:
    """Return whether cards may be charged now, in a word."""
    if ground.frozen is not None:
        return Status("Charging is frozen", Tone.BAD)
    if not ground.connected:
        return Status("Not connected", Tone.NEUTRAL)
    return Status("Cards may be charged", Tone.OK)


def standing_words(ground: Ground, *, fresh: bool = False) -> str:
    """Return why, and when everything was compared last; ``fresh``: that is on the screen."""
    unconnected = "No Stripe account is connected. Its key is entered in the settings."
    if ground.frozen is not None:
        since = wording.moment(ground.frozen_since) if ground.frozen_since is not None else ""
        thaw = THAW if ground.connected else unconnected
        return f"{freeze_words(ground.frozen)} Frozen since {since}. {thaw}"
    if not ground.connected:
        return unconnected
    said = []
    if ground.unknown.count:
        count = wording.counted(ground.unknown.count, "charge")
        said.append(f"{count} over {format_cents(ground.unknown.cents)} without an answer yet.")
    if fresh:
        said.append("Compared just now.")
    elif ground.compared_at is None:
        said.append("This practice was never compared with Stripe yet.")
    else:
        said.append(f"Last compared as of {wording.moment(ground.compared_at)}.")
    return " ".join(said)


def accepting(finding: Finding, name: str) -> str:
    """Return what accepting the finding would do; ``name`` is its client's, empty for nobody's."""
    cents = format_cents(finding.amount_cents)
    match finding.kind:
        case Kind.ADOPTED if finding.status == _DECIDED:
            return (
                f"The charge of {name} counts as paid: {cents} is posted and settles what it was "
                "asked for. No card is charged."
            )
        case Kind.ADOPTED:
            return f"The charge of {name} goes on from where Stripe says it stands."
        case Kind.IMPORTED | Kind.REVIEW if finding.status != _DECIDED:
            return "Nothing is posted yet: the bank has not decided. It is found again then."
        case Kind.IMPORTED:
            return (
                f"{cents} is posted as a payment of {name}. It settles what they owe, the oldest "
                "first; what is left is kept as credit."
            )
        case Kind.REVIEW:
            return (
                f"{cents} is posted as a payment of {name} for what it seems to be for. Look at "
                "Stripe's page before you accept it."
            )
        case Kind.REFUND:
            return (
                f"{cents} is posted as paid back to {name}. What the payment had settled is owed "
                "again, the newest first."
            )
        case Kind.DISPUTE:
            whose = f"{name}'s cards are" if name else "No card is"
            return f"{whose} held: none is charged until the dispute is decided. No money moves."
        case Kind.CARD:
            return (
                f"The card is put on file for {name} and charged for nothing. Ask them to agree "
                "again: by a page, on paper or by phone. No money moves."
            )
    return "It is noted and not asked about again. Nothing is posted."


def amount(finding: Finding) -> str:
    """Return the money it is about; of a saved card there is none."""
    return format_cents(finding.amount_cents) if finding.amount_cents else wording.NOTHING


def summary(findings: Sequence[Finding]) -> str:
    """Return how many things were found and what they come to."""
    if not findings:
        return "Stripe holds nothing that this practice does not know."
    parts = []
    for kind, words in _COUNTED.items():
        these = [one for one in findings if one.kind is kind]
        if these:
            cents = sum(one.amount_cents for one in these)
            parts.append(f"{len(these):,} {words}" + (f" ({format_cents(cents)})" if cents else ""))
    return f"{wording.counted(len(findings), 'thing')} found: {', '.join(parts)}."
