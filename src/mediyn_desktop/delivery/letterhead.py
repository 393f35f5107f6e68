# SPDX-License-Identifier: MIT
"""How the practice heads its papers."""

from __future__ import annotations

from mediyn_desktop.codes.postal import format_zip
from mediyn_desktop.practice.tables import Practice


def address_lines(practice: Practice) -> tuple[str, ...]:
    """Return the practice's street address as the lines of a letter."""
    return postal_lines(
        practice.address1, practice.address2, practice.city, practice.state, practice.zip
    )


def postal_lines(
    address1: str, address2: str, city: str, state: str, zip_code: str
) -> tuple[str, ...]:
    """Return an address as the lines of a letter, without blank ones."""
    place = f"{city}, {state} {format_zip(zip_code)}".strip(", ")
    return tuple(line for line in (address1, address2, place) if line)
