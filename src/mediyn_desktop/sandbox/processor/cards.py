# SPDX-License-Identifier: MIT
"""The catalogue of test cards: which number or stock name behaves how, in plain words.

Source of numbers, names and outcomes: docs.stripe.com/testing. Cards marked ``ours`` are played by
this sandbox only; the real processor does not know their numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mediyn_desktop.sandbox.processor.behaviours import Behaviour


@dataclass(frozen=True, slots=True)
class Card:
    """One test card.

    ``name`` is what its stock ids (``pm_card_visa_<name>``) end in; ``label`` says in plain words
    what it does.
    """

    number: str
    brand: str
    behaviour: Behaviour
    name: str
    label: str
    funding: str = "credit"
    ours: bool = False


GOOD_VISA = Card("4242424242424242", "visa", Behaviour.GOOD, "visa", "Visa that pays")

CARDS = (
    GOOD_VISA,
    Card("5555555555554444", "mastercard", Behaviour.GOOD, "mastercard", "Mastercard that pays"),
    Card("378282246310005", "amex", Behaviour.GOOD, "amex", "American Express that pays"),
    Card("6011111111111117", "discover", Behaviour.GOOD, "discover", "Discover that pays"),
    Card(
        "4000056655665556", "visa", Behaviour.GOOD, "debit", "Debit card that pays", funding="debit"
    ),
    Card(
        "4000000000000002",
        "visa",
        Behaviour.DECLINED,
        "chargeDeclined",
        "Declined, the bank gives no reason",
    ),
    Card(
        "4000000000009995",
        "visa",
        Behaviour.INSUFFICIENT_FUNDS,
        "chargeDeclinedInsufficientFunds",
        "Declined, not enough money",
    ),
    Card(
        "4000000000009987",
        "visa",
        Behaviour.LOST,
        "chargeDeclinedLostCard",
        "Declined, reported lost",
    ),
    Card(
        "4000000000009979",
        "visa",
        Behaviour.STOLEN,
        "chargeDeclinedStolenCard",
        "Declined, reported stolen",
    ),
    Card(
        "4100000000000019",
        "visa",
        Behaviour.FRAUDULENT,
        "chargeDeclinedFraudulent",
        "Blocked as fraud",
    ),
    Card(
        "4000000000006975",
        "visa",
        Behaviour.VELOCITY,
        "chargeDeclinedVelocityLimitExceeded",
        "Declined, over the card's limit",
    ),
    Card(
        "4000000000000069",
        "visa",
        Behaviour.EXPIRED,
        "chargeDeclinedExpiredCard",
        "Declined, expired",
    ),
    Card(
        "4000000000000127",
        "visa",
        Behaviour.INCORRECT_CVC,
        "chargeDeclinedIncorrectCvc",
        "Declined, wrong security code",
    ),
    Card(
        "4000000000000119",
        "visa",
        Behaviour.PROCESSING_ERROR,
        "chargeDeclinedProcessingError",
        "Declined, error at the bank",
    ),
    Card(
        "4000000000000341",
        "visa",
        Behaviour.FAILS_AFTER_ATTACH,
        "chargeCustomerFail",
        "Can be saved, every later charge is declined",
    ),
    Card(
        "4000002760003184",
        "visa",
        Behaviour.AUTHENTICATION_REQUIRED,
        "authenticationRequired",
        "The bank asks the client every time",
    ),
    Card(
        "4000002500003155",
        "visa",
        Behaviour.AUTHENTICATE_ONCE,
        "authenticationRequiredOnSetup",
        "The bank asks the client once, when the card is saved",
    ),
    Card(
        "4000000000000259",
        "visa",
        Behaviour.DISPUTED,
        "createDispute",
        "Pays, then the client disputes the charge",
    ),
    Card(
        "4000000000007726",
        "visa",
        Behaviour.REFUND_PENDING,
        "pendingRefund",
        "Pays; a refund takes a while to arrive",
    ),
    Card(
        "4000000000005126",
        "visa",
        Behaviour.REFUND_FAILS,
        "refundFail",
        "Pays; a refund comes back later",
    ),
    Card(
        "4000000000000077",
        "visa",
        Behaviour.BYPASS_PENDING,
        "bypassPending",
        "Pays; the money can be paid out at once",
    ),
    Card(
        "4000990000000012",
        "visa",
        Behaviour.PROCESSING_SUCCEEDS,
        "processingSucceeds",
        "Undecided for a minute, then paid",
        ours=True,
    ),
    Card(
        "4000990000000020",
        "visa",
        Behaviour.PROCESSING_FAILS,
        "processingFails",
        "Undecided for a minute, then declined",
        ours=True,
    ),
    Card(
        "4000990000000038",
        "visa",
        Behaviour.PROCESSING,
        "processing",
        "Undecided until you decide",
        ours=True,
    ),
    Card(
        "4000990000000046",
        "visa",
        Behaviour.SHORT_TODAY,
        "insufficientFundsUntilTomorrow",
        "Can be saved; not enough money today, enough tomorrow",
        ours=True,
    ),
    Card(
        "4000990000000053",
        "visa",
        Behaviour.SHORT_AFTER_SAVING,
        "insufficientFundsAfterSaving",
        "Can be saved; never enough money",
        ours=True,
    ),
    Card(
        "4000990000000061",
        "visa",
        Behaviour.EXPIRES_AFTER_SAVING,
        "expiredAfterSaving",
        "Can be saved; expired when charged",
        ours=True,
    ),
    Card(
        "4000990000000079",
        "visa",
        Behaviour.LOST_AFTER_SAVING,
        "lostAfterSaving",
        "Can be saved; reported lost when charged",
        ours=True,
    ),
    Card(
        "4000990000000087",
        "visa",
        Behaviour.GOOD,
        "hsaPays",
        "HSA or FSA card that pays",
        funding="prepaid",
        ours=True,
    ),
    Card(
        "4000990000000095",
        "visa",
        Behaviour.HSA_REFUSED,
        "hsaRefusesFee",
        "HSA or FSA card that refuses, as it does for a missed session",
        funding="prepaid",
        ours=True,
    ),
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
    raise ValueError(behaviour)
