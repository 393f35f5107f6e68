# SPDX-License-Identifier: MIT
"""Employer identification numbers and social security numbers: read, judged, shown, hidden.

Stored as nine digits, which is also what claims carry. An error sentence never repeats the number.
"""

from __future__ import annotations

import re

from mediyn_desktop.codes.vocabulary import TaxIdType

_EIN = re.compile(r"[0-9]{2}-?[0-9]{7}")
_SSN = re.compile(r"[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{9}")


class TaxIdError(ValueError):
    """The text is not a tax number of its kind; ``str()`` says why in plain words."""


def normalize_tax_id(text: str, kind: TaxIdType) -> str:
    """Return the nine digits of ``text``, written with dashes in their usual place or without.

    Raises:
        TaxIdError: wrong shape, or a number that cannot have been given out.
    """
    bare = text.strip()
    digits = bare.replace("-", "")
    if kind is TaxIdType.EIN:
        if not _EIN.fullmatch(bare):
            hint = " This looks like an SSN." if _SSN.fullmatch(bare) else ""
            raise TaxIdError(f"An EIN has nine digits, as in 12-3456789.{hint}")
        if digits.startswith("00"):
            raise TaxIdError("An EIN does not start with 00.")
        return digits
    if not _SSN.fullmatch(bare):
        hint = " This looks like an EIN." if _EIN.fullmatch(bare) else ""
        raise TaxIdError(f"An SSN has nine digits, as in 123-45-6789.{hint}")
    if reason := _never_issued(digits):
        raise TaxIdError(reason)
    return digits


def format_tax_id(digits: str, kind: TaxIdType) -> str:
    """Return nine digits as people write them: ``12-3456789`` or ``123-45-6789``."""
    if kind is TaxIdType.EIN:
        return f"{digits[:2]}-{digits[2:]}"
    return f"{digits[:3]}-{digits[3:5]}-{digits[5:]}"


def mask_tax_id(digits: str, kind: TaxIdType) -> str:
    """Return what a screen may show of nine digits: the last four and nothing else."""
    return format_tax_id(f"•••••{digits[-4:]}", kind)


def _never_issued(ssn: str) -> str | None:
    """Return why the Social Security Administration never gave out ``ssn``, or None."""
    area, group, serial = ssn[:3], ssn[3:5], ssn[5:]
    if area[0] == "9":
        return "A number that starts with 9 is an ITIN, not an SSN."
    if area in ("000", "666"):
        return f"An SSN does not start with {area}."
    if group == "00":
        return "The middle two digits of an SSN are not 00."
    if serial == "0000":
        return "The last four digits of an SSN are not 0000."
    return None
