# SPDX-License-Identifier: MIT
"""What to say and what to ask when an insurer is asked about a coverage on the telephone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mediyn_desktop.claims.facts import owner_of
from mediyn_desktop.practice.tables import Client, Coverage, Practice
from mediyn_desktop.store.uow import Reading

QUESTIONS = (
    "Is the coverage active today, for outpatient mental health?",
    "What is the copay for an office visit and for video? Is there a coinsurance?",
    "What is the deductible, and how much of it is left?",
    "Is an authorization needed, and after how many sessions?",
    "What is the reference number of this call, and with whom did I speak?",
)


@dataclass(frozen=True, slots=True)
class CallSheet:
    """What the insurer asks for first. A social security number is never among it."""

    insurer: str
    provider: str
    npi: str
    tax_id: str
    member: str
    member_id: str
    date_of_birth: date | None


def call_sheet(read: Reading, coverage: Coverage) -> CallSheet:
    """Return what to have at hand for the call about ``coverage``."""
    client = read.session.get_one(Client, coverage.client_id)
    practice = read.session.get_one(Practice, 1)
    return CallSheet(
        insurer=coverage.payer.name,
        provider=practice.legal_name or practice.name,
        npi=practice.npi or owner_of(read, practice).npi,
        tax_id=practice.tax_id if practice.tax_id_type == "EIN" else "",
        member=client.full_name,
        member_id=coverage.member_id,
        date_of_birth=client.dob,
    )
