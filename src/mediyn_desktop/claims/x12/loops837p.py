# SPDX-License-Identifier: MIT
"""The small groups of segments every party of a claim is made of: name, address, contact, amount.

Each function cleans its values and returns finished segment texts, so nothing reaches the file
that did not pass ``charset``. Lengths are those of the elements' definitions in 005010X222A1.
"""

from __future__ import annotations

import re
from datetime import date

from mediyn_desktop.claims.x12.charset import X12DataError, alphanumeric, basic, digits
from mediyn_desktop.claims.x12.envelope import day
from mediyn_desktop.claims.x12.model837p import Address, Organization, Person
from mediyn_desktop.claims.x12.segments import join_segment
from mediyn_desktop.codes.postal import STATES
from mediyn_desktop.core.money import plain_cents

# CLM02 and SV102 hold at most eight digits before the decimal point.
LARGEST_CHARGE_CENTS = 9_999_999_999


def name_segment(
    entity: str, name: Person | Organization, who: str, *, kind: str = "", number: str = ""
) -> str:
    """Return NM1 for ``entity``; ``kind`` and ``number`` are NM108 and NM109, already clean."""
    if isinstance(name, Organization):
        title = basic(name.name, f"{who} name", most=60, least=1)
        return join_segment("NM1", entity, "2", title, "", "", "", "", kind, number)
    return join_segment(
        "NM1",
        entity,
        "1",
        basic(name.last, f"{who} last name", most=60, least=1),
        basic(name.first, f"{who} first name", most=35),
        basic(name.middle, f"{who} middle name", most=25),
        "",
        basic(name.suffix, f"{who} name suffix", most=10),
        kind,
        number,
    )


def address_segments(address: Address, who: str) -> list[str]:
    """Return N3 and N4 of a US address."""
    state = alphanumeric(address.state, f"{who} state", most=2, least=2)
    if state not in STATES:
        raise X12DataError(f"{who} state", f"({state}) is not a US state or territory")
    return [
        join_segment(
            "N3",
            basic(address.line1, f"{who} street address", most=55, least=1),
            basic(address.line2, f"{who} second address line", most=55),
        ),
        join_segment(
            "N4",
            basic(address.city, f"{who} city", most=30, least=2),
            state,
            digits(address.zip_code, f"{who} ZIP code", 5, 9),
        ),
    ]


def contact_segment(contact: str, phone: str, email: str, who: str) -> str:
    """Return PER with a telephone number, an e-mail address, or both."""
    reached: list[str] = []
    if phone.strip():
        number = digits(phone.strip().removeprefix("+1"), f"{who} phone number", 10, 11)
        if len(number) == 11 and not number.startswith("1"):
            raise X12DataError(f"{who} phone number", "must be a US number of 10 digits")
        reached += ["TE", number[-10:]]
    if email.strip():
        address = basic(email, f"{who} e-mail address", most=256, also="@_")
        if not re.fullmatch(r"[^@ ]+@[^@ ]+", address):
            raise X12DataError(f"{who} e-mail address", "is not one that can be sent")
        reached += ["EM", address]
    if not reached:
        raise X12DataError(f"{who} phone number or e-mail address", "is missing")
    return join_segment("PER", "IC", basic(contact, f"{who} contact", most=60, least=1), *reached)


def birth_segment(born: date | None, sex: str, who: str) -> str:
    """Return DMG: date of birth and sex (F, M, or U for unknown)."""
    if born is None:
        raise X12DataError(f"{who} date of birth", "is missing")
    if sex not in ("F", "M", "U"):
        raise X12DataError(f"{who} sex", "must be F, M or U")
    return join_segment("DMG", "D8", day(born, f"{who} date of birth"), sex)


def npi(text: str, who: str) -> str:
    """Return the ten digits of an NPI; the first is 1 or 2 (45 CFR 162.406)."""
    number = digits(text, f"{who} NPI", 10)
    if number[0] not in "12":
        raise X12DataError(f"{who} NPI", "must start with 1 or 2")
    return number


def taxonomy(text: str, who: str) -> str:
    """Return a provider taxonomy code, ten letters and digits."""
    return alphanumeric(text, f"{who} taxonomy code", most=10, least=10)


def amount(cents: int, field: str) -> str:
    """Return dollars as X12 wants them: ``150``, ``150.5``; no zeros at the end of a fraction."""
    if type(cents) is not int:
        raise TypeError(f"money is whole cents, not {type(cents).__name__}")
    if not 0 <= cents <= LARGEST_CHARGE_CENTS:
        raise X12DataError(field, "must be between $0.00 and $99,999,999.99")
    return plain_cents(cents).rstrip("0").rstrip(".") if cents else "0"


def control(text: str, field: str, most: int) -> str:
    """Return ``text`` unchanged if it will come back unchanged: capitals, digits, hyphens.

    A number we must recognise in an answer is never cleaned, only refused.
    """
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9-]*", text) or len(text) > most:
        raise X12DataError(
            field, f"must be 1 to {most} capital letters, digits and hyphens, as it is sent back"
        )
    return text
