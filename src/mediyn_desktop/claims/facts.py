# SPDX-License-Identifier: MIT
"""The rows one claim is written from."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from mediyn_desktop.billing.charges import diagnoses_to_report
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.codes import icd10
from mediyn_desktop.practice import code_lists
from mediyn_desktop.practice.tables import Client, Clinician, Coverage, Payer, Practice, Session
from mediyn_desktop.store.uow import Reading


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
    supervisor: Clinician | None  # of the associate who held the session
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
        owner=owner_of(read, practice),
        supervisor=_supervisor(read, session.clinician),
        practice=practice,
        read=read,
    )


def owner_of(read: Reading, practice: Practice) -> Clinician:
    """Return the clinician the practice's NPI belongs to, else the one it was set up with."""
    everyone = list(read.session.scalars(select(Clinician).order_by(Clinician.id)))
    named = [one for one in everyone if practice.npi and one.npi == practice.npi]
    return (named or everyone)[0]


def _supervisor(read: Reading, clinician: Clinician) -> Clinician | None:
    if not clinician.supervisor_ref:
        return None
    named = select(Clinician).where(Clinician.ref == clinician.supervisor_ref)
    return read.session.scalar(named)
