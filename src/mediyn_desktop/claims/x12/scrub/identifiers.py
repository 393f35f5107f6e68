# SPDX-License-Identifier: MIT
"""Numbers that say who is who: NPI, tax id, taxonomy, member id, payer id."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mediyn_desktop.claims.x12.scrub.rule import Context, Hit, rule
from mediyn_desktop.claims.x12.view837p import ClaimFile
from mediyn_desktop.codes.npi import check_npi
from mediyn_desktop.codes.tax_ids import TaxIdError, normalize_tax_id
from mediyn_desktop.codes.taxonomy import check_taxonomy, is_known_taxonomy
from mediyn_desktop.codes.vocabulary import TaxIdType

_NPI_SOURCE = "45 CFR 162.406 and 162.408; CMS, NPI check digit"


@rule(
    "npi-missing",
    "The billing or rendering provider has no NPI.",
    mend="Settings, practice and clinicians: NPI",
    source=_NPI_SOURCE,
)
def npi_missing(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for party in file.own_parties():
        if party.entity in ("85", "82") and not party.npi:
            yield Hit(party.name, "09")


@rule(
    "npi",
    "This NPI is not one: ten digits, the first 1 or 2, the last a check digit.",
    mend="Settings, practice and clinicians: NPI",
    source=_NPI_SOURCE,
)
def npi(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for party in file.everyone():
        if party.npi and (wrong := check_npi(party.npi)):
            who = file.places[party.name.position].party or "provider"
            yield Hit(party.name, "09", f"The {who}'s NPI is not right. {wrong}")


@rule(
    "tax-id-missing",
    "The billing provider has no tax id (EIN or SSN).",
    mend="Settings, practice: tax id",
    source="005010X222A1, loop 2010AA REF",
)
def tax_id_missing(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for level in file.levels:
        biller = level.party("85")
        if biller is not None and not (biller.first("REF", "EI") or biller.first("REF", "SY")):
            yield Hit(biller.name)


@rule(
    "tax-id",
    "The billing provider's tax id is not one: nine digits that can have been given out.",
    mend="Settings, practice: tax id and its type",
    source="IRS (EIN) and SSA (SSN) numbering",
)
def tax_id(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for level in file.levels:
        biller = level.party("85")
        if biller is None:
            continue
        for qualifier, kind in (("EI", TaxIdType.EIN), ("SY", TaxIdType.SSN)):
            for reference in biller.all("REF", qualifier):
                number = reference.element(2)
                if not re.fullmatch(r"[0-9]{9}", number):
                    yield Hit(reference, "02")
                    continue
                try:
                    normalize_tax_id(number, kind)
                except TaxIdError as error:
                    yield Hit(reference, "02", f"The billing provider's tax id is wrong. {error}")


@rule(
    "taxonomy",
    "A taxonomy code has ten characters and ends with X, as in 1041C0700X.",
    mend="Settings, practice and clinicians: taxonomy",
    source="NUCC, Health Care Provider Taxonomy",
)
def taxonomy(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for segment in file.segments:
        if (
            segment.id == "PRV"
            and segment.element(2) == "PXC"
            and check_taxonomy(segment.element(3)) is not None
        ):
            yield Hit(segment, "03")


@rule(
    "taxonomy-unknown",
    "This taxonomy code is not in the list; it must be the one registered with the NPI.",
    mend="Settings, practice and clinicians: taxonomy",
    source="NUCC, Health Care Provider Taxonomy; NPPES",
)
def taxonomy_unknown(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for segment in file.segments:
        code = segment.element(3)
        if (
            segment.id == "PRV"
            and segment.element(2) == "PXC"
            and check_taxonomy(code) is None
            and not is_known_taxonomy(code)
        ):
            yield Hit(segment, "03")


@rule(
    "member-id-missing",
    "The subscriber has no member id. Copy it from the insurance card, with its letters.",
    mend="Client, coverage: member id",
    source="005010X222A1, loop 2010BA NM109",
)
def member_id_missing(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for party in file.everyone():
        employer = party.name.element(2) == "2"  # X12 RFI 1990: it has no member id
        if (
            party.entity == "IL"
            and not employer
            and not (party.number.strip() and party.name.element(8))
        ):
            yield Hit(party.name, "09")


@rule(
    "payer-id-missing",
    "The payer has no payer id. Take it from your clearinghouse's list of payers.",
    mend="Payers: payer id",
    source="005010X222A1, loop 2010BB NM109",
)
def payer_id_missing(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for party in file.everyone():
        if party.entity == "PR" and not party.number.strip():
            yield Hit(party.name, "09")


@rule(
    "payer-id-unlisted",
    "The clearinghouse's list of payers does not have this payer id.",
    mend="Payers: payer id",
    source="Your clearinghouse's list of payers",
)
def payer_id_unlisted(file: ClaimFile, context: Context) -> Iterator[Hit]:
    if not context.known_payers:
        return
    for claim in file.claims:
        payer = claim.payer
        if payer is not None and payer.number and payer.number not in context.known_payers:
            yield Hit(payer.name, "09")


RULES = (
    npi_missing,
    npi,
    tax_id_missing,
    tax_id,
    taxonomy,
    taxonomy_unknown,
    member_id_missing,
    payer_id_missing,
    payer_id_unlisted,
)
