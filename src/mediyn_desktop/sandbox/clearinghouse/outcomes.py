# SPDX-License-Identifier: MIT
"""What the beginning of a member id makes happen; the package docstring is the table for people."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """The prefixes, longest first where one begins another."""

    TA1 = "TA1"
    SET_REFUSED = "IK5"
    MUTE = "MUTE"
    LOST = "LOST"
    PAYER_REFUSED = "PREJ"
    REFUSED = "REJ"
    DENIED = "DENY"
    DEDUCTIBLE = "DED"
    COINSURANCE = "PART"
    SOME_LINES = "SOME"
    SEQUESTERED = "SEQ"
    CORRECTED = "REV"
    TAKEN_BACK = "TAKE"
    INTEREST = "INT"
    CROSSED_OVER = "CROSS"
    STRAY = "STRAY"
    OFF_BALANCE = "OFF"
    PAID = ""


def outcome_of(member_id: str) -> Outcome:
    """Return what happens to a claim of this member; anything unknown is paid."""
    member = member_id.upper()
    return next(one for one in Outcome if member.startswith(one.value))
