# SPDX-License-Identifier: MIT
"""When a declined card may be asked again. Pure: codes and days in, a day or nothing out.

Codes and what the bank means by them: docs.stripe.com/declines/codes. Card networks charge for
repeating what was refused for good, so a code nobody knows is not repeated by itself.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

MOST_RETRIES: Final = 3
WITHIN: Final = timedelta(days=14)
"""At most so many retries so many days after the first decline."""


class Refusal(StrEnum):
    """What a decline means for trying again."""

    SOFT = "soft"  # may pass another day
    HARD = "hard"  # never with this card
    CLIENT = "client"  # the bank wants the client: on-session, by a link


_SOFT = frozenset(
    {
        "approve_with_id", "call_issuer", "card_velocity_exceeded", "do_not_honor",
        "generic_decline", "insufficient_funds", "issuer_not_available", "processing_error",
        "reenter_transaction", "try_again_later", "withdrawal_count_limit_exceeded",
    }
)  # fmt: skip
# The charge was refused, not the card: another one may pass.
_THIS_CHARGE = frozenset({"currency_not_supported", "duplicate_transaction", "invalid_amount"})
_CLIENT = frozenset({"authentication_required", "authentication_not_handled"})


def kind_of(
    code: str | None, *, error_code: str | None = None, advice: str | None = None
) -> Refusal:
    """Return what the bank's answer means.

    Args:
        code: the decline code. ``error_code``: the processor's own. ``advice``: the network's word
            on trying again, which goes before the code.
    """
    if error_code in _CLIENT or code in _CLIENT:
        return Refusal.CLIENT
    if advice in ("do_not_try_again", "confirm_card_data"):
        return Refusal.HARD
    if advice == "try_again_later":
        return Refusal.SOFT
    return Refusal.SOFT if code in _SOFT else Refusal.HARD


def refuses_card(code: str | None) -> bool:
    """Whether the bank refused the card itself for good, whatever it is asked for next."""
    return kind_of(code) is Refusal.HARD and code not in _THIS_CHARGE


def retry_day(kind: Refusal, *, declines: int, first: date, today: date) -> date | None:
    """Return the first day on which to ask again by itself, or None for never.

    Args:
        declines: how often the bank has said no, this time included.
        first: the day of the first no; all days are the practice's.
    """
    tomorrow = today + timedelta(days=1)
    if kind is not Refusal.SOFT or declines > MOST_RETRIES or tomorrow - first > WITHIN:
        return None
    return tomorrow
