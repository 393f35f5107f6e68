# SPDX-License-Identifier: MIT
"""Says in plain words what one segment means: "this line says ...".

A transaction set has a table of its own: segment identifier, or identifier and first element
(``REF*6R``), to a function that makes the sentence. What the table does not know is looked up among
the segments all sets share, and what is unknown there too is shown as it was sent. The sentences
are plain text for the person at the screen and hold names: never log them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from mediyn_desktop.claims.x12.segments import Segment
from mediyn_desktop.claims.x12.values import cents, span
from mediyn_desktop.claims.x12.words import AMOUNTS, DATES, NUMBERS, ROLES, word
from mediyn_desktop.core.money import format_cents

Say = Callable[[Segment], str]
Table = Mapping[str, Say]

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_USAGE = {"T": "as a test", "P": "for real"}
_SETS = {
    "270": "an eligibility question",
    "271": "an eligibility answer",
    "277": "answers about claims",
    "835": "a remittance",
    "837": "claims",
    "997": "a file acknowledgement",
    "999": "a file acknowledgement",
}


def say(segment: Segment, table: Table) -> str:
    """Return a sentence for ``segment``; never empty."""
    for key in (f"{segment.id}*{segment.element(1)}", segment.id):
        made = table.get(key) or SHARED.get(key)
        if made is not None:
            return made(segment)
    return f"Not explained here: {segment.text()}"


def money(segment: Segment, number: int) -> str:
    """Return element ``number`` as an amount of money, or as it was sent."""
    value = cents(segment.element(number))
    return segment.element(number) or "no amount" if value is None else format_cents(value)


def when(text: str) -> str:
    """Return a date or range in words, or as it was sent."""
    first, last = span(text)
    if first is None or last is None:
        return text or "no date"
    return _day(first) if first == last else f"{_day(first)} to {_day(last)}"


def full_name(segment: Segment) -> str:
    """Return the name in an NM1, first name first."""
    parts = (segment.element(number).strip() for number in (4, 5, 3, 7))
    return " ".join(part for part in parts if part) or "not named"


def join(*parts: str) -> str:
    """Return the parts that are there as one sentence."""
    text = ", ".join(part for part in parts if part)
    return f"{text[:1].upper()}{text[1:]}."


def _day(on: date) -> str:
    return f"{_MONTHS[on.month - 1]} {on.day}, {on.year}"


def _isa(segment: Segment) -> str:
    usage = _USAGE.get(segment.element(15).strip(), "")
    control = segment.element(13).strip()
    return join(
        f"File {control} from {segment.element(6).strip()} to {segment.element(8).strip()}", usage
    )


def _gs(segment: Segment) -> str:
    return join(f"group {segment.element(6)}", f"made on {when(segment.element(4))}")


def _st(segment: Segment) -> str:
    what = word(_SETS, segment.element(1), kind="transaction")
    return join(f"here begins {what}", f"number {segment.element(2)}")


def _nm1(segment: Segment) -> str:
    role = word(ROLES, segment.element(1), kind="party")
    number = segment.element(9)
    return join(f"{role}: {full_name(segment)}", f"ID {number}" if number else "")


def _n1(segment: Segment) -> str:
    role = word(ROLES, segment.element(1), kind="party")
    number = segment.element(4)
    return join(f"{role}: {segment.element(2) or 'not named'}", f"ID {number}" if number else "")


def _n4(segment: Segment) -> str:
    return join(segment.element(1), segment.element(2), segment.element(3))


def _per(segment: Segment) -> str:
    kinds = {"TE": "phone", "EM": "e-mail", "FX": "fax", "UR": "web", "EX": "extension"}
    pairs = zip(segment.elements[2::2], segment.elements[3::2], strict=False)
    ways = (f"{kinds.get(kind, kind)} {text}" for kind, text in pairs if text)
    name = segment.element(2)
    return join(f"contact: {name}" if name else "contact", *ways)


def _ref(segment: Segment) -> str:
    kind = word(NUMBERS, segment.element(1), kind="number of kind")
    return join(f"{kind}: {segment.element(2)}")


def _dtp(segment: Segment) -> str:
    return join(f"{word(DATES, segment.element(1), kind='date')} {when(segment.element(3))}")


def _dtm(segment: Segment) -> str:
    text = segment.element(6) or segment.element(2)
    return join(f"{word(DATES, segment.element(1), kind='date')} {when(text)}")


def _amt(segment: Segment) -> str:
    return join(f"{word(AMOUNTS, segment.element(1), kind='amount')}: {money(segment, 2)}")


def _dmg(segment: Segment) -> str:
    sex = {"F": "female", "M": "male", "U": "sex not given"}.get(segment.element(3), "")
    return join(f"born {when(segment.element(2))}", sex)


SHARED: Table = {
    "ISA": _isa,
    "GS": _gs,
    "ST": _st,
    "SE": lambda segment: join("end of the transaction", f"{segment.element(1)} segments"),
    "GE": lambda segment: join("end of the group", f"{segment.element(1)} transactions"),
    "IEA": lambda segment: join("end of the file", f"{segment.element(1)} groups"),
    "NM1": _nm1,
    "N1": _n1,
    "N3": lambda segment: join(*segment.elements[:2]),
    "N4": _n4,
    "PER": _per,
    "REF": _ref,
    "DTP": _dtp,
    "DTM": _dtm,
    "AMT": _amt,
    "DMG": _dmg,
    "LX": lambda segment: join(f"number {segment.element(1)} begins"),
    "HL": lambda segment: join(f"level {segment.element(1)} begins"),
}
