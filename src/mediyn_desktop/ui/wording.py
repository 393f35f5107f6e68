# SPDX-License-Identifier: MIT
"""What the program's own words are called on screen: dates, ways of paying, states."""

from __future__ import annotations

import re
from datetime import date, datetime

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.theme.tokens import Tone

NOTHING = "–"
_ISO_DAY = re.compile(r"(?<![\w-])\d{4}-(?:0\d|1[0-2])-(?:[0-2]\d|3[01])(?![\w-])")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip

PAYMENT_TYPES = {
    "self_pay": "Self-pay",
    "out_of_network": "Out of network",
    "in_network": "In network",
    "pro_bono": "Pro bono",
}
SESSION_KINDS = {
    "individual": "Individual therapy",
    "intake": "Intake",
    "family_with_client": "Family therapy, with the client",
    "family_without_client": "Family therapy, without the client",
    "group": "Group therapy",
    "crisis": "Crisis",
}
SESSION_STATES = {
    "attended": Status("Attended", Tone.OK),
    "late_cancel": Status("Late cancellation", Tone.WARN),
    "no_show": Status("Missed", Tone.WARN),
    "cancelled": Status("Canceled", Tone.NEUTRAL),
}
CARD_STATES = {
    "planned": Status("Planned", Tone.NEUTRAL),
    "queued": Status("Waiting", Tone.INFO),
    "sending": Status("Being sent", Tone.INFO),
    "unknown": Status("No answer yet, checking", Tone.WARN),
    "processing": Status("Bank is deciding", Tone.INFO),
    "succeeded": Status("Paid", Tone.OK),
    "declined": Status("Declined", Tone.BAD),
    "needs_client": Status("Client must confirm", Tone.WARN),
    "canceled": Status("Not charged", Tone.NEUTRAL),
    "review": Status("Please compare", Tone.BAD),
}
CLAIM_STATES = {
    "blocked": Status("Held back", Tone.WARN),
    "withdrawn": Status("Withdrawn", Tone.NEUTRAL),
    "ready": Status("Ready", Tone.INFO),
    "queued": Status("Waiting to go out", Tone.INFO),
    "sent": Status("Sent", Tone.OK),
    "billed_elsewhere": Status("Billed elsewhere", Tone.NEUTRAL),
    "never_bill": Status("Never billed", Tone.NEUTRAL),
    "rejected": Status("Refused", Tone.BAD),
    "received": Status("Received", Tone.OK),
    "accepted": Status("Accepted", Tone.OK),
    "paid": Status("Paid", Tone.OK),
    "partly_paid": Status("Paid in part", Tone.WARN),
    "denied": Status("Denied", Tone.BAD),
    "appealed": Status("Appealed", Tone.INFO),
    "crossed_over": Status("Passed on", Tone.INFO),
    "corrected": Status("Replaced", Tone.NEUTRAL),
    "voided": Status("Voided", Tone.NEUTRAL),
    "closed": Status("Closed", Tone.NEUTRAL),
}
CONSENTS = {"sessions": "sessions", "copays": "copays", "fees": "missed-session fees"}
ASKED_FOR = {**CONSENTS, "balance": "balance", "plan": "payment plan"}
BRANDS = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "amex": "American Express",
    "discover": "Discover",
    "diners": "Diners Club",
    "jcb": "JCB",
    "unionpay": "UnionPay",
}


def day(value: date | None) -> str:
    """Return ``Nov 3, 2026``; a dash for an unknown date."""
    return f"{_MONTHS[value.month - 1][:3]} {value.day}, {value.year}" if value else NOTHING


def long_date(value: date) -> str:
    """Return ``November 3, 2026``."""
    return f"{_MONTHS[value.month - 1]} {value.day}, {value.year}"


def readable(sentence: str) -> str:
    """Return a sentence of the rooms below with its days as people write them: ``Nov 3, 2026``.

    They write ``2026-11-03``, as the command line and the files do. What is part of a longer word,
    a file's name for instance, stays as it is.
    """
    return _ISO_DAY.sub(_as_written, sentence)


def _as_written(found: re.Match[str]) -> str:
    try:
        return day(date.fromisoformat(found[0]))
    except ValueError:
        return found[0]  # no such day, so it is something else


def period(since: date, until: date) -> str:
    """Return ``Nov 1 – 30, 2026``, with no more months and years than needed."""
    if since == until:
        return day(since)
    if since.year != until.year:
        return f"{day(since)} – {day(until)}"
    first = f"{_MONTHS[since.month - 1][:3]} {since.day}"
    if since.month != until.month:
        return f"{first} – {day(until)}"
    return f"{first} – {until.day}, {until.year}"


def month(value: date) -> str:
    """Return ``November 2026``."""
    return f"{_MONTHS[value.month - 1]} {value.year}"


def clock(value: datetime) -> str:
    """Return ``4:05 PM``; the hour without a leading zero on every platform."""
    return f"{value.hour % 12 or 12}:{value.minute:02} {'AM' if value.hour < 12 else 'PM'}"


def moment(value: datetime) -> str:
    """Return ``Nov 3, 2026, 4:05 PM`` in the zone ``value`` is in."""
    return f"{day(value)}, {clock(value)}"


def card(brand: str, last4: str) -> str:
    """Return ``Visa •4242``."""
    return f"{named(BRANDS, brand or 'card')} •{last4}"


def expiry(month: int | None, year: int | None) -> str:
    """Return ``04/2031``; a dash for an unknown one."""
    return f"{month:02}/{year}" if month is not None and year is not None else NOTHING


def amount(cents: int) -> str:
    """Return ``$12.50``; a dash for nothing, so that a column of zeros stays quiet."""
    return format_cents(cents) if cents else NOTHING


def signed(cents: int) -> str:
    """Return ``+$12.50`` or ``−$12.50``."""
    return f"{'+' if cents > 0 else '−'}{format_cents(abs(cents))}"


def counted(count: int, one: str, many: str = "") -> str:
    """Return ``1 client`` or ``1,234 clients``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def named(words: dict[str, str], word: str) -> str:
    """Return what ``word`` is called; a word nobody foresaw is shown as it is, readably."""
    return words.get(word) or word.replace("_", " ").replace("-", " ").capitalize()


def state(words: dict[str, Status], word: str) -> Status:
    """Return the status ``word`` is shown as; a word nobody foresaw is shown as it is."""
    return words.get(word) or Status(word.replace("_", " ").replace("-", " ").capitalize())
