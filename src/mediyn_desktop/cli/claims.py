# SPDX-License-Identifier: MIT
"""Claim work: where each claim stands, handing files over, and checking anybody's file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sqlalchemy import select

from mediyn_desktop import app
from mediyn_desktop.claims import submission
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.x12.check837p import check_837p
from mediyn_desktop.cli import shapes, words
from mediyn_desktop.cli.answer import Answer, Failure
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.store.uow import Reading, Store


def claims(args: argparse.Namespace) -> Answer:
    """List, check, export, submit."""
    if args.action == "check":
        return _check_file(args.file)
    if args.action == "list":
        with opened(args, exclusive=False) as store, store.read() as read:
            rows = _rows(read)
        return Answer(rows, words.claims(rows))
    with opened(args) as store:
        out = args.out if args.action == "export" else _transport_folder(store)
        exported = submission.export_claims(store, out)
    return Answer([shapes.exported(one) for one in exported], words.exported(exported))


def _check_file(path: Path) -> Answer:
    try:
        text = path.read_bytes().decode("latin-1")
    except OSError as error:
        raise UserFacingError(
            f"{path} cannot be read ({error.strerror}). Nothing was checked.", code="not-readable"
        ) from None
    found = check_837p(text)
    document = {
        "ok": not found,
        "problems": [
            {
                "rule": f"guide-{problem.code}",
                "severity": "error",
                "claim": problem.claim_control_number,
                "segment": problem.segment,
                "message": problem.message,
            }
            for problem in found
        ],
    }
    if not found:
        return Answer(document, "The file follows the guide.")
    many = "1 problem" if len(found) == 1 else f"{len(found)} problems"
    return Answer(
        document,
        "\n".join(f"{problem.segment}: {problem.message}" for problem in found),
        failure=Failure(f"The file has {many}. It was left as it is.", "claim-refused"),
    )


def _rows(read: Reading) -> list[dict[str, Any]]:
    rows = read.session.execute(
        select(Claim, Client.ref).join(Client, Client.id == Claim.client_id).order_by(Claim.id)
    )
    return [
        {
            "control_number": claim.control_number,
            "client_ref": ref,
            "state": claim.state,
            "total_cents": claim.total_cents,
            "problems": [
                {"code": problem.code, "message": problem.message}
                for problem in submission.problems(claim)
            ],
        }
        for claim, ref in rows
    ]


def _transport_folder(store: Store) -> Path:
    with store.read() as read:
        folder = app.claims_folder(read)
    if folder is None:
        raise UserFacingError(
            "No clearinghouse folder is set. The claims stay queued. Set clearinghouse.out, with "
            "clearinghouse.kind “folder”, or write them with “mediyn claims export --out FOLDER”.",
            code="no-clearinghouse",
        )
    return folder
