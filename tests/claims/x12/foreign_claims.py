# SPDX-License-Identifier: MIT
"""Claim files as other programs write them, put together by hand and not by our own writer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GUIDE = "005010X222A1"
BILLER = (
    "HL*1**20*1",
    "PRV*BI*PXC*103TC0700X",
    "NM1*85*2*LAKESIDE GROUP*****XX*1234567893",
    "N3*40 SHORE RD",
    "N4*MADISON*WI*537031234",
    "REF*EI*391234567",
)
PAYER = "NM1*PR*2*NORTHERN HEALTH*****PI*61101"
SUBSCRIBER = (
    "HL*2*1*22*0",
    "SBR*P*18*******CI",
    "NM1*IL*1*FROST*ROBIN*Q***MI*W7788123",
    "N3*9 HILL ST*APT 2",
    "N4*MADISON*WI*53704",
    "DMG*D8*19790412*F",
    PAYER,
)
HOLDER = (
    "HL*2*1*22*1",
    "SBR*P**G5512******BL",
    "NM1*IL*1*FROST*ROBIN****MI*W7788123",
    PAYER,
)
RENDERING = ("NM1*82*1*VALE*IRIS****XX*1558598797", "PRV*PE*PXC*103TC0700X")


def child(number: int = 3, parent: int = 2, first: str = "KIT") -> tuple[str, ...]:
    """A dependent's level."""
    return (
        f"HL*{number}*{parent}*23*0",
        "PAT*19",
        f"NM1*QC*1*FROST*{first}",
        "N3*9 HILL ST*APT 2",
        "N4*MADISON*WI*53704",
        "DMG*D8*20120930*M",
    )


def claim(
    number: str = "A-100",
    charge: str = "150",
    *more: str,
    place: str = "11",
    frequency: str = "1",
    diagnoses: str = "HI*ABK:F4323",
    lines: Sequence[str] = ("LX*1", "SV1*HC:90834*150*UN*1***1", "DTP*472*D8*20261102"),
    head: str = "*Y*A*Y*Y",
) -> tuple[str, ...]:
    """A claim: what stands ``more`` between its head and its diagnoses, and its lines."""
    return (
        f"CLM*{number}*{charge}***{place}:B:{frequency}{head}",
        *[one for one in more if not one.startswith(("NM1", "PRV", "SBR"))],
        diagnoses,
        *_after(more),
        *lines,
    )


def _after(more: Sequence[str]) -> list[str]:
    """Providers and other insurances follow the diagnoses, with all that belongs to them."""
    return [one for one in more if one.startswith(("NM1", "PRV", "SBR"))]


@dataclass(frozen=True, slots=True)
class Signs:
    """Separators, what follows each segment, and what comes before the first."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"
    line: str = "\n"
    before: str = ""


PLAIN = Signs()


def transaction(
    *parts: Sequence[str], number: str = "0001", reference: str = "B100", guide: str = GUIDE
) -> list[str]:
    """ST to SE around what ``parts`` hold."""
    inside = [
        f"BHT*0019*00*{reference}*20261103*0915*CH",
        "NM1*41*2*LAKESIDE GROUP*****46*LKS01",
        "PER*IC*BILLING DESK*TE*6085550100",
        "NM1*40*2*NORTH CLEARING*****46*NCLEAR",
        *(row for part in parts for row in part),
    ]
    return [f"ST*837*{number}*{guide}", *inside, f"SE*{len(inside) + 2}*{number}"]


def group(*sets: Sequence[str], number: str = "71", guide: str = GUIDE) -> list[str]:
    """GS to GE around transactions."""
    return [
        f"GS*HC*LKS01*NCLEAR*20261103*0915*{number}*X*{guide}",
        *(row for one in sets for row in one),
        f"GE*{len(sets)}*{number}",
    ]


def interchange(
    *groups: Sequence[str],
    number: str = "000000071",
    usage: str = "P",
    version: str = "00501",
    signs: Signs = PLAIN,
    ack: str = "0",
    inside: Sequence[str] = (),
) -> str:
    """ISA to IEA around groups, in the given separators."""
    header = [
        "ISA", "00", " " * 10, "00", " " * 10, "ZZ", "LKS01".ljust(15), "ZZ", "NCLEAR".ljust(15),
        "261103", "0915", signs.repetition, version, number, ack, usage, signs.component,
    ]  # fmt: skip
    rows = [*inside, *(row for one in groups for row in one), f"IEA*{len(groups)}*{number}"]
    moved = str.maketrans({"*": signs.element, ":": signs.component, "^": signs.repetition})
    texts = [signs.element.join(header), *(row.translate(moved) for row in rows)]
    return signs.before + "".join(f"{text}{signs.segment}{signs.line}" for text in texts)


def whole(*parts: Sequence[str], signs: Signs = PLAIN, usage: str = "P") -> str:
    """A file with one transaction."""
    return interchange(group(transaction(*parts)), signs=signs, usage=usage)


def one(*parts: str, **options: object) -> str:
    """A file with one claim of a subscriber; ``options`` as for ``claim``."""
    return whole(BILLER, SUBSCRIBER, claim("A-100", "150", *parts, **options))  # type: ignore[arg-type]
