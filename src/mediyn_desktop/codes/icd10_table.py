# SPDX-License-Identifier: MIT
"""One year's list of ICD-10-CM codes: what is billable, what is only a heading, what it is called.

A payer accepts the most specific code only, a leaf of the tree; a code with further codes below it
is a heading and is refused. Since every heading is the beginning of a leaf, a sorted list of leaves
tells both, and no tree is kept.

The list that counts is the one of the date of service, not of the day of billing. A fiscal year
runs from October 1 to September 30, with a small update possible on April 1 (CDC/NCHS release
notes); an April list therefore knows codes that were not yet valid in the half year before it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

# The second character is a letter in QA0.0 and its kin, so the shape says little: look the code up.
# A digit among the first three tells a code from a word.
_SHAPE = re.compile(r"(?=..?[0-9])[A-Z][0-9A-Z]{2,6}")

# A search shows a therapist's chapters first: mental disorders, then symptoms, then circumstances.
_CHAPTER_ORDER = {"F": 0, "R": 1, "Z": 2}


class IcdStatus(StrEnum):
    """What a text is in a year's list."""

    BILLABLE = "billable"
    HEADING = "heading"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Icd10Check:
    """What a list says about one diagnosis code.

    ``code`` is undotted, as claims carry it. ``message`` is a sentence for the clinician, also when
    all is well. ``suggestion`` is an undotted billable code near the one given. ``caution`` is set
    when the list is not the one of the date of service: the answer may then differ for a payer.
    """

    code: str
    status: IcdStatus
    message: str
    suggestion: str | None = None
    caution: str | None = None

    @property
    def billable(self) -> bool:
        """Whether a payer of that year takes the code on a claim."""
        return self.status is IcdStatus.BILLABLE


def normalize(text: str) -> str:
    """Return ``text`` as claims carry it: trimmed, upper case, no dot after the third character.

    A dot anywhere else stays, so that a typing error such as ``F4.11`` is not read as F41.1.
    """
    bare = text.strip().upper()
    return bare[:3] + bare[4:] if bare[3:4] == "." else bare


def dotted(code: str) -> str:
    """Return ``code`` as people read it: ``F411`` becomes ``F41.1``, ``F39`` stays."""
    bare = normalize(code)
    return f"{bare[:3]}.{bare[3:]}" if len(bare) > 3 else bare


def fiscal_year_of(day: date) -> int:
    """Return the ICD-10-CM fiscal year ``day`` falls in; October 2026 belongs to 2027."""
    return day.year + (day.month >= 10)


def _long_date(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


class IcdTable:
    """The billable codes of one fiscal year, sorted and undotted, with their titles."""

    def __init__(
        self,
        fiscal_year: int,
        release: str,
        codes: tuple[str, ...],
        titles: Callable[[], Mapping[str, str]],
    ) -> None:
        """Hold ``codes`` (sorted, undotted, leaves only); ``titles`` is called when one is shown.

        ``release`` names the source for people, such as ``April 2026`` or a file's name.
        """
        self.fiscal_year = fiscal_year
        self.release = release
        self.codes = codes
        self._titles = titles

    @property
    def valid_from(self) -> date:
        """First date of service of the fiscal year."""
        return date(self.fiscal_year - 1, 10, 1)

    @property
    def valid_to(self) -> date:
        """Last date of service of the fiscal year."""
        return date(self.fiscal_year, 9, 30)

    def is_stale_for(self, dos: date) -> bool:
        """Return whether a newer list was in force on the date of service ``dos``."""
        return dos > self.valid_to

    def status(self, code: str) -> IcdStatus:
        """Return what the canonical (undotted, upper case) ``code`` is in this list."""
        found = self._first_from(code)
        if found == code:
            return IcdStatus.BILLABLE
        if found is not None and len(code) >= 3 and found.startswith(code):
            return IcdStatus.HEADING
        return IcdStatus.UNKNOWN

    def check(self, text: str, on: date | None = None) -> Icd10Check:
        """Return what this list says about ``text`` for a service on the date ``on``.

        Any text is accepted and none raises; see ``Icd10Check`` for the answer.
        """
        code = normalize(text)
        caution = self._caution(on)
        if not _SHAPE.fullmatch(code):
            message = (
                "A diagnosis code is missing."
                if not code
                else f"“{text.strip()}” is not a diagnosis code; a code looks like F41.1."
            )
            return Icd10Check(code, IcdStatus.UNKNOWN, message, caution=caution)
        status = self.status(code)
        shown = dotted(code)
        match status:
            case IcdStatus.BILLABLE:
                message, near = f"{shown} is a billable code.", None
            case IcdStatus.HEADING:
                near = self._first_from(code)
                example = f", for example {dotted(near)}" if near else ""
                message = f"{shown} is a heading; choose a more specific code{example}."
            case IcdStatus.UNKNOWN:
                near = self._nearest_above(code)
                hint = f" Did you mean {dotted(near)}?" if near else " Check it for a typing error."
                message = f"{shown} is not in the ICD-10-CM list of {self.fiscal_year}.{hint}"
        return Icd10Check(code, status, message, near, caution)

    def title(self, code: str) -> str | None:
        """Return the public title of a billable code or heading, with or without dot, or None."""
        return self._titles().get(normalize(code)) or None

    def search(self, text: str, limit: int = 20) -> list[tuple[str, str]]:
        """Return up to ``limit`` billable (undotted code, title) pairs that fit ``text``.

        Fits: the code begins with ``text``, or the title holds each of its words, in any case and
        order. Mental disorders come first, then symptoms and circumstances, then the rest.
        """
        beginning = normalize(text)
        words = text.lower().split()
        if not words:
            return []
        titles = self._titles()
        fits = []
        for code in self.codes:
            title = titles.get(code, "")
            lowered = title.lower()
            if code.startswith(beginning) or all(word in lowered for word in words):
                fits.append((code, title))
        fits.sort(key=lambda hit: (_CHAPTER_ORDER.get(hit[0][0], 3), hit[0]))
        return fits[:limit]

    def _first_from(self, code: str) -> str | None:
        """Return the first listed code that is ``code`` or sorts after it."""
        place = bisect_left(self.codes, code)
        return self.codes[place] if place < len(self.codes) else None

    def _nearest_above(self, code: str) -> str | None:
        """Return the billable code that ``code`` continues too far, as F41.1X does F41.1."""
        shorter = (code[:length] for length in range(len(code) - 1, 2, -1))
        return next((c for c in shorter if self.status(c) is IcdStatus.BILLABLE), None)

    def _caution(self, on: date | None) -> str | None:
        if on is None or fiscal_year_of(on) == self.fiscal_year:
            return None
        if self.is_stale_for(on):
            return (
                f"The code list in use ends on {_long_date(self.valid_to)}, before this service. "
                "Codes may have changed since; load the newer list."
            )
        return (
            f"The code list in use starts on {_long_date(self.valid_from)}, after this service. "
            "A code may not have been valid then."
        )


def table_for(dos: date, tables: Iterable[IcdTable]) -> IcdTable:
    """Return the list to check a service on ``dos`` against: its own year's, else the nearest.

    An earlier year is preferred to a later one, because most codes carry over.

    Raises:
        ValueError: ``tables`` is empty.
    """
    year = fiscal_year_of(dos)
    by_year = sorted(tables, key=lambda table: table.fiscal_year)
    if not by_year:
        raise ValueError("there is no code list to choose from")
    not_later = [table for table in by_year if table.fiscal_year <= year]
    return not_later[-1] if not_later else by_year[0]
