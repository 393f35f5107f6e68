# SPDX-License-Identifier: MIT
"""Service lines: procedure, modifiers, place, units, and codes that do not go together.

Sources of the coding rules: the AMA time rule and the APA's guidance as in ``codes.cpt``; the
National Correct Coding Initiative for codes of one day.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from mediyn_desktop.claims.x12.body837p import MOST_LINES, MOST_MODIFIERS
from mediyn_desktop.claims.x12.scrub.rule import Context, Hit, rule
from mediyn_desktop.claims.x12.segments import Segment
from mediyn_desktop.claims.x12.view837p import Claim, ClaimFile, Line, cents_of
from mediyn_desktop.codes import cpt, places

_SESSION = "Session: kind, minutes and place"
_FEES = "Fees"
_PLACES = "CMS, place of service codes"
_GUIDE = "005010X222A1, loop 2400 SV1"

# Codes of single states, of home infusion and of others: legal, and of no field of ours.
_OTHER_CODES = ("ER", "IV", "WK")
_CRISIS = "90839"
_INDIVIDUAL = frozenset({"90832", "90834", "90837"})
_INTAKE = frozenset({"90791", "90792"})
_ONCE = _INDIVIDUAL | _INTAKE | {"90839", "90846", "90847", "90849", "90853", "90785"}
_DISTINCT = frozenset({"59", "XE", "XP", "XS", "XU"})
# Add-ons and what must stand beside them on the same day.
_BESIDE = {
    "90840": frozenset({"90839"}),
    "90785": _INTAKE | _INDIVIDUAL | {"90833", "90836", "90838", "90853"},
}
# Testing goes on over days: the first hour may stand on another day, or in a claim before.
_AFTER = {"96131": "96130", "96133": "96132", "96137": "96136", "96139": "96138"}
_WITH_MEDICAL_VISIT = frozenset({"90833", "90836", "90838"})
_PRESCRIBERS_ONLY = _WITH_MEDICAL_VISIT | {"90792"}
# The last day each could be billed for (CPT changes of 2013, 2023 and 2025).
_ENDED = {
    **dict.fromkeys(
        ("90801", "90802", "90857", "90862", *map(str, range(90804, 90830))), date(2012, 12, 31)
    ),
    "99354": date(2022, 12, 31),
    "99355": date(2022, 12, 31),
    **dict.fromkeys(("99441", "99442", "99443"), date(2024, 12, 31)),
}
# From where and to where an ambulance drove: a letter each.
_FROM_AND_TO = re.compile(r"[DEGHIJNPRSX]{2}")
# CPT keeps 90785 to 90899 for psychiatry; those it has today and we have no label for.
_PSYCHIATRY = frozenset(
    {
        "90845", "90863", "90865", "90867", "90868", "90869", "90870", "90875", "90876", "90880",
        "90882", "90885", "90887", "90889", "90899",
    }
)  # fmt: skip


def services_of(file: ClaimFile) -> Iterator[tuple[Claim, Line, Segment]]:
    """Yield each service line that has an SV1, with its claim."""
    for claim in file.claims:
        for line in claim.lines:
            if line.service is not None:
                yield claim, line, line.service


@rule("line-count", f"A claim has 1 to {MOST_LINES} lines.", mend="Claim", source=f"{_GUIDE}, LX")
def line_count(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        if not 0 < len(claim.lines) <= MOST_LINES:
            sentence = f"A claim has 1 to {MOST_LINES} lines; this one has {len(claim.lines)}."
            yield Hit(claim.header, "", sentence)


@rule(
    "procedure",
    "A procedure code has five digits or capital letters, as CPT and HCPCS codes do.",
    mend=_SESSION,
    source="AMA CPT and CMS HCPCS code shapes",
)
def procedure(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for _claim, line, service in services_of(file):
        kind = service.component(1, 1)
        if kind not in ("HC", *_OTHER_CODES) or (kind == "HC" and not cpt.is_cpt_shape(line.code)):
            yield Hit(service, "01-2")


@rule(
    "procedure-unlisted",
    "There is no such procedure code.",
    mend=_SESSION,
    source="AMA CPT, psychiatry and evaluation sections",
)
def procedure_unlisted(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for _claim, line, service in services_of(file):
        code = line.code
        if not (code.isascii() and code.isdigit() and len(code) == 5) or code in _ENDED:
            continue
        psychiatry = "90785" <= code <= "90899"
        unknown = psychiatry and not cpt.is_labelled(code) and code not in _PSYCHIATRY
        if unknown or not "00100" <= code <= "99607":
            yield Hit(service, "01-2")


@rule(
    "procedure-ended",
    "This procedure code no longer existed on the date of service.",
    mend=_SESSION,
    source="AMA CPT changes of 2013, 2023 and 2025",
)
def procedure_ended(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for _claim, line, service in services_of(file):
        last, first = _ENDED.get(line.code), line.dates[0]
        if last is not None and (first is None or first > last):
            yield Hit(service, "01-2")


@rule(
    "procedure-prescriber",
    "Only a prescriber may bill this code; the rendering provider's taxonomy is a therapist's.",
    mend="Session: kind; Settings, clinicians: taxonomy",
    source="AMA CPT, psychiatry; APA Services guidance",
)
def procedure_prescriber(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim, line, service in services_of(file):
        if line.code in _PRESCRIBERS_ONLY and _taxonomy(claim, line).startswith("10"):
            yield Hit(service, "01-2")


@rule(
    "modifier",
    "A modifier has two capital letters or digits, and a line holds four.",
    mend="Payers: modifiers",
    source=f"{_GUIDE}01-3 to 01-6",
)
def modifier(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for _claim, line, service in services_of(file):
        wrong = any(not re.fullmatch(r"[0-9A-Z]{2}", one) for one in line.modifiers)
        if wrong or len(service.components(1)) > 3 + MOST_MODIFIERS:
            yield Hit(service, "01-3")


@rule(
    "modifier-unknown",
    "There is no such modifier.",
    mend="Payers: modifiers",
    source="AMA CPT appendix A; CMS HCPCS modifiers; state Medicaid manuals",
)
def modifier_unknown(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for _claim, line, service in services_of(file):
        if any(
            re.fullmatch(r"[0-9A-Z]{2}", one)
            and not places.may_be_modifier(one)
            and not (line.code.startswith("A0") and _FROM_AND_TO.fullmatch(one))
            for one in line.modifiers
        ):
            yield Hit(service, "01-3")


@rule("modifier-twice", "A modifier is listed twice.", mend="Payers: modifiers", source=_GUIDE)
def modifier_twice(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for _claim, line, service in services_of(file):
        if len(set(line.modifiers)) < len(line.modifiers):
            yield Hit(service, "01-3")


@rule(
    "place",
    "A place of service has two digits.",
    mend=_SESSION,
    source=_PLACES,
)
def place(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        if not re.fullmatch(r"[0-9]{2}", claim.place):
            yield Hit(claim.header, "05-1")
        for line in claim.lines:
            elsewhere = line.service.element(5) if line.service is not None else ""
            if line.service is not None and elsewhere and not re.fullmatch(r"[0-9]{2}", elsewhere):
                yield Hit(line.service, "05")


@rule(
    "unit-of-measure",
    "Therapy is counted in units (UN), not in minutes.",
    mend="Claim",
    source=f"{_GUIDE}03",
)
def unit_of_measure(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for _claim, line, service in services_of(file):
        wrong = service.element(3) not in ("UN", "MJ")
        if wrong or (service.element(3) == "MJ" and cpt.is_labelled(line.code)):
            yield Hit(service, "03")


@rule("units", "Units are a whole number from 1 to 999.", mend=_SESSION, source=f"{_GUIDE}04")
def units(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for _claim, line, service in services_of(file):
        if _units(service) is None and (
            cpt.is_labelled(line.code) or not _is_a_quantity(service.element(4))
        ):
            says = "" if cpt.is_labelled(line.code) else "Units are a number above nothing."
            yield Hit(service, "04", says)


@rule(
    "units-once",
    "This code is billed once a session, however long it lasted.",
    mend=_SESSION,
    source="AMA CPT, psychiatry: time rule",
)
def units_once(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for _claim, line, service in services_of(file):
        if line.code in _ONCE and (_units(service) or 0) > 1:
            yield Hit(service, "04")


@rule(
    "charge-zero",
    "A session's charge must be more than nothing.",
    mend=_FEES,
    source=f"{_GUIDE}02",
)
def charge_zero(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for _claim, line, service in services_of(file):
        # Quality codes and free vaccines are reported with nothing, as the guide has it.
        if cents_of(service.element(2)) == 0 and cpt.is_labelled(line.code):
            yield Hit(service, "02")


@rule(
    "add-on-alone",
    "This add-on is billed only beside its main code, on the same day and claim.",
    mend=_SESSION,
    source="AMA CPT add-on codes",
)
def add_on_alone(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        for codes, line in _with_day(claim):
            needed = _BESIDE.get(line.code)
            alone = needed is not None and not codes & needed
            if line.code in _WITH_MEDICAL_VISIT:
                alone = not any(code.startswith(("992", "993")) for code in codes)
            if alone and line.service is not None:
                yield Hit(line.service, "01-2")


@rule(
    "add-on-testing",
    "This code continues a test whose first hour or half hour is not in this claim.",
    mend=_SESSION,
    source="AMA CPT add-on codes",
    severity="warning",
)
def add_on_testing(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        codes = {line.code for line in claim.lines}
        for line in claim.lines:
            if line.service is not None and _AFTER.get(line.code, line.code) not in codes:
                yield Hit(line.service, "01-2")


@rule(
    "codes-together",
    "These codes are not billed for one client on one day without a modifier for distinct work.",
    mend=_SESSION,
    source="CMS, National Correct Coding Initiative",
)
def codes_together(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        for codes, line in _with_day(claim):
            if line.code in _INDIVIDUAL:
                others = (_INDIVIDUAL - {line.code}) | _INTAKE
                clash = bool(codes & others) and not _DISTINCT & set(line.modifiers)
                clash |= _CRISIS in codes  # no modifier lifts this pair
                if clash and line.service is not None:
                    yield Hit(line.service, "01-2")


def _with_day(claim: Claim) -> Iterator[tuple[frozenset[str], Line]]:
    """Yield each line with all codes of its day."""
    days: dict[date | None, set[str]] = defaultdict(set)
    for line in claim.lines:
        days[line.dates[0]].add(line.code)
    for line in claim.lines:
        yield frozenset(days[line.dates[0]]), line


def _units(service: Segment) -> int | None:
    found = re.fullmatch(r"0*([1-9][0-9]{0,2})(\.0+)?", service.element(4))
    return int(found[1]) if found else None


def _is_a_quantity(text: str) -> bool:
    """Miles, doses and minutes of other trades: any number above nothing."""
    return bool(re.fullmatch(r"[0-9]{1,8}(\.[0-9]{1,3})?", text)) and bool(text.strip("0."))


def _taxonomy(claim: Claim, line: Line) -> str:
    rendering = claim.rendering(line)
    named = rendering.first("PRV", "PE") if rendering is not None else None
    if named is None and claim.billing is not None:
        named = claim.billing.first("PRV", "BI")
    return named.element(3) if named is not None else ""


RULES = (
    line_count,
    procedure,
    procedure_unlisted,
    procedure_ended,
    procedure_prescriber,
    modifier,
    modifier_unknown,
    modifier_twice,
    place,
    unit_of_measure,
    units,
    units_once,
    charge_zero,
    add_on_alone,
    add_on_testing,
    codes_together,
)
