# SPDX-License-Identifier: MIT
"""Claim work: where each claim stands, handing files over, and checking anybody's file."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from mediyn_desktop import app
from mediyn_desktop.claims import connection, outbox, sending, submission
from mediyn_desktop.claims.outbox import HandOver
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.transports.protocol import Offline
from mediyn_desktop.claims.x12.check837p import check_837p, refused
from mediyn_desktop.claims.x12.containers import LARGEST_FILE
from mediyn_desktop.claims.x12.readable837p import read_aloud
from mediyn_desktop.claims.x12.scrub.payer_rules import read_table
from mediyn_desktop.claims.x12.scrub.rule import Context, Problem
from mediyn_desktop.claims.x12.segments import NotX12, decode, tokenize
from mediyn_desktop.cli import claim_work, shapes, words
from mediyn_desktop.cli.answer import Answer, Failure
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.cli.stopping import Stop, Stopped, stoppable
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.store.uow import Reading, Store


def claims(args: argparse.Namespace) -> Answer:
    """List, check, export, submit; look into the outbox and settle what is in doubt there."""
    match args.action:
        case "check":
            return _check_file(args)
        case "read":
            return _read_file(args.file)
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
                exported = sending.export_claims(store, args.out)
        case _:
            stop = Stop()
            with opened(args) as store, stoppable(stop, first="Finishing the file under way."):
                exported = _submit(store, stop, offline=getattr(args, "offline", False))
                if stop.felt:
                    raise _stopped(store, exported)
    return Answer(
        [shapes.exported(one) for one in exported],
        words.exported(exported),
        attention=any(one.state is not HandOver.SENT for one in exported),
    )


def _stopped(store: Store, exported: Sequence[sending.Exported]) -> Stopped:
    """What went out before the command was stopped, and what did not."""
    with store.read() as read:
        left = submission.waiting_count(read)
    went = sum(len(one.control_numbers) for one in exported if one.state is HandOver.SENT)
    went_words = f"{went} claims went out" if went != 1 else "1 claim went out"
    wait_words = f"{left} wait" if left != 1 else "1 waits"
    return Stopped(f"Stopped. {went_words}, {wait_words}. Run the command again to go on.")


def _submit(store: Store, stop: Stop, *, offline: bool) -> list[sending.Exported]:
    with store.read() as read:
        way = connection.transport(read)
    if offline and way.kind != "folder":
        raise Offline("You are offline. Nothing was sent; the claims stay queued.")
    with way:
        return sending.send_claims(store, way, go_on=stop.go_on)


def _settle(args: argparse.Namespace) -> Answer:
    """A person looked on the clearinghouse's site and says what became of a file or a claim."""
    with opened(args) as store:
        with store.write("Settle a claim file") as uow:
            if args.action == "arrived":
                sending.file_arrived(uow, args.file, "You saw it on the clearinghouse's site.")
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
        if path.stat().st_size > LARGEST_FILE:
            raise UserFacingError(
                f"{path} is larger than any file of claims. Nothing was checked.", code="too-large"
            )
        return decode(path.read_bytes())
    except OSError as error:
        raise UserFacingError(
            f"{path} cannot be read ({error.strerror}). Nothing was checked.", code="not-readable"
        ) from None


def _rows(read: Reading) -> list[dict[str, Any]]:
    found = read.session.scalars(select(Claim).order_by(Claim.id)).all()
    return [claim_work.claim_document(read, claim) for claim in found]
