# SPDX-License-Identifier: MIT
"""Addresses: a state, a ZIP code, and a street where the guide wants one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mediyn_desktop.claims.x12.scrub.rule import Context, Hit, rule
from mediyn_desktop.claims.x12.view837p import ClaimFile, Party
from mediyn_desktop.codes.postal import STATES

_GUIDE = "005010X222A1, N3 and N4"
_PO_BOX = re.compile(r"\b(P\.?\s*O\.?\s*BOX|POST\s+OFFICE\s+BOX|LOCK\s*BOX|POBOX)\b", re.IGNORECASE)
# Where somebody is treated or billed from; a post office box is neither.
_ON_A_STREET = ("85", "77")


@rule(
    "address-missing",
    "The billing provider and the place of service need a street, a city, a state and a ZIP code.",
    mend="Settings, practice: address",
    source="005010X222A1, loops 2010AA and 2310C",
)
def address_missing(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for party in _providers(file):
        street, city = party.first("N3"), party.first("N4")
        if street is None or not street.element(1).strip() or city is None:
            yield Hit(party.name)
        elif not city.element(1).strip():
            yield Hit(city, "01")


@rule(
    "state",
    "The state is missing or no US state.",
    mend="The address of the person or practice",
    source=_GUIDE,
)
def state(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for segment in file.segments:
        if (
            segment.id == "N4"
            and segment.element(4) in ("", "US")
            and segment.element(2) not in STATES
        ):
            who = file.places[segment.position].party
            says = f"The {who}'s state is missing or no US state." if who else ""
            yield Hit(segment, "02", says)


@rule(
    "zip",
    "The ZIP code must have five or nine digits.",
    mend="The address of the person or practice",
    source=_GUIDE,
)
def zip_code(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for segment in file.segments:
        if (
            segment.id == "N4"
            and segment.element(4) in ("", "US")
            and not re.fullmatch(r"[0-9]{5}([0-9]{4})?", segment.element(3))
        ):
            who = file.places[segment.position].party
            says = f"The {who}'s ZIP code must have five or nine digits." if who else ""
            yield Hit(segment, "03", says)


@rule(
    "billing-zip",
    "The ZIP code of the practice and of the place of service needs all nine digits (ZIP+4).",
    mend="Settings, practice: ZIP code",
    source="005010X222A1, N403 of loops 2010AA and 2310C",
)
def billing_zip(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for party in _providers(file):
        for segment in party.all("N4"):
            if segment.element(4) in ("", "US") and re.fullmatch(r"[0-9]{5}", segment.element(3)):
                yield Hit(segment, "03")


@rule(
    "billing-po-box",
    "The practice's address is a street address; a post office box goes into the pay-to address.",
    mend="Settings, practice: address and pay-to address",
    source="005010X222A1, N301 of loops 2010AA and 2310C",
)
def billing_po_box(file: ClaimFile, _: Context) -> Iterator[Hit]:
    for party in _providers(file):
        for segment in party.all("N3"):
            if any(_PO_BOX.search(part) for part in segment.elements):
                yield Hit(segment, "01")


def _providers(file: ClaimFile) -> Iterator[Party]:
    return (party for party in file.own_parties() if party.entity in _ON_A_STREET)


RULES = (address_missing, state, zip_code, billing_zip, billing_po_box)
