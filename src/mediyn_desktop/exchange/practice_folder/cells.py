# SPDX-License-Identifier: MIT
"""What may stand in a cell: text in, value out, or a sentence that says what to write instead.

A cell reaches these readers trimmed, in Unicode NFC, not empty and free of control characters. A
reader raises ``BadCell``; its message is for a person at a spreadsheet, never for a programmer.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from mediyn_desktop.codes import cpt, icd10, npi, places, postal, taxonomy
from mediyn_desktop.core.money import AmountError, parse_cents

_REF = re.compile(r"[^\W_][\w.-]{0,59}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s.,;<>]+")
_COUNT = re.compile(r"[0-9]{1,6}")
# Some codes have a letter in the second or third place, none in both (QA0.0, Z3A.0).
_DIAGNOSIS = re.compile(r"[A-Z](?:[0-9][0-9A-Z]|[0-9A-Z][0-9])[0-9A-Z]{0,4}")
_LONG_NUMBER = re.compile(r"[0-9 -]{12,}")

# Claims have room for twelve diagnoses (CMS-1500 box 21, 837P HI segment).
MOST_DIAGNOSES = 12
# Why Medicare pays second: SBR05 of an 837P.
INSURANCE_TYPES = ("12", "13", "14", "15", "16", "41", "42", "43", "47")


@dataclass(frozen=True, slots=True, order=True)
class CellError:
    """A cell that is wrong or needs a look.

    ``line`` is the physical line, the header being 1; ``column`` is the column's name (in
    ``practice.toml`` the key), empty where the whole line or file is meant.
    """

    file: str
    line: int
    column: str
    message: str


class BadCell(ValueError):
    """The cell's text is not what belongs there; ``str()`` says what does."""


Reader = Callable[[str], Any]


def shown(text: str) -> str:
    """Return ``text`` quoted for a sentence: printable, and not longer than a line has room for."""
    plain = "".join(letter if letter.isprintable() else "�" for letter in text)
    return f"“{plain[:40]}…”" if len(plain) > 40 else f"“{plain}”"


def clean(raw: str) -> str:
    """Return a cell as it is kept: trimmed and in NFC.

    Raises:
        BadCell: bytes that are not UTF-8, line breaks or control characters.
    """
    if any("\udc80" <= letter <= "\udcff" for letter in raw):
        raise BadCell(
            "This cell holds letters that are not in UTF-8. Save the file as “CSV UTF-8” and try "
            "again."
        )
    text = raw.strip(" \t\u00a0\u3000")
    if any(letter in "\r\n\u2028\u2029" for letter in text):
        raise BadCell("This cell holds a line break. Write it on one line, and close its quotes.")
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text):
        raise BadCell("This cell holds an invisible control character. Type the cell anew.")
    return unicodedata.normalize("NFC", text)


def words(limit: int) -> Reader:
    """Return a reader of free text of at most ``limit`` characters."""

    def read(text: str) -> str:
        if len(text) > limit:
            raise BadCell(f"This is {len(text)} characters long; at most {limit} fit. Shorten it.")
        return text

    return read


def ref(text: str) -> str:
    """Read a reference: it becomes part of an account's name."""
    if not _REF.fullmatch(text):
        raise BadCell(
            f"{shown(text)} cannot be a reference. Use up to 60 letters, digits, “-”, “_” and “.”, "
            "beginning with a letter or digit."
        )
    return text


def one_of(choices: type[StrEnum]) -> Reader:
    """Return a reader of one word of ``choices``."""
    by_word = {str(choice): choice for choice in choices}

    def read(text: str) -> StrEnum:
        if text not in by_word:
            raise BadCell(f"{shown(text)} is not one of these: {', '.join(by_word)}.")
        return by_word[text]

    return read


def several_of(choices: type[StrEnum]) -> Reader:
    """Return a reader of a semicolon list of words of ``choices``, kept in their own order."""
    read_one = one_of(choices)

    def read(text: str) -> tuple[StrEnum, ...]:
        found = {read_one(part) for part in _parts(text)}
        return tuple(choice for choice in choices if choice in found)

    return read


def listed(allowed: tuple[str, ...]) -> Reader:
    """Return a reader of one text out of ``allowed``."""

    def read(text: str) -> str:
        if text not in allowed:
            raise BadCell(f"{shown(text)} is not one of these: {', '.join(allowed)}.")
        return text

    return read


def yes(text: str) -> bool:
    """Read ``yes``, or ``no`` for people who leave nothing blank."""
    if text not in ("yes", "no"):
        raise BadCell(f"Write yes, or leave it blank; {shown(text)} is neither.")
    return text == "yes"


def day(text: str) -> dt.date:
    """Read a date."""
    if not _DAY.fullmatch(text):
        raise BadCell(f"{shown(text)} is not a date. Write it as YYYY-MM-DD, as in 2026-03-09.")
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        raise BadCell(
            f"{shown(text)} does not exist in the calendar. Check month and day."
        ) from None
    _plausible(found)
    return found


def moment(text: str) -> dt.datetime:
    """Read a time: naive where the practice's own time zone is meant, else with its offset."""
    if not _TIME.fullmatch(text):
        raise BadCell(
            f"{shown(text)} is not a time. Write it as YYYY-MM-DDTHH:MM, as in 2026-03-09T14:00, "
            "with an offset such as -05:00 only where it is not the practice's own time."
        )
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        raise BadCell(
            f"{shown(text)} does not exist. Check the month, the day and the hour (00 to 23)."
        ) from None
    _plausible(found.date())
    return found


