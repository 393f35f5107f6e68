# SPDX-License-Identifier: MIT
"""What the readers of all transaction sets share: rows in, items out, flaws beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
from mediyn_desktop.claims.x12.records import open_twin
from mediyn_desktop.claims.x12.segments import Segment
from mediyn_desktop.claims.x12.values import cents, span

Row = list[str]
_open_party = open_twin(Party)
_open_reference = open_twin(Reference)
Handler = Callable[[Row, int], None]

# More segments than any real claim, or any real batch of answers, has.
MOST_SEGMENTS = 100_000
ENVELOPES = frozenset(("ISA", "GS", "ST", "SE", "GE", "IEA"))


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a set begins: its envelope, separators, where its items go, and its ST's position.

    ``memory`` is the readers' own, by separators, over all sets of a file.
    """

    origin: Origin
    marks: Delimiters
    out: list[Any]
    position: int
    memory: dict[Delimiters, Any]


class SetReader:
    """Takes the rows of one set between ST and SE and appends what they say to ``out``.

    ``handlers`` name the segments a reader knows; everything else goes to ``other``. ``since`` is
    the segment at which the value being built began: a value is not built from more than
    ``MOST_SEGMENTS``, after which only ``resumes`` are listened to.
    """

    handlers: Mapping[str, Handler]
    resumes: Mapping[str, Handler]

    def __init__(self, place: Opening) -> None:
        self.origin = place.origin
        self.marks = place.marks
        self.out = place.out
        self.position = place.position
        self.since = place.position
        self.handlers = {}
        self.resumes = {}
        self._flaws: list[Flaw] = []
        self._full_since = -1

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
            "More segments belong to one item here than any real one has; the rest of it was not "
            "read. The file is kept as it is.",
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
        text = at(row, number)
        if not text:
            return None
        value = cents(text)
        if value is None:
            self._flaws.append(amount_flaw(row, number, position, claim, blocks=blocks))
        return value

    def date(self, row: Row, number: int, qualifier: str, position: int, claim: str = "") -> Dated:
        """Return the date or range in element ``number``; no date is a flaw."""
        text = at(row, number)
        first, last = span(text)
        if first is None or last is None:
            self._flaws.append(date_flaw(row, number, position, claim))
        return Dated(qualifier, first, last, text)

    def take(self, texts: list[str], index: int, position: int) -> int:
        """Take segments from ``index`` on; return where an envelope begins, else their number.

        ``position`` is the file's number of the first of ``texts``.
        """
        element = self.marks.element
        for number in range(index, len(texts)):
            row = texts[number].split(element)
            name = row[0]
            if name in ENVELOPES:
                return number
            handle = self.handlers.get(name)
            if handle is None and (bare := name.strip().upper()) != name:
                if bare in ENVELOPES:
                    return number
                row[0] = bare
                handle = self.handlers.get(bare)
            if position + number - self.since >= MOST_SEGMENTS:
                handle = self._beyond(row[0], position + number)
            (handle or self.other)(row, position + number)
        return len(texts)

    def _beyond(self, name: str, position: int) -> Handler:
        """Return who takes a segment beyond the number that is read into one item."""
        if self._full_since != self.since:
            self._full_since = self.since
            self.too_long(position)
        return self.resumes.get(name, _pass_over)


def _pass_over(row: Row, position: int) -> None:
    """Leave out what goes beyond the size of any real item; a flaw says so."""


def amount_flaw(row: Row, number: int, position: int, claim: str, *, blocks: bool) -> Flaw:
    """Return the flaw of an amount that is none."""
    message = f"{row[0]}{number:02d} should be an amount and cannot be read as one."
    return Flaw("amount-unreadable", message, row[0], f"{number:02d}", position, claim, blocks)


def missing_flaw(row: Row, number: int, position: int, what: str, claim: str) -> Flaw:
    """Return the flaw of an amount that is not there."""
    message = f"{row[0]}{number:02d}, the {what}, is missing."
    return Flaw("amount-missing", message, row[0], f"{number:02d}", position, claim, blocks=True)


def date_flaw(row: Row, number: int, position: int, claim: str) -> Flaw:
    """Return the flaw of a date that is none; no money hangs on it."""
    message = f"{row[0]}{number:02d} should be a date and cannot be read as one."
    return Flaw("date-unreadable", message, row[0], f"{number:02d}", position, claim)


def at(row: Row, number: int) -> str:
    """Return element ``number`` of a row (1 is the first after the identifier), or ""."""
    return row[number] if number < len(row) else ""


def _first(row: Row, count: int) -> Row:
    """Return the first ``count`` elements of a row, those that are not there as empty text."""
    return [*row[1 : count + 1], *[""] * (count + 1 - len(row))]


def read_party(row: Row) -> Party:
    """Return NM1 as a value."""
    if len(row) < 10:
        row = ["", *_first(row, 9)]
    made = _open_party(row[1], row[2], row[3], row[4], row[5], row[7], row[8], row[9])
    made.__class__ = Party
    return made  # type: ignore[no-any-return]


def read_reference(row: Row) -> Reference:
    """Return REF as a value."""
    made = _open_reference(row[1], row[2]) if len(row) == 3 else _open_reference(*_first(row, 3))
    made.__class__ = Reference
    return made  # type: ignore[no-any-return]


def read_contact(row: Row) -> Contact:
    """Return PER as a value."""
    pairs = zip(row[3::2], row[4::2], strict=False)
    return Contact(at(row, 1), at(row, 2), tuple((kind, text) for kind, text in pairs if text))


def with_city(place: Place, row: Row) -> Place:
    """Return ``place`` with the city line (N4)."""
    return Place(place.lines, at(row, 1), at(row, 2), at(row, 3))
