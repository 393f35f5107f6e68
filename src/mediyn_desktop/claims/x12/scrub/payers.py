# SPDX-License-Identifier: MIT
"""What the payer of a claim asks beyond the guide; the table is data, see ``payer_rules``."""

from __future__ import annotations

from collections.abc import Iterator

from mediyn_desktop.claims.x12.scrub.rule import Context, Hit, rule
from mediyn_desktop.claims.x12.view837p import ClaimFile

_TABLE = "The payer's rules, as entered on the payers' screen or shipped for its kind of plan"


@rule(
    "payer-telehealth",
    "This payer marks telehealth with another modifier, or with none.",
    mend="Payers: telehealth modifier",
    source=_TABLE,
)
def payer_telehealth(file: ClaimFile, context: Context) -> Iterator[Hit]:
    for claim in file.claims:
        wanted = context.rules_for(claim).telehealth
        other = {"95": {"GT"}, "GT": {"95"}, "none": {"95", "GT", "93"}}.get(wanted, set())
        for line in claim.lines:
            if line.service is not None and other & set(line.modifiers):
                yield Hit(line.service, "01-3")


@rule(
    "payer-taxonomy",
    "This payer needs the billing provider's taxonomy code.",
    mend="Settings, practice: taxonomy",
    source=_TABLE,
)
def payer_taxonomy(file: ClaimFile, context: Context) -> Iterator[Hit]:
    for claim in file.claims:
        if (
            context.rules_for(claim).needs_taxonomy
            and claim.billing is not None
            and claim.billing.first("PRV", "BI") is None
        ):
            yield Hit(claim.header)


@rule(
    "payer-group-number",
    "This payer needs the group number of the plan.",
    mend="Client, coverage: group number",
    source=_TABLE,
)
def payer_group_number(file: ClaimFile, context: Context) -> Iterator[Hit]:
    for claim in file.claims:
        insurance = claim.insurance
        if (
            context.rules_for(claim).needs_group_number
            and insurance is not None
            and not insurance.element(3).strip()
        ):
            yield Hit(insurance, "03")


@rule(
    "payer-authorization",
    "This payer needs a prior authorization number (REF*G1).",
    mend="Client, coverage: authorization",
    source=_TABLE,
)
def payer_authorization(file: ClaimFile, context: Context) -> Iterator[Hit]:
    for claim in file.claims:
        if context.rules_for(claim).needs_authorization and claim.frequency != "8":
            by_line = [line.first("REF", "G1") is not None for line in claim.lines]
            if claim.first("REF", "G1") is None and not (by_line and all(by_line)):
                yield Hit(claim.header)


@rule(
    "payer-rendering",
    "This payer wants the rendering provider named, also when it is the billing provider.",
    mend="Payers: always name the rendering provider",
    source=_TABLE,
)
def payer_rendering(file: ClaimFile, context: Context) -> Iterator[Hit]:
    for claim in file.claims:
        named = claim.party("82") or all(line.party("82") for line in claim.lines)
        if context.rules_for(claim).always_rendering and not named:
            yield Hit(claim.header)


@rule(
    "payer-replacement",
    "This payer takes no replacements or voids; ask for a reopening or send a new claim.",
    mend="Claim: frequency",
    source=_TABLE,
)
def payer_replacement(file: ClaimFile, context: Context) -> Iterator[Hit]:
    for claim in file.claims:
        corrects = claim.frequency in ("7", "8")
        if corrects and not context.rules_for(claim).takes_replacements:
            yield Hit(claim.header, "05-3")


RULES = (
    payer_telehealth,
    payer_taxonomy,
    payer_group_number,
    payer_authorization,
    payer_rendering,
    payer_replacement,
)
