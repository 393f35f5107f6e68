# SPDX-License-Identifier: MIT
"""From a charge to the values an 837P is written from, or the list of what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from mediyn_desktop.billing.charges import diagnoses_to_report
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.x12 import model837p as x12
from mediyn_desktop.codes import icd10
from mediyn_desktop.practice import code_lists
from mediyn_desktop.practice.tables import Client, Clinician, Coverage, Payer, Practice, Session
from mediyn_desktop.store.uow import Reading

_MOST_DIAGNOSES = 12  # per claim (837P HI segment)
_MOST_POINTERS = 4  # per service line (837P SV107)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a claim cannot be queued: a stable code, and what to mend where."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The rows one claim is written from."""

    claim: Claim
    charge: Charge
    session: Session
    client: Client
    coverage: Coverage
    payer: Payer
    clinician: Clinician
    owner: Clinician  # under whose name an individual practice bills
    practice: Practice
    read: Reading

    @property
    def diagnoses(self) -> tuple[str, ...]:
        """Undotted codes, primary first."""
        return diagnoses_to_report(self.read, self.session, self.charge)

    @property
    def checks(self) -> tuple[icd10.Icd10Check, ...]:
        """What the list of the date of service says of each diagnosis."""
        day = self.charge.date_of_service
        return tuple(code_lists.check(self.read, code, day) for code in self.diagnoses)


def facts_of(read: Reading, claim: Claim) -> Facts:
    """Gather the rows of ``claim``."""
    charge = read.session.get_one(Charge, claim.charge_id)
    session = read.session.get_one(Session, charge.session_id)
    coverage = read.session.get_one(Coverage, claim.coverage_id)
    practice = read.session.get_one(Practice, 1)
    return Facts(
        claim=claim,
        charge=charge,
        session=session,
        client=session.client,
        coverage=coverage,
        payer=coverage.payer,
        clinician=session.clinician,
        owner=_owner(read, practice),
        practice=practice,
        read=read,
    )


def problems_of(facts: Facts) -> list[Problem]:
    """Return everything that keeps this claim from being written, in the user's own words."""
    return [
        *_diagnosis_problems(facts),
        *_provider_problems(facts),
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
        name=_insured_name(facts),
        birth_date=coverage.insured_dob if dependent else facts.client.dob,
        sex=_sex(coverage.insured_sex if dependent else facts.client.sex),
        address=_insured_address(facts) if dependent else _client_address(facts.client),
        group_number=coverage.group_number,
        responsibility="P" if coverage.rank == 1 else "S",
        claim_filing_code=facts.payer.claim_filing_code,
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
                pointers=tuple(range(1, min(len(diagnoses), _MOST_POINTERS) + 1)),
            )
            for line in facts.charge.lines
        ),
        subscriber=subscriber,
        payer=_payer(facts.payer),
        patient=_patient(facts) if dependent else None,
        rendering=_rendering(facts),
        authorization=coverage.authorization_number,
    )


def billing_provider(facts: Facts) -> x12.BillingProvider:
    """Return who bills: the organisation, or its owner under the own name."""
    practice, owner = facts.practice, facts.owner
    name: x12.Person | x12.Organization
    if practice.entity == "organization":
        name = x12.Organization(practice.legal_name or practice.name)
    else:
        name = x12.Person(last=owner.last_name, first=owner.first_name)
    return x12.BillingProvider(
        name=name,
        npi=practice.npi or owner.npi,
        tax_id=practice.tax_id,
        tax_id_type="SSN" if practice.tax_id_type == "SSN" else "EIN",
        address=x12.Address(
            line1=practice.address1,
            line2=practice.address2,
            city=practice.city,
            state=practice.state,
            zip_code=practice.zip,
        ),
        taxonomy=practice.taxonomy or owner.taxonomy,
        phone=practice.phone,
        contact=owner.full_name,
    )


