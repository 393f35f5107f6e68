# SPDX-License-Identifier: MIT
"""Claim work: where each claim stands, handing files over, and checking anybody's file."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from mediyn_desktop.claims import connection, outbox, submission
from mediyn_desktop.claims.outbox import HandOver
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.transports.protocol import Offline
from mediyn_desktop.claims.x12.check837p import check_837p
from mediyn_desktop.cli import claim_work, shapes, words
from mediyn_desktop.cli.answer import Answer, Failure
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.store.uow import Reading, Store


def claims(args: argparse.Namespace) -> Answer:
    """List, check, export, submit; look into the outbox and settle what is in doubt there."""
    match args.action:
        case "check":
            return _check_file(args.file)
        case "list":
            with opened(args, exclusive=False) as store, store.read() as read:
                rows = _rows(read)
            return Answer(rows, words.claims(rows))
        case "outbox":
            with opened(args, exclusive=False) as store, store.read() as read:
                waiting = outbox.outbox(read)
            return _outbox_answer(waiting)
        case "arrived" | "resend":
            return _settle(args)
        case action if action in claim_work.RUN:
            return claim_work.RUN[action](args)
        case "export":
            with opened(args) as store:
                exported = submission.export_claims(store, args.out)
        case _:
            with opened(args) as store:
                exported = _submit(store, offline=getattr(args, "offline", False))
    return Answer(
        [shapes.exported(one) for one in exported],
        words.exported(exported),
        attention=any(one.state is not HandOver.SENT for one in exported),
    )


def _submit(store: Store, *, offline: bool) -> list[submission.Exported]:
    with store.read() as read:
        way = connection.transport(read)
    if offline and way.kind != "folder":
        raise Offline("You are offline. Nothing was sent; the claims stay queued.")
    with way:
        return submission.send_claims(store, way)


def _settle(args: argparse.Namespace) -> Answer:
    """A person looked on the clearinghouse's site and says what became of a file or a claim."""
    with opened(args) as store:
        with store.write("Settle a claim file") as uow:
            if args.action == "arrived":
                submission.file_arrived(uow, args.file, "You saw it on the clearinghouse's site.")
            else:
                outbox.send_again(uow, args.file)
        with store.read() as read:
            rows = [row for row in outbox.outbox(read) if row.submission_id == args.file]
    return _outbox_answer(rows)


def _outbox_answer(rows: Sequence[outbox.OutboxRow]) -> Answer:
    in_doubt = (HandOver.HANDING_OVER, HandOver.UNKNOWN, HandOver.REFUSED)
    return Answer(
        [shapes.outbox_row(row) for row in rows],
        words.outbox(rows),
        attention=any(row.state in in_doubt for row in rows),
    )


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
