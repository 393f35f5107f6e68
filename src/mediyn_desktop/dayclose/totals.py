# SPDX-License-Identifier: MIT
"""The evening in figures: sums over the rows of a review."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mediyn_desktop.billing.routing import CLAIM_ROUTES, Route
from mediyn_desktop.cards.installments import Installment
from mediyn_desktop.dayclose.review import CardCharge, Row

_WAITING = frozenset({"planned", "queued", "sending", "processing"})
_UNDECIDED = frozenset({"processing"})
_REFUSED = frozenset({"declined", "needs_client"})
_OPEN_QUESTION = frozenset({"unknown", "review"})


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums in cents and counts of one evening.

    ``cards_undecided_cents`` is the part of ``cards_waiting_cents`` for which the bank was asked
    and has not decided.
    """

    sessions: int
    charged_cents: int
    claims: int
    claims_cents: int
    fees: int
    fees_cents: int
    package_sessions: int
    package_cents: int
    waived_sessions: int
    cards_succeeded: int
    cards_succeeded_cents: int
    cards_declined_cents: int
    cards_waiting_cents: int
    cards_undecided_cents: int
    cards_unknown_cents: int
    superbills: int


def totals(
    rows: Iterable[Row], superbills: int, installments: Iterable[Installment] = ()
) -> Totals:
    """Sum ``rows``, and the cards of ``installments`` with theirs; ``superbills`` were issued."""
    listed = list(rows)
    billed = [row for row in listed if row.billed]
    cards: list[CardCharge | Installment] = [row.card for row in billed if row.card is not None]
    cards += installments
    claims = [row for row in billed if row.route in CLAIM_ROUTES]
    fees = [row for row in billed if row.route == Route.FEE]
    packaged = [row for row in billed if row.route == Route.PACKAGE]
    paid = [card for card in cards if card.state == "succeeded"]

    def card_sum(states: frozenset[str]) -> int:
        return sum(card.amount_cents for card in cards if card.state in states)

    return Totals(
        sessions=len(listed),
        charged_cents=sum(row.fee_cents for row in billed),
        claims=len(claims),
        claims_cents=sum(row.fee_cents for row in claims),
        fees=len(fees),
        fees_cents=sum(row.fee_cents for row in fees),
        package_sessions=len(packaged),
        package_cents=sum(row.fee_cents for row in packaged),
        waived_sessions=sum(row.route == Route.WAIVED for row in billed),
        cards_succeeded=len(paid),
        cards_succeeded_cents=sum(card.amount_cents for card in paid),
        cards_declined_cents=card_sum(_REFUSED),
        cards_waiting_cents=card_sum(_WAITING),
        cards_undecided_cents=card_sum(_UNDECIDED),
        cards_unknown_cents=card_sum(_OPEN_QUESTION),
        superbills=superbills,
    )
