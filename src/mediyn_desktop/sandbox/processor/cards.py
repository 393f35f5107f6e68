# SPDX-License-Identifier: MIT
"""Test cards: which number or stock name behaves how.

Source of numbers, names and outcomes: docs.stripe.com/testing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Behaviour(StrEnum):
    """What a charge on a card does."""

    GOOD = "good"
    DECLINED = "generic_decline"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    LOST = "lost_card"
    STOLEN = "stolen_card"
    FRAUDULENT = "fraudulent"
    VELOCITY = "card_velocity_exceeded"
    EXPIRED = "expired_card"
    INCORRECT_CVC = "incorrect_cvc"
    PROCESSING_ERROR = "processing_error"
    FAILS_AFTER_ATTACH = "charge_customer_fail"  # attaches like a good card, then declines
    AUTHENTICATION_REQUIRED = "authentication_required"
    PROCESSING = "processing"  # sandbox only: stays undecided until told, as a bank debit does


@dataclass(frozen=True, slots=True)
class Decline:
    """How a decline is worded: ``code`` and ``decline_code`` as the API spells them."""

    code: str
    decline_code: str
    message: str


_DECLINED = "Your card was declined."

DECLINES = {
    Behaviour.DECLINED: Decline("card_declined", "generic_decline", _DECLINED),
    Behaviour.FAILS_AFTER_ATTACH: Decline("card_declined", "generic_decline", _DECLINED),
    Behaviour.INSUFFICIENT_FUNDS: Decline(
        "card_declined", "insufficient_funds", "Your card has insufficient funds."
    ),
    Behaviour.LOST: Decline("card_declined", "lost_card", _DECLINED),
    Behaviour.STOLEN: Decline("card_declined", "stolen_card", _DECLINED),
    Behaviour.FRAUDULENT: Decline("card_declined", "fraudulent", _DECLINED),
    Behaviour.VELOCITY: Decline("card_declined", "card_velocity_exceeded", _DECLINED),
    Behaviour.EXPIRED: Decline("expired_card", "expired_card", "Your card has expired."),
    Behaviour.INCORRECT_CVC: Decline(
        "incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."
    ),
    Behaviour.PROCESSING_ERROR: Decline(
        "processing_error", "processing_error", "The card could not be processed. Try again."
    ),
    Behaviour.AUTHENTICATION_REQUIRED: Decline(
        "authentication_required",
        "authentication_required",
        "Your card was declined. This transaction requires authentication.",
    ),
}

# A card that would be declined anyway is refused at once when it is attached or set up.
REFUSED_ON_ATTACH = frozenset(DECLINES) - {
    Behaviour.FAILS_AFTER_ATTACH,
    Behaviour.AUTHENTICATION_REQUIRED,
}


@dataclass(frozen=True, slots=True)
class Card:
    """One test card; ``name`` is what its stock ids (``pm_card_visa_<name>``) end in."""

    number: str
    brand: str
    behaviour: Behaviour
    name: str


GOOD_VISA = Card("4242424242424242", "visa", Behaviour.GOOD, "visa")

CARDS = (
    GOOD_VISA,
    Card("5555555555554444", "mastercard", Behaviour.GOOD, "mastercard"),
    Card("378282246310005", "amex", Behaviour.GOOD, "amex"),
    Card("4000000000000002", "visa", Behaviour.DECLINED, "chargeDeclined"),
    Card(
        "4000000000009995", "visa", Behaviour.INSUFFICIENT_FUNDS, "chargeDeclinedInsufficientFunds"
    ),
    Card("4000000000009987", "visa", Behaviour.LOST, "chargeDeclinedLostCard"),
    Card("4000000000009979", "visa", Behaviour.STOLEN, "chargeDeclinedStolenCard"),
    Card("4100000000000019", "visa", Behaviour.FRAUDULENT, "chargeDeclinedFraudulent"),
    Card("4000000000006975", "visa", Behaviour.VELOCITY, "chargeDeclinedVelocityLimitExceeded"),
    Card("4000000000000069", "visa", Behaviour.EXPIRED, "chargeDeclinedExpiredCard"),
    Card("4000000000000127", "visa", Behaviour.INCORRECT_CVC, "chargeDeclinedIncorrectCvc"),
    Card("4000000000000119", "visa", Behaviour.PROCESSING_ERROR, "chargeDeclinedProcessingError"),
    Card("4000000000000341", "visa", Behaviour.FAILS_AFTER_ATTACH, "chargeCustomerFail"),
    Card("4000002760003184", "visa", Behaviour.AUTHENTICATION_REQUIRED, "authenticationRequired"),
)

_BY_NUMBER = {card.number: card for card in CARDS}
# Longest name first, so that chargeDeclinedLostCard is not read as chargeDeclined.
_BY_NAME = sorted(CARDS, key=lambda card: len(card.name), reverse=True)


def by_number(number: str) -> Card | None:
    """Return the test card with this number; blanks and dashes do not matter."""
    return _BY_NUMBER.get(re.sub(r"[ -]", "", number))


def by_stock_id(identifier: str) -> Card | None:
    """Return the card that a stock id such as ``pm_card_visa_chargeDeclined`` stands for."""
    found = re.fullmatch(r"(?:pm_card|tok)_(?:visa_)?(\w+)", identifier)
    if found is None:
        return None
    return next((card for card in CARDS if card.name == found[1]), None)


def by_hint(identifier: str) -> Card:
    """Return the card whose name occurs in a made-up id, else a good Visa card."""
    lowered = identifier.lower()
    return next((card for card in _BY_NAME if card.name.lower() in lowered), GOOD_VISA)


def by_behaviour(behaviour: Behaviour) -> Card:
    """Return a card that behaves so."""
    for card in CARDS:
        if card.behaviour is behaviour:
            return card
    return Card(GOOD_VISA.number, GOOD_VISA.brand, behaviour, behaviour.value)
