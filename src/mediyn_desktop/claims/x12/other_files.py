# SPDX-License-Identifier: MIT
"""What a file is that holds no professional claims of the guide in use: said instead of judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mediyn_desktop.claims.x12.claim837p import VERSION
from mediyn_desktop.claims.x12.segments import Segment

# What other files are, by GS01: said instead of a list of things that are missing for a claim.
_OTHER_FILES = {
    "HP": "a remittance (835); read it with “mediyn inbound”",
    "FA": "an acknowledgement (999 or 997); read it with “mediyn inbound”",
    "HN": "a claim status or acknowledgement (277); read it with “mediyn inbound”",
    "HB": "an eligibility answer (271); read it with “mediyn inbound”",
    "HS": "an eligibility question (270)",
    "HR": "a claim status question (276)",
    "BE": "an enrollment (834)",
    "RA": "a premium payment (820)",
    "HI": "a request for review (278)",
}
# What else travels as an 837, by how the guide's name begins.
_OTHER_GUIDES = {
    "005010X223": "institutional claims (837I)",
    "005010X224": "dental claims (837D)",
    "005010X298": "professional claims for reporting, after payment (837P of X298)",
    "005010X299": "institutional claims for reporting, after payment (837I of X299)",
    "005010X300": "dental claims for reporting, after payment (837D of X300)",
    "004010": "claims in version 4010, which payers have not taken since 2012",
    "008020": "claims in version 8020, which no rule asks for yet",
}


@dataclass(frozen=True, slots=True)
class OtherFile:
    """Where a file says that it is another one: ``code`` is the rule's id, ``says`` a sentence."""

    segment: Segment
    element: str
    code: str
    says: str


def named(segments: Iterable[Segment]) -> OtherFile | None:
    """Return what a file is instead of claims, where that is known; None for claims."""
    older = None
    for segment in segments:
        kind = segment.element(1)
        other = segment.id == "ST" and kind != "837"
        if (segment.id == "GS" and kind != "HC") or other:
            name = _OTHER_FILES.get(kind, "another kind of X12 file" if not other else f"a {kind}")
            says = f"This is {name}, not a file of claims (837P). It was not checked."
            return OtherFile(segment, "01", "not-claims", says)
        older = older or _other_guide(segment)
    return older


def _other_guide(segment: Segment) -> OtherFile | None:
    element = {"GS": 8, "ST": 3}.get(segment.id)
    if element is None:
        return None
    for begins, name in _OTHER_GUIDES.items():
        if segment.element(element).startswith(begins):
            says = f"This is a file of {name}, not of claims in {VERSION}. It was not checked."
            code = "version" if begins == "004010" else "not-claims"
            return OtherFile(segment, f"{element:02d}", code, says)
    return None
