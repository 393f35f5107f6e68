# SPDX-License-Identifier: MIT
"""Disputes, payouts and the year's tie-out in plain words. Pure."""

from __future__ import annotations

from typing import Final

from mediyn_desktop.cards.clearing.dispute_story import DisputeStory
from mediyn_desktop.cards.clearing.disputes import CLOSED, WON
from mediyn_desktop.cards.clearing.payout_story import PayoutStory
from mediyn_desktop.cards.clearing.payouts import ON_THE_WAY, RETURNED
from mediyn_desktop.cards.clearing.tie_out import TieOut
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.theme.tokens import Tone

DISPUTES: Final = {
    "warning_needs_response": Status("Bank asks", Tone.WARN),
    "warning_under_review": Status("Bank is looking", Tone.INFO),
    "warning_closed": Status("Closed, kept", Tone.OK),
    "needs_response": Status("Answer needed", Tone.BAD),
    "under_review": Status("Bank is deciding", Tone.INFO),
    "won": Status("Won", Tone.OK),
    "lost": Status("Lost", Tone.BAD),
    "prevented": Status("Prevented", Tone.OK),
}
_REASONS: Final = {
    "duplicate": "The client's bank says the same was charged twice.",
    "fraudulent": "The card's holder says they did not make this payment.",
    "unrecognized": "The card's holder does not recognize this payment.",
    "product_not_received": "The card's holder says they did not get what was paid for.",
    "product_unacceptable": "The card's holder says it was not what was agreed.",
    "subscription_canceled": "The card's holder says they had ended the arrangement.",
    "credit_not_processed": "The card's holder says money should have gone back.",
    "insufficient_funds": "The bank took the money back: there was not enough on the account.",
    "bank_cannot_process": "The bank could not process the payment.",
    "debit_not_authorized": "The card's holder says they did not allow this payment.",
}
PAYOUTS: Final = {
    "pending": Status("On its way", Tone.INFO),
    "in_transit": Status("On its way", Tone.INFO),
    "paid": Status("In the bank", Tone.OK),
    "failed": Status("Came back", Tone.BAD),
    "canceled": Status("Canceled", Tone.NEUTRAL),
}
_EVIDENCE: Final = (
    "Dates of sessions, the agreement about fees and the consent to card charges are enough: send "
    "the bank no notes and no diagnosis."
)


def dispute_reason(reason: str) -> str:
    """Return why the bank disputes; a reason nobody foresaw is said as it is, readably."""
    return _REASONS.get(reason) or f"The bank's reason: {reason.replace('_', ' ')}."


def dispute_next(story: DisputeStory) -> str:
    """Return what has to be done by when, or what the bank decided."""
    view = story.view
    amount = format_cents(view.amount_cents)
    if view.status in WON:
        return f"It is decided for you. {amount} stays yours."
    if view.status in CLOSED:
        return (
            f"It is decided for the client. {amount} is gone and owed again; talk about it, or "
            "give it up on the client's account."
        )
    if view.days_left is None:
        return "The bank is deciding. That may take two or three months; nothing is to be done."
    if view.days_left < 0:
        return f"The day to answer, {wording.day(view.due_on)}, is over. The bank is deciding."
    left = "today" if view.days_left == 0 else f"in {wording.counted(view.days_left, 'day')}"
    return (
        f"Answer on Stripe's page by {wording.day(view.due_on)}, {left}, or accept it there. "
        f"{_EVIDENCE}"
    )


def days_left(story: DisputeStory) -> str:
    """Return the days left to answer, for a column."""
    left = story.view.days_left
    return wording.NOTHING if left is None else f"{left:,}"


def hold_words(story: DisputeStory) -> str:
    """Return whether the client's cards are held, and how that ends."""
    hold = story.hold
    if hold is None:
        return "This payment is not in these books, so no card is held. Compare with Stripe."
    if hold.lifted_at is not None:
        why = f": {hold.lifted_reason}" if hold.lifted_reason else ""
        return (
            f"The client's cards may be charged again since {wording.moment(hold.lifted_at)}{why}."
        )
    since = f"No card of the client is charged since {wording.moment(hold.since)}."
    if story.may_lift:
        return f"{since} It is decided: lift the hold once you have talked about it."
    return f"{since} The hold can be lifted once the bank has decided."


def payout_standing(status: str, *, taken_apart: bool, posted: bool) -> Status:
    """Return where a payout stands, for a list."""
    if status == "paid" and posted and not taken_apart:
        return Status("In the bank, not tied", Tone.WARN)
    return wording.state(PAYOUTS, status)


def payout_words(story: PayoutStory) -> list[str]:
    """Return whether the payout is tied to the bank, and what explains a difference."""
    row, amount = story.row, format_cents(story.row.amount_cents)
    day = wording.day(row.arrives_on)
    if row.status in RETURNED:
        why = f" ({story.view.failure.replace('_', ' ')})" if story.view.failure else ""
        said = [f"The bank did not take {amount}{why}. The money is at Stripe again."]
    elif row.status in ON_THE_WAY:
        said = [f"{amount} left Stripe and is expected on {day}. It is in neither account yet."]
    elif row.posted:
        said = [f"Posted to the bank account as entry {story.entry:,}; it arrived by {day}."]
    else:
        said = ["It does not stand in the bank account of these books yet."]
    if not story.automatic:
        said.append(
            "It was paid out by hand on Stripe's page, so it is not made up of certain payments."
        )
    elif not row.taken_apart:
        said.append(
            f"What is known of it adds up to {format_cents(story.sums.net_cents)}; "
            f"{format_cents(abs(story.difference_cents))} is not explained yet. Stripe is asked "
            "again by itself which payments are in it."
        )
    else:
        said.append("Payments, refunds and fees in it add up to it to the cent.")
    strange = sum(1 for line in story.view.lines if line.kind == "charge" and not line.payment)
    if strange:
        count = wording.counted(strange, "payment")
        said.append(f"{count} in it is not in these books. Compare with Stripe.")
    return said


def payout_sums(story: PayoutStory) -> list[tuple[str, int]]:
    """Return what the payout is made of, by kind, and what it comes to (cents)."""
    sums = story.sums
    parts = [
        (wording.counted(sums.payments, "payment"), sums.gross_cents),
        ("Refunds", sums.refunds_cents),
        ("Stripe's fees", sums.fees_cents),
        ("Disputes", sums.disputes_cents + sums.dispute_fees_cents),
        ("Other", sums.other_cents),
    ]
    return [(words, cents) for words, cents in parts if cents]


def tie_out_words(found: TieOut) -> list[str]:
    """Return what the year's form counts, and whether books and processor agree today."""
    said = [
        f"Form 1099-K for {found.year} counts {format_cents(found.total.gross_cents)}: all "
        "payments before refunds and fees, by the day the money became available."
    ]
    if not found.complete:
        said.append("Not everything was read of Stripe yet, so this is not the last word.")
    if found.difference_cents:
        said.append(
            f"The books hold {format_cents(abs(found.difference_cents))} "
            f"{'more' if found.difference_cents > 0 else 'less'} than Stripe does today."
        )
    elif found.complete:
        said.append("The books and Stripe agree today, to the cent.")
    if found.on_the_way_cents:
        said.append(f"{format_cents(found.on_the_way_cents)} is on its way to the bank.")
    if found.payouts_not_taken_apart:
        count = wording.counted(found.payouts_not_taken_apart, "payout")
        said.append(f"{count} not tied to payments yet.")
    said += [one.message for one in found.strangers]
    return said
