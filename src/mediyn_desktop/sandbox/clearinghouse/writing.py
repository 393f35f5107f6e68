# SPDX-License-Identifier: MIT
"""Writes the answers' envelopes: sender and receiver turned round, counts and control numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from mediyn_desktop.sandbox.clearinghouse.reading import Segment

ELEMENT, COMPONENT, REPETITION, TERMINATOR = "*", ":", "^", "~"


def segment(*elements: str | int) -> Segment:
    """Return a segment without empty elements at its end."""
    row = [str(element) for element in elements]
    while row and not row[-1]:
        row.pop()
    return row


def clean(text: str) -> str:
    """Return ``text`` without characters that delimit in our answers."""
    for mark in (ELEMENT, COMPONENT, REPETITION, TERMINATOR):
        text = text.replace(mark, " ")
    return text


def day(at: datetime) -> str:
    """Return CCYYMMDD."""
    return at.strftime("%Y%m%d")


def interchange(
    isa: Segment,
    gs: Segment,
    *,
    function: str,
    kind: str,
    version: str,
    bodies: Iterable[Sequence[Segment]],
    control: int,
    now: datetime,
) -> str:
    """Return a whole interchange with one transaction set for each of ``bodies``.

    ``isa`` and ``gs`` are those of the file that is answered. ``function`` is GS01, ``kind`` is
    ST01, ``version`` is GS08. A body has neither ST nor SE.
    """
    rows = [
        _isa(isa, control, now),
        segment(
            *("GS", function, gs[3], gs[2], day(now), now.strftime("%H%M"), control, "X"),
            version,
        ),
    ]
    count = 0
    for count, body in enumerate(bodies, start=1):
        number = f"{count:04d}"
        # The 835 is the one of these guides whose ST carries no version.
        rows.append(segment("ST", kind, number, "" if kind == "835" else version))
        rows.extend(body)
        rows.append(segment("SE", len(body) + 2, number))
    rows.append(segment("GE", count, control))
    rows.append(segment("IEA", 1, f"{control:09d}"))
    return _text(rows)


def ta1(header: Segment, note: str, *, control: int, now: datetime) -> str:
    """Return the interchange acknowledgement of an ISA: accepted with note 000, else refused."""
    verdict = "A" if note == "000" else "R"
    return _text(
        [
            _isa(header, control, now),
            segment("TA1", header[13], header[9], header[10], verdict, note),
            segment("IEA", 0, f"{control:09d}"),
        ]
    )


def _isa(isa: Segment, control: int, now: datetime) -> Segment:
    """The header of an answer: sender and receiver turned round."""
    return [
        *("ISA", "00", " " * 10, "00", " " * 10),
        *(isa[7], isa[8].ljust(15), isa[5], isa[6].ljust(15)),
        *(now.strftime("%y%m%d"), now.strftime("%H%M"), REPETITION, "00501"),
        *(f"{control:09d}", "0", isa[15], COMPONENT),
    ]


def _text(rows: Iterable[Segment]) -> str:
    return "".join(ELEMENT.join(row) + TERMINATOR + "\n" for row in rows)
