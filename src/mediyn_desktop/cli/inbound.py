# SPDX-License-Identifier: MIT
"""Answers from outside: read by content, posted or explained."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from mediyn_desktop.claims.answers import FileReport, rehearse, take_and_act
from mediyn_desktop.claims.files_at_hand import content_at
from mediyn_desktop.claims.recording import ClaimResult
from mediyn_desktop.cli import words
from mediyn_desktop.cli.answer import Answer
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.core.money import format_cents


def inbound(args: argparse.Namespace) -> Answer:
    """Read each file and act on it, or with ``--dry-run`` say what would be done."""
    files = [(content_at(path), str(path)) for path in args.files]
    with opened(args) as store:
        if args.dry_run:
            reports = rehearse(store, [(content, Path(name).name) for content, name in files])
        else:
            reports = [take_and_act(store, content, Path(name).name) for content, name in files]
    document = {
        "files": [_document(name, one) for (_, name), one in zip(files, reports, strict=True)]
    }
    text = "\n\n".join(_words(one, dry_run=args.dry_run) for one in reports)
    return Answer(document, text, attention=any(one.needs_you for one in reports))


def _document(name: str, one: FileReport) -> dict[str, Any]:
    differences = [
        {
            "level": each.level.value,
            "claim": each.claim,
            "line": each.line,
            "stated_cents": each.stated_cents,
            "expected_cents": each.expected_cents,
            "difference_cents": each.difference_cents,
            "message": each.sentence(),
        }
        for payment in one.payments
        for each in payment.differences
    ]
    return {
        "file": name,
        "kind": one.kind,
        "sha256": one.sha256,
        "status": one.status,
        "claims": [_claim(each) for each in one.claims],
        "balance": {"ok": not differences, "differences": differences},
        "duplicate_of": one.duplicate_of or _earlier(one),
        "payments": [
            {
                "payment_id": str(each.payment) if each.payment is not None else None,
                "trace": each.trace,
                "payer": each.payer,
                "amount_cents": each.amount_cents,
                "status": each.status,
                "message": each.message,
            }
            for each in one.payments
        ],
        "moved": [
            {"account": account, "amount_cents": cents} for account, cents in one.moved.items()
        ],
        "problems": [flaw for flaw in one.flaws if flaw],
    }


def _earlier(one: FileReport) -> str | None:
    found = [str(each.payment) for each in one.payments if each.duplicate_of is not None]
    return f"payment {found[0]}" if found else None


def _claim(one: ClaimResult) -> dict[str, Any]:
    return {
        "control_number": one.control_number,
        "client_ref": one.client,
        "status": one.status,
        "charge_cents": one.charge_cents,
        "paid_cents": one.paid_cents,
        "patient_cents": one.patient_cents,
        "writeoff_cents": one.writeoff_cents,
        "posted": one.posted,
        "code": one.code or None,
        "reason": one.reason,
    }


def _words(one: FileReport, *, dry_run: bool) -> str:
    head = f"{one.file}: {one.kind}, {one.status.replace('_', ' ')}"
    lines = [f"{head} (only rehearsed; nothing was changed)" if dry_run else head]
    if one.duplicate_of:
        lines.append(f"The same file came before as {one.duplicate_of}. Nothing was posted again.")
    lines += [payment.message for payment in one.payments if payment.message]
    lines += [flaw for flaw in one.flaws if flaw]
    if one.claims:
        rows = [["Claim", "Status", "Charge", "Paid", "Client", "Written off", "Why"]]
        rows += [
            [
                each.control_number,
                each.status.replace("_", " "),
                *map(
                    format_cents,
                    (
                        each.charge_cents,
                        each.paid_cents,
                        each.patient_cents,
                        each.writeoff_cents,
                    ),
                ),
                each.reason or "",
            ]
            for each in one.claims
        ]
        lines.append(words.table(rows, right=[2, 3, 4, 5]))
    if one.moved:
        rows = [["Account", "Difference"]]
        rows += [[account, format_cents(cents)] for account, cents in one.moved.items()]
        lines.append(words.table(rows, right=[1]))
    return "\n".join(lines)
