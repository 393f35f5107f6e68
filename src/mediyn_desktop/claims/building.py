# SPDX-License-Identifier: MIT
"""From a charge to the values an 837P is written from, or the list of what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mediyn_desktop.claims import parties
from mediyn_desktop.claims.earlier import line_decisions, other_coverages, responsibility
from mediyn_desktop.claims.facts import Facts
from mediyn_desktop.claims.x12 import model837p as x12
from mediyn_desktop.claims.x12.body837p import MOST_DIAGNOSES, MOST_POINTERS

_FREQUENCIES: dict[str, Literal["1", "7", "8"]] = {"7": "7", "8": "8"}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a claim cannot be queued: a stable code, what is wrong, and where it is mended.

    A ``warning`` does not hold it back.
    """

    code: str
    message: str
    mend: str = ""
    severity: str = "error"


def problems_of(facts: Facts) -> list[Problem]:
    """Return everything that keeps this claim from being written, in the user's own words."""
    return [
        *_diagnosis_problems(facts),
        *_provider_problems(facts),
        *_place_problems(facts),
        *_insurance_problems(facts),
        *_people_problems(facts),
    ]


def build_claim(facts: Facts) -> x12.Claim:
    """Return the claim's values; call it only when ``problems_of`` found none."""
    diagnoses = facts.diagnoses
    coverage = facts.coverage
    dependent = coverage.relationship_to_insured != "self"
    subscriber = x12.Subscriber(
        member_id=coverage.member_id,
        name=parties.insured_name(facts.client, coverage),
        birth_date=coverage.insured_dob if dependent else facts.client.dob,
        sex=parties.sex(coverage.insured_sex if dependent else facts.client.sex),
        address=parties.insured_address(facts.client, coverage),
        group_number=coverage.group_number,
        responsibility=responsibility(coverage),
        claim_filing_code=facts.payer.claim_filing_code,
        insurance_type=coverage.insurance_type,
    )
    return x12.Claim(
        control_number=facts.claim.control_number,
        total_cents=facts.charge.total_cents,
        place=facts.charge.pos,
        diagnoses=diagnoses,
        lines=tuple(
            x12.Line(
                code=line.code,
                charge_cents=line.fee_cents,
                service_date=facts.charge.date_of_service,
                control_number=f"{facts.claim.control_number}L{line.position}",
                units=line.units,
                modifiers=tuple(m for m in line.modifiers.split(",") if m),
                pointers=tuple(range(1, min(len(diagnoses), MOST_POINTERS) + 1)),
                decisions=line_decisions(facts, line.position),
            )
            for line in facts.charge.lines
        ),
        subscriber=subscriber,
        payer=parties.payer_of(facts.payer),
        patient=parties.patient(facts) if dependent else None,
        rendering=parties.rendering(facts),
        supervising=parties.supervising(facts),
        referring=parties.referring(coverage),
        facility=parties.facility(facts),
        frequency=_FREQUENCIES.get(facts.claim.frequency or "1", "1"),
        original_reference=facts.claim.original_reference or "",
        authorization=coverage.authorization_number,
        note=facts.claim.note or "",
        delay_reason=facts.claim.delay_reason or "",
        others=other_coverages(facts),
    )


def _diagnosis_problems(facts: Facts) -> Iterator[Problem]:
    if not facts.checks:
        yield Problem(
            "no-diagnosis", "The session has no diagnosis. Add one to the client's chart."
        )
    for checked in facts.checks:
        if not checked.billable:
            yield Problem("diagnosis-not-billable", checked.message)
    if len(facts.checks) > MOST_DIAGNOSES:
        yield Problem("too-many-diagnoses", f"A claim carries at most {MOST_DIAGNOSES} diagnoses.")


def _provider_problems(facts: Facts) -> Iterator[Problem]:
    practice = facts.practice
    for one in dict.fromkeys((facts.clinician, facts.owner)):
        if not one.npi and (one is facts.clinician or not practice.npi):
            yield Problem("no-clinician-npi", f"{one.full_name} has no NPI. Add it in Settings.")
    if practice.entity == "organization" and not practice.npi:
        yield Problem("no-practice-npi", "The practice has no NPI. Add it in Settings.")
    if not practice.tax_id:
        yield Problem("no-tax-id", "The practice has no tax id (EIN or SSN). Add it in Settings.")
    if not (practice.address1 and practice.city and practice.state and practice.zip):
        yield Problem("no-practice-address", "The practice's street address is not complete.")


def _place_problems(facts: Facts) -> Iterator[Problem]:
    practice = facts.practice
    for what, code, street, others in (
        (
            "pay-to address",
            "no-pay-to-address",
            practice.pay_to_address1,
            (practice.pay_to_city, practice.pay_to_state, practice.pay_to_zip),
        ),
        (
            "address of the office where sessions take place",
            "no-facility-address",
            practice.facility_address1,
            (practice.facility_city, practice.facility_state, practice.facility_zip),
        ),
    ):
        if any((street, *others)) and not all((street, *others)):
            yield Problem(code, f"The practice's {what} is not complete.")
    if facts.clinician.supervisor_ref and facts.supervisor is None:
        name = facts.clinician.full_name
        yield Problem("no-supervisor", f"The supervisor of {name} is not among the clinicians.")


def _insurance_problems(facts: Facts) -> Iterator[Problem]:
    coverage, payer = facts.coverage, facts.payer
    if not coverage.member_id:
        yield Problem("no-member-id", "The coverage has no member id. Copy it from the card.")
    if not payer.payer_id:
        yield Problem(
            "no-payer-id",
            f"{payer.name} has no payer id. Take it from your clearinghouse's list of payers.",
        )
    if coverage.relationship_to_insured != "self":
        if not (coverage.insured_first_name and coverage.insured_last_name):
            yield Problem("no-insured-name", "The insured person's name is missing.")
        if coverage.insured_dob is None:
            yield Problem("no-insured-dob", "The insured person's date of birth is missing.")
        given = parties.insured_address_parts(coverage)
        if any(given) and not all(given):
            yield Problem("no-insured-address", "The insured person's address is not complete.")


def _people_problems(facts: Facts) -> Iterator[Problem]:
    client = facts.client
    if client.dob is None:
        yield Problem("no-client-dob", "The client's date of birth is missing.")
    if not (client.address1 and client.city and client.state and client.zip):
        yield Problem("no-client-address", "The client's address is not complete.")