def _owner(read: Reading, practice: Practice) -> Clinician:
    """The clinician the practice's NPI belongs to, else the one it was set up with."""
    everyone = list(read.session.scalars(select(Clinician).order_by(Clinician.id)))
    named = [one for one in everyone if practice.npi and one.npi == practice.npi]
    return (named or everyone)[0]


def _diagnosis_problems(facts: Facts) -> Iterator[Problem]:
    if not facts.checks:
        yield Problem(
            "no-diagnosis", "The session has no diagnosis. Add one to the client's chart."
        )
    for checked in facts.checks:
        if not checked.billable:
            yield Problem("diagnosis-not-billable", checked.message)
    if len(facts.checks) > _MOST_DIAGNOSES:
        yield Problem("too-many-diagnoses", f"A claim carries at most {_MOST_DIAGNOSES} diagnoses.")


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
        given = _insured_address_parts(coverage)
        if any(given) and not all(given):
            yield Problem("no-insured-address", "The insured person's address is not complete.")


def _people_problems(facts: Facts) -> Iterator[Problem]:
    client = facts.client
    if client.dob is None:
        yield Problem("no-client-dob", "The client's date of birth is missing.")
    if not (client.address1 and client.city and client.state and client.zip):
        yield Problem("no-client-address", "The client's address is not complete.")


def _sex(text: str) -> x12.Sex:
    return "F" if text == "F" else "M" if text == "M" else "U"


def _insured_name(facts: Facts) -> x12.Person:
    if facts.coverage.relationship_to_insured == "self":
        return x12.Person(last=facts.client.last_name, first=facts.client.first_name)
    return x12.Person(
        last=facts.coverage.insured_last_name, first=facts.coverage.insured_first_name
    )


def _client_address(client: Client) -> x12.Address:
    return x12.Address(
        line1=client.address1,
        line2=client.address2,
        city=client.city,
        state=client.state,
        zip_code=client.zip,
    )


def _insured_address_parts(coverage: Coverage) -> tuple[str, ...]:
    return (
        coverage.insured_address1,
        coverage.insured_city,
        coverage.insured_state,
        coverage.insured_zip,
    )


def _insured_address(facts: Facts) -> x12.Address:
    """The insured's address, or the client's where it was not given: a household shares one."""
    street, city, state, zip_code = _insured_address_parts(facts.coverage)
    if not street:
        return _client_address(facts.client)
    return x12.Address(line1=street, city=city, state=state, zip_code=zip_code)


def _patient(facts: Facts) -> x12.Patient:
    client = facts.client
    assert client.dob is not None  # ``problems_of`` has refused this claim otherwise
    relationship = facts.coverage.relationship_to_insured
    return x12.Patient(
        relationship=_patient_code(relationship),
        name=x12.Person(last=client.last_name, first=client.first_name),
        birth_date=client.dob,
        sex=_sex(client.sex),
        address=_client_address(client),
    )


def _patient_code(relationship: str) -> Literal["01", "19", "G8"]:
    """The patient's relationship to the insured (2000C PAT01)."""
    return "01" if relationship == "spouse" else "19" if relationship == "child" else "G8"


def _payer(payer: Payer) -> x12.Payer:
    address = None
    if payer.address1 and payer.city and payer.state and payer.zip:
        address = x12.Address(
            line1=payer.address1, city=payer.city, state=payer.state, zip_code=payer.zip
        )
    return x12.Payer(name=payer.name, payer_id=payer.payer_id, address=address)


def _rendering(facts: Facts) -> x12.Rendering | None:
    """Who held the session, where it is not who bills (situational: sent only when different)."""
    practice, clinician = facts.practice, facts.clinician
    own_name = practice.entity != "organization" and clinician is facts.owner
    if own_name and practice.npi in ("", clinician.npi):
        return None
    return x12.Rendering(
        name=x12.Person(last=clinician.last_name, first=clinician.first_name),
        npi=clinician.npi,
        taxonomy=clinician.taxonomy,
    )
