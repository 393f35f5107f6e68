# SPDX-License-Identifier: MIT
"""Where a telehealth modifier may stand besides places 02 and 10, by plan and date: a table."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib.resources import files


class Verdict(StrEnum):
    """What is known of a telehealth modifier at a place where people meet in person."""

    RIGHT = "right"
    UNSURE = "unsure"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class PlaceRule:
    """One row: ``plan`` is SBR09 (blank: every plan), no ``places`` means all of them."""

    plan: str
    first: date
    last: date | None
    places: frozenset[str]
    verdict: Verdict
    source: str


def verdict_on(plan: str, place: str, day: date | None) -> Verdict:
    """Return what the table says; the first row that fits counts, and none means wrong."""
    for row in RULES:
        fits = row.plan in ("", plan) and (not row.places or place in row.places)
        if fits and day is not None and row.first <= day and (row.last is None or day <= row.last):
            return row.verdict
    return Verdict.WRONG


def _read(text: str) -> tuple[PlaceRule, ...]:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return tuple(
        PlaceRule(
            row["plan"],
            date.fromisoformat(row["first"]),
            date.fromisoformat(row["last"]) if row["last"] else None,
            frozenset(row["places"].split()),
            Verdict(row["verdict"]),
            row["source"],
        )
        for row in csv.DictReader(lines, delimiter="\t")
    )


RULES = _read(
    files("mediyn_desktop.claims.x12.scrub").joinpath("remote_places.tsv").read_text("utf-8")
)
