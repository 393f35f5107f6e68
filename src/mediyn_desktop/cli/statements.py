# SPDX-License-Identifier: MIT
"""A client's statement."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from mediyn_desktop.cli import words
from mediyn_desktop.cli.answer import Answer
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.files import write_whole
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.reports.statements import Standing, Statement, statement

_STANDING = {
    Standing.DUE: "Please pay {}.",
    Standing.INSURANCE_PENDING: "Nothing is due now: the insurance has not answered yet.",
    Standing.CREDIT: "Nothing is due: there is a credit.",
    Standing.NOTHING_DUE: "Nothing is due.",
}


def show_statement(args: argparse.Namespace) -> Answer:
    """Show a client's statement, or save its figures as a file."""
    with opened(args, exclusive=False) as store, store.read() as read:
        found = statement(read, args.client, as_of=args.as_of, since=args.since)
    document = _document(found)
    text = _text(found)
    if args.out is not None:
        name = f"statement-{found.client_ref}-{found.as_of.isoformat()}.json"
        file = save_figures(args.out / name, document)
        document = {**document, "file": str(file)}
        text += f"\nSaved its figures, without a printed form: {file}"
    return Answer(document, text)


def save_figures(file: Path, document: dict[str, Any]) -> Path:
    """Save the figures of a paper as JSON in ``file`` and return its name.

    Raises:
        UserFacingError: it could not be saved; what was stored before stays.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, (json.dumps(document, indent=2) + "\n").encode())
    except OSError as error:
        raise UserFacingError(
            f"Its figures could not be saved in {file.parent} ({error.strerror}). Choose another "
            "folder with --out.",
            code="not-saved",
        ) from None
    return file


def _document(found: Statement) -> dict[str, Any]:
    """The statement as the contract writes documents: ids are text, days ISO dates."""
    document: dict[str, Any] = json.loads(json.dumps(asdict(found), default=date.isoformat))
    for part in (
        *document["lines"],
        *(one for row in document["shares"] for one in row["settled"]),
    ):
        part["entry_id"] = str(part["entry_id"])
    document["ages"] = [
        {"days": days, "open_cents": cents} for days, cents in document["ages"].items()
    ]
    return document


def _text(found: Statement) -> str:
    rows = [["Date", "Session", "What", "Charged", "Insurance", "Adjusted", "Paid", "Balance"]]
    rows.append(["", "", "opening", "", "", "", "", format_cents(found.opening_cents)])
    rows += [
        [
            line.posted_on.isoformat(),
            line.date_of_service.isoformat() if line.date_of_service else "",
            line.kind,
            *(
                format_cents(cents) if cents else ""
                for cents in (
                    line.charges_cents,
                    line.insurance_cents,
                    line.adjustments_cents,
                    line.payments_cents,
                )
            ),
            format_cents(line.balance_cents),
        ]
        for line in found.lines
    ]
    pending = format_cents(found.insurance_pending_cents)
    return "\n".join(
        [
            words.table(rows, right=range(3, 8)),
            "",
            f"Of the balance the insurance still owes {pending}.",
            _STANDING[found.standing].format(format_cents(found.due_cents)),
        ]
    )
