# SPDX-License-Identifier: MIT
"""Splits X12 of any size into segments, a piece at a time, in memory that does not grow.

Tolerant, because a payer's file is never thrown away: separators come from each ISA header, line
ends and blanks around segments do not matter, nor do lines wrapped in the middle of data, and one
file may hold several interchanges with different separators.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mediyn_desktop.claims.x12.delimiters import (
    FILLING,
    HEADER_ROOM,
    Delimiters,
    NotX12,
    read_delimiters,
)

# Far above any segment of these guides; without it a file of noise would be held in memory.
LONGEST_SEGMENT = 1_000_000

_ENDS = re.compile(r"I[\r\n]*(?P<which>[ES])[\r\n]*A(?![A-Za-z0-9])")
_SURROUNDING = set(FILLING)
# Filling other than blanks and line ends; most files have none of it.
_ODD = FILLING.translate(str.maketrans("", "", " \r\n"))


class SegmentTooLong(NotX12):
    """No end of a segment within ``LONGEST_SEGMENT`` characters."""

    code = "x12-segment-too-long"


@dataclass(frozen=True, slots=True)
class Block:
    """Some successive segments of one interchange as text, none blank, without terminators.

    ``position`` is the number of the first one, counted from 1 over the file; ``opens`` tells that
    an interchange begins with it.
    """

    delimiters: Delimiters
    position: int
    segments: list[str]
    opens: bool


def decoded(chunks: Iterable[bytes]) -> Iterator[str]:
    """Yield the text of ``chunks``: UTF-16 with a byte order mark, else UTF-8, else Latin-1.

    A byte that is no UTF-8 is read as Latin-1, so that one wrong letter does not spoil the rest.
    """
    reader = iter(chunks)
    start = b""
    for chunk in reader:
        start += chunk
        if len(start) > 3:
            break
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
    else:
        decoder = codecs.getincrementaldecoder("utf-8-sig")("x12-latin-1")
    yield decoder.decode(start)
    for chunk in reader:
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def blocks(texts: Iterable[str], *, longest: int = LONGEST_SEGMENT) -> Iterator[Block]:
    """Yield every segment of the text in order, nothing left out but blanks and line ends.

    A later header that cannot be read, and what follows a trailer without a header, keep the
    separators before them.

    Raises:
        NotX12: the text does not begin with an interchange header.
        SegmentTooLong: no terminator within ``longest`` characters.
    """
    reader = iter(texts)
    buffer, start, position = "", 0, 1
    marks: Delimiters | None = None
    opening = opens = True
    final = False
    while not final:
        piece = next(reader, None)
        final = piece is None
        buffer = buffer[start:] + (piece or "")
        start = 0
        while True:
            if opening:
                start = _skip(buffer, start)
                if marks is not None and start == len(buffer):
                    break
                if not final and len(buffer) - start < HEADER_ROOM:
                    break
                marks = _opened(buffer, start, marks)
                opening, opens = False, True
            assert marks is not None
            cut = len(buffer) if final else buffer.rfind(marks.segment, start) + 1
            if cut <= start:
                break
            end, opening = _interchange_end(buffer, start, cut, marks, opens)
            if segments := _segments(buffer[start:end], marks):
                yield Block(marks, position, segments, opens)
                position += len(segments)
                opens = False
            start = end
        if len(buffer) - start > longest:
            raise SegmentTooLong(
                "The file runs on without the end of a segment, so it is damaged or no X12 file. "
                "What was read before that place is kept. Ask the sender for the original file."
            )


def _opened(buffer: str, start: int, before: Delimiters | None) -> Delimiters:
    """Return the separators from ``start`` on; a header that cannot be read keeps ``before``."""
    header = buffer[start : start + HEADER_ROOM]
    if before is None:
        return read_delimiters(header)
    try:
        return read_delimiters(header) if header.startswith("ISA") else before
    except NotX12:
        return before


def _interchange_end(
    buffer: str, start: int, cut: int, marks: Delimiters, opens: bool
) -> tuple[int, bool]:
    """Return where the interchange ends within ``start`` to ``cut``, and whether it ends at all."""
    for found in _ENDS.finditer(buffer, start, cut):
        at = found.start()
        before = at - 1
        while before >= start and buffer[before] in _SURROUNDING:
            if buffer[before] == marks.segment:
                break
            before -= 1
        if before >= start and buffer[before] != marks.segment:
            continue  # These letters stand inside data.
        if found["which"] == "S":
            if opens and before < start:
                continue  # The header of this very interchange.
            return at, True
        after = buffer.find(marks.segment, at, cut)
        return (cut if after < 0 else after + 1), True
    return cut, False


def _segments(text: str, marks: Delimiters) -> list[str]:
    end = marks.segment
    if "\r" in text and end != "\r":
        text = text.replace("\r", "")
    if "\n" in text and end != "\n":
        text = text.replace("\n", "")
    if text.startswith(" ") or f"{end} " in text or f" {end}" in text or any(map(text.count, _ODD)):
        return [raw for each in text.split(end) if (raw := each.strip(FILLING))]
    found = text.split(end)
    if not found[-1]:
        found.pop()
    return found if all(found) else [raw for raw in found if raw]


def _skip(text: str, at: int) -> int:
    """Return the first place from ``at`` on that is not filling."""
    while at < len(text) and text[at] in _SURROUNDING:
        at += 1
    return at


def _as_latin_1(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("x12-latin-1", _as_latin_1)
