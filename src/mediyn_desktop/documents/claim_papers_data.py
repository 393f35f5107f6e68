# SPDX-License-Identifier: MIT
"""What stands in the papers about one claim: its proof of filing, and a letter of appeal.

Both go to the insurer that has the claim already; they name people, days, amounts and codes of the
claim and say nothing about the care. Loads nothing that draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ClaimIdentity:
    """One claim as both sides know it; amounts in cents."""

    practice_name: str
    practice_address: tuple[str, ...]
    practice_phone: str
    npi: str
    tax_id: str
    payer_name: str
    payer_id: str
    payer_address: tuple[str, ...]
    client_name: str
    member_id: str
    group_number: str
    control_number: str
    payer_number: str
    date_of_service: date
    total_cents: int


@dataclass(frozen=True, slots=True)
class FilingAnswer:
    """One acknowledgement of the claim: ``kind`` is 999, 277CA or TA1, ``when`` is local time.

    ``raw`` are the segments about this claim as they came.
    """

    kind: str
    when: str
    says: str
    file_name: str
    sha256: str
    raw: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FilingProofData:
    """When and how a claim was handed over, and who acknowledged it."""

    claim: ClaimIdentity
    printed_on: date
    file_name: str
    file_sha256: str
    file_bytes: int
    interchange: str
    handed_over: str
    handed_over_on: date
    place: str
    answers: tuple[FilingAnswer, ...]
    received_on: date | None  # by the insurer, as it says
    last_day: date | None  # of the time to file; None where the payer names none
    is_test: bool


@dataclass(frozen=True, slots=True)
class RefusedPart:
    """An amount the insurer did not pay: its codes, our short label."""

    group: str
    reason: str
    label: str
    cents: int


@dataclass(frozen=True, slots=True)
class AppealLetterData:
    """A letter of appeal with its facts; ``grounds`` are paragraphs, the person's own words last.

    ``filing`` is one sentence about when the claim was filed. ``enclosures`` are named, not made.
    """

    claim: ClaimIdentity
    written_on: date
    decided_on: date
    paid_cents: int
    refused: tuple[RefusedPart, ...]
    filing: str
    grounds: tuple[str, ...]
    enclosures: tuple[str, ...]
    signer: str
