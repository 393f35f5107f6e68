# SPDX-License-Identifier: MIT
"""People, places and insurers of a claim: from the practice's rows to the values of an 837P."""

from __future__ import annotations

from typing import Literal

from mediyn_desktop.claims.facts import Facts
from mediyn_desktop.claims.x12 import model837p as x12
from mediyn_desktop.practice.tables import Client, Clinician, Coverage, Payer, Practice

_OFFICE = "11"


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
        pay_to=pay_to_address(practice),
    )


def pay_to_address(practice: Practice) -> x12.Address | None:
    """Return where insurers send money, when that is not the street address."""
    if not practice.pay_to_address1:
        return None
    return x12.Address(
        line1=practice.pay_to_address1,
        line2=practice.pay_to_address2,
        city=practice.pay_to_city,
        state=practice.pay_to_state,
        zip_code=practice.pay_to_zip,
    )


def sex(text: str) -> x12.Sex:
    """Return F, M or U."""
    return "F" if text == "F" else "M" if text == "M" else "U"


def insured_name(client: Client, coverage: Coverage) -> x12.Person:
    """Return who holds the policy."""
    if coverage.relationship_to_insured == "self":
        return x12.Person(last=client.last_name, first=client.first_name)
    return x12.Person(last=coverage.insured_last_name, first=coverage.insured_first_name)


def client_address(client: Client) -> x12.Address:
    """Return where the client lives."""
    return x12.Address(
        line1=client.address1,
        line2=client.address2,
        city=client.city,
        state=client.state,
        zip_code=client.zip,
    )


def insured_address_parts(coverage: Coverage) -> tuple[str, ...]:
    """Return street, city, state and ZIP code of the insured; all blank where none was given."""
    return (
        coverage.insured_address1,
        coverage.insured_city,
        coverage.insured_state,
        coverage.insured_zip,
    )


def insured_address(client: Client, coverage: Coverage) -> x12.Address:
    """The insured's address, or the client's where it was not given: a household shares one."""
    street, city, state, zip_code = insured_address_parts(coverage)
    if not street or coverage.relationship_to_insured == "self":
        return client_address(client)
    return x12.Address(line1=street, city=city, state=state, zip_code=zip_code)


def patient(facts: Facts) -> x12.Patient:
    """Return the client as a dependent of the insured."""
    client = facts.client
    assert client.dob is not None  # ``problems_of`` has refused this claim otherwise
    relationship = facts.coverage.relationship_to_insured
    return x12.Patient(
        relationship=_patient_code(relationship),
        name=x12.Person(last=client.last_name, first=client.first_name),
        birth_date=client.dob,
        sex=sex(client.sex),
        address=client_address(client),
    )


def _patient_code(relationship: str) -> Literal["01", "19", "G8"]:
    """The patient's relationship to the insured (2000C PAT01)."""
    return "01" if relationship == "spouse" else "19" if relationship == "child" else "G8"


def relationship_code(coverage: Coverage) -> Literal["18", "01", "19", "G8"]:
    """Return the client's relationship to the insured of another insurance (2320 SBR02)."""
    if coverage.relationship_to_insured == "self":
        return "18"
    return _patient_code(coverage.relationship_to_insured)


def payer_of(payer: Payer) -> x12.Payer:
    """Return an insurer; its address only where it is whole."""
    address = None
    if payer.address1 and payer.city and payer.state and payer.zip:
        address = x12.Address(
            line1=payer.address1, city=payer.city, state=payer.state, zip_code=payer.zip
        )
    return x12.Payer(name=payer.name, payer_id=payer.payer_id, address=address)


def rendering(facts: Facts) -> x12.Rendering | None:
    """Who held the session, where it is not who bills or where the payer always wants it."""
    practice, clinician = facts.practice, facts.clinician
    own_name = practice.entity != "organization" and clinician is facts.owner
    same = own_name and practice.npi in ("", clinician.npi)
    if same and not facts.payer.always_rendering:
        return None
    return x12.Rendering(
        name=x12.Person(last=clinician.last_name, first=clinician.first_name),
        npi=clinician.npi,
        taxonomy=clinician.taxonomy,
    )


def supervising(facts: Facts) -> x12.Clinician | None:
    """Who supervises the associate that held the session."""
    return None if facts.supervisor is None else _clinician(facts.supervisor)


def referring(coverage: Coverage) -> x12.Clinician | None:
    """Who referred the client, where the plan asks for it."""
    if not coverage.referring_last_name:
        return None
    name = x12.Person(last=coverage.referring_last_name, first=coverage.referring_first_name)
    return x12.Clinician(name, coverage.referring_npi)


def facility(facts: Facts) -> x12.ServiceFacility | None:
    """Where a session in the office took place, when that is not the billing address."""
    practice = facts.practice
    if facts.charge.pos != _OFFICE or not practice.facility_address1:
        return None
    address = x12.Address(
        line1=practice.facility_address1,
        city=practice.facility_city,
        state=practice.facility_state,
        zip_code=practice.facility_zip,
    )
    name = practice.facility_name or practice.legal_name or practice.name
    return x12.ServiceFacility(name, address, practice.facility_npi)


def _clinician(clinician: Clinician) -> x12.Clinician:
    name = x12.Person(last=clinician.last_name, first=clinician.first_name)
    return x12.Clinician(name, clinician.npi)
