# SPDX-License-Identifier: MIT
"""A session of the day in words: what each cell says, and the shape beside it."""

from __future__ import annotations

from datetime import date

from mediyn_desktop.billing.routing import CLAIM_ROUTES
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.dayclose.outlook import Outlook, approved, choosable
from mediyn_desktop.dayclose.review import ChargedLine, Row
from mediyn_desktop.dayclose.wording import CODES
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.theme.tokens import Tone

# Short, because a road stands in a narrow column; the long words are in ``dayclose.wording``.
_ROADS = {
    "card": "Card",
    "superbill": "Superbill",
    "claim": "Claim",
    "claim_and_copay": "Claim + copay",
    "package": "Package",
    "fee": "Missed fee",
    "waived": "Waived",
}
_CARD = {
    "planned": Status("Planned", Tone.NEUTRAL),
    "queued": Status("Waiting", Tone.INFO),
    "sending": Status("Sending", Tone.INFO),
    "unknown": Status("Checking", Tone.WARN),
    "processing": Status("Bank decides", Tone.INFO),
    "succeeded": Status("Paid", Tone.OK),
    "declined": Status("Declined", Tone.BAD),
    "needs_client": Status("Ask client", Tone.BAD),
    "review": Status("Compare", Tone.BAD),
}
_NO_CARD = {
    "no-card": Status("No card", Tone.WARN),
    "card-expired": Status("Expired", Tone.WARN),
    "card-refused": Status("Refused for good", Tone.WARN),
    "no-consent": Status("No consent", Tone.WARN),
    "autopay-off": Status("Autopay off", Tone.NEUTRAL),
    "card-never": Status("Never", Tone.NEUTRAL),
    "card-held": Status("Held", Tone.WARN),
    "over-cap": Status("Over limit", Tone.WARN),
    "charged-before": Status("Charge by hand", Tone.WARN),
}
_CLAIM = {
    **wording.CLAIM_STATES,
    # Shorter here, beside so much else.
    "blocked": Status("Held", Tone.WARN),
    "ready": Status("Ready", Tone.NEUTRAL),
    "queued": Status("Queued", Tone.INFO),
    "rejected": Status("Refused", Tone.BAD),
    "partly_paid": Status("Part paid", Tone.WARN),
}
_REFUSED_CLAIM = frozenset({"rejected", "denied"})
_UNDER_WAY = frozenset({"queued", "sending", "processing", "planned"})


def long_day(day: date) -> str:
    """Return ``Monday, November 23, 2026``."""
    return f"{day:%A, %B} {day.day}, {day.year}"


def code(row: Row) -> str:
    """Return ``90834-95``, and `` +90840`` with an add-on."""
    return " +".join(_line(line) for line in row.lines)


def _line(line: ChargedLine) -> str:
    name = CODES.get(line.cpt, line.cpt)
    units = f"×{line.units}" if line.units > 1 else ""
    return "-".join((name, *line.modifiers)) + units


def fee(row: Row) -> str:
    """Return the sum of the lines, nothing where no code was found."""
    return format_cents(row.fee_cents) if row.lines else ""


def road(row: Row) -> str:
    """Return the road in a word or two."""
    return _ROADS.get(row.route or "", "")


def tonight(row: Row) -> str:
    """Return what a card is or was asked for, nothing where none is."""
    if choosable(row):
        return format_cents(row.due_cents)
    asked = row.card is not None and row.card.state in _CARD  # not one that was called off
    return format_cents(row.card.amount_cents) if row.card is not None and asked else ""


def card(row: Row, *, ticked: bool) -> Status | None:
    """Return the card's last four digits and how it stands with it."""
    if row.card is not None and row.card.state in _CARD and not choosable(row):
        found = _CARD[row.card.state]
        return Status(f"{row.card.last4} · {found.word}", found.tone)
    if choosable(row):
        return Status(f"{row.card_last4} · {'Due' if ticked else 'Left out'}", Tone.NEUTRAL)
    return next((_NO_CARD[one.code] for one in row.exceptions if one.code in _NO_CARD), None)


def claim(row: Row) -> Status | None:
    """Return where the claim stands; None on roads without one."""
    if row.claim is not None:
        return _CLAIM.get(row.claim.state, Status(row.claim.state.capitalize(), Tone.NEUTRAL))
    return Status("To queue", Tone.NEUTRAL) if row.billed and row.route in CLAIM_ROUTES else None


def claim_refused(row: Row) -> bool:
    """Whether the claim came back refused: that is dealt with on the screen of claims."""
    return row.claim is not None and row.claim.state in _REFUSED_CLAIM


def status(row: Row) -> Status:
    """Return the row in one word: what it needs, or that it is done."""
    if not row.signed:
        return Status("Not signed", Tone.WARN)
    if not row.billed:
        return Status("Not billed", Tone.BAD)
    if row.exceptions:
        return Status("Needs you", Tone.WARN)
    if claim_refused(row):
        return Status("See claim", Tone.WARN)
    if choosable(row) or approved(row) or (row.card is not None and row.card.state in _UNDER_WAY):
        return Status("Ready", Tone.NEUTRAL)
    if row.route in CLAIM_ROUTES and (row.claim is None or row.claim.state == "ready"):
        return Status("Ready", Tone.NEUTRAL)
    return Status("Done", Tone.OK)


def spoken(row: Row, *, ticked: bool) -> str:
    """Return the whole row as a screen reader says it."""
    found_card, found_claim = card(row, ticked=ticked), claim(row)
    return ", ".join(
        part
        for part in (
            row.client_name,
            wording.clock(row.starts_at),
            f"{row.minutes} minutes",
            code(row),
            fee(row),
            road(row),
            f"charge {tonight(row)} tonight" if choosable(row) and ticked else "",
            f"card {found_card.word}" if found_card else "",
            f"claim {found_claim.word}" if found_claim else "",
            status(row).word,
        )
        if part
    )


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Return ``1 claim`` or ``4 claims``."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"


def summary(ahead: Outlook) -> str:
    """Return the line under the title: what the day holds and what closing it would do."""
    parts = [
        counted(ahead.sessions, "session"),
        f"{format_cents(ahead.cards_cents)} to charge" if ahead.cards else "nothing to charge",
    ]
    if ahead.claims:
        parts.append(f"{counted(ahead.claims, 'claim')} to queue")
    if ahead.superbills:
        parts.append(f"{counted(ahead.superbills, 'superbill')} to print")
    if ahead.needing_you:
        parts.append(f"{ahead.needing_you} {'needs' if ahead.needing_you == 1 else 'need'} you")
    return " · ".join(parts)
