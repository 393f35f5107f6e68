# SPDX-License-Identifier: MIT
"""What the forms that correct an account share: what is chosen from, and what it is called."""

from __future__ import annotations

from collections.abc import Iterable

from mediyn_desktop.codes import cpt
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.delivery.money import Owed, Paid
from mediyn_desktop.delivery.queries import SessionLine
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.correcting import choice
from mediyn_desktop.ui.widgets.combo_box import ComboBox

USUAL_CODE = "90837"  # what most packages and estimates are of
PAID_BY = (
    ("Cash", "cash"),
    ("Check", "check"),
    ("Card, outside this program", "external_card"),
    ("Another way", "other"),
)
_PAID_AS = {
    "card": "card",
    "external_card": "card elsewhere",
    "cash": "cash",
    "check": "check",
    "opening": "brought forward",
}
Current = int | str | None
"""What a form begins with: an entry of the account, or the ref of a payment or session."""


def code_choice(codes: Iterable[str], chosen: str = USUAL_CODE) -> ComboBox:
    """Return a choice of session codes, each with what it is."""
    return choice([(f"{cpt.label(code)} · {code}", code) for code in codes], chosen)


def charge_words(owed: Owed) -> str:
    """Return what a charge is called in a choice."""
    whose = ", insurer" if owed.debtor is not None else ""
    day = wording.day(owed.date_of_service)
    return f"Session of {day}{whose}: {format_cents(owed.open_cents)} open"


def session_name(line: SessionLine) -> str:
    """Return what a session is called under a heading."""
    kind = wording.named(wording.SESSION_KINDS, line.kind)
    return f"{kind}, {wording.counted(line.minutes, 'minute')}, {wording.day(line.date)}"


def payment_label(paid: Paid) -> str:
    """Return what a payment is called in a choice: its day first, then how it was paid."""
    reference = f" {paid.reference}" if paid.reference and paid.method != "card" else ""
    return f"{wording.day(paid.received_on)}, {_PAID_AS.get(paid.method, 'payment')}{reference}"
