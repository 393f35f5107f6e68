# SPDX-License-Identifier: MIT
"""An 837P as the loops of the guide, whoever wrote it: what the rules and the reading view look at.

Nothing is judged here and nothing is refused: a segment that belongs nowhere is kept where it
stands, and what is missing is absent. Segments before the first NM1 of a loop are its own; those
after belong to that party.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from mediyn_desktop.claims.x12.segments import Segment
from mediyn_desktop.core.money import parse_cents

# NM101: whose name, address and numbers follow.
PARTIES = {
    "41": "submitter",
    "40": "receiver",
    "85": "billing provider",
    "87": "pay-to address",
    "IL": "subscriber",
    "QC": "patient",
    "PR": "payer",
    "DN": "referring provider",
    "P3": "primary care provider",
    "82": "rendering provider",
    "77": "place of service",
    "DQ": "supervising provider",
}


@dataclass(slots=True)
class Group:
    """Segments that belong together, in the order of the file."""

    own: list[Segment] = field(default_factory=list)

    def first(self, name: str, qualifier: str = "") -> Segment | None:
        """Return the first segment ``name`` whose first element is ``qualifier`` (any if empty)."""
        for segment in self.own:
            if segment.id == name and (not qualifier or segment.element(1) == qualifier):
                return segment
        return None

    def all(self, name: str, qualifier: str = "") -> Iterator[Segment]:
        """Yield every segment ``name`` whose first element is ``qualifier`` (any if empty)."""
        for segment in self.own:
            if segment.id == name and (not qualifier or segment.element(1) == qualifier):
                yield segment


@dataclass(slots=True)
class Party(Group):
    """NM1 and what follows about the same person or organisation; ``name`` is the NM1."""

    name: Segment = field(kw_only=True)

    @property
    def entity(self) -> str:
        """NM101."""
        return self.name.element(1)

    @property
    def number(self) -> str:
        """NM109: an NPI, a member id, a payer id."""
        return self.name.element(9)

    @property
    def npi(self) -> str:
        """The NPI, or nothing where the number is of another kind."""
        return self.number if self.name.element(8) == "XX" else ""


@dataclass(slots=True)
class Loop(Group):
    """A group with parties below it."""

    parties: list[Party] = field(default_factory=list)

    def party(self, entity: str) -> Party | None:
        """Return the first party of the kind ``entity``."""
        for one in self.parties:
            if one.entity == entity:
                return one
        return None


@dataclass(slots=True)
class Level(Loop):
    """An HL: 20 billing provider, 22 subscriber, 23 patient."""

    header: Segment = field(kw_only=True)
    children: int = 0  # levels that name this one as theirs


@dataclass(slots=True)
class Decision(Group):
    """Loop 2430: what one earlier payer decided about a line; ``header`` is the SVD."""

    header: Segment = field(kw_only=True)


@dataclass(slots=True)
class Line(Loop):
    """Loop 2400; ``header`` is its LX, or the SV1 of a line that has none."""

    header: Segment = field(kw_only=True)
    decisions: list[Decision] = field(default_factory=list)

    @property
    def service(self) -> Segment | None:
        """The SV1."""
        return self.first("SV1")

    @property
    def code(self) -> str:
        """The procedure code, or nothing."""
        return self.service.component(1, 2) if self.service is not None else ""

    @property
    def modifiers(self) -> tuple[str, ...]:
        """The modifiers that are there, in order."""
        if self.service is None:
            return ()
        return tuple(part for part in self.service.components(1)[2:6] if part)

    @property
    def dates(self) -> tuple[date | None, date | None]:
        """First and last day of the service; None where one cannot be read."""
        dated = self.first("DTP", "472")
        return (None, None) if dated is None else days_of(dated)


@dataclass(slots=True)
class Other(Loop):
    """Loop 2320 with 2330: another insurance of the patient; ``header`` is its SBR."""

    header: Segment = field(kw_only=True)


@dataclass(slots=True)
class Claim(Loop):
    """Loop 2300 with what is above and below it; ``header`` is the CLM."""

    header: Segment = field(kw_only=True)
    billing: Level | None = None
    subscriber: Level | None = None
    patient: Level | None = None
    others: list[Other] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    @property
    def number(self) -> str:
        """CLM01."""
        return self.header.element(1)

    @property
    def place(self) -> str:
        """The place of service of lines that name none."""
        return self.header.component(5, 1)

    @property
    def frequency(self) -> str:
        """CLM05-3: 1 new, 7 replaces, 8 voids."""
        return self.header.component(5, 3)

    @property
    def insurance(self) -> Segment | None:
        """The SBR of the payer this claim goes to."""
        return self.subscriber.first("SBR") if self.subscriber is not None else None

    @property
    def payer(self) -> Party | None:
        """Whom the claim goes to (2010BB)."""
        return self.subscriber.party("PR") if self.subscriber is not None else None

    @property
    def treated(self) -> Party | None:
        """The patient's name loop: the dependent's, else the subscriber's."""
        if self.patient is not None:
            return self.patient.party("QC")
        return self.subscriber.party("IL") if self.subscriber is not None else None

    def diagnoses(self) -> list[tuple[Segment, int, str, str]]:
        """Return (segment, element, qualifier, code) of each diagnosis, ICD-9 ones included."""
        return [
            (segment, number, segment.component(number, 1), segment.component(number, 2))
            for segment in self.all("HI")
            for number in range(1, len(segment.elements) + 1)
            if segment.component(number, 1) in ("ABK", "ABF", "BK", "BF")
        ]

    def rendering(self, line: Line | None = None) -> Party | None:
        """Who rendered ``line``: named at the line (2420A), the claim (2310B), else the biller."""
        named = (line.party("82") if line is not None else None) or self.party("82")
        return named or (self.billing.party("85") if self.billing is not None else None)


