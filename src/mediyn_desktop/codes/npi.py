# SPDX-License-Identifier: MIT
"""National Provider Identifiers: ten digits, the last a check digit.

The check digit is Luhn's over the prefix 80840 (health, United States) and the first nine digits;
the first digit is 1 or 2 (CMS, "NPI check digit", 45 CFR 162.406). Whether a number was ever given
out, and to whom, only the NPPES registry knows.
"""

from __future__ import annotations

import re

_PREFIX = "80840"
_TEN_DIGITS = re.compile(r"[0-9]{10}")


def check_npi(text: str) -> str | None:
    """Return None when ``text`` is a well-formed NPI, otherwise why it is not."""
    if not _TEN_DIGITS.fullmatch(text):
        return "An NPI has exactly 10 digits and nothing else."
    if text[0] not in "12":
        return "An NPI starts with 1 or 2."
    if _luhn_sum(_PREFIX + text) % 10:
        return "The last digit of this NPI does not fit the others; check it for a typing error."
    return None


def npi_check_digit(first_nine: str) -> str:
    """Return the tenth digit that belongs to ``first_nine``, nine ASCII digits."""
    return str(-_luhn_sum(f"{_PREFIX}{first_nine}0") % 10)


def _luhn_sum(digits: str) -> int:
    """Sum the digits, every second one from the right doubled and its own digits added."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        tens, ones = divmod(int(digit) * (1 + place % 2), 10)
        total += tens + ones
    return total
