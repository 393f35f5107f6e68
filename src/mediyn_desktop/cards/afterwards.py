# SPDX-License-Identifier: MIT
"""What became of card money after it was paid: what went back, and what a bank disputes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select

from mediyn_desktop.cards.clearing.disputes import LOST, WON
from mediyn_desktop.cards.clearing.tables import CardDispute
from mediyn_desktop.cards.refunds.states import OPEN
from mediyn_desktop.cards.refunds.tables import CardRefund
from mediyn_desktop.ledger.tables import PaymentReturnRow, PaymentRow
from mediyn_desktop.store.uow import Reading

_REFUNDS: Final = ("refund", "refund-returned")


class Disputed(StrEnum):
    """Where the newest dispute of a payment stands."""

    OPEN = "open"
    WON = "won"  # for the practice
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Afterwards:
    """``returned_cents`` went back to the client and stayed there; ``asked_cents`` are asked for.

    What is asked for is not known to have gone back yet.
    """

    returned_cents: int = 0
    asked_cents: int = 0
    disputed: Disputed | None = None


NOTHING: Final = Afterwards()


def afterwards(read: Reading, intents: Collection[str]) -> dict[str, Afterwards]:
    """Return what became of the payments ``intents`` (the processor's ids) that something did."""
    returned: dict[str | None, int] = {}
    for intent, cents in read.session.execute(
        select(PaymentRow.reference, func.sum(PaymentReturnRow.amount_cents))
        .join(PaymentReturnRow, PaymentReturnRow.payment_id == PaymentRow.id)
        .where(PaymentRow.method == "card", PaymentRow.reference.in_(intents))
        .where(PaymentReturnRow.kind.in_(_REFUNDS))
        .group_by(PaymentRow.reference)
    ):
        returned[intent] = cents
    asked: dict[str | None, int] = {}
    for intent, cents in read.session.execute(
        select(CardRefund.intent, func.sum(CardRefund.amount_cents))
        .where(CardRefund.intent.in_(intents), CardRefund.state.in_(OPEN))
        .group_by(CardRefund.intent)
    ):
        asked[intent] = cents
    disputed = {
        intent: _stands(status)
        for intent, status in read.session.execute(
            select(CardDispute.intent, CardDispute.status)
            .where(CardDispute.intent.in_(intents))
            .order_by(CardDispute.id)
        )
    }
    return {
        intent: Afterwards(returned.get(intent, 0), asked.get(intent, 0), disputed.get(intent))
        for intent in intents
        if intent in returned or intent in asked or intent in disputed
    }


def _stands(status: str) -> Disputed:
    if status in LOST:
        return Disputed.LOST
    return Disputed.WON if status in WON else Disputed.OPEN
