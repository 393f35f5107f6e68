# SPDX-License-Identifier: MIT
"""Fits names, addresses and numbers to the characters X12 005010 can carry.

Everything sent is upper case from the basic character set (X12.5 / implementation guides, appendix
B.1.1.2.1). Accents are dropped and typographic signs straightened; a letter that has no Latin
spelling is reported, because a payer matches people by name and a hole is a mismatch.
"""

from __future__ import annotations

import re
import unicodedata

from mediyn_desktop.core.errors import UserFacingError

BASIC = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 !\"&'()*+,-./:;?=")

# The separators this program writes; data may not contain them.
WRITTEN_SEPARATORS = frozenset("*:^~")

# Characters of the basic set that separate nothing.
_PLAIN = re.compile(r"[A-Z0-9 !\"&'()+,\-./;?=]+")

_SPELLED = str.maketrans(
    {
        "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D",
        "ħ": "h", "Ħ": "H", "ŧ": "t", "Ŧ": "T", "þ": "th", "Þ": "TH", "æ": "ae", "Æ": "AE",
        "œ": "oe", "Œ": "OE", "ı": "i", "ŋ": "n", "Ŋ": "N", "ə": "e", "Ə": "E", "ß": "ss",
        "ẞ": "SS",
        # Apostrophes, the Hawaiian okina among them, and quotation marks.
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "ʻ": "'", "ʼ": "'", "ʹ": "'", "`": "'", "´": "'",
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "_": "-",
        "[": "(", "]": ")", "{": "(", "}": ")", "\\": "/", "|": "/", "⁄": "/",
    }
)  # fmt: skip


class X12DataError(UserFacingError):
    """A value cannot be sent in a claim. ``field`` names it in words, ``problem`` says why.

    ``claim`` is the claim's control number where the value belongs to one claim.
    """

    code = "x12-data"

    def __init__(self, field: str, problem: str, *, claim: str = "") -> None:
        self.field = field
        self.problem = problem
        self.claim = claim
        where = f"Claim {claim}: the" if claim else "The"
        super().__init__(f"{where} {field} {problem}. Nothing was sent. Correct it and try again.")


def basic(text: str, field: str, *, most: int, least: int = 0, also: str = "") -> str:
    """Return ``text`` upper-cased in the basic set: no separators, no doubled or outer blanks.

    ``also`` allows further characters (``@`` in an e-mail address). The result has ``least`` to
    ``most`` characters; ``least=0`` makes the field optional.

    Raises:
        X12DataError: a letter or digit without a Latin spelling, nothing left, or too long.
    """
    plain = text.upper() if text.isascii() else ""
    if plain and _PLAIN.fullmatch(plain):  # almost every value: nothing to straighten
        return _fitting(" ".join(plain.split()), text, field, most, least)
    allowed = (BASIC | frozenset(also)) - WRITTEN_SEPARATORS
    kept: list[str] = []
    foreign: list[str] = []
    spelled = unicodedata.normalize("NFKD", _spell(text, also))
    for char in _spell(spelled, also).upper():
        if char in allowed:
            kept.append(char)
        elif unicodedata.category(char)[0] in "LN":
            foreign.append(char)
        elif unicodedata.category(char) not in ("Mn", "Me", "Cf"):
            kept.append(" ")
    if foreign:
        shown = "".join(dict.fromkeys(foreign))[:10]
        raise X12DataError(
            field, f"has characters that claims cannot carry ({shown}); write it in Latin letters"
        )
    return _fitting(" ".join("".join(kept).split()), text, field, most, least)


def _fitting(result: str, text: str, field: str, most: int, least: int) -> str:
    """Return the cleaned ``result`` of ``text`` if it is there and not too long."""
    if not result and (least or text.strip()):
        blank = "has no letter or digit that can be sent" if text.strip() else "is missing"
        raise X12DataError(field, blank)
    if result and len(result) < least:
        raise X12DataError(field, f"needs at least {least} characters")
    if len(result) > most:
        raise X12DataError(field, f"has {len(result)} characters; at most {most} can be sent")
    return result


def identifier(text: str, field: str, *, most: int, least: int = 0) -> str:
    """Return ``text`` as ``basic`` does, but refuse a sign that would be left out.

    A name without its asterisk is the same name; a number without one is another number.

    Raises:
        X12DataError: as ``basic``; or a separator of the file is in it.
    """
    lost = [char for char in text if char in WRITTEN_SEPARATORS]
    if lost:
        raise X12DataError(field, f"has the sign {lost[0]}, which claims cannot carry")
    return basic(text, field, most=most, least=least)


def alphanumeric(text: str, field: str, *, most: int, least: int = 1) -> str:
    """Return ``text`` as upper-case letters and digits without its blanks, dots and hyphens.

    Raises:
        X12DataError: another character, nothing left, or the wrong length.
    """
    bare = re.sub(r"[ .\-]", "", basic(text, field, most=200, least=min(least, 1)))
    if bare and not (bare.isascii() and bare.isalnum()):
        raise X12DataError(field, "may hold only letters and digits")
    if not least <= len(bare) <= most:
        size = f"{least}" if least == most else f"{least} to {most}"
        raise X12DataError(field, f"must have {size} letters or digits")
    return bare


def digits(text: str, field: str, *sizes: int) -> str:
    """Return the digits of ``text`` without blanks, brackets, dots and hyphens.

    Raises:
        X12DataError: anything else in it, or not one of ``sizes`` digits.
    """
    bare = re.sub(r"[\s().\-]", "", text)
    if not bare:
        raise X12DataError(field, "is missing")
    if not (bare.isascii() and bare.isdigit() and len(bare) in sizes):
        raise X12DataError(field, f"must have {' or '.join(map(str, sizes))} digits")
    return bare


def _spell(text: str, also: str) -> str:
    """Straighten signs and spell Latin letters that have no decomposition, except ``also``."""
    if not also:
        return text.translate(_SPELLED)
    return "".join(char if char in also else char.translate(_SPELLED) for char in text)
