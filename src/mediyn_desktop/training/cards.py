# SPDX-License-Identifier: MIT
"""Every test card in plain words: what it is, and what a learner will see when it is charged."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mediyn_desktop.sandbox.processor.behaviours import REFUSED_ON_ATTACH, Behaviour
from mediyn_desktop.sandbox.processor.cards import CARDS


class Outcome(StrEnum):
    """How a charge on a card ends when the day is closed; named as the books name it."""

    PAID = "succeeded"
    DECLINED = "declined"
    ASKS_CLIENT = "needs_client"
    UNDECIDED = "processing"


@dataclass(frozen=True, slots=True)
class TrainingCard:
    """One test card. ``label`` says what it is, ``promise`` what happens when it is charged.

    ``refused_on_page`` says that a client who types it on the page for saving cards is told no.
    """

    number: str
    label: str
    brand: str
    outcome: Outcome
    promise: str
    refused_on_page: bool

    @property
    def tried_again(self) -> bool:
        """Whether the program itself asks this card once more another day."""
        return self.promise.startswith(_TRY_AGAIN)

    @property
    def spaced(self) -> str:
        """The number as it is printed on a card."""
        groups = (4, 6, 5) if len(self.number) == 15 else (4, 4, 4, 4)
        parts, begin = [], 0
        for size in groups:
            parts.append(self.number[begin : begin + size])
            begin += size
        return " ".join(parts)


_TRY_AGAIN = "It is declined; the amount stays due, and the card is tried again the next day"
_NO_MORE = "It is declined; the amount stays due, and this card is not tried again by itself"
_PROMISES: dict[Behaviour, tuple[Outcome, str]] = {
    Behaviour.GOOD: (Outcome.PAID, "It is paid at once."),
    Behaviour.DECLINED: (Outcome.DECLINED, f"{_TRY_AGAIN}. The bank gives no reason."),
    Behaviour.INSUFFICIENT_FUNDS: (
        Outcome.DECLINED, f"{_TRY_AGAIN}. The bank says there is not enough money.",
    ),
    Behaviour.LOST: (Outcome.DECLINED, f"{_NO_MORE}. It was reported lost."),
    Behaviour.STOLEN: (Outcome.DECLINED, f"{_NO_MORE}. It was reported stolen."),
    Behaviour.FRAUDULENT: (Outcome.DECLINED, f"{_NO_MORE}. The bank takes it for fraud."),
    Behaviour.VELOCITY: (Outcome.DECLINED, f"{_TRY_AGAIN}. It was used too often lately."),
    Behaviour.EXPIRED: (Outcome.DECLINED, f"{_NO_MORE}. The client needs a new card."),
    Behaviour.INCORRECT_CVC: (
        Outcome.DECLINED, f"{_NO_MORE}. The client has to enter it once more.",
    ),
    Behaviour.PROCESSING_ERROR: (Outcome.DECLINED, f"{_TRY_AGAIN}. The bank had a fault."),
    Behaviour.FAILS_AFTER_ATTACH: (
        Outcome.DECLINED, f"{_TRY_AGAIN}, in vain. The client could save it all the same.",
    ),
    Behaviour.AUTHENTICATION_REQUIRED: (
        Outcome.ASKS_CLIENT,
        "The bank wants the client in person, every time. Nothing is paid; send a payment link.",
    ),
    Behaviour.AUTHENTICATE_ONCE: (
        Outcome.PAID, "The bank asked the client when the card was saved; now it is paid at once.",
    ),
    Behaviour.DISPUTED: (
        Outcome.PAID, "It is paid; then the client's bank takes the money back: a dispute.",
    ),
    Behaviour.REFUND_PENDING: (
        Outcome.PAID, "It is paid. A refund takes a minute before it arrives.",
    ),
    Behaviour.REFUND_FAILS: (
        Outcome.PAID, "It is paid. A refund looks done and comes back a minute later.",
    ),
    Behaviour.BYPASS_PENDING: (
        Outcome.PAID, "It is paid, and a payout can take the money along at once.",
    ),
    Behaviour.PROCESSING_SUCCEEDS: (
        Outcome.UNDECIDED, "The bank does not know yet. A minute later it is paid.",
    ),
    Behaviour.PROCESSING_FAILS: (
        Outcome.UNDECIDED, "The bank does not know yet. A minute later it is declined.",
    ),
    Behaviour.PROCESSING: (
        Outcome.UNDECIDED, "The bank does not know until you decide, with the buttons here.",
    ),
    Behaviour.SHORT_TODAY: (
        Outcome.DECLINED, f"{_TRY_AGAIN}. Let a day pass, and it is paid.",
    ),
    Behaviour.SHORT_AFTER_SAVING: (
        Outcome.DECLINED, f"{_TRY_AGAIN}, in vain: there is never enough money.",
    ),
    Behaviour.EXPIRES_AFTER_SAVING: (
        Outcome.DECLINED, f"{_NO_MORE}. It has expired since the client saved it.",
    ),
    Behaviour.LOST_AFTER_SAVING: (
        Outcome.DECLINED, f"{_NO_MORE}. It was lost since the client saved it.",
    ),
    Behaviour.HSA_REFUSED: (
        Outcome.DECLINED, f"{_NO_MORE}. A health savings card does not pay for everything.",
    ),
}  # fmt: skip

TEST_CARDS: tuple[TrainingCard, ...] = tuple(
    TrainingCard(
        card.number,
        card.label,
        card.brand,
        *_PROMISES[card.behaviour],
        refused_on_page=card.behaviour in REFUSED_ON_ATTACH,
    )
    for card in CARDS
)