@dataclass(frozen=True, slots=True)
class Place:
    """What a segment belongs to: a claim (by CLM01) and a party in words; either may be empty."""

    claim: str = ""
    party: str = ""


@dataclass(slots=True)
class ClaimFile:
    """Everything in one file; ``envelope`` holds ISA, GS, ST, BHT and the trailers."""

    segments: tuple[Segment, ...]
    envelope: Group = field(default_factory=Group)
    senders: Loop = field(default_factory=Loop)  # 1000A and 1000B
    levels: list[Level] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    places: dict[int, Place] = field(default_factory=dict)

    def everyone(self) -> Iterator[Party]:
        """Yield every party of the file."""
        yield from self.own_parties()
        for claim in self.claims:
            for other in claim.others:
                yield from other.parties

    def own_parties(self) -> Iterator[Party]:
        """Yield every party but those of other insurances (2330).

        There a provider is named by the number the other payer gave, without NPI or address.
        """
        loops: list[Loop] = [self.senders, *self.levels]
        for claim in self.claims:
            loops += [claim, *claim.lines]
        for loop in loops:
            yield from loop.parties

    def sent_on(self) -> date | None:
        """Return the day the file says it was made (BHT04, else GS04)."""
        for name, element in (("BHT", 4), ("GS", 4)):
            segment = self.envelope.first(name)
            if segment is not None and (made := day_of(segment.element(element))) is not None:
                return made
        return None


def read_837p(segments: Iterable[Segment]) -> ClaimFile:
    """Return the loops of ``segments``, which may come from several interchanges."""
    reader = _Reader(tuple(segments))
    for segment in reader.file.segments:
        reader.take(segment)
    reader.file.places = places(reader.file.segments)
    return reader.file


