# SPDX-License-Identifier: MIT
"""Who is insured and who is treated: levels, relationship, the order of the payers."""

from __future__ import annotations

from collections.abc import Iterator

from mediyn_desktop.claims.x12.scrub.rule import Context, Hit, rule
from mediyn_desktop.claims.x12.view837p import ClaimFile, Level

_COVERAGE = "Client, coverage: relationship to the insured"
_GUIDE = "005010X222A1, loops 2000B and 2000C"


@rule(
    "levels",
    "Either the subscriber is the patient (18), or a dependent follows; one of them, not both.",
    mend=_COVERAGE,
    source=f"{_GUIDE}, SBR02",
)
def levels(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for level in file.levels:
        insurance = level.first("SBR")
        if (
            level.header.element(3) == "22"
            and insurance is not None
            and (insurance.element(2) == "18") == bool(level.children)
        ):
            yield Hit(insurance, "02")


@rule(
    "level-flag",
    "The level says it has levels below it and has none, or the other way round.",
    mend="Claim",
    source=f"{_GUIDE}, HL04",
)
def level_flag(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for level in file.levels:
        if (level.header.element(4) == "1") != bool(level.children):
            yield Hit(level.header, "04")


@rule(
    "patient-missing",
    "The claim stands under a subscriber who is not the patient, and names no patient.",
    mend=_COVERAGE,
    source=_GUIDE,
)
def patient_missing(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        insurance = claim.insurance
        own = insurance is not None and insurance.element(2) == "18"
        named = claim.patient is not None and claim.patient.party("QC") is not None
        if claim.subscriber is None or own == named:
            yield Hit(claim.header)


@rule(
    "subscriber-details",
    "A subscriber who is the patient needs an address, a date of birth and a sex.",
    mend="Client: address, date of birth, sex",
    source="005010X222A1, loop 2010BA",
)
def subscriber_details(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for level in file.levels:
        insurance, person = level.first("SBR"), level.party("IL")
        if (
            insurance is not None
            and insurance.element(2) == "18"
            and person is not None
            and not {"N3", "N4", "DMG"} <= {segment.id for segment in person.own}
        ):
            yield Hit(person.name)


@rule(
    "dependent-details",
    "A dependent needs a relationship, an address, a date of birth and a sex.",
    mend="Client: address, date of birth, sex",
    source="005010X222A1, loops 2000C and 2010CA",
)
def dependent_details(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for level in file.levels:
        if level.header.element(3) == "23":
            person = level.party("QC")
            known = {segment.id for segment in person.own} if person is not None else set()
            if level.first("PAT") is None or not {"N3", "N4", "DMG"} <= known:
                yield Hit(person.name if person is not None else level.header)


@rule(
    "dependent-is-subscriber",
    "The dependent has the name and birth date of the subscriber; say “self” instead.",
    mend=_COVERAGE,
    source=_GUIDE,
)
def dependent_is_subscriber(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        if claim.patient is not None and claim.subscriber is not None:
            dependent, subscriber = _who(claim.patient, "QC"), _who(claim.subscriber, "IL")
            if dependent is not None and dependent == subscriber and claim.treated is not None:
                yield Hit(claim.treated.name)


@rule(
    "person-kind",
    "A subscriber or patient is a person with a last name.",
    mend="Client: name",
    source="005010X222A1, loops 2010BA and 2010CA",
)
def person_kind(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for level in file.levels:
        for party in level.parties:
            # After an accident at work the employer is insured and the patient is a dependent.
            kinds = {"QC": ("1",), "IL": ("1", "2") if level.children else ("1",)}.get(party.entity)
            if kinds and (party.name.element(2) not in kinds or not party.name.element(3).strip()):
                yield Hit(party.name, "03")


@rule(
    "billing-missing",
    "The claim names no billing provider.",
    mend="Settings, practice",
    source="005010X222A1, loop 2010AA",
)
def billing_missing(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        if claim.billing is None or claim.billing.party("85") is None:
            yield Hit(claim.header)


@rule(
    "payer-missing",
    "The claim names no payer.",
    mend="Client, coverage: payer",
    source="005010X222A1, loop 2010BB",
)
def payer_missing(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for claim in file.claims:
        if claim.payer is None:
            yield Hit(claim.header)


@rule(
    "medicare-second",
    "Medicare as a later payer must be told why it is not the first.",
    mend="Client, coverage: insurance type",
    source="005010X222A1, SBR05",
)
def medicare_second(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for level in file.levels:
        insurance = level.first("SBR")
        if (
            insurance is not None
            and insurance.element(9) in ("MA", "MB")
            and insurance.element(1) in ("S", "T")
            and not insurance.element(5)
        ):
            yield Hit(insurance, "05")


def _who(level: Level, entity: str) -> tuple[str, str, str] | None:
    party = level.party(entity)
    described = party.first("DMG") if party is not None else None
    if party is None or described is None:
        return None
    return party.name.element(3), party.name.element(4), described.element(2)


RULES = (
    levels,
    level_flag,
    patient_missing,
    subscriber_details,
    dependent_details,
    dependent_is_subscriber,
    person_kind,
    billing_missing,
    payer_missing,
    medicare_second,
)
