# SPDX-License-Identifier: MIT
"""What a person does about a claim from the command line, and what waits."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select

from mediyn_desktop.claims import following, silence, working
from mediyn_desktop.claims.building import Problem
from mediyn_desktop.claims.decision_tables import RemittancePayment
from mediyn_desktop.claims.filing import filing_deadline
from mediyn_desktop.claims.following import claim_by_number as get_claim
from mediyn_desktop.claims.states import ClaimState
from mediyn_desktop.claims.submission import problems, queue_claims, warnings
from mediyn_desktop.claims.tables import Claim, ClaimEvent
from mediyn_desktop.claims.worklist import WorkItem, outcomes, worklist
from mediyn_desktop.cli import words
from mediyn_desktop.cli.answer import Answer
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.cli.stopping import Stop, stoppable
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.delivery import claim_papers
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.store.uow import Reading, UnitOfWork
from mediyn_desktop.undo import doing

Json = dict[str, Any]


def claim_document(read: Reading, claim: Claim) -> Json:
    """A claim as the contract shows it, and its deadline."""
    deadline = filing_deadline(read, claim)
    return {
        "control_number": claim.control_number,
        "client_ref": read.session.get_one(Client, claim.client_id).ref,
        "state": claim.state,
        "total_cents": claim.total_cents,
        "rank": claim.rank,
        "frequency": claim.frequency,
        "payer_number": claim.payer_number or None,
        "follows": _number(read, claim.follows_id),
        "reason": claim.reason,
        "filing_deadline": deadline.last_day.isoformat() if deadline is not None else None,
        "problems": [_problem(one) for one in problems(claim)],
        "warnings": [_problem(one) for one in warnings(claim)],
    }


def _problem(one: Problem) -> Json:
    return {"code": one.code, "message": one.message, "mend": one.mend}


def _number(read: Reading, claim: int | None) -> str | None:
    return read.session.get_one(Claim, claim).control_number if claim is not None else None


def _worklist(args: argparse.Namespace) -> Answer:
    with opened(args, exclusive=False) as store, store.read() as read:
        found = worklist(read)
    document = [_work_document(one) for one in found]
    if not found:
        return Answer(document, "Nothing about claims waits for you.")
    rows = [["Task", "Claim", "Client", "Insurer", "Amount", "Days left", "What", "Then"]]
    rows += [
        [
            str(one.task),
            one.claim or "",
            one.client or "",
            one.payer,
            format_cents(one.amount_cents),
            "" if one.days_left is None else str(one.days_left),
            one.text,
            ", ".join(one.actions),
        ]
        for one in found
    ]
    return Answer(document, words.table(rows, right=[4, 5]), attention=True)


def _work_document(one: WorkItem) -> Json:
    return {
        "task_id": str(one.task),
        "kind": one.kind,
        "claim": one.claim,
        "client_ref": one.client,
        "payer": one.payer,
        "date_of_service": one.date_of_service.isoformat() if one.date_of_service else None,
        "since": one.since.isoformat(),
        "amount_cents": one.amount_cents,
        "days_left": one.days_left,
        "message": one.text,
        "may_bill_client": one.may_bill.value if one.may_bill is not None else None,
        "actions": list(one.actions),
    }


def _outcomes(args: argparse.Namespace) -> Answer:
    with opened(args, exclusive=False) as store, store.read() as read:
        found = outcomes(read)
    document = [
        {
            "payer_ref": one.payer,
            "group": one.group,
            "reason": one.reason,
            "ended_as": one.ended_as,
            "count": one.count,
            "amount_cents": one.cents,
        }
        for one in found
    ]
    if not found:
        return Answer(document, "No refused claim has ended yet.")
    rows = [["Insurer", "Reason", "Ended as", "Times", "Amount"]]
    rows += [
        [
            one.payer,
            f"{one.group} {one.reason}".strip(),
            one.ended_as.replace("_", " "),
            str(one.count),
            format_cents(one.cents),
        ]
        for one in found
    ]
    return Answer(document, words.table(rows, right=[3, 4]))


def _payments(args: argparse.Namespace) -> Answer:
    with opened(args, exclusive=False) as store, store.read() as read:
        found = read.session.scalars(select(RemittancePayment).order_by(RemittancePayment.id)).all()
    document = [_payment_document(one) for one in found]
    if not found:
        return Answer(document, "No insurer has announced a payment yet.")
    rows = [["Payment", "Insurer", "Number", "Paid on", "Amount", "State", "Why"]]
    rows += [
        [
            str(one.id),
            one.payer_name,
            one.trace,
            one.paid_on.isoformat() if one.paid_on else "",
            format_cents(one.amount_cents),
            one.state,
            one.message,
        ]
        for one in found
    ]
    return Answer(document, words.table(rows, right=[4]))


def _payment_document(one: RemittancePayment) -> Json:
    return {
        "payment_id": str(one.id),
        "payer": one.payer_name,
        "payer_ref": one.payer_ref,
        "trace": one.trace,
        "paid_on": one.paid_on.isoformat() if one.paid_on else None,
        "amount_cents": one.amount_cents,
        "state": one.state,
        "message": one.message,
    }


def _show(args: argparse.Namespace) -> Answer:
    with opened(args, exclusive=False) as store, store.read() as read:
        claim = get_claim(read, args.number)
        events = read.session.scalars(
            select(ClaimEvent).where(ClaimEvent.claim_id == claim.id).order_by(ClaimEvent.id)
        ).all()
        document = {
            **claim_document(read, claim),
            "events": [
                {"at": one.at.isoformat(), "state": one.state, "text": one.text} for one in events
            ],
        }
    rows = [["When", "State", "What happened"]]
    rows += [[f"{one.at:%Y-%m-%d %H:%M} UTC", one.state, one.text] for one in events]
    head = f"Claim {claim.control_number}: {claim.state}, {format_cents(claim.total_cents)}"
    return Answer(document, f"{head}\n{words.table(rows)}")


def _on_claim(
    label: str, does: Callable[[UnitOfWork, argparse.Namespace], Claim], said: str
) -> Callable[[argparse.Namespace], Answer]:
    """A command that changes one claim and shows it as it is then."""

    def run(args: argparse.Namespace) -> Answer:
        with opened(args) as store, store.write(label) as uow:
            claim = does(uow, args)
            queue_claims(uow, [claim])
            document = claim_document(uow, claim)
        return Answer(
            document,
            f"{said} Claim {claim.control_number} is {claim.state.replace('_', ' ')}.",
            attention=claim.state == ClaimState.BLOCKED,
        )

    return run


def _take_up(uow: UnitOfWork, args: argparse.Namespace) -> Claim:
    claim = get_claim(uow, args.number)
    following.take_up_again(uow, claim)
    return claim


def _excuse(uow: UnitOfWork, args: argparse.Namespace) -> Claim:
    claim = get_claim(uow, args.number)
    following.excuse_delay(uow, claim, args.code)
    return claim


def _refile(uow: UnitOfWork, args: argparse.Namespace) -> Claim:
    if args.lost is not None:
        return silence.send_lost_again(uow, args.number, note=args.lost)
    return working.resend(uow, args.number)


def _elsewhere(uow: UnitOfWork, args: argparse.Namespace) -> Claim:
    claim = get_claim(uow, args.number)
    following.bill_elsewhere(uow, claim, reason=args.reason)
    return claim


def _never(uow: UnitOfWork, args: argparse.Namespace) -> Claim:
    claim = get_claim(uow, args.number)
    following.never_bill(uow, claim, reason=args.reason)
    return claim


def _give_up(args: argparse.Namespace) -> Answer:
    with opened(args) as store, store.write("Write off an insurer's part") as uow:
        entry = working.give_up(uow, args.number, kind=WriteOff(args.kind), reason=args.reason)
        document = claim_document(uow, get_claim(uow, args.number))
    return Answer({**document, "entry": str(entry)}, f"Written off in journal entry {entry}.")


def _bill_client(args: argparse.Namespace) -> Answer:
    with opened(args) as store, store.write("Bill the client what an insurer refused") as uow:
        entry = working.bill_client(uow, args.number, reason=args.reason)
        document = claim_document(uow, get_claim(uow, args.number))
    said = f"The client owes it now (journal entry {entry}). No card was charged."
    return Answer({**document, "entry": str(entry)}, said)


def _retry(args: argparse.Namespace) -> Answer:
    with opened(args) as store, store.write("Post a held answer") as uow:
        result = working.retry(uow, args.task, claim=args.claim)
    document = {
        "control_number": result.control_number,
        "status": result.status,
        "posted": result.posted,
    }
    return Answer(document, f"Claim {result.control_number}: {result.status.replace('_', ' ')}.")


def _dismiss(args: argparse.Namespace) -> Answer:
    with opened(args) as store, store.write("End a claim task") as uow:
        working.dismiss(uow, args.task, note=args.reason)
    return Answer({"task_id": str(args.task), "ended_as": "dismissed"}, "Done.")


def _unpost(args: argparse.Namespace) -> Answer:
    stop = Stop("Stopped. Nothing was taken back: everything is posted as before.")
    with (
        opened(args) as store,
        stoppable(stop, first="Leaving everything posted."),
        store.write("Take an insurer's payment back") as uow,
    ):
        done = doing.take_posting_back(uow, args.payment, reason=args.reason, step=stop.step)
    document = {
        "payment_id": str(done.payment),
        "state": "undone",
        "entries": [str(one) for one in done.entries],
    }
    return Answer(document, "The posting was taken back. It can be posted again.")


def _repost(args: argparse.Namespace) -> Answer:
    stop = Stop("Stopped. Nothing was posted and nothing was changed.")
    with (
        opened(args) as store,
        stoppable(stop, first="Taking back what was begun."),
        store.write("Post an insurer's payment again") as uow,
    ):
        mine = doing.post_payment_again(uow, args.payment, step=stop.step)
    document = {"payment_id": str(args.payment), "status": mine.status, "message": mine.message}
    return Answer(
        document,
        mine.message or f"The payment is {mine.status.replace('_', ' ')}.",
        attention=mine.status != "posted",
    )


def _proof(args: argparse.Namespace) -> Answer:
    with opened(args, exclusive=False) as store, store.read() as read:
        return _paper(claim_papers.save_proof(read, args.number, args.out), args.number)


def _letter(args: argparse.Namespace) -> Answer:
    with opened(args, exclusive=False) as store, store.read() as read:
        file = claim_papers.save_letter(read, args.number, args.out, words=args.words)
    return _paper(file, args.number)


def _paper(file: Path, number: str) -> Answer:
    return Answer({"control_number": number, "file": str(file)}, f"Saved as {file}.")


RUN: dict[str, Callable[[argparse.Namespace], Answer]] = {
    "worklist": _worklist,
    "outcomes": _outcomes,
    "payments": _payments,
    "show": _show,
    "correct": _on_claim(
        "Correct a claim",
        lambda uow, args: following.correct_claim(
            uow,
            get_claim(uow, args.number),
            payer_claim_number=args.payer_number,
            reason=args.reason,
            note=args.note,
        ),
        "Replaced.",
    ),
    "void": _on_claim(
        "Void a claim",
        lambda uow, args: following.void_claim(
            uow,
            get_claim(uow, args.number),
            payer_claim_number=args.payer_number,
            reason=args.reason,
        ),
        "The insurer will be asked to forget it.",
    ),
    "refile": _on_claim("Send a claim again", _refile, "Not filed yet."),
    "again": _on_claim("Take a claim up again", _take_up, "Taken up."),
    "excuse": _on_claim("Excuse a claim's delay", _excuse, "Noted."),
    "elsewhere": _on_claim("Bill a claim elsewhere", _elsewhere, "Noted."),
    "never": _on_claim("Never bill a claim", _never, "Noted."),
    "appeal": _on_claim(
        "Appeal a decision",
        lambda uow, args: working.appeal(uow, args.number, note=args.reason),
        "Noted.",
    ),
    "write-off": _give_up,
    "bill-client": _bill_client,
    "retry": _retry,
    "dismiss": _dismiss,
    "unpost": _unpost,
    "repost": _repost,
    "proof": _proof,
    "letter": _letter,
}