def amount(*, least: int) -> Reader:
    """Return a reader of dollars into cents, not below ``least`` cents."""

    def read(text: str) -> int:
        try:
            cents = parse_cents(text)
        except AmountError as error:
            raise BadCell(sentence(str(error))) from None
        if cents < least:
            raise BadCell(
                "An amount here cannot be below zero."
                if least == 0
                else "An amount here must be more than zero."
            )
        return cents

    return read


def any_amount(text: str) -> int:
    """Read dollars into cents; a minus is allowed."""
    try:
        return parse_cents(text)
    except AmountError as error:
        raise BadCell(sentence(str(error))) from None


def count(least: int, most: int) -> Reader:
    """Return a reader of a whole number from ``least`` to ``most``."""

    def read(text: str) -> int:
        if not _COUNT.fullmatch(text) or not least <= int(text) <= most:
            raise BadCell(f"{shown(text)} is not a whole number from {least} to {most}.")
        return int(text)

    return read


def digits(length: int, *, what: str) -> Reader:
    """Return a reader of exactly ``length`` digits."""

    def read(text: str) -> str:
        if not re.fullmatch(f"[0-9]{{{length}}}", text):
            raise BadCell(f"{what} has exactly {length} digits and nothing else.")
        return text

    return read


def npi_number(text: str) -> str:
    """Read a National Provider Identifier."""
    return _checked(text, npi.check_npi(text))


def taxonomy_code(text: str) -> str:
    """Read a provider taxonomy code."""
    return _checked(text, taxonomy.check_taxonomy(text))


def state(text: str) -> str:
    """Read a state's two letters."""
    return _postal(postal.normalize_state, text)


def zip_code(text: str) -> str:
    """Read a ZIP code into its digits."""
    return _postal(postal.normalize_zip, text)


def phone(text: str) -> str:
    """Read a US telephone number into its ten digits."""
    return _postal(postal.normalize_phone, text)


def email(text: str) -> str:
    """Read an e-mail address."""
    if not _EMAIL.fullmatch(text) or len(text) > 120:
        raise BadCell(f"{shown(text)} is not an e-mail address, as in name@example.com.")
    return text


def time_zone(text: str) -> ZoneInfo:
    """Read the name of a time zone."""
    if text not in available_timezones():
        raise BadCell(
            f"{shown(text)} is not a time zone. Write its full name, as in America/New_York or "
            "America/Los_Angeles."
        )
    return ZoneInfo(text)


def diagnoses(text: str) -> tuple[str, ...]:
    """Read diagnosis codes, primary first, into their undotted form; only the shape is checked."""
    found: list[str] = []
    for part in _parts(text):
        code = icd10.normalize(part)
        if not _DIAGNOSIS.fullmatch(code):
            raise BadCell(
                f"{shown(part)} is not a diagnosis code. Write codes as F41.1, several with “;” "
                "between them."
            )
        if code in found:
            raise BadCell(f"{icd10.dotted(code)} is listed twice.")
        found.append(code)
    if len(found) > MOST_DIAGNOSES:
        raise BadCell(f"These are {len(found)} diagnoses; a claim has room for {MOST_DIAGNOSES}.")
    return tuple(found)


def fee_code(text: str) -> str:
    """Read a code of the fee schedule."""
    code = text.upper()
    if not cpt.is_fee_key(code):
        raise BadCell(
            f"{shown(text)} is not a code with a fee. Write five characters, as in 90837, or "
            "LATE_CANCEL or NO_SHOW."
        )
    return code


def service_code(text: str) -> str:
    """Read the code of a service, which a package can hold."""
    code = text.upper()
    if not cpt.is_cpt_shape(code):
        raise BadCell(f"{shown(text)} is not a service code. Write five characters, as in 90837.")
    return code


def modifier(text: str) -> str:
    """Read a modifier a fee is limited to."""
    found = text.upper()
    if not places.is_known_modifier(found):
        raise BadCell(f"{shown(text)} is not a modifier. Write two characters, such as 95 or HO.")
    return found


def telehealth_rule(text: str) -> str:
    """Read a payer's telehealth rule."""
    return str(listed(places.PAYER_RULES)(text))


def insurance_type(text: str) -> str:
    """Read why Medicare is not the first payer (SBR05)."""
    return str(listed(INSURANCE_TYPES)(text))


def processor_id(*prefixes: str) -> Reader:
    """Return a reader of a card processor's id that begins with one of ``prefixes``."""
    example = " or ".join(f"{prefix}…" for prefix in prefixes)

    def read(text: str) -> str:
        if _LONG_NUMBER.fullmatch(text):
            raise BadCell(
                f"This looks like a card number. Never keep one in a file; write the id {example} "
                "that Stripe shows, and delete this file's older copies."
            )
        if not re.fullmatch(r"[A-Za-z0-9_]{4,80}", text) or not text.startswith(prefixes):
            raise BadCell(f"{shown(text)} is not an id of this kind; Stripe shows it as {example}")
        return text

    return read


def sentence(text: str) -> str:
    """Return ``text`` with a full stop."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _parts(text: str) -> list[str]:
    """Split a semicolon list; an empty place in it is most likely a slip of the pen."""
    parts = [part.strip() for part in text.split(";")]
    if len(parts) > 1 and not parts[-1]:
        parts.pop()
    if not all(parts):
        raise BadCell("There is nothing between two “;” here. Remove one of them.")
    return parts


def _checked(text: str, problem: str | None) -> str:
    if problem is not None:
        raise BadCell(problem)
    return text


def _postal(normalize: Callable[[str], str], text: str) -> str:
    try:
        return normalize(text)
    except postal.PostalError as error:
        raise BadCell(sentence(str(error))) from None


def _plausible(found: dt.date) -> None:
    if not 1900 <= found.year <= 2199:
        raise BadCell(f"The year {found.year} is not between 1900 and 2199. Check it.")
