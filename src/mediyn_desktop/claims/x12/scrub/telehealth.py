# SPDX-License-Identifier: MIT
"""Telehealth: a modifier and a place of service that say the same, as was right on that day."""

from __future__ import annotations

from collections.abc import Iterator

from mediyn_desktop.claims.x12.scrub.remote_places import Verdict, verdict_on
from mediyn_desktop.claims.x12.scrub.rule import Context, Hit, plan_of, rule
from mediyn_desktop.claims.x12.scrub.services import services_of
from mediyn_desktop.claims.x12.segments import Segment
from mediyn_desktop.claims.x12.view837p import Claim, ClaimFile
from mediyn_desktop.codes import places

_SESSION = "Session: kind, minutes and place"
_SOURCE = "CMS, place of service codes; the table of places by plan and date"


@rule(
    "modifier-conflict",
    "A session is either video (95 or GT, one of them) or audio only (93), not both.",
    mend=_SESSION,
    source="AMA CPT appendix A; CMS telehealth",
)
def modifier_conflict(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for _claim, line, service in services_of(file):
        marks = set(line.modifiers)
        if marks >= {"95", "GT"} or (marks & {"95", "GT"} and marks & {"93", "FQ"}):
            yield Hit(service, "01-3")


@rule(
    "telehealth-modifier",
    "Place 02 or 10 is telehealth and needs 95, GT or 93.",
    mend="Payers: telehealth modifier",
    source="CMS, place of service codes; CMS telehealth",
)
def telehealth_modifier(file: ClaimFile, context: Context) -> Iterator[Hit]:
    for claim, line, service in services_of(file):
        remote = _place(claim, service) in places.TELEHEALTH_POS
        wanted = context.rules_for(claim).telehealth not in ("none", "optional")
        if remote and wanted and not places.telehealth_marks(line.modifiers):
            yield Hit(service, "01-3")


@rule(
    "telehealth-place",
    "A telehealth modifier does not go with a place where the two met in person.",
    mend=_SESSION,
    source=_SOURCE,
)
def telehealth_place(file: ClaimFile, context: Context) -> Iterator[Hit]:
    for service, verdict in _marked_elsewhere(file, context):
        if verdict is Verdict.WRONG:
            yield Hit(service, _element(service))


@rule(
    "telehealth-place-unsure",
    "A telehealth modifier stands with a place where people meet in person. Medicare took that on "
    "this date; whether this plan did is not known here.",
    mend=_SESSION,
    source=_SOURCE,
    severity="warning",
)
def telehealth_place_unsure(file: ClaimFile, context: Context) -> Iterator[Hit]:
    for service, verdict in _marked_elsewhere(file, context):
        if verdict is Verdict.UNSURE:
            yield Hit(service, _element(service))


def _marked_elsewhere(file: ClaimFile, context: Context) -> Iterator[tuple[Segment, Verdict]]:
    """Each line with a telehealth modifier at another place than 02 and 10."""
    for claim, line, service in services_of(file):
        place = _place(claim, service)
        if place in places.TELEHEALTH_POS or not places.telehealth_marks(line.modifiers):
            continue
        if context.rules_for(claim).telehealth_place == "any":
            continue
        yield service, verdict_on(plan_of(claim), place, line.dates[0])


def _place(claim: Claim, service: Segment) -> str:
    return service.element(5) or claim.place


def _element(service: Segment) -> str:
    return "05" if service.element(5) else "01-3"


RULES = (modifier_conflict, telehealth_modifier, telehealth_place, telehealth_place_unsure)
