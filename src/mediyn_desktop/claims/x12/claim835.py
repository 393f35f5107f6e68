# SPDX-License-Identifier: MIT
"""Reads one claim of an 835: the segments from its CLP to the next, into a ``RemitClaim``.

A remittance is nearly all claims, and its claims are nearly all the same few dates, services and
adjustments over and over. Such a segment is read once and remembered by its text.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mediyn_desktop.claims.x12.delimiters import Delimiters
from mediyn_desktop.claims.x12.inbound import Contact, Dated, Flaw, Party, Reference
from mediyn_desktop.claims.x12.model835 import Adjustment, RemitClaim, ServiceLine
from mediyn_desktop.claims.x12.records import open_twin
from mediyn_desktop.claims.x12.segments import Segment
from mediyn_desktop.claims.x12.set_reader import (
    Row,
    amount_flaw,
    at,
    date_flaw,
    missing_flaw,
    read_contact,
    read_party,
    read_reference,
)
from mediyn_desktop.claims.x12.values import cents, procedure, span

# What ends a claim: the next one, or anything that can stand behind the last.
ENDS = frozenset(("CLP", "LX", "PLB", "TS2", "TS3", "SE", "ST", "GE", "GS", "IEA", "ISA"))
_KNOWN = ENDS | {"CAS", "DTM", "REF", "AMT", "SVC", "NM1", "LQ", "QTY", "MOA", "MIA", "PER"}
# What differs from claim to claim is not worth remembering.
_LINE_NUMBER = "6R"
_PERSONS = frozenset(("QC", "IL", "74"))
_EMPTY: Row = [""] * 10

# A file of noise must not fill the memory with what is remembered.
_MOST_REMEMBERED = 10_000
_LONGEST_REMEMBERED = 80

_open_claim = open_twin(RemitClaim)
_open_line = open_twin(ServiceLine)

_Head = tuple[str, str, tuple[str, ...], int, int, str, str, str, tuple[str, ...], str]


class _Seldom:
    """What few claims and lines have: made only when it is needed."""

    __slots__ = ("others", "quantities", "remarks")

    def __init__(self) -> None:
        self.others: list[Segment] = []
        self.quantities: list[tuple[str, str]] = []
        self.remarks: list[str] = []


# What is said about a claim, or about one of its lines: adjustments, dates, references, amounts,
# and perhaps one ``_Seldom``. A segment adds to the list that its slot names.
_Said = tuple[list[Adjustment], list[Dated], list[Reference], list[tuple[str, int]], list[_Seldom]]
_ADJUSTMENTS, _DATES, _REFERENCES, _AMOUNTS, _PARTIES, _SERVICE, _NOTHING, _END = range(8)
_ENDS_CLAIM = (_END, ())
_NOTHING_MORE = (_NOTHING, ())


class ClaimReader:
    """Reads the claims of one set, and remembers the segments that repeat."""

    def __init__(self, marks: Delimiters) -> None:
        self._marks = marks
        self._remembered: dict[str, tuple[int, Any]] = {}
        self._flaws: list[Flaw] = []
        self._contacts: list[Contact] = []

    def read(self, texts: list[str], index: int, position: int) -> tuple[RemitClaim, int]:
        """Return the claim whose CLP is at ``index`` of ``texts``, and the index after its last.

        ``position`` is the file's number of the first of ``texts``. What cannot be read is among
        the claim's flaws; what has no field is among its ``others`` or those of its line.
        """
        begins = f"CLP{self._marks.element}"
        remembered = self._remembered
        parties: list[Party] = []
        lines: list[ServiceLine] = []
        service: tuple[_Head, str] | None = None
        own: _Said = ([], [], [], [], [])
        now = own
        began = index
        for after in range(index + 1, len(texts)):
            text = texts[after]
            known = remembered.get(text)
            if known is None:
                if text.startswith(begins):
                    break
                known = self._fresh(text, position + after, now)
            slot, value = known
            if slot <= _AMOUNTS:
                now[slot].extend(value)
            elif slot == _SERVICE:
                if service is not None:
                    lines.append(_line(service, now, position + began))
                service, began, now = value, after, ([], [], [], [], [])
            elif slot == _PARTIES:
                parties += value
            elif slot == _END:
                break
        else:
            after = len(texts)
        if service is not None:
            lines.append(_line(service, now, position + began))
        head = texts[index].split(self._marks.element)
        return self._claim(head, own, lines, parties, position + index, position + after - 1), after

    def _claim(
        self,
        row: Row,
        own: _Said,
        lines: list[ServiceLine],
        parties: list[Party],
        start: int,
        end: int,
    ) -> RemitClaim:
        if len(row) < 10:
            row = row + _EMPTY
        number = row[1].strip()
        charge, paid, patient = cents(row[3]), cents(row[4]), cents(row[5])
        if charge is None or paid is None or (patient is None and row[5]) or not number:
            self._flawed_head(row, start)
        flaws: tuple[Flaw, ...] = ()
        if self._flaws:
            flaws = tuple(replace(flaw, claim=number) for flaw in self._flaws)
            self._flaws = []
        contacts: tuple[Contact, ...] = ()
        if self._contacts:
            contacts, self._contacts = tuple(self._contacts), []
        adjustments, dates, references, amounts, seldom = own
        quantities, remarks, others = _seldom(seldom) if seldom else _NONE
        claim = _open_claim(
            number,
            row[2].strip(),
            charge or 0,
            paid or 0,
            patient,
            row[6],
            row[7].strip(),
            row[8],
            row[9],
            tuple(adjustments) if adjustments else (),
            tuple(lines),
            tuple(parties),
            tuple(references) if references else (),
            tuple(dates),
            tuple(amounts) if amounts else (),
            quantities,
            remarks,
            contacts,
            others,
            flaws,
            start,
            end,
        )
        claim.__class__ = RemitClaim
        return claim  # type: ignore[no-any-return]

    def _flawed_head(self, row: Row, position: int) -> None:
        self._needed(row, position, (3, "charge"), (4, "payment"))
        self._amount(row, 5, position, blocks=False)
        if not row[1].strip():
            message = "A claim has no control number (CLP01)."
            self._flaws.append(Flaw("no-control-number", message, "CLP", "01", position))

    def _fresh(self, text: str, position: int, now: _Said) -> tuple[int, Any]:
        """Read a segment that is not remembered; return its slot and what it adds there."""
        row = text.split(self._marks.element)
        name = row[0]
        kind = row[1] if len(row) > 1 else ""
        if name == "REF" and kind == _LINE_NUMBER:
            return _REFERENCES, (read_reference(row),)
        if name == "NM1" and kind in _PERSONS:
            return _PARTIES, (read_party(row),)
        if name in ENDS:
            return _ENDS_CLAIM
        before = len(self._flaws)
        found: tuple[int, Any]
        match name:
            case "CAS":
                found = (_ADJUSTMENTS, self._adjustments(row, position))
            case "DTM":
                found = (_DATES, (self._date(row, position),))
            case "SVC":
                found = (_SERVICE, self._service(row, position))
            case "REF":
                found = (_REFERENCES, (read_reference(row),))
            case "NM1":
                found = (_PARTIES, (read_party(row),))
            case "AMT" if (value := cents(at(row, 2))) is not None:
                found = (_AMOUNTS, ((row[1], value),))
            case _:
                self._rare(row, position, now)
                return _NOTHING_MORE
        short = len(text) <= _LONGEST_REMEMBERED and len(self._remembered) < _MOST_REMEMBERED
        if short and len(self._flaws) == before:
            self._remembered[text] = found
        return found

    def _adjustments(self, row: Row, position: int) -> tuple[Adjustment, ...]:
        group = at(row, 1).strip()
        found = []
        for number in range(2, len(row), 3):
            reason, text = row[number].strip(), at(row, number + 1)
            if not text and not reason:
                continue
            value = cents(text)
            if value is None:
                self._needed(row, position, (number + 1, "adjustment"))
            quantity = at(row, number + 2).strip()
            found.append(Adjustment(group, reason, value or 0, quantity))
        return tuple(found)

    def _date(self, row: Row, position: int) -> Dated:
        number = 6 if at(row, 6) else 2
        text = at(row, number)
        first, last = span(text)
        if first is None or last is None:
            self._flaws.append(date_flaw(row, number, position, ""))
        return Dated(at(row, 1), first, last, text)

    def _service(self, row: Row, position: int) -> tuple[_Head, str]:
        if len(row) < 8:
            row = row + _EMPTY
        qualifier, code, modifiers, description = procedure(row[1], self._marks.component)
        _, submitted, submitted_modifiers, _ = procedure(row[6], self._marks.component)
        charge, paid = cents(row[2]), cents(row[3])
        if charge is None or paid is None:
            self._needed(row, position, (2, "charge"), (3, "payment"))
        amounts = (charge or 0, paid or 0)
        sent = (submitted, submitted_modifiers, row[7])
        return (qualifier, code, modifiers, *amounts, row[5], row[4], *sent), description

    def _rare(self, row: Row, position: int, now: _Said) -> None:
        """Read the segments that a claim seldom has, and keep those that have no field."""
        if not now[-1]:
            now[-1].append(_Seldom())
        (seldom,) = now[-1]
        match row[0]:
            case "LQ":
                seldom.remarks += row[2:3]
                if at(row, 1) == "HE":
                    return
            case "QTY":
                seldom.quantities.append((at(row, 1), at(row, 2)))
                return
            case "PER":
                self._contacts.append(read_contact(row))
                return
            case "MOA":
                seldom.remarks += [code for code in row[3:8] if code]
            case "MIA":
                seldom.remarks += [code for code in (*row[5:6], *row[20:24]) if code]
            case "AMT":
                # For information only: the claim's money does not hang on it.
                self._amount(row, 2, position, blocks=False)
            case name if (bare := name.strip().upper()) != name and bare in _KNOWN:
                message = (
                    f"A segment is named “{name[:10]}” where {bare} must be meant; it was kept and "
                    "not used."
                )
                self._flaws.append(
                    Flaw("segment-misspelled", message, bare, position=position, blocks=True)
                )
        seldom.others.append(Segment(row[0].strip(), tuple(row[1:]), position, self._marks))

    def _amount(self, row: Row, number: int, position: int, *, blocks: bool = True) -> None:
        """Note element ``number`` when it is there and no amount."""
        if at(row, number) and cents(row[number]) is None:
            self._flaws.append(amount_flaw(row, number, position, "", blocks=blocks))

    def _needed(self, row: Row, position: int, *wanted: tuple[int, str]) -> None:
        """Note each amount in ``wanted`` that is missing or no amount."""
        for number, what in wanted:
            self._amount(row, number, position)
            if not at(row, number):
                self._flaws.append(missing_flaw(row, number, position, what, ""))


def _line(service: tuple[_Head, str], said: _Said, position: int) -> ServiceLine:
    head, description = service
    adjustments, dates, references, amounts, seldom = said
    quantities, remarks, others = _seldom(seldom) if seldom else _NONE
    line = _open_line(
        *head,
        tuple(adjustments),
        tuple(dates),
        tuple(references),
        tuple(amounts) if amounts else (),
        quantities,
        remarks,
        others,
        position,
        description,
    )
    line.__class__ = ServiceLine
    return line  # type: ignore[no-any-return]


_Seldoms = tuple[tuple[tuple[str, str], ...], tuple[str, ...], tuple[Segment, ...]]
_NONE: _Seldoms = ((), (), ())


def _seldom(found: list[_Seldom]) -> _Seldoms:
    (seldom,) = found
    return tuple(seldom.quantities), tuple(seldom.remarks), tuple(seldom.others)