class _Reader:
    """Keeps the loop one is in while the segments of a file pass by."""

    def __init__(self, segments: tuple[Segment, ...]) -> None:
        self.file = ClaimFile(segments)
        self._loop: Loop = self.file.senders
        self._here: Group = self._loop  # where the next plain segment belongs
        self._claim: Claim | None = None
        self._levels: dict[str, Level] = {}  # by HL01, within one transaction
        self._above: dict[str, Level] = {}  # by HL03

    def take(self, segment: Segment) -> None:
        match segment.id:
            case "ISA" | "GS" | "ST" | "BHT" | "SE" | "GE" | "IEA" | "TA1":
                self.file.envelope.own.append(segment)
                self._enter(self.file.senders)
                self._claim = None
                self._levels.clear()
                self._above.clear()
            case "HL":
                self._level(segment)
            case "CLM":
                above = self._above
                self._claim = Claim(
                    header=segment,
                    billing=above.get("20"),
                    subscriber=above.get("22"),
                    patient=above.get("23"),
                )
                self.file.claims.append(self._claim)
                self._enter(self._claim)
            case "SBR" if self._claim is not None:
                other = Other(header=segment)
                self._claim.others.append(other)
                self._enter(other)
            case "LX" if self._claim is not None:
                self._line(self._claim, segment)
            case "SV1" if self._claim is not None:
                loop = self._loop
                if not isinstance(loop, Line) or loop.service is not None:
                    loop = self._line(self._claim, segment)
                loop.own.append(segment)
                self._here = loop
            case "SVD" if isinstance(self._loop, Line):
                decision = Decision(header=segment)
                self._loop.decisions.append(decision)
                self._here = decision
            case "NM1":
                party = Party(name=segment)
                self._loop.parties.append(party)
                self._here = party
            case _:
                self._here.own.append(segment)

    def _enter(self, loop: Loop) -> None:
        self._loop = self._here = loop

    def _level(self, segment: Segment) -> None:
        level = Level(header=segment)
        self.file.levels.append(level)
        kind = segment.element(3)
        below = {"20": ("22", "23"), "22": ("23",)}.get(kind, ())
        for deeper in below:
            self._above.pop(deeper, None)
        self._above[kind] = level
        parent = self._levels.get(segment.element(2))
        if parent is not None:
            parent.children += 1
        self._levels[segment.element(1)] = level
        self._claim = None
        self._enter(level)

    def _line(self, claim: Claim, segment: Segment) -> Line:
        line = Line(header=segment)
        claim.lines.append(line)
        self._enter(line)
        return line


def places(segments: Sequence[Segment]) -> dict[int, Place]:
    """Return what each segment belongs to, by position.

    A subscriber's and a patient's segments belong to the first claim that follows them.
    """
    found: dict[int, Place] = {}
    waiting: list[tuple[int, str]] = []
    claim = party = ""
    insured = False  # inside a subscriber's or patient's level
    for segment in segments:
        if segment.id in ("HL", "ST", "SE", "GS", "GE", "ISA", "IEA"):
            claim = party = ""
            insured = segment.id == "HL" and segment.element(3) in ("22", "23")
            if not insured or segment.element(3) == "22":
                waiting.clear()
        elif segment.id == "CLM":
            claim, party = segment.element(1), ""
            found.update((position, Place(claim, who)) for position, who in waiting)
            waiting.clear()
        elif segment.id == "NM1":
            party = PARTIES.get(segment.element(1), "")
        elif segment.id in ("SBR", "LX", "SVD"):
            party = ""
        if insured and not claim:
            waiting.append((segment.position, party))
        found[segment.position] = Place(claim, party)
    return found


def day_of(text: str) -> date | None:
    """Return the day of CCYYMMDD, or None when it is none."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def days_of(dated: Segment) -> tuple[date | None, date | None]:
    """Return first and last day of a DTP (D8 or RD8)."""
    text = dated.element(3)
    if dated.element(2) == "RD8":
        first, _, last = text.partition("-")
        return day_of(first), day_of(last)
    one = day_of(text)
    return one, one


def cents_of(text: str) -> int | None:
    """Return an amount's cents (``150``, ``-3.5``, ``.5``), or None when it is none."""
    sign = -1 if text.startswith("-") else 1
    bare = text.removeprefix("-")
    whole, _, part = bare.partition(".")
    if not bare.isascii() or not (whole + part).isdigit() or len(whole) > 8 or len(part) > 2:
        return None
    return sign * parse_cents(f"{whole or '0'}.{part:0<2}")
