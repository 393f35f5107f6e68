# SPDX-License-Identifier: MIT
"""Words that would tell a bank or a card statement that somebody is in care."""

from __future__ import annotations

import re

# Beginnings of words, so that "therapist" and "counselling" are found too.
_CLINICAL = re.compile(
    r"\b(?:therap|psych|counsel|mental|session|no[ -]?show|copay|patient|clinic|depress|anxi|"
    r"trauma|addict|diagnos|health|behavio|wellness|treatment|appointment)",
    re.IGNORECASE,
)


def clinical_word(text: str) -> str | None:
    """Return the first word of ``text`` that names care, or None where it is neutral."""
    found = _CLINICAL.search(text)
    return found[0] if found else None
