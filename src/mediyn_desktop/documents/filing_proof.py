# SPDX-License-Identifier: MIT
"""The proof that a claim was filed, to print and send where a payer says it came too late."""

from __future__ import annotations

from collections.abc import Iterator

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.documents.claim_papers_data import (
    ClaimIdentity,
    FilingAnswer,
    FilingProofData,
)
from mediyn_desktop.documents.dates import long_day
from mediyn_desktop.documents.flow import Block
from mediyn_desktop.documents.paper import pairs, paragraph, render, title_block
from mediyn_desktop.documents.sheet import ALARM_STRONG, QUIET, SMALL


def render_filing_proof(data: FilingProofData) -> bytes:
    """Return ``data`` as a PDF; same in, same out."""
    claim = data.claim
    return render(
        f"Proof of filing {claim.control_number}",
        data.printed_on,
        list(_blocks(data)),
        owner=claim.practice_name,
        footer=f"Claim {claim.control_number} · for {claim.payer_name}",
    )


def identity_rows(claim: ClaimIdentity) -> list[tuple[str, str]]:
    """Return how both sides know the claim, as rows of what and its value."""
    return [
        ("Patient", claim.client_name),
        ("Member id", claim.member_id),
        ("Group", claim.group_number),
        ("Date of service", long_day(claim.date_of_service)),
        ("Charge", format_cents(claim.total_cents)),
        ("Our claim number", claim.control_number),
        ("Your claim number", claim.payer_number),
    ]


def _blocks(data: FilingProofData) -> Iterator[Block]:
    claim = data.claim
    yield title_block(
        "Proof of filing", claim.practice_name, [long_day(data.printed_on), claim.control_number]
    )
    if data.is_test:
        yield paragraph("This file was sent as a test. It is no proof of filing.", ALARM_STRONG)
    yield pairs("Claim", identity_rows(claim))
    yield pairs(
        "Insurer and provider",
        [
            ("Insurer", claim.payer_name),
            ("Payer id", claim.payer_id),
            ("Provider", claim.practice_name),
            ("NPI", claim.npi),
            ("Tax id", claim.tax_id),
        ],
    )
    yield pairs(
        "The file that held the claim",
        [
            ("File", data.file_name),
            ("Interchange number", data.interchange),
            ("Size", f"{data.file_bytes:,} bytes"),
            ("SHA-256", data.file_sha256),
            ("Handed over", data.handed_over),
            ("To", data.place),
        ],
    )
    yield paragraph(_timeliness(data), title="In time")
    if not data.answers:
        yield paragraph("No acknowledgement of this claim is on file.", title="Acknowledgements")
    for answer in data.answers:
        yield from _answer(answer)
    yield paragraph(
        "The file is kept byte for byte. Its SHA-256 sum changes with any change of its content.",
        QUIET,
    )


def _answer(answer: FilingAnswer) -> Iterator[Block]:
    yield pairs(
        f"Acknowledgement ({answer.kind})",
        [
            ("Came", answer.when),
            ("Says", answer.says),
            ("File", answer.file_name),
            ("SHA-256", answer.sha256),
        ],
        after=4 if answer.raw else 12,
    )
    for row in answer.raw:
        yield paragraph(row, SMALL, after=8 if row is answer.raw[-1] else 0)


def _timeliness(data: FilingProofData) -> str:
    by = (
        f"The insurer received it on {long_day(data.received_on)}."
        if data.received_on is not None
        else f"It was handed over on {long_day(data.handed_over_on)}."
    )
    if data.last_day is None:
        return by
    filed = data.received_on or data.handed_over_on
    late = "after" if filed > data.last_day else "within"
    return f"{by} That is {late} the time to file, which ends on {long_day(data.last_day)}."
