# SPDX-License-Identifier: MIT
"""What the readers of all transaction sets share: rows in, items out, flaws beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mediyn_desktop.claims.x12.delimiters import Delimiters
from mediyn_desktop.claims.x12.inbound import (
    Contact,
    Dated,
    Flaw,
    Origin,
    Party,
    Place,
    Reference,
)
from mediyn_desktop.claims.x12.segments import Segment
from mediyn_desktop.claims.x12.values import cents, span

Row = list[str]
Handler = Callable[[Row, int], None]

# More segments than any real claim, or any real batch of answers, has.
MOST_SEGMENTS = 100_000


class SetReader:
    """Takes the rows of one set between ST and SE and appends what they say to ``out``.

    ``handlers`` name the segments a reader knows; everything else goes to ``other``. ``since`` is
    the segment at which the value being built began: a value is not built from more than
    ``MOST_SEGMENTS``, after which only ``resumes`` are listened to.
    """

    handlers: Mapping[str, Handler]
    resumes: Mapping[str, Handler]

    def __init__(self, origin: Origin, marks: Delimiters, out: list[Any], position: int) -> None:
        self.origin = origin
        self.marks = marks
        self.out = out
        self.position = position
        self.since = position
        self.handlers = {}
        self.resumes = {}
        self._flaws: list[Flaw] = []

    def other(self, row: Row, position: int) -> None:
        """Keep a segment that the reader has no handler for."""
        raise NotImplementedError

    def finish(self, position: int, *, complete: bool) -> None:
        """Put out what is still open. ``complete`` is False when the set breaks off."""
        raise NotImplementedError

    def flaw(
        self,
        code: str,
        message: str,
        row: Row | None = None,
        position: int = 0,
        *,
        element: str = "",
        claim: str = "",
        blocks: bool = False,
    ) -> None:
        """Note something that is wrong in this set."""
        segment = row[0] if row else ""
        self._flaws.append(Flaw(code, message, segment, element, position, claim, blocks))

    def taken(self) -> tuple[Flaw, ...]:
        """Return the flaws so far, and begin anew."""
        found = tuple(self._flaws)
        self._flaws.clear()
        return found

    def too_long(self, position: int) -> None:
        """Note that a value has more segments than are read into one."""
        self.flaw(
            "too-long",
            f"More than {MOST_SEGMENTS:,} segments belong to one item here; the rest of it was "
            "not read. The file is kept as it is.",
            position=position,
            blocks=True,
        )

    def broken_off(self, position: int) -> None:
        """Note that the set has no end."""
        self.flaw(
            "broken-off",
            "The transaction breaks off before its end, so something may be missing. Ask the "
            "sender for the whole file.",
            position=position,
            blocks=True,
        )

    def segment(self, row: Row, position: int) -> Segment:
        """Return ``row`` as the value that is kept."""
        return Segment(row[0].strip(), tuple(row[1:]), position, self.marks)

    def amount(
        self, row: Row, number: int, position: int, *, claim: str = "", blocks: bool = True
    ) -> int | None:
        """Return element ``number`` in cents; None when it is empty, or no amount (a flaw)."""
        text = row[number] if number < len(row) else ""
        if not text:
            return None
        value = cents(text)
        if value is None:
            self.flaw(
                "amount-unreadable",
                f"{row[0]}{number:02d} should be an amount and cannot be read as one.",
                row,
                position,
                element=f"{number:02d}",
                claim=claim,
                blocks=blocks,
            )
        return value

    def date(self, row: Row, number: int, qualifier: str, position: int, claim: str = "") -> Dated:
        """Return the date or range in element ``number``; no date is a flaw."""
        text = at(row, number)
        first, last = span(text)
        if first is None or last is None:
            self.flaw(
                "date-unreadable",
                f"{row[0]}{number:02d} should be a date and cannot be read as one.",
                row,
                position,
                element=f"{number:02d}",
                claim=claim,
            )
        return Dated(qualifier, first, last, text)


def at(row: Row, number: int) -> str:
    """Return element ``number`` of a row (1 is the first after the identifier), or ""."""
    return row[number] if number < len(row) else ""


def read_party(row: Row) -> Party:
    """Return NM1 as a value."""
    if len(row) < 10:
        row = [*row, *[""] * (10 - len(row))]
    return Party(row[1], row[2], row[3], row[4], row[5], row[7], row[8], row[9])


def read_reference(row: Row) -> Reference:
    """Return REF as a value."""
    return Reference(at(row, 1), at(row, 2), at(row, 3))


def read_contact(row: Row) -> Contact:
    """Return PER as a value."""
    pairs = zip(row[3::2], row[4::2], strict=False)
    return Contact(at(row, 1), at(row, 2), tuple((kind, text) for kind, text in pairs if text))


def with_city(place: Place, row: Row) -> Place:
    """Return ``place`` with the city line (N4)."""
    return Place(place.lines, at(row, 1), at(row, 2), at(row, 3))
