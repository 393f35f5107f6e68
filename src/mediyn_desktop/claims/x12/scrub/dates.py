# SPDX-License-Identifier: MIT
"""Dates: real, in order, not before birth, not in the future, not after the deadline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from mediyn_desktop.claims.x12.scrub.rule import Context, Hit, rule
from mediyn_desktop.claims.x12.segments import Segment
from mediyn_desktop.claims.x12.view837p import Claim, ClaimFile, day_of, days_of
from mediyn_desktop.codes import cpt

_SESSION = "Session: date and time"
_GUIDE = "005010X222A1, loop 2400 DTP*472"
_NOBODY_WAITS = 731  # days; the longest contracts end with the year after that of the service
_OLDEST = 125  # years; older is a typing error


@rule("service-date", "The line has no date of service.", mend=_SESSION, source=_GUIDE)
def service_date(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        for line in claim.lines:
            if None in line.dates:
                yield Hit(line.first("DTP", "472") or line.service or line.header)


@rule(
    "service-future",
    "The date of service is later than the day of the file.",
    mend=_SESSION,
    source="A service is billed after it was given",
)
def service_future(file: ClaimFile, context: Context) -> Iterator[Hit]:
    sent = file.sent_on() or context.today
    if sent is None:
        return
    for _claim, dated, _first, last in _services(file):
        # One day's grace: a file may be stamped in UTC, the service is local.
        if last > sent + timedelta(days=1):
            yield Hit(dated, "03")


@rule(
    "service-before-birth",
    "The date of service is before the client's birth.",
    mend="Client: date of birth; session: date",
    source=_GUIDE,
)
def service_before_birth(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim, dated, first, _last in _services(file):
        born = _born(claim)
        if born is not None and first < born:
            yield Hit(dated, "03")


@rule(
    "date-order",
    "The period ends before it begins.",
    mend=_SESSION,
    source="X12 005010, RD8",
)
def date_order(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for segment in file.segments:
        if segment.id == "DTP" and segment.element(2) == "RD8":
            first, last = days_of(segment)
            if first is not None and last is not None and last < first:
                yield Hit(segment, "03")


@rule(
    "service-range",
    "A session has one date; bill each day on its own line.",
    mend=_SESSION,
    source="Payer manuals, box 24A: no date ranges for sessions",
)
def service_range(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        for line in claim.lines:
            first, last = line.dates
            dated = line.first("DTP", "472")
            if (
                dated is not None
                and first is not None
                and last is not None
                and cpt.is_session_code(line.code)
                and last > first
            ):
                yield Hit(dated, "03")


@rule(
    "late-filing",
    "The deadline for this claim has passed; a payer takes it only with a reason for the delay.",
    mend="Payers: days to file; claim: reason for the delay",
    source="The payer's contract; 42 CFR 424.44 (Medicare), 42 CFR 447.45 (Medicaid)",
)
def late_filing(file: ClaimFile, context: Context) -> Iterator[Hit]:
    for dated, is_known in _late(file, context):
        if is_known:
            yield Hit(dated, "03")


@rule(
    "late-filing-unsure",
    "The service is more than a year old. What this payer's contract allows is not known here.",
    mend="Payers: days to file",
    source="The payer's contract",
    severity="warning",
)
def late_filing_unsure(file: ClaimFile, context: Context) -> Iterator[Hit]:
    for dated, is_known in _late(file, context):
        if not is_known:
            yield Hit(dated, "03")


def _late(file: ClaimFile, context: Context) -> Iterator[tuple[Segment, bool]]:
    """Each service after its deadline, and whether that deadline is this payer's for certain."""
    sent = file.sent_on() or context.today
    if sent is None:
        return
    for claim, dated, first, _last in _services(file):
        rules = context.rules_for(claim)
        insurance = claim.insurance
        # A later payer counts from the first one's answer, a correction from its own.
        counts = insurance is not None and insurance.element(1) == "P" and claim.frequency == "1"
        if (
            counts
            and rules.filing_days is not None
            and not claim.header.element(20)
            and (sent - first).days > rules.filing_days
        ):
            yield dated, context.knows(claim) or (sent - first).days > _NOBODY_WAITS


@rule(
    "birth-date",
    "The date of birth is in the future or more than a lifetime ago.",
    mend="Client or coverage: date of birth",
    source="005010X222A1, DMG02",
)
def birth_date(file: ClaimFile, context: Context) -> Iterator[Hit]:
    today = file.sent_on() or context.today
    for segment in file.segments:
        born = day_of(segment.element(2)) if segment.id == "DMG" else None
        if (
            born is not None
            and today is not None
            and (born > today or born.year < today.year - _OLDEST)
        ):
            yield Hit(segment, "02")


@rule(
    "onset-after-service",
    "Onset or first treatment is dated after the service.",
    mend="Claim: dates",
    source="005010X222A1, loop 2300 DTP*431 and DTP*454",
)
def onset_after_service(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        served = [first for line in claim.lines if (first := line.dates[0]) is not None]
        for dated in (*claim.all("DTP", "431"), *claim.all("DTP", "454")):
            began = days_of(dated)[0]
            if began is not None and served and began > min(served):
                yield Hit(dated, "03")


@rule(
    "decision-date",
    "An earlier payer's decision is dated before the service or after the file.",
    mend="Claim: the first payer's remittance",
    source="005010X222A1, loops 2330B and 2430 DTP*573",
)
def decision_date(file: ClaimFile, _: Context) -> Iterator[Hit]:
    sent = file.sent_on()
    for claim in file.claims:
        served = [first for line in claim.lines if (first := line.dates[0]) is not None]
        found = [dated for line in claim.lines for one in line.decisions for dated in one.own]
        found += [dated for other in claim.others for one in other.parties for dated in one.own]
        for dated in found:
            if dated.id != "DTP" or dated.element(1) != "573":
                continue
            decided = days_of(dated)[0]
            early = decided is not None and served and decided < min(served)
            late = decided is not None and sent is not None and decided > sent
            if early or late:
                yield Hit(dated, "03")


@rule(
    "file-date",
    "The file is dated in the future.",
    mend="The computer's date",
    source="005010X222A1, GS04 and BHT04",
    severity="warning",
)
def file_date(file: ClaimFile, context: Context) -> Iterator[Hit]:
    latest = None if context.today is None else context.today + timedelta(days=1)
    for name, element in (("GS", 4), ("BHT", 4)):
        for segment in file.envelope.all(name):
            made = day_of(segment.element(element))
            if made is not None and latest is not None and made > latest:
                yield Hit(segment, f"{element:02d}")


def _services(file: ClaimFile) -> Iterator[tuple[Claim, Segment, date, date]]:
    """Yield each line's claim, DTP*472, first and last day, where they can be read."""
    for claim in file.claims:
        for line in claim.lines:
            dated, (first, last) = line.first("DTP", "472"), line.dates
            if dated is not None and first is not None and last is not None:
                yield claim, dated, first, last


def _born(claim: Claim) -> date | None:
    treated = claim.treated
    described = treated.first("DMG") if treated is not None else None
    return day_of(described.element(2)) if described is not None else None


RULES = (
    service_date,
    service_future,
    service_before_birth,
    date_order,
    service_range,
    late_filing,
    late_filing_unsure,
    birth_date,
    onset_after_service,
    decision_date,
    file_date,
)
