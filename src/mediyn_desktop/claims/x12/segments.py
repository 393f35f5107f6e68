# SPDX-License-Identifier: MIT
"""Splits X12 interchanges into segments, whoever wrote them, and joins segments into text.

Reading is tolerant, because a payer's file is never thrown away: separators come from the ISA
header, line ends and blanks around segments do not matter, and one file may hold several
interchanges with different separators. Writing is strict.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mediyn_desktop.core.errors import UserFacingError

_ISA_ELEMENTS = 16
# Left behind by editors and mainframes before, between and after interchanges.
_FILLING = " \t\r\n\v\f\0\x1a\ufeff"


class NotX12(UserFacingError):
    """The text holds no readable interchange header."""

    code = "not-x12"


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The separators of one interchange; ``repetition`` is empty before version 00402."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: its identifier and its elements as sent, still joined inside by separators.

    ``position`` counts from 1 over the whole file. Elements are numbered from 1 as the guides do,
    and one that is not there reads as empty. The representation shows no data.
    """

    id: str
    elements: tuple[str, ...] = field(repr=False)
    position: int = 0
    delimiters: Delimiters = field(default=Delimiters(), repr=False)

    def element(self, number: int) -> str:
        """Return element ``number`` (1 is the first after the identifier), or an empty string."""
        return self.elements[number - 1] if number <= len(self.elements) else ""

    def component(self, number: int, part: int) -> str:
        """Return component ``part`` (from 1) of element ``number``, or an empty string."""
        parts = self.components(number)
        return parts[part - 1] if part <= len(parts) else ""

    def components(self, number: int) -> tuple[str, ...]:
        """Return the components of element ``number``; none when the element is empty."""
        value = self.element(number)
        return tuple(value.split(self.delimiters.component)) if value else ()

    def repeats(self, number: int) -> tuple[str, ...]:
        """Return the repetitions of element ``number``; none when the element is empty."""
        value = self.element(number)
        if not value or not self.delimiters.repetition:
            return (value,) if value else ()
        return tuple(value.split(self.delimiters.repetition))

    def text(self) -> str:
        """Return the segment as it was sent, without its terminator."""
        return self.delimiters.element.join((self.id, *self.elements))


@dataclass(frozen=True, slots=True)
class Interchange:
    """One ISA to IEA (or to the end of the file, when the trailer is missing)."""

    delimiters: Delimiters
    segments: tuple[Segment, ...]


def decode(data: bytes) -> str:
    """Return the text of a file: UTF-8 or UTF-16 with a byte order mark, UTF-8, else Latin-1."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def read_delimiters(header: str) -> Delimiters:
    """Return the separators announced by ``header``, which starts with ``ISA``.

    They are counted, not measured: ISA16 and the character after it. On a header of the right
    width these are positions 105 and 106, and the count still holds where padding was trimmed.

    Raises:
        NotX12: no sixteen elements.
    """
    element = header[3:4]
    parts = (
        header[: 400 + _ISA_ELEMENTS].split(element, _ISA_ELEMENTS)
        if element not in _FILLING
        else []
    )
    if header[:3] != "ISA" or len(parts) <= _ISA_ELEMENTS or len(parts[-1]) < 2:
        raise NotX12(
            "The file has no complete X12 header (ISA), so it cannot be read. It was left as it "
            "is. Ask the sender for the original X12 file."
        )
    repetition = parts[11].strip()[:1]
    if repetition.isalnum():
        repetition = ""  # Version 00401 puts U (the standards body) in ISA11.
    tail = parts[-1]
    return Delimiters(element, tail[0], repetition, tail[1])


def tokenize(text: str) -> Iterator[Segment]:
    """Yield every segment of every interchange in ``text``, in order, nothing left out.

    Raises:
        NotX12: the text does not start with an interchange header.
    """
    for interchange in read_interchanges(text):
        yield from interchange.segments


def read_interchanges(text: str) -> list[Interchange]:
    """Split ``text`` into interchanges; see the module docstring for what is tolerated.

    Raises:
        NotX12: the text does not start with an interchange header.
    """
    found: list[Interchange] = []
    count = 0
    at = _skip(text, 0)
    while at < len(text) or not found:
        # What follows a trailer without a header of its own keeps the separators before it.
        opens = text.startswith("ISA", at) or not found
        delimiters = read_delimiters(text[at : at + 500]) if opens else found[-1].delimiters
        segments: list[Segment] = []
        while at < len(text):
            segment, at = _next_segment(text, at, delimiters, count + 1)
            if segment is not None:
                segments.append(segment)
                count += 1
            at = _skip(text, at)
            ended = segment is not None and segment.id == "IEA"
            if ended or text.startswith("ISA" + delimiters.element, at):
                break
        found.append(Interchange(delimiters, tuple(segments)))
    return found


def _next_segment(
    text: str, at: int, delimiters: Delimiters, position: int
) -> tuple[Segment | None, int]:
    """Read one segment at ``at``; return it (or None when blank) and where the next one starts."""
    end = text.find(delimiters.segment, at)
    end = len(text) if end < 0 else end
    raw = text[at:end]
    if "\n" in raw or "\r" in raw:
        # Some gateways wrap lines at a fixed width, in the middle of data.
        raw = raw.replace("\r", "").replace("\n", "")
    raw = raw.strip(_FILLING)
    if not raw:
        return None, end + 1
    name, *elements = raw.split(delimiters.element)
    return Segment(name.strip(), tuple(elements), position, delimiters), end + 1


def _skip(text: str, at: int) -> int:
    """Return the first place from ``at`` on that is not filling."""
    while at < len(text) and text[at] in _FILLING:
        at += 1
    return at


def join_segment(name: str, *elements: str | Sequence[str]) -> str:
    """Return one segment with the default separators and without its terminator.

    A sequence is a composite element. Empty elements and components at the end are left out, as
    the guides demand.

    Raises:
        ValueError: a separator inside the data (the caller did not clean it).
    """
    texts: list[str] = []
    for element in elements:
        if isinstance(element, str):
            texts.append(element)
            sound = _SEPARATOR.search(element) is None
        else:
            parts = _without_empty_end(element)
            texts.append(_WRITTEN.component.join(parts))
            sound = not any(map(_SEPARATOR.search, parts))
        if not sound:
            raise ValueError(f"{name} holds a separator inside its data")
    while texts and not texts[-1]:
        texts.pop()
    return _WRITTEN.element.join((name, *texts))


_WRITTEN = Delimiters()
_SEPARATOR = re.compile(r"[*:^~\r\n]")


def _without_empty_end(parts: Iterable[str]) -> list[str]:
    kept = list(parts)
    while kept and not kept[-1]:
        kept.pop()
    return kept
