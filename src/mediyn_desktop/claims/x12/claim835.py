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
_ENDS = frozenset(("CLP", "LX", "PLB", "TS2", "TS3", "SE", "ST", "GE", "GS", "IEA", "ISA"))
_KNOWN = _ENDS | {"CAS", "DTM", "REF", "AMT", "SVC", "NM1", "LQ", "QTY", "MOA", "MIA", "PER"}
# What differs from claim to claim is not worth remembering.
_LINE_NUMBER = ["6R"]
_PERSONS = (["QC"], ["IL"], ["74"])
_EMPTY: Row = [""] * 10
_END = "end"
_ENDS_CLAIM = (_END, None)
_NOTHING_MORE = ("", None)

# A file of noise must not fill the memory with what is remembered.
_MOST_REMEMBERED = 10_000
_LONGEST_REMEMBERED = 80

_open_claim = open_twin(RemitClaim)
_open_line = open_twin(ServiceLine)

_Head = tuple[str, str, tuple[str, ...], int, int, str, str, str, tuple[str, ...], str]


class _Said:
    """What the segments of a claim, or of one of its lines, say besides its own amounts."""

    __slots__ = ("adjustments", "amounts", "dates", "others", "quantities", "references", "remarks")

    def __init__(self) -> None:
        self.adjustments: list[Adjustment] = []
        self.amounts: list[tuple[str, int]] = []
        self.dates: list[Dated] = []
        self.references: list[Reference] = []
        # Seldom there, so made when they are needed.
        self.others: list[Segment] | None = None
        self.quantities: list[tuple[str, str]] | None = None
        self.remarks: list[str] | None = None


class ClaimReader:
    """Reads the claims of one set, and remembers the segments that repeat."""

    def __init__(self, marks: Delimiters) -> None:
        self._marks = marks
        self._remembered: dict[str, tuple[str, Any]] = {}
        self._flaws: list[Flaw] = []
        self._contacts: list[Contact] = []

    def read(  # noqa: PLR0912 - one flat loop: a remittance is nearly all of it
        self, texts: list[str], index: int, position: int
    ) -> tuple[RemitClaim, int]:
        """Return the claim whose CLP is at ``index`` of ``texts``, and the index after its last.

        ``position`` is the file's number of the first of ``texts``. What cannot be read is among
        the claim's flaws; what has no field is among its ``others`` or those of its line.
        """
        begins = f"CLP{self._marks.element}"
        remembered = self._remembered
        parties: list[Party] = []
        lines: list[ServiceLine] = []
        service: tuple[_Head, str] | None = None
        own = now = _Said()
        adjustments, dates, references = own.adjustments, own.dates, own.references
        began = index
        for after in range(index + 1, len(texts)):
            text = texts[after]
            known = remembered.get(text)
            if known is None:
                if text.startswith(begins):
                    break
                known = self._fresh(text, position + after, now)
            name, value = known
            if name == "CAS":
                adjustments += value
            elif name == "DTM":
                dates.append(value)
            elif name == "REF":
                references.append(value)
            elif name == "SVC":
                if service is not None:
                    lines.append(_line(service, now, position + began))
                service, began, now = value, after, _Said()
                adjustments, dates, references = now.adjustments, now.dates, now.references
            elif name == "AMT":
                now.amounts.append(value)
            elif name == "NM1":
                parties.append(value)
            elif name == _END:
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
        contacts, self._contacts = tuple(self._contacts), self._contacts and []
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
            tuple(own.adjustments) if own.adjustments else (),
            tuple(lines),
            tuple(parties),
            tuple(own.references) if own.references else (),
            tuple(own.dates),
            tuple(own.amounts) if own.amounts else (),
            tuple(own.quantities) if own.quantities else (),
            tuple(own.remarks) if own.remarks else (),
            contacts,
            tuple(own.others) if own.others else (),
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

    def _fresh(self, text: str, position: int, now: _Said) -> tuple[str, Any]:
        """Read a segment that is not remembered; return its name and what it adds."""
        row = text.split(self._marks.element)
        name = row[0]
        if name == "REF" and row[1:2] == _LINE_NUMBER:
            return name, read_reference(row)
        if name == "NM1" and row[1:2] in _PERSONS:
            return name, read_party(row)
        if name in _ENDS:
            return _ENDS_CLAIM
        before = len(self._flaws)
        match name:
            case "CAS":
                found: tuple[str, Any] = ("CAS", self._adjustments(row, position))
            case "DTM":
                found = ("DTM", self._date(row, position))
            case "SVC":
                found = ("SVC", self._service(row, position))
            case "REF":
                found = ("REF", read_reference(row))
            case "NM1":
                found = ("NM1", read_party(row))
            case "AMT" if (value := cents(at(row, 2))) is not None:
                found = ("AMT", (row[1], value))
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
        match row[0]:
            case "LQ":
                now.remarks = now.remarks or []
                now.remarks += row[2:3]
                if at(row, 1) == "HE":
                    return
            case "QTY":
                now.quantities = now.quantities or []
                now.quantities.append((at(row, 1), at(row, 2)))
                return
            case "PER":
                self._contacts.append(read_contact(row))
                return
            case "MOA":
                now.remarks = now.remarks or []
                now.remarks += [code for code in row[3:8] if code]
            case "MIA":
                codes = (*row[5:6], *row[20:24])
                now.remarks = now.remarks or []
                now.remarks += [code for code in codes if code]
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
        now.others = now.others or []
        now.others.append(Segment(row[0].strip(), tuple(row[1:]), position, self._marks))

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
    line = _open_line(
        *head,
        tuple(said.adjustments),
        tuple(said.dates),
        tuple(said.references),
        tuple(said.amounts) if said.amounts else (),
        tuple(said.quantities) if said.quantities else (),
        tuple(said.remarks) if said.remarks else (),
        tuple(said.others) if said.others else (),
        position,
        description,
    )
    line.__class__ = ServiceLine
    return line  # type: ignore[no-any-return]
