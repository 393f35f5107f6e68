# SPDX-License-Identifier: MIT
"""Which of a client's cards a charge takes. Nothing else in the program decides it.

A card on file, with consent to all the charge is for. Of several: for a missed-session fee the one
kept for fees; for anything else not that one, unless it is the default or the only one; then the
default; then the newest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from mediyn_desktop.practice.tables import Card

COPAYS, FEES, SESSIONS, PLAN = "copays", "fees", "sessions", "plan"
PURPOSES = (COPAYS, FEES, SESSIONS)
"""What a session may owe by card; an installment is asked for under ``PLAN``."""
BALANCE = "balance"
"""What is owed for a session after a card or an insurer has paid its part: the client's share as
the insurer decided it, or what became due again. Never asked for by itself, only by a person."""


def permitted(cards: Iterable[Card], scopes: Collection[str]) -> list[Card]:
    """Return the cards whose consent covers all of ``scopes``, the one to charge first."""
    found = [card for card in cards if all(map(card.permits, scopes))]
    return sorted(found, key=lambda card: _rank(card, FEES in scopes), reverse=True)


def is_expired(card: Card, today: date) -> bool:
    """Whether the month printed on ``card`` is over; an unknown one is not."""
    if card.exp_year is None or card.exp_month is None:
        return False
    return (card.exp_year, card.exp_month) < (today.year, today.month)


def _rank(card: Card, fee: bool) -> tuple[bool, bool, int]:
    fits = card.for_fees if fee else card.is_default or not card.for_fees
    return fits, card.is_default, card.id
