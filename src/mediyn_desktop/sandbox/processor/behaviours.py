# SPDX-License-Identifier: MIT
"""What a bank does with a charge on a test card, and how a refusal is worded.

Source of codes and outcomes: docs.stripe.com/declines/codes, docs.stripe.com/testing.
"""

from __future__ import annotations

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
    AUTHENTICATE_ONCE = "authenticate_once"  # asks the client when saved, never again
    REFUND_PENDING = "refund_pending"  # a refund takes its time, then arrives
    REFUND_FAILS = "refund_fails"  # a refund looks done and comes back later
    DISPUTED = "disputed"  # the client's bank takes the money back at once
    BYPASS_PENDING = "bypass_pending"  # the money is available at once
    # Played by this sandbox only; the real one has no card for them.
    PROCESSING = "processing"  # stays undecided until told, as a bank debit does
    PROCESSING_SUCCEEDS = "processing_then_succeeds"
    PROCESSING_FAILS = "processing_then_fails"
    SHORT_TODAY = "insufficient_funds_until_tomorrow"
    EXPIRES_AFTER_SAVING = "expired_after_saving"
    LOST_AFTER_SAVING = "lost_after_saving"
    SHORT_AFTER_SAVING = "insufficient_funds_after_saving"
    HSA_REFUSED = "hsa_refuses_fee"  # not an eligible expense: the bank says so by this code


@dataclass(frozen=True, slots=True)
class Decline:
    """How a decline is worded: ``code`` and ``decline_code`` as the API spells them."""

    code: str
    decline_code: str
    message: str


_DECLINED = "Your card was declined."
_GENERIC = Decline("card_declined", "generic_decline", _DECLINED)
_SHORT = Decline("card_declined", "insufficient_funds", "Your card has insufficient funds.")
_LOST = Decline("card_declined", "lost_card", _DECLINED)
_EXPIRED = Decline("expired_card", "expired_card", "Your card has expired.")

DECLINES = {
    Behaviour.DECLINED: _GENERIC,
    Behaviour.FAILS_AFTER_ATTACH: _GENERIC,
    Behaviour.INSUFFICIENT_FUNDS: _SHORT,
    Behaviour.SHORT_AFTER_SAVING: _SHORT,
    Behaviour.SHORT_TODAY: _SHORT,
    Behaviour.LOST: _LOST,
    Behaviour.LOST_AFTER_SAVING: _LOST,
    Behaviour.STOLEN: Decline("card_declined", "stolen_card", _DECLINED),
    Behaviour.FRAUDULENT: Decline("card_declined", "fraudulent", _DECLINED),
    Behaviour.VELOCITY: Decline("card_declined", "card_velocity_exceeded", _DECLINED),
    Behaviour.EXPIRED: _EXPIRED,
    Behaviour.EXPIRES_AFTER_SAVING: _EXPIRED,
    Behaviour.INCORRECT_CVC: Decline(
        "incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."
    ),
    Behaviour.PROCESSING_ERROR: Decline(
        "processing_error", "processing_error", "The card could not be processed. Try again."
    ),
    Behaviour.HSA_REFUSED: Decline(
        "card_declined", "transaction_not_allowed", "Your card does not allow this purchase."
    ),
}

AUTHENTICATION_REQUIRED = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)
# What a client who fails or leaves the bank's question gets: no charge was tried.
AUTHENTICATION_FAILED = Decline(
    "payment_intent_authentication_failure",
    "",
    "The bank could not confirm that it was you. Use another card or try again.",
)

# A card that would be declined anyway is refused at once when it is attached or set up.
REFUSED_ON_ATTACH = frozenset(
    {
        Behaviour.DECLINED,
        Behaviour.INSUFFICIENT_FUNDS,
        Behaviour.LOST,
        Behaviour.STOLEN,
        Behaviour.FRAUDULENT,
        Behaviour.VELOCITY,
        Behaviour.EXPIRED,
        Behaviour.INCORRECT_CVC,
        Behaviour.PROCESSING_ERROR,
    }
)

ASKS_THE_CLIENT = frozenset({Behaviour.AUTHENTICATION_REQUIRED, Behaviour.AUTHENTICATE_ONCE})
