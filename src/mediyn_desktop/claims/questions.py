# SPDX-License-Identifier: MIT
"""A question about coverage as it is asked: who asks whom about which client."""

from __future__ import annotations

from mediyn_desktop.claims.eligibility_tables import EligibilityCheck
from mediyn_desktop.claims.facts import owner_of
from mediyn_desktop.claims.parties import insured_name
from mediyn_desktop.claims.x12 import model837p as x12
from mediyn_desktop.claims.x12.model270 import Dependent, EligibilityQuestion
from mediyn_desktop.practice.tables import Client, Coverage, Practice
from mediyn_desktop.store.uow import Reading


def question_of(read: Reading, row: EligibilityCheck, number: int) -> EligibilityQuestion:
    """Return what a check asks, under ``number``; nothing of it is checked yet."""
    coverage = read.session.get_one(Coverage, row.coverage_id)
    client = read.session.get_one(Client, coverage.client_id)
    practice = read.session.get_one(Practice, 1)
    owner = owner_of(read, practice)
    npi = practice.npi or owner.npi
    by_client = coverage.relationship_to_insured == "self"
    return EligibilityQuestion(
        reference=f"{number:09d}",
        trace=f"{number:09d}",
        originator=f"9{npi[1:]}",  # TRN03: 9 and a number of ours
        payer_name=coverage.payer.name,
        payer_id=coverage.payer.payer_id,
        provider=x12.Organization(practice.legal_name or practice.name)
        if practice.entity == "organization"
        else x12.Person(last=owner.last_name, first=owner.first_name),
        provider_npi=npi,
        subscriber=insured_name(client, coverage),
        member_id=coverage.member_id,
        birth_date=client.dob if by_client else coverage.insured_dob,
        sex=client.sex if by_client else coverage.insured_sex,
        on=row.about,
        dependent=None if by_client else _dependent(client, coverage),
    )


def _dependent(client: Client, coverage: Coverage) -> Dependent:
    kind = coverage.relationship_to_insured
    return Dependent(
        name=x12.Person(last=client.last_name, first=client.first_name),
        birth_date=client.dob,
        sex=client.sex,
        relationship="01" if kind == "spouse" else "19" if kind == "child" else "34",
    )
