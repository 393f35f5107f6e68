# SPDX-License-Identifier: MIT
"""Reading ``practice.toml``: the practice and its clinician."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from mediyn_desktop.codes.tax_ids import TaxIdError, normalize_tax_id
from mediyn_desktop.exchange.practice_folder.cells import BadCell, CellError, clean, shown
from mediyn_desktop.exchange.practice_folder.csv_files import decode, read_bytes, read_cell
from mediyn_desktop.exchange.practice_folder.rows import (
    DEFAULT_CLINICIAN,
    PRACTICE_TOML,
    OwnClinicianRow,
    PracticeRow,
    Row,
    columns,
)

R = TypeVar("R", bound=Row)

PRACTICE = "practice"
CLINICIAN = "clinician"

_AT_LINE = re.compile(r"at line (\d+)")
_SECTION = re.compile(r"\s*\[\s*[\"']?([\w-]+)[\"']?\s*\]")
_KEY = re.compile(r"\s*[\"']?([\w-]+)[\"']?\s*=")


@dataclass(frozen=True, slots=True)
class PracticeFile:
    """What ``practice.toml`` says, as far as it could be read.

    ``clinician_ref`` is what a blank ``clinician_ref`` means, also when the rest of the table is
    bad; ``zone_bad`` tells that a time zone was given and could not be read. ``readable`` is false
    when nothing can be concluded from what is missing.
    """

    practice: PracticeRow | None = None
    clinician: OwnClinicianRow | None = None
    clinician_ref: str | None = None
    zone_bad: bool = False
    readable: bool = True


def read_practice(path: Path, errors: list[CellError]) -> PracticeFile:
    """Read ``path``; every problem is appended to ``errors`` with the key as its column."""
    text = decode(PRACTICE_TOML, read_bytes(path), errors)
    if text is None:
        return PracticeFile(readable=False)
    for number, line in enumerate(text.split("\n"), start=1):
        if any("\udc80" <= letter <= "\udcff" for letter in line):
            message = "This line is not in UTF-8. Save the file as UTF-8 and try again."
            errors.append(CellError(PRACTICE_TOML, number, "", message))
            return PracticeFile(readable=False)
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        errors.append(_not_toml(str(error)))
        return PracticeFile(readable=False)
    lines = _Lines(text)
    for name in document:
        if name not in (PRACTICE, CLINICIAN):
            message = (
                f"practice.toml has no {shown(name)}. Its parts are [practice] and [clinician]."
            )
            errors.append(CellError(PRACTICE_TOML, lines.of(name), name, message))
    before = len(errors)
    practice = _part(document, PRACTICE, PracticeRow, {}, lines, errors)
    zone_bad = any(error.column == "timezone" for error in errors[before:])
    clinician = _part(
        document, CLINICIAN, OwnClinicianRow, {"ref": DEFAULT_CLINICIAN}, lines, errors
    )
    named = document.get(CLINICIAN)
    ref = None
    if isinstance(named, dict):
        given = named.get("ref", DEFAULT_CLINICIAN)
        ref = given.strip() or DEFAULT_CLINICIAN if isinstance(given, str) else DEFAULT_CLINICIAN
    return PracticeFile(practice, clinician, ref, zone_bad)


def _not_toml(technical: str) -> CellError:
    found = _AT_LINE.search(technical)
    if "end of document" in technical or found is None:
        message = "This file ends too early: something is opened and not closed."
        return CellError(PRACTICE_TOML, 1, "", message)
    message = (
        'This line cannot be read. Write name = "value", with the value in quotation marks, each '
        "name once, and [practice] and [clinician] on lines of their own."
    )
    return CellError(PRACTICE_TOML, int(found[1]), "", message)


class _Lines:
    """Where each key of a TOML text stands; the parser itself does not say."""

    def __init__(self, text: str) -> None:
        self._found: dict[tuple[str, str], int] = {}
        section = ""
        for number, line in enumerate(text.split("\n"), start=1):
            if header := _SECTION.match(line):
                section = header[1]
                self._found.setdefault((section, ""), number)
            elif key := _KEY.match(line):
                self._found.setdefault((section, key[1]), number)

    def of(self, section: str, key: str = "") -> int:
        """Return the line of ``key``, else of its section, else of the file's beginning."""
        places = ((section, key), (section, ""), ("", section))
        return next((self._found[place] for place in places if place in self._found), 1)


def _part(
    document: Mapping[str, Any],
    name: str,
    row: type[R],
    usual: Mapping[str, str],
    lines: _Lines,
    errors: list[CellError],
) -> R | None:
    """Read one table of the document; ``usual`` stands for keys that are absent or blank."""

    def complain(key: str, message: str) -> None:
        errors.append(CellError(PRACTICE_TOML, lines.of(name, key), key or name, message))

    if name not in document:
        return None
    part = document[name]
    if not isinstance(part, dict):
        complain("", f"Write [{name}] on a line of its own and its entries below it.")
        return None
    known = columns(row)
    before = len(errors)
    for key in part:
        if key not in known:
            near = get_close_matches(key.lower(), list(known), 1)
            hint = f"Did you mean {near[0]}?" if near else f"It has: {', '.join(known)}."
            complain(key, f"[{name}] has no {shown(key)}. {hint}")
    values: dict[str, Any] = {}
    for column in known.values():
        given = part.get(column.name, "")
        if not isinstance(given, str):
            complain(column.name, f'Put the value in quotation marks: {column.name} = "…".')
            continue
        try:
            values[column.name] = read_cell(
                column, given if clean(given) else usual.get(column.name, "")
            )
        except BadCell as error:
            blank = column.required and not given.strip()
            complain(column.name, f"[{name}] needs its {column.name}." if blank else str(error))
    if "tax_id_type" in values and values.get("tax_id"):
        try:
            values["tax_id"] = normalize_tax_id(values["tax_id"], values["tax_id_type"])
        except TaxIdError as error:
            complain("tax_id", str(error))
    return None if len(errors) > before else row(lines.of(name), **values)
