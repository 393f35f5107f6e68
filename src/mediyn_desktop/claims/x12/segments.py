# SPDX-License-Identifier: MIT
"""Segments as values: taken from any text, whoever wrote it, and joined into text.

Reading is tolerant (see ``streaming``), writing is strict.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mediyn_desktop.claims.x12.delimiters import Delimiters, NotX12
from mediyn_desktop.claims.x12.streaming import Block, blocks, decoded

__all__ = [
    "Delimiters",
    "Interchange",
    "NotX12",
    "Segment",
    "as_segments",
    "decode",
    "join_segment",
    "read_interchanges",
    "tokenize",
]


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
    """Return the text of a whole file; see ``streaming.decoded``."""
    return "".join(decoded([data]))


def as_segments(block: Block) -> list[Segment]:
    """Return the segments of a block."""
    marks = block.delimiters
    found = []
    for number, text in enumerate(block.segments, start=block.position):
        name, *elements = text.split(marks.element)
        found.append(Segment(name.strip(), tuple(elements), number, marks))
    return found


def tokenize(text: str) -> Iterator[Segment]:
    """Yield every segment of every interchange in ``text``, in order, nothing left out.

    Raises:
        NotX12: the text does not start with an interchange header.
    """
    for block in blocks([text]):
        yield from as_segments(block)


def read_interchanges(text: str) -> list[Interchange]:
    """Split ``text`` into interchanges; ``streaming`` says what is tolerated.

    Raises:
        NotX12: the text does not start with an interchange header.
    """
    found: list[Interchange] = []
    for block in blocks([text]):
        segments = tuple(as_segments(block))
        if not block.opens:
            segments = found.pop().segments + segments
        found.append(Interchange(block.delimiters, segments))
    return found


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
