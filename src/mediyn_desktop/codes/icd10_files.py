# SPDX-License-Identifier: MIT
"""Read a newer ICD-10-CM list from a file the user downloaded from the CDC or CMS.

Three layouts are told apart line by line:

* codes file (``icd10cm-codes-2027.txt``): code, blanks, title; billable codes only
* order file (``icd10cm-order-2027.txt``): columns 1-5 running number, 7-13 code, 15 flag (1 is
  billable), 17-76 short title, 78 on long title (layout note in the CMS order file archive)
* plain list: one item a line, with chapters (``5``), blocks (``A00-A09``) and headings mixed in

A junk or partial file must never become the list claims are checked against, so a single line that
fits no layout refuses the whole file, and so does a list that is too short to be a year's.
"""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

from mediyn_desktop.codes.icd10_table import IcdTable, normalize
from mediyn_desktop.core.errors import UserFacingError

# Every year since 2016 has had about 70,000 codes, in every letter; the order file is about 15 MB.
LEAST_CODES = 60_000
_LARGEST_BYTES = 60_000_000
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")

_YEAR = re.compile(r"(?<!\d)20[1-9]\d(?!\d)")
_ORDER = re.compile(r"\d{5} (?P<code>[A-Z0-9]{3,7}) +(?P<flag>[01]) (?P<titles>.+)")
_CODE = re.compile(
    r"(?=.{0,2}\d)(?P<code>[A-Z][0-9A-Z]{2}\.?[0-9A-Z]{0,4})(?:[ \t]+(?P<title>.*))?"
)
_CHAPTER_OR_BLOCK = re.compile(r"\d{1,2}|[A-Z][0-9A-Z]{2}-[A-Z][0-9A-Z]{2}")


class CodeFileError(UserFacingError):
    """The chosen file is not a usable ICD-10-CM list; the list in use is unchanged."""

    code = "icd-file-refused"


def load_table(
    path: Path, fiscal_year: int | None = None, *, least_codes: int = LEAST_CODES
) -> IcdTable:
    """Return the list in the file ``path``.

    ``fiscal_year`` is taken from the file's name when not given. ``least_codes`` is the number of
    billable codes below which the file is held to be a fragment.

    Raises:
        CodeFileError: unreadable, not a code list, a fragment, or of an unknown year.
    """
    year = fiscal_year if fiscal_year is not None else _year_in(path)
    titles: dict[str, str] = {}
    for number, line in enumerate(_text(path).splitlines(), start=1):
        entry = line.strip()
        if not entry or entry.startswith("#"):
            continue
        if order := _ORDER.fullmatch(entry):
            if order["flag"] == "1":
                titles[order["code"]] = _long_title(order["titles"])
        elif single := _CODE.fullmatch(entry):
            titles[normalize(single["code"])] = (single["title"] or "").strip()
        elif not _CHAPTER_OR_BLOCK.fullmatch(entry):
            raise _refuse(path, f"has no code in line {number}: “{entry[:40]}”")
    codes = _leaves(titles)
    if len(codes) < least_codes or {code[0] for code in codes} != _LETTERS:
        raise _refuse(path, f"holds only part of a year's list ({len(codes):,} codes)")
    return IcdTable(year, path.name, codes, lambda: titles)


def _leaves(codes: dict[str, str]) -> tuple[str, ...]:
    """Return ``codes`` sorted, without those that another code continues."""
    pairs = pairwise([*sorted(codes), ""])
    return tuple(code for code, following in pairs if not following.startswith(code))


def _long_title(titles: str) -> str:
    """Return the long of the two titles of an order line; the short one is padded to 60."""
    return titles[61:].strip() or titles[:60].strip()


def _year_in(path: Path) -> int:
    years = set(_YEAR.findall(path.name))
    if len(years) != 1:
        raise _refuse(path, "does not say in its name which fiscal year it is for")
    return int(years.pop())


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise _refuse(path, "is too large to be a code list")
        raw = path.read_bytes()
    except OSError as reason:
        raise _refuse(path, "could not be read") from reason
    if raw.startswith(b"PK"):
        raise _refuse(path, "is a ZIP archive; unpack it first")
    if b"\0" in raw:
        raise _refuse(path, "is not a text file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")  # older CDC files spell Ménière in Latin-1; codes are ASCII


def _refuse(path: Path, what: str) -> CodeFileError:
    return CodeFileError(
        f"{path.name} {what}. The code list in use has not changed. "
        "Choose the CDC file named like icd10cm-codes-2027.txt."
    )
