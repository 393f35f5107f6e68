# SPDX-License-Identifier: MIT
"""Reads whatever a payer or clearinghouse sent: walks the envelopes, hands each set to its reader.

Each transaction is classified by its own content and read in one pass, so a file of any size and
any mixture takes the same memory. Nothing is raised over what a file says: what cannot be read is a
``Flaw``, and what comes before and after it is still there. A transaction that no reader is for is
named (``NotReadHere``), not dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from mediyn_desktop.claims.x12.classifying import kind_of_set, words_for
from mediyn_desktop.claims.x12.containers import looks_like
from mediyn_desktop.claims.x12.delimiters import Delimiters, NotX12, Unreadable
from mediyn_desktop.claims.x12.inbound import Flaw, Kind, NotReadHere, Origin
from mediyn_desktop.claims.x12.model271 import EligibilityAnswer
from mediyn_desktop.claims.x12.model835 import (
    Payment,
    PaymentEnd,
    ProviderAdjustment,
    RemitClaim,
    Remittance,
)
from mediyn_desktop.claims.x12.model_answers import (
    ClaimAcknowledgement,
    GroupAnswer,
    InterchangeAnswer,
)
from mediyn_desktop.claims.x12.reader271 import Reader271
from mediyn_desktop.claims.x12.reader277ca import Reader277CA
from mediyn_desktop.claims.x12.reader835 import Reader835
from mediyn_desktop.claims.x12.reader999 import Reader999, read_ta1
from mediyn_desktop.claims.x12.set_reader import Handler, Opening, Row, SetReader, at
from mediyn_desktop.claims.x12.streaming import Block, SegmentTooLong, blocks, decoded
from mediyn_desktop.claims.x12.values import day, number

Answer = InterchangeAnswer | GroupAnswer | ClaimAcknowledgement | EligibilityAnswer
Item = Payment | RemitClaim | ProviderAdjustment | PaymentEnd | Answer | NotReadHere | Flaw
Whole = Remittance | Answer | NotReadHere | Flaw

# More than any practice is paid for at once; some 60 MB of memory.
MOST_CLAIMS = 20_000
# Small pieces stay in the processor's cache; larger ones were a tenth slower.
_SLICE = 1 << 13

_READERS: dict[Kind, type[SetReader]] = {
    Kind.REMITTANCE: Reader835,
    Kind.ACKNOWLEDGEMENT: Reader999,
    Kind.CLAIM_ACKNOWLEDGEMENT: Reader277CA,
    Kind.ELIGIBILITY: Reader271,
}


def read(chunks: Iterable[bytes]) -> Iterator[Item]:
    """Yield everything in a file in its order: for an 835 the payment, its claims and its end.

    ``chunks`` are the file's bytes in pieces; the caller keeps them and their hash.
    """
    start: list[bytes] = []
    walk = _Walk()
    out = walk.out
    try:
        for block in blocks(decoded(_tapped(chunks, start))):
            walk.take(block)
            yield from out
            out.clear()
    except NotX12 as error:
        whole = not isinstance(error, SegmentTooLong)
        walk.broken_off(_named(error, b"".join(start)) if whole else error)
    except Unreadable as error:
        walk.broken_off(error)
    else:
        walk.end()
    yield from out


def read_whole(chunks: Iterable[bytes], *, most_claims: int = MOST_CLAIMS) -> Iterator[Whole]:
    """Yield everything in a file, each remittance as one value with all its claims.

    A remittance of more than ``most_claims`` keeps the first of them and a flaw that blocks it.
    """
    payment: Payment | None = None
    claims: list[RemitClaim] = []
    adjustments: list[ProviderAdjustment] = []
    for item in read(chunks):
        match item:
            case Payment():
                payment, claims, adjustments = item, [], []
            case RemitClaim() if len(claims) < most_claims:
                claims.append(item)
            case RemitClaim():
                pass
            case ProviderAdjustment():
                adjustments.append(item)
            case PaymentEnd():
                assert payment is not None
                end = item if item.claims <= most_claims else _too_many(item, most_claims)
                yield Remittance(payment, tuple(claims), tuple(adjustments), end)
            case _:
                yield item


def _too_many(end: PaymentEnd, most: int) -> PaymentEnd:
    message = (
        f"The payment has {end.claims:,} claims; {most:,} are read at once, so none of it can be "
        "posted. Ask the payer for smaller remittances."
    )
    flaw = Flaw("too-many-claims", message, position=end.position, blocks=True)
    return replace(end, flaws=(*end.flaws, flaw))


@dataclass(slots=True)
class _Set:
    """The set that is open: its reader, and what ST said."""

    reader: SetReader
    position: int
    control: str


class _Other(SetReader):
    """Counts a transaction that is not read here."""

    def other(self, row: Row, position: int) -> None:
        """Nothing is made of it; the file keeps it."""

    def finish(self, position: int, *, complete: bool) -> None:
        self.out.append(
            NotReadHere(self.origin, words_for(self.origin), self.position, position, self.taken())
        )


class _Walk:
    """Follows ISA, GS and ST, and knows who handles the next segment."""

    def __init__(self) -> None:
        self.out: list[Item] = []
        self.marks = Delimiters()
        self.origin = Origin(Kind.OTHER)
        self._groups = self._sets = self._contents = 0
        self._in_group = self._in_interchange = False
        self._open: _Set | None = None
        self._last = 0
        self._memory: dict[Delimiters, Any] = {}
        self._envelope: dict[str, Handler] = {
            "ISA": self._isa,
            "GS": self._gs,
            "ST": self._st,
            "SE": self._se,
            "GE": self._ge,
            "IEA": self._iea,
            "TA1": self._ta1,
        }

    def take(self, block: Block) -> None:
        """Hand the segments of ``block`` to whoever they belong to."""
        self.marks = block.delimiters
        texts, position, index = block.segments, block.position, 0
        while index < len(texts):
            if self._open is not None:
                index = self._open.reader.take(texts, index, position)
                if index == len(texts):
                    break
            row = texts[index].split(self.marks.element)
            name = row[0].strip().upper()
            self._envelope.get(name, self._outside)(row, position + index)
            index += 1
        self._last = position + len(texts) - 1

    def broken_off(self, error: Unreadable) -> None:
        """Keep what was read before a place that cannot be read."""
        self.out.append(Flaw(error.code, error.message, position=self._last, blocks=True))
        self._in_interchange = self._in_group = False
        self._close(self._last, complete=False)

    def end(self) -> None:
        """Close what the file leaves open."""
        self._close(self._last, complete=False)
        self._no_trailer("IEA" if self._in_interchange else "")

    def _isa(self, row: Row, position: int) -> None:
        self._close(position - 1, complete=False)
        self._no_trailer("IEA" if self._in_interchange else "")
        if len(row) != 17:
            self._note("envelope", "An interchange header (ISA) is damaged.", row, position)
        row = [*row, *[""] * 17]
        self._in_interchange, self._in_group = True, False
        self._groups, self._contents = 0, 0
        self.origin = Origin(
            Kind.OTHER,
            sender_qualifier=row[5].strip(),
            sender=row[6].strip(),
            receiver_qualifier=row[7].strip(),
            receiver=row[8].strip(),
            created_on=day(row[9]),
            isa_control=row[13].strip(),
            usage=row[15].strip(),
        )

    def _gs(self, row: Row, position: int) -> None:
        self._close(position - 1, complete=False)
        self._no_trailer("GE" if self._in_group else "")
        self._in_group, self._sets = True, 0
        self._groups += 1
        self.origin = replace(
            self.origin,
            function=at(row, 1).strip(),
            group_sender=at(row, 2).strip(),
            group_receiver=at(row, 3).strip(),
            created_on=day(at(row, 4)) or self.origin.created_on,
            gs_control=at(row, 6).strip(),
            version=at(row, 8).strip(),
        )

    def _st(self, row: Row, position: int) -> None:
        self._close(position - 1, complete=False)
        self._sets += 1
        self._contents += 1
        code, control = at(row, 1).strip(), at(row, 2).strip()
        version = self.origin.version if self._in_group else ""
        version = version or at(row, 3).strip()
        kind = kind_of_set(code, version, self.origin.function if self._in_group else "")
        origin = replace(self.origin, kind=kind, set_code=code, st_control=control, version=version)
        made = _READERS.get(kind, _Other)
        reader = made(Opening(origin, self.marks, self.out, position, self._memory))
        self._open = _Set(reader, position, control)

    def _se(self, row: Row, position: int) -> None:
        if self._open is None:
            self._note("stray-segment", "A transaction ends (SE) that never began.", row, position)
            return
        counted, stated = position - self._open.position + 1, number(at(row, 1))
        if stated != counted:
            self._open.reader.flaw(
                "count-differs",
                f"The transaction says it has {_stated(stated)} segments and has {counted}.",
                row,
                position,
            )
        if at(row, 2).strip() != self._open.control:
            self._open.reader.flaw(
                "control-number-differs",
                "The transaction ends (SE) with another control number than it began with (ST).",
                row,
                position,
            )
        self._close(position, complete=True)

    def _ge(self, row: Row, position: int) -> None:
        self._close(position - 1, complete=False)
        if not self._in_group:
            self._note("stray-segment", "A group ends (GE) that never began.", row, position)
            return
        self._trailer(row, position, "group", self._sets, self.origin.gs_control)
        self._in_group = False

    def _iea(self, row: Row, position: int) -> None:
        self._close(position - 1, complete=False)
        self._no_trailer("GE" if self._in_group else "")
        self._in_group = False
        if not self._in_interchange:
            message = "An interchange ends (IEA) that never began."
            self._note("stray-segment", message, row, position)
            return
        if self._groups or not self._contents:
            # Around a TA1 alone writers count one group, or none.
            self._trailer(row, position, "interchange", self._groups, self.origin.isa_control)
        if not self._contents:
            self._note("nothing-inside", "The interchange holds no transaction.", row, position)
        self._in_interchange = False

    def _ta1(self, row: Row, position: int) -> None:
        self._contents += 1
        origin = replace(self.origin, kind=Kind.TA1, gs_control="", set_code="TA1")
        self.out.append(read_ta1(row, position, origin))

    def _outside(self, row: Row, position: int) -> None:
        message = "A segment stands outside of any transaction; it was kept and not used."
        self._note("stray-segment", message, row, position)

    def _close(self, position: int, *, complete: bool) -> None:
        if self._open is None:
            return
        reader, self._open = self._open.reader, None
        if not complete:
            reader.broken_off(position)
        reader.finish(position, complete=complete)

    def _trailer(self, row: Row, position: int, what: str, counted: int, control: str) -> None:
        stated = number(at(row, 1))
        if stated != counted:
            message = f"The {what} says it has {_stated(stated)} parts and has {counted}."
            self._note("count-differs", message, row, position)
        if at(row, 2).strip() != control:
            message = f"The {what} ends with another control number than it began with."
            self._note("control-number-differs", message, row, position)

    def _no_trailer(self, name: str) -> None:
        if name:
            what = "interchange" if name == "IEA" else "group"
            message = f"The {what} has no end ({name}); a part of the file may be missing."
            self.out.append(Flaw("no-trailer", message, name, position=self._last))

    def _note(self, code: str, message: str, row: Row, position: int) -> None:
        self.out.append(Flaw(code, message, row[0].strip()[:10], position=position))


def _stated(count: int | None) -> str:
    return "an unreadable number of" if count is None else str(count)


def _tapped(chunks: Iterable[bytes], start: list[bytes]) -> Iterator[bytes]:
    """Pass ``chunks`` on in small pieces, and remember how the file begins."""
    left = 1000
    for chunk in chunks:
        for begin in range(0, len(chunk), _SLICE):
            piece = chunk[begin : begin + _SLICE]
            if left > 0:
                start.append(piece[:left])
                left -= len(piece)
            yield piece


def _named(error: NotX12, start: bytes) -> Unreadable:
    """Say what the file seems to be instead."""
    seems = looks_like(start)
    if seems == "empty":
        return Unreadable(
            "The file is empty. Nothing was changed. Fetch it again, or ask the sender for it.",
            code="file-empty",
        )
    if start.lstrip(b" \t\r\n\xef\xbb\xbf\0").startswith(b"ISA"):
        return error
    return NotX12(
        f"This is {seems}, not an X12 file, so it was not read. Nothing was changed. Ask the "
        "sender for the X12 file (835, 999, 277CA or 271)."
    )
