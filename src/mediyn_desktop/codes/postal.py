# SPDX-License-Identifier: MIT
"""US postal codes, states and telephone numbers, in the one form each is stored in."""

from __future__ import annotations

import re

_ZIP = re.compile(r"[0-9]{5}(-?[0-9]{4})?")
_PHONE_MARKS = re.compile(r"[\s().\-/]")
_PHONE = re.compile(r"(?:\+?1)?([0-9]{10})")

# USPS Publication 28, appendix B: states, the district, territories, free states, military mail.
# fmt: off
STATES = frozenset({
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS",
    "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY",
    "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV",
    "WI", "WY",
    "DC", "AS", "GU", "MP", "PR", "VI", "FM", "MH", "PW", "AA", "AE", "AP",
})
# fmt: on


class PostalError(ValueError):
    """The text is not a ZIP code, state or telephone number; ``str()`` says why."""


def normalize_zip(text: str) -> str:
    """Return the five or nine digits of a ZIP code, without the hyphen, as claims carry it.

    Raises:
        PostalError: anything else.
    """
    bare = text.strip()
    if not _ZIP.fullmatch(bare):
        raise PostalError(f"“{bare}” is not a ZIP code; write it as 78701 or 78701-1234")
    return bare.replace("-", "")


def format_zip(digits: str) -> str:
    """Return ``78701`` or ``78701-1234`` from the stored digits."""
    return f"{digits[:5]}-{digits[5:]}" if len(digits) > 5 else digits


def normalize_state(text: str) -> str:
    """Return the two capital letters of a state or territory.

    Raises:
        PostalError: not one the postal service knows.
    """
    bare = text.strip().upper()
    if bare not in STATES:
        raise PostalError(f"“{text.strip()}” is not a state; use its two letters, as in TX")
    return bare


def normalize_phone(text: str) -> str:
    """Return the ten digits of a US telephone number, written in any usual way.

    Raises:
        PostalError: not ten digits once a leading 1 and the punctuation are gone.
    """
    found = _PHONE.fullmatch(_PHONE_MARKS.sub("", text))
    if found is None:
        raise PostalError("A telephone number has 10 digits with the area code and no extension")
    return found[1]


def format_phone(digits: str) -> str:
    """Return ``(512) 555-0100`` from ten digits; anything else as it is."""
    if len(digits) != 10:
        return digits
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"
