# SPDX-License-Identifier: MIT
"""What insurers' answers are called on screen: standings, groups, and what to think of them."""

from __future__ import annotations

from mediyn_desktop.codes.adjustments import MayBill
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.theme.tokens import Tone

GROUPS = {
    "unsent": "Not sent yet",
    "with_insurer": "With the insurer",
    "refused": "Refused or denied",
    "paid": "Paid",
    "ended": "Done",
}
_STANDINGS = {
    "blocked": "Held back: something is missing, so it cannot go out.",
    "ready": "Complete, and not queued yet.",
    "queued": "Waiting to go out with the next file.",
    "sent": "Sent. Nobody has said yet that it arrived.",
    "received": "The file arrived. Nobody has looked at the claim yet.",
    "accepted": "The insurer is working on it.",
    "rejected": "Refused at the door: it was never filed, and its deadline keeps running.",
    "paid": "Decided and paid.",
    "partly_paid": "Paid in part. The rest waits for you.",
    "denied": "Decided, and not paid.",
    "appealed": "You appealed. The insurer has to answer.",
    "crossed_over": "The insurer passed it on to the next one itself.",
    "corrected": "Another claim took its place.",
    "voided": "The insurer was asked to forget it.",
    "billed_elsewhere": "Billed on another way. Nothing is sent from here.",
    "never_bill": "You decided that no insurer is asked for it.",
    "withdrawn": "Taken back before it was in any file.",
    "closed": "Nothing more is expected of it.",
}
_MAY_BILL = {
    MayBill.YES: "The client may be billed.",
    MayBill.NO: "The client must not be billed.",
    MayBill.IF_CLIENT_GROUP: "The client may be billed only if the insurer says so.",
    MayBill.AFTER_STEP: "The client may be billed only after the step below.",
    MayBill.UNKNOWN: "Whether the client may be billed stands in the insurer's explanation.",
}
WAITS = {
    "denied": Status("Denied", Tone.BAD),
    "part": Status("Paid in part", Tone.WARN),
    "rejected": Status("Refused", Tone.BAD),
    "held": Status("Answer held", Tone.WARN),
    "payment_held": Status("Payment held", Tone.WARN),
    "taken_back": Status("Taken back", Tone.WARN),
    "adjustment": Status("Insurer's money", Tone.INFO),
    "coverage": Status("Another insurer", Tone.WARN),
    "silent": Status("No answer", Tone.INFO),
}
PAYMENTS = {
    "posted": Status("Posted", Tone.OK),
    "partly_posted": Status("Answers wait", Tone.WARN),
    "held": Status("Held", Tone.WARN),
    "undone": Status("Taken back", Tone.NEUTRAL),
}
RESULTS = {
    "paid": Status("Paid", Tone.OK),
    "partly_paid": Status("Paid in part", Tone.WARN),
    "without_payment": Status("Client's share", Tone.OK),
    "denied": Status("Denied", Tone.BAD),
    "reversed": Status("Reversed", Tone.INFO),
    "forwarded": Status("Passed on", Tone.INFO),
    "predetermined": Status("Only foreseen", Tone.NEUTRAL),
    "held": Status("Held for you", Tone.WARN),
    "received": Status("Received", Tone.OK),
    "accepted": Status("Accepted", Tone.OK),
    "rejected": Status("Refused", Tone.BAD),
}


def standing(state: str) -> str:
    """Return where a claim stands, in a sentence."""
    return _STANDINGS.get(state) or f"{wording.state(wording.CLAIM_STATES, state).word}."


def may_bill(answer: MayBill | None) -> str:
    """Return whether the client may be billed, in a sentence; nothing where nobody is refused."""
    return _MAY_BILL[answer] if answer is not None else ""


def days(left: int) -> str:
    """Return ``12 days left``, ``the last day is today``, or ``3 days late``."""
    if left == 0:
        return "the last day is today"
    return f"{wording.counted(abs(left), 'day')} {'left' if left > 0 else 'late'}"


def short_days(left: int | None) -> str:
    """Return the days for a narrow column."""
    return wording.NOTHING if left is None else f"{-left} late" if left < 0 else f"{left}"
