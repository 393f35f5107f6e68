# SPDX-License-Identifier: MIT
"""The file as a whole: version, usage, numbers, and providers who are named for nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mediyn_desktop.claims.x12.claim837p import MOST_CLAIMS, VERSION
from mediyn_desktop.claims.x12.scrub.rule import Context, Hit, rule
from mediyn_desktop.claims.x12.view837p import ClaimFile

_PROGRAM = "Settings, clearinghouse"
_FACILITY = re.compile(r"[0-9]{2}([^0-9A-Za-z\s])[A-Z]\1[0-9]")  # CLM05
_HEADER_LENGTH = 105  # without its terminator


@rule(
    "version",
    f"Professional claims carry {VERSION}, exactly.",
    mend="The program that wrote the file",
    source="005010X222A1, GS08 and ST03",
)
def version(file: ClaimFile, _: Context) -> Iterator[Hit]:
    expected = {"ISA": (12, "00501"), "GS": (8, VERSION), "ST": (3, VERSION)}
    for segment in file.envelope.own:
        element, text = expected.get(segment.id, (0, ""))
        if element and segment.element(element) != text:
            yield Hit(segment, f"{element:02d}")


@rule(
    "header-width",
    "The interchange header (ISA) has elements of the wrong width; it has 106 characters, always.",
    mend="The program that wrote the file",
    source="X12 005010, ISA",
)
def header_width(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for segment in file.envelope.all("ISA"):
        if len(segment.text()) != _HEADER_LENGTH:
            yield Hit(segment)


@rule(
    "component-separator",
    "The header (ISA16) announces another separator inside elements than the claims use.",
    mend="The program that wrote the file",
    source="X12 005010, ISA16",
)
def component_separator(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for header in file.envelope.all("ISA"):
        for claim in file.claims:
            announced = claim.header.delimiters.component
            used = _FACILITY.fullmatch(claim.header.element(5))
            if header.delimiters == claim.header.delimiters and used and used[1] != announced:
                says = (
                    f"The header (ISA16) announces “{announced}” as the separator inside elements, "
                    f"and the claims use “{used[1]}”. Nothing inside them can be read."
                )
                yield Hit(header, "16", says)
                break


@rule(
    "no-claim",
    "The file holds no claim.",
    mend="Claims: queue them first",
    source="005010X222A1, loop 2300",
)
def no_claim(file: ClaimFile, _: Context) -> Iterator[Hit]:
    if not file.claims and file.segments:
        yield Hit(file.segments[0])


@rule(
    "claims-in-set",
    f"One transaction holds at most {MOST_CLAIMS} claims.",
    mend="Claims: send them in parts",
    source="005010X222A1, loop 2300 CLM notes",
)
def claims_in_set(file: ClaimFile, _: Context) -> Iterator[Hit]:
    starts = [segment.position for segment in file.envelope.all("ST")]
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(file.segments) + 1
        inside = [claim for claim in file.claims if start < claim.header.position < end]
        if len(inside) > MOST_CLAIMS:
            yield Hit(inside[MOST_CLAIMS].header)


@rule(
    "usage",
    "The file is marked as a test and this is production, or the other way round (ISA15).",
    mend=f"{_PROGRAM}: usage",
    source="X12 005010, ISA15",
)
def usage(file: ClaimFile, context: Context) -> Iterator[Hit]:
    for segment in file.envelope.all("ISA"):
        if context.usage is not None and segment.element(15) != context.usage:
            yield Hit(segment, "15")


@rule(
    "batch-number-twice",
    "Two transactions in the file have the same number (BHT03); answers could not be told apart.",
    mend="The program that wrote the file",
    source="005010X222A1, BHT03; 005010X214, loop 2200B TRN02",
)
def batch_number_twice(file: ClaimFile, _: Context) -> Iterator[Hit]:
    seen: set[str] = set()
    for segment in file.envelope.all("BHT"):
        if segment.element(3) in seen:
            yield Hit(segment, "03")
        seen.add(segment.element(3))


@rule(
    "interchange-number-twice",
    "Two interchanges in the file have the same number (ISA13).",
    mend="The program that wrote the file",
    source="X12 005010, ISA13",
)
def interchange_number_twice(file: ClaimFile, _: Context) -> Iterator[Hit]:
    seen: set[tuple[str, str]] = set()
    for segment in file.envelope.all("ISA"):
        number = (segment.element(6), segment.element(13))
        if number in seen:
            yield Hit(segment, "13")
        seen.add(number)


@rule(
    "rendering-repeats",
    "The rendering provider is the billing provider; it is named only when it is another one.",
    mend="Payers: always name the rendering provider",
    source="005010X222A1, loop 2310B: required when different",
    severity="warning",  # many payers and clearinghouses take it, and some ask for it
)
def rendering_repeats(file: ClaimFile, context: Context) -> Iterator[Hit]:
    for claim in file.claims:
        rendering = claim.party("82")
        biller = claim.billing.party("85") if claim.billing is not None else None
        if rendering is None or biller is None or context.rules_for(claim).always_rendering:
            continue
        if rendering.npi and rendering.npi == biller.npi:
            yield Hit(rendering.name, "09")


@rule(
    "supervising-repeats",
    "The supervising provider is the rendering provider; nobody supervises themselves.",
    mend="Settings, clinicians: supervisor",
    source="005010X222A1, loop 2310D",
)
def supervising_repeats(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        supervising, rendering = claim.party("DQ"), claim.rendering()
        if (
            supervising is not None
            and rendering is not None
            and supervising.npi
            and supervising.npi == rendering.npi
        ):
            yield Hit(supervising.name, "09")


RULES = (
    version,
    header_width,
    component_separator,
    no_claim,
    claims_in_set,
    usage,
    batch_number_twice,
    interchange_number_twice,
    rendering_repeats,
    supervising_repeats,
)
