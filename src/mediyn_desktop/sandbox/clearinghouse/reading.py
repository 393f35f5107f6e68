# SPDX-License-Identifier: MIT
"""Reads an 837P as a clearinghouse does: by the delimiters its ISA declares, claim by claim.

Deliberately apart from the program's own X12 code, so that one does not hide the other's mistakes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mediyn_desktop.core.money import AmountError, parse_cents, total

Segment = list[str]
_ISA_LENGTH = 106  # the ISA is the one segment of fixed width


class NotClaims(ValueError):
    """The text is not an interchange with professional claims; ``str()`` says why."""


@dataclass(slots=True)
class Person:
    """A name as NM1 gives it. ``identifier`` is NM109: a member id, an NPI, a payer id."""

    last: str = ""
    first: str = ""
    identifier: str = ""


@dataclass(slots=True)
class Line:
    """One service line. ``charge`` in cents; ``procedure`` is SV101 with its modifiers.

    ``left`` is what an earlier insurer left to the client (the PR of its 2430 loop), in cents;
    None where none is told of.
    """

    procedure: list[str]
    charge: int
    units: str
    date: str = ""
    control: str = ""
    left: int | None = None


@dataclass(slots=True)
class Claim:
    """One claim with the loops above it. ``charge`` in cents."""

    control: str
    charge: int
    place: str
    frequency: str
    provider: Person
    tax_id: str
    payer: Person
    subscriber: Person
    patient: Person
    original: str = ""  # REF*F8: the payer's number of the claim this one replaces or voids
    subscriber_at: int = 0  # where in its set the subscriber's NM1 stands, ST being 1
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class TransactionSet:
    """ST to SE. ``problems`` are (SE element, what it says) that do not agree with the set."""

    control: str
    version: str
    reference: str  # BHT03
    submitter: Person
    claims: list[Claim]
    segment_count: int
    problems: list[tuple[int, str]]


@dataclass(slots=True)
class Group:
    """GS to GE."""

    header: Segment
    sets: list[TransactionSet] = field(default_factory=list)


@dataclass(slots=True)
class Interchange:
    """ISA to IEA."""

    header: Segment
    groups: list[Group]


def read(text: str) -> Interchange:
    """Return the claims in ``text``.

    Raises:
        NotClaims: no ISA, no HC group, or an amount that is not one.
    """
    try:
        segments, component = split_segments(text)
    except ValueError as error:
        raise NotClaims(str(error)) from None
    try:
        groups = _groups(segments, component)
    except (IndexError, AmountError) as error:
        raise NotClaims(f"a segment cannot be understood: {error}") from error
    if not groups:
        raise NotClaims("there is no group of claims (GS01 = HC) in the file")
    return Interchange(segments[0], groups)


def split_segments(text: str) -> tuple[list[Segment], str]:
    """Return the segments of ``text`` and its component separator, as its ISA declares them.

    Raises:
        ValueError: it does not begin with an ISA.
    """
    text = text.lstrip("\ufeff \r\n\t")
    if len(text) < _ISA_LENGTH or not text.startswith("ISA"):
        raise ValueError("the file does not begin with an ISA segment")
    element, component, terminator = text[3], text[104], text[105]
    rows = [row.strip("\r\n ") for row in text.split(terminator)]
    segments = [row.split(element) for row in rows if row]
    if len(segments[0]) < 17:
        raise ValueError("the ISA segment has too few elements")
    return segments, component


def named(segment: Segment) -> Person:
    """Return who an NM1 names."""
    return Person(at(segment, 3), at(segment, 4), at(segment, 9))


def _groups(segments: list[Segment], component: str) -> list[Group]:
    groups: list[Group] = []
    start = None
    inside = False
    for index, segment in enumerate(segments):
        if segment[0] == "GS":
            inside = segment[1] == "HC"
            if inside:
                groups.append(Group(segment))
        elif segment[0] == "ST":
            start = index
        elif segment[0] == "SE" and inside and start is not None:
            groups[-1].sets.append(_transaction_set(segments[start : index + 1], component))
            start = None
    return groups


def _transaction_set(segments: list[Segment], component: str) -> TransactionSet:
    header, trailer = segments[0], segments[-1]
    problems = []
    if trailer[1] != str(len(segments)):
        problems.append((1, trailer[1]))
    if trailer[2] != header[2]:
        problems.append((2, trailer[2]))
    walk = _Walk(component)
    for position, segment in enumerate(segments, start=1):
        walk.take(segment, position)
    return TransactionSet(
        control=header[2],
        version=header[3] if len(header) > 3 else "",
        reference=walk.reference,
        submitter=walk.submitter,
        claims=walk.claims,
        segment_count=len(segments),
        problems=problems,
    )


class _Walk:
    """Keeps the loop one is in while the segments of a set pass by."""

    def __init__(self, component: str) -> None:
        self.reference = ""
        self.submitter = Person()
        self.claims: list[Claim] = []
        self._component = component
        self._provider = Person()
        self._tax_id = ""
        self._subscriber = Person()
        self._payer = Person()
        self._patient: Person | None = None
        self._claim: Claim | None = None  # None above the claim loop
        self._subscriber_at = 0

    def take(self, segment: Segment, position: int) -> None:
        match segment[0]:
            case "BHT":
                self.reference = at(segment, 3)
            case "HL":
                self._level(segment[3])
            case "NM1":
                self._name(segment, position)
            case "REF":
                self._reference(segment)
            case "CLM":
                self._open(segment)
            case "SV1" if self._claim is not None:
                line = Line(
                    segment[1].split(self._component), parse_cents(segment[2]), at(segment, 4)
                )
                self._claim.lines.append(line)
            case "DTP" if segment[1] == "472" and self._claim is not None and self._claim.lines:
                self._claim.lines[-1].date = segment[3][:8]
            case "SVD" if self._claim is not None and self._claim.lines:
                self._claim.lines[-1].left = 0  # of several earlier insurers the last one counts
            case "CAS" if self._claim is not None and self._claim.lines:
                line = self._claim.lines[-1]
                line.left = (line.left or 0) + _left_to_client(segment)

    def _level(self, level: str) -> None:
        self._claim = None
        self._patient = None
        if level == "22":
            self._subscriber, self._payer = Person(), Person()

    def _name(self, segment: Segment, position: int) -> None:
        if self._claim is not None:
            return  # rendering providers and other insurers: not needed to answer
        person = named(segment)
        match segment[1]:
            case "41":
                self.submitter = person
            case "85":
                self._provider = person
            case "IL":
                self._subscriber = person
                self._subscriber_at = position
            case "PR":
                self._payer = person
            case "QC":
                self._patient = person

    def _reference(self, segment: Segment) -> None:
        if segment[1] in ("EI", "SY") and self._claim is None:
            self._tax_id = segment[2]
        elif segment[1] == "6R" and self._claim is not None and self._claim.lines:
            self._claim.lines[-1].control = segment[2]
        elif segment[1] == "F8" and self._claim is not None:
            self._claim.original = segment[2]

    def _open(self, segment: Segment) -> None:
        place, _, frequency = [*segment[5].split(self._component), "", ""][:3]
        self._claim = Claim(
            control=segment[1],
            charge=parse_cents(segment[2]),
            place=place,
            frequency=frequency,
            provider=self._provider,
            tax_id=self._tax_id,
            payer=self._payer,
            subscriber=self._subscriber,
            patient=self._patient or self._subscriber,
            subscriber_at=self._subscriber_at,
        )
        self.claims.append(self._claim)


def _left_to_client(adjusted: Segment) -> int:
    """The amounts of a CAS, where its group is PR: reason, amount and quantity, up to six times."""
    amounts = adjusted[3::3] if adjusted[1] == "PR" else []
    return total([parse_cents(amount) for amount in amounts])


def at(segment: Segment, position: int) -> str:
    """Return an element; empty where the segment ends before it."""
    return segment[position] if len(segment) > position else ""
