# SPDX-License-Identifier: MIT
"""Claim work: where each claim stands, handing files over, and checking anybody's file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sqlalchemy import select

from mediyn_desktop import app
from mediyn_desktop.claims import following, submission
from mediyn_desktop.claims.states import ClaimState
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.x12.check837p import check_837p, refused
from mediyn_desktop.claims.x12.readable837p import read_aloud
from mediyn_desktop.claims.x12.scrub.payer_rules import read_table
from mediyn_desktop.claims.x12.scrub.rule import Context, Problem
from mediyn_desktop.claims.x12.segments import NotX12, decode, tokenize
from mediyn_desktop.cli import shapes, words
from mediyn_desktop.cli.answer import Answer, Failure
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.store.uow import Reading, Store

# A year of a busy clinic is far below; more is not a file of claims.
_LARGEST_FILE = 64 * 1024 * 1024


def claims(args: argparse.Namespace) -> Answer:
    """List, check, read, export, submit, and what becomes of one claim."""
    match args.action:
        case "check":
            return _check_file(args)
        case "read":
            return _read_file(args.file)
        case "list":
            with opened(args, exclusive=False) as store, store.read() as read:
                rows = _rows(read)
            return Answer(rows, words.claims(rows))
        case "export" | "submit":
            with opened(args) as store:
                out = args.out if args.action == "export" else _transport_folder(store)
                exported = submission.export_claims(store, out)
            return Answer([shapes.exported(one) for one in exported], words.exported(exported))
    return _one_claim(args)


def _one_claim(args: argparse.Namespace) -> Answer:
    """Set a claim aside, take it up again, correct it, void it, excuse its delay."""
    with opened(args) as store:
        with store.write(f"Claim: {args.action}") as uow:
            claim = following.claim_by_number(uow, args.number)
            match args.action:
                case "elsewhere":
                    following.bill_elsewhere(uow, claim, reason=args.reason)
                case "never":
                    following.never_bill(uow, claim, reason=args.reason)
                case "again":
                    following.take_up_again(uow, claim)
                case "excuse":
                    following.excuse_delay(uow, claim, args.code)
                case "correct":
                    claim = following.correct_claim(
                        uow,
                        claim,
                        payer_claim_number=args.payer_number,
                        reason=args.reason,
                        note=args.note,
                    )
                case "void":
                    claim = following.void_claim(
                        uow, claim, payer_claim_number=args.payer_number, reason=args.reason
                    )
            submission.queue_claims(uow, [claim])
            number = claim.control_number
        with store.read() as read:
            (row,) = [one for one in _rows(read) if one["control_number"] == number]
    return Answer(row, words.claims([row]), attention=row["state"] == ClaimState.BLOCKED)


def _check_file(args: argparse.Namespace) -> Answer:
    text = _text_of(args.file)
    payers = {} if args.payers is None else read_table(_text_of(args.payers))
    today = app.CLOCK.now().date()
    found = check_837p(text, Context(today=today, usage=args.usage, payers=payers))
    wrong = refused(found)
    document = {"ok": not wrong, "problems": [_problem(problem) for problem in found]}
    said = "\n".join(_sentence(problem) for problem in found)
    if not wrong:
        return Answer(document, "\n".join(filter(None, (said, "The file may be sent."))))
    if wrong[0].code in ("not-x12", "not-claims"):
        kind = wrong[0].message
        if wrong[0].code == "not-x12":
            kind = "This is not a file of claims (837P): it has no X12 header (ISA)."
        return Answer(document, said, failure=Failure(f"{kind} It was left as it is.", _REFUSED))
    many = "1 problem" if len(wrong) == 1 else f"{len(wrong)} problems"
    failure = Failure(f"The file has {many}. It was left as it is.", _REFUSED)
    return Answer(document, said, failure=failure)


_REFUSED = "claim-refused"


def _sentence(problem: Problem) -> str:
    place = f"{problem.segment}{problem.element}" or "File"
    claim = f", claim {problem.claim_control_number}" if problem.claim_control_number else ""
    kind = "" if problem.severity == "error" else "Look again: "
    return f"{place}{claim}: {kind}{problem.message} [{problem.code}]"


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "rule": problem.code,
        "severity": problem.severity,
        "claim": problem.claim_control_number,
        "segment": problem.segment,
        "element": problem.element,
        "position": problem.position,
        "message": problem.message,
        "mend": problem.mend,
        "source": problem.source,
    }


def _read_file(path: Path) -> Answer:
    try:
        lines = read_aloud(tokenize(_text_of(path)))
    except NotX12 as error:
        raise UserFacingError(error.message, code=error.code) from None
    rows = [
        {"position": line.position, "segment": line.segment, "claim": line.claim, "says": line.says}
        for line in lines
    ]
    return Answer(rows, "\n".join(f"{line.says}\n    {line.segment}" for line in lines))


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise UserFacingError(
                f"{path} is larger than any file of claims. Nothing was checked.", code="too-large"
            )
        return decode(path.read_bytes())
    except OSError as error:
        raise UserFacingError(
            f"{path} cannot be read ({error.strerror}). Nothing was checked.", code="not-readable"
        ) from None


def _rows(read: Reading) -> list[dict[str, Any]]:
    rows = read.session.execute(
        select(Claim, Client.ref).join(Client, Client.id == Claim.client_id).order_by(Claim.id)
    )
    found = rows.all()
    followed: dict[int | None, str] = {claim.id: claim.control_number for claim, _ in found}
    return [
        {
            "control_number": claim.control_number,
            "client_ref": ref,
            "state": claim.state,
            "total_cents": claim.total_cents,
            "problems": [
                {"code": problem.code, "message": problem.message, "mend": problem.mend}
                for problem in submission.problems(claim)
            ],
            "warnings": [
                {"code": problem.code, "message": problem.message, "mend": problem.mend}
                for problem in submission.warnings(claim)
            ],
            "frequency": claim.frequency,
            "follows": followed.get(claim.follows_id),
        }
        for claim, ref in found
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
