# SPDX-License-Identifier: MIT
"""Diagnosis codes (ICD-10-CM): the door to the list that ships with the program.

The list is read at first use (a few milliseconds) and its titles when the first one is shown.
A list the user loaded with ``load_table`` answers the same questions; ``table_for`` picks between
them by date of service.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files

from mediyn_desktop.codes.icd10_files import CodeFileError, load_table
from mediyn_desktop.codes.icd10_table import (
    Icd10Check,
    IcdStatus,
    IcdTable,
    dotted,
    fiscal_year_of,
    normalize,
    table_for,
)

__all__ = [
    "CodeFileError",
    "Icd10Check",
    "IcdStatus",
    "IcdTable",
    "bundled",
    "check",
    "dotted",
    "fiscal_year_of",
    "is_stale_for",
    "load_table",
    "normalize",
    "table_for",
    "title",
]


@cache
def bundled() -> IcdTable:
    """Return the list that ships with the program; resources/codes/build_icd10.py makes it."""
    header, *codes = _lines("icd10cm-codes.txt.gz")
    year, release = header.removeprefix("# ").split("\t")
    return IcdTable(int(year), release, tuple(codes), _bundled_titles)


def check(text: str, on: date | None = None) -> Icd10Check:
    """Return what the shipped list says about ``text`` for a service on the date ``on``."""
    return bundled().check(text, on)


def is_stale_for(dos: date) -> bool:
    """Return whether a list newer than the shipped one was in force on ``dos``."""
    return bundled().is_stale_for(dos)


def title(code: str) -> str | None:
    """Return the public title of a code or heading of the shipped list, or None."""
    return bundled().title(code)


@cache
def _bundled_titles() -> Mapping[str, str]:
    lines = _lines("icd10cm-titles.txt.gz")  # code, title, code, title: no line to take apart
    return dict(zip(lines[::2], lines[1::2], strict=True))


def _lines(name: str) -> list[str]:
    packed = files("mediyn_desktop.codes").joinpath("data", name).read_bytes()
    return gzip.decompress(packed).decode().splitlines()
