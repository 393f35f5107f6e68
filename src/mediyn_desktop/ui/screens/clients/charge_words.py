# SPDX-License-Identifier: MIT
"""Charging a client's card now, in words: what would be charged, why not, what came of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mediyn_desktop.cards.charging_now import ChargeTalk, Offer
from mediyn_desktop.cards.states import REFUSED, State
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.charging_words import stopped


@dataclass(frozen=True, slots=True)
class Came:
    """What charging came to: a heading, and a sentence for each charge."""

    heading: str
    lines: tuple[str, ...]


def why_not(talk: ChargeTalk, chosen: Sequence[Offer], *, offline: bool) -> str:
    """Return why nothing can be charged as it is chosen, or nothing."""
    if talk.frozen is not None:
        return (
            "Charging is frozen: this practice may not be the newest copy of itself. Compare with "
            "Stripe first, on the screen of cards. Nothing is charged."
        )
    if offline:
        return "You asked to use no network, so no card can be charged now."
    if not any(not one.under_way and not one.refused for one in talk.offers):
        return "No card can be charged for this now; the reason stands beside each line."
    if not chosen:
        return "Tick what is to be charged."
    cents = sum(one.cents for one in chosen)
    if cents > talk.left_today_cents:
        return (
            f"{format_cents(cents)} is more than your limit for one day still allows: "
            f"{format_cents(talk.left_today_cents)}. Tick less, or raise the limit in the settings."
        )
    return ""


def facts(talk: ChargeTalk, chosen: Sequence[Offer]) -> list[str]:
    """Return what would be charged, on which card, what is owed afterwards, and the limits."""
    said = []
    for card in dict.fromkeys((one.brand, one.last4, one.expires) for one in chosen):
        these = [one for one in chosen if (one.brand, one.last4, one.expires) == card]
        brand, last4, expires = card
        named = f"{wording.named(wording.BRANDS, brand) if brand else 'The card'} ending {last4}"
        until = f", valid until {expires}," if expires else ""
        cents = format_cents(sum(one.cents for one in these))
        parts = "" if len(these) == 1 else f", in {len(these)} charges, one for each line"
        said.append(f"{named}{until} is charged {cents}{parts}.")
    settled = sum(one.cents for one in chosen if one.settles)
    left = max(talk.owes_cents - settled, 0)
    said.append(
        f"{talk.full_name} owes {format_cents(talk.owes_cents)} now and {format_cents(left)} then."
    )
    if any(not one.settles for one in chosen):
        said.append("A copay is kept as credit until the insurer has answered.")
    said.append(
        f"Your limits: {format_cents(talk.cap_cents)} for one charge, and "
        f"{format_cents(talk.left_today_cents)} more today."
    )
    return said


def what_came(
    told: Sequence[tuple[State, int, str]], message: str | None, *, was_stopped: bool
) -> Came:
    """Return what charging came to, from the state, the cents and the bank's words of each."""
    paid = [cents for state, cents, _ in told if state is State.SUCCEEDED]
    refused = [(cents, why) for state, cents, why in told if state in REFUSED]
    unsent = [cents for state, cents, _ in told if state in (State.QUEUED, State.CANCELED)]
    unknown = [
        cents
        for state, cents, _ in told
        if state not in (State.SUCCEEDED, State.QUEUED, State.CANCELED) and state not in REFUSED
    ]
    lines = [f"{format_cents(sum(paid))} was charged."] if paid else []
    lines += [f"{format_cents(cents)} was not charged. {why}" for cents, why in refused]
    lines += [
        f"{format_cents(cents)}: no certain answer yet. It is asked for before anything else; "
        "nobody is charged twice."
        for cents in unknown
    ]
    if was_stopped:
        lines = [stopped(len(paid), sum(paid), len(unsent), sum(unsent)), *lines[bool(paid) :]]
        return Came("Stopped", tuple(lines))
    if message:
        lines.append(message)
    elif unsent:
        lines.append(f"{format_cents(sum(unsent))} was not sent yet; the screen of cards says why.")
    if len(paid) == len(told):
        return Came(f"{format_cents(sum(paid))} charged", ())
    return Came("Not everything was charged" if paid else "Not charged", tuple(lines))
