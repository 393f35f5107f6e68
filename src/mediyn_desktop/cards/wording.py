# SPDX-License-Identifier: MIT
"""Declines in plain words, and what to do about each. Codes as Stripe documents them."""

from __future__ import annotations

_WORDS = {
    "insufficient_funds": "The bank says there is not enough money on the card. Ask the client "
    "when to try again, or for another card.",
    "expired_card": "The card has expired. Ask the client for a new one.",
    "lost_card": "The bank refused the card for good. Ask the client for another card.",
    "stolen_card": "The bank refused the card for good. Ask the client for another card.",
    "incorrect_cvc": "The bank could not match the card's security code. Ask for the card again.",
    "processing_error": "The bank had a technical problem. Nothing was charged; "
    "try again tomorrow.",
    "authentication_required": "The bank wants the client to confirm this payment in person. "
    "Ask the client to pay by link or with another card.",
    "card_velocity_exceeded": "The card has reached the bank's limit. Try again in a few days.",
    "do_not_honor": "The bank refused without saying why. The client can ask the bank.",
    "generic_decline": "The bank refused without saying why. The client can ask the bank.",
}
_UNNAMED = "The bank refused the card. Nothing was charged. Ask the client for another card."


def decline_sentence(code: str | None) -> str:
    """Return what to tell a tired person about the decline ``code``."""
    return _WORDS.get(code or "", _UNNAMED)
