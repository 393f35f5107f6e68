# SPDX-License-Identifier: MIT
"""A letter of appeal to an insurer, with the facts of the claim filled in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.documents.claim_papers_data import AppealLetterData, RefusedPart
from mediyn_desktop.documents.dates import long_day
from mediyn_desktop.documents.filing_proof import identity_rows
from mediyn_desktop.documents.flow import Block
from mediyn_desktop.documents.paper import lines, pairs, paragraph, render, title_block
from mediyn_desktop.documents.sheet import (
    BODY,
    BODY_STRONG,
    COLUMN_HEAD,
    LABEL,
    LEFT,
    QUIET,
    RIGHT,
    Sheet,
)
from mediyn_desktop.documents.typeset import fit

_LABEL_AT = LEFT + 84
_REFUSED = "refused"


def render_appeal_letter(data: AppealLetterData) -> bytes:
    """Return ``data`` as a PDF; same in, same out."""
    claim = data.claim
    return render(
        f"Appeal {claim.control_number}",
        data.written_on,
        list(_blocks(data)),
        owner=claim.practice_name,
        footer=f"Appeal of claim {claim.payer_number or claim.control_number}",
        headings={_REFUSED: _HEADING},
    )


def _blocks(data: AppealLetterData) -> Iterator[Block]:
    claim = data.claim
    yield title_block("Appeal", claim.practice_name, [long_day(data.written_on)])
    sender = [
        *claim.practice_address,
        claim.practice_phone,
        f"NPI {claim.npi}" if claim.npi else "",
    ]
    yield lines(sender)
    yield lines([claim.payer_name, "Appeals", *claim.payer_address])
    yield pairs("About", [*identity_rows(claim), ("Decided on", long_day(data.decided_on))])
    yield paragraph("To whom it may concern:")
    refused = format_cents(sum(part.cents for part in data.refused))
    yield paragraph(
        f"I ask you to review your decision on this claim. Of {format_cents(claim.total_cents)} "
        f"charged you paid {format_cents(data.paid_cents)} and refused {refused}, as follows."
    )
    yield _HEADING
    for part in data.refused:
        last = part is data.refused[-1]
        yield Block(30.0 if last else 18.0, partial(_draw_part, part=part), _REFUSED)
    if data.filing:
        yield paragraph(data.filing, title="When it was filed")
    for number, text in enumerate(data.grounds):
        yield paragraph(text, title="" if number else "Why I appeal")
    yield paragraph(
        "Please pay the claim as filed. If you uphold your decision, please send me its basis in "
        "writing, the rule of the plan it rests on, and how a second review is asked for."
    )
    if data.enclosures:
        yield paragraph("; ".join(data.enclosures), title="Enclosed")
    yield Block(70.0, partial(_draw_signature, signer=data.signer))


def _draw_heading(sheet: Sheet, y: float) -> None:
    sheet.text(LEFT, y + 9, "What was refused", LABEL)
    sheet.text(LEFT, y + 26, "Your code", COLUMN_HEAD)
    sheet.text(_LABEL_AT, y + 26, "Which we read as", COLUMN_HEAD)
    sheet.text_right(RIGHT, y + 26, "Amount", COLUMN_HEAD)
    sheet.rule(y + 33, weight=0.9)


_HEADING = Block(36.0, _draw_heading, _REFUSED, with_next=True)


def _draw_part(sheet: Sheet, y: float, *, part: RefusedPart) -> None:
    sheet.text(LEFT, y + 11, f"{part.group} {part.reason}", BODY_STRONG)
    sheet.text(_LABEL_AT, y + 11, fit(part.label, BODY, RIGHT - _LABEL_AT - 80))
    sheet.text_right(RIGHT, y + 11, format_cents(part.cents, symbol=""), BODY)
    sheet.rule(y + 16)


def _draw_signature(sheet: Sheet, y: float, *, signer: str) -> None:
    sheet.text(LEFT, y + 11, "Sincerely,", BODY)
    sheet.rule(y + 50, left=LEFT, right=LEFT + 220)
    sheet.text(LEFT, y + 62, fit(signer, QUIET, 300), QUIET)
