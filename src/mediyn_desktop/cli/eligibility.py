# SPDX-License-Identifier: MIT
"""Is a client covered: asked through the clearinghouse, on the telephone, or as last answered."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from mediyn_desktop.claims import asking, connection, question_mail
from mediyn_desktop.claims.call_sheet import QUESTIONS, call_sheet
from mediyn_desktop.claims.connection import Asking
from mediyn_desktop.claims.coverage_list import CheckRow, pending_check
from mediyn_desktop.claims.eligibility import (
    FAILED,
    NotAnAnswer,
    Told,
    accept,
    coverage_of,
    last_answer,
    note_call,
)
from mediyn_desktop.claims.eligibility_tables import EligibilityCheck
from mediyn_desktop.claims.transports.protocol import Transport
from mediyn_desktop.cli import words
from mediyn_desktop.cli.answer import Answer, Failure
from mediyn_desktop.cli.card_money import cents_of
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.core.percent import format_basis_points, parse_basis_points
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.tables import Client, Coverage
from mediyn_desktop.store.uow import Reading, Store

_OFFLINE = NotFound(
    "You are offline, so nobody was asked. See the last answer with --last, or note a telephone "
    "call with --phone.",
    code="clearinghouse-offline",
)
_NEVER_ASKED = "Nobody has asked this insurer yet, or it has not answered."


def eligibility(args: argparse.Namespace) -> Answer:
    """Ask, note a telephone call, show the form for one, or show the last answer."""
    if args.form or (args.last and not args.accept):
        with opened(args, exclusive=False) as store, store.read() as read:
            coverage = coverage_of(read, get_client(read, args.client), rank=args.rank)
            if args.form:
                return _form(read, coverage)
            return _last(read, coverage)
    with opened(args) as store:
        with store.read() as read:
            coverage_of(read, get_client(read, args.client), rank=args.rank)
        failed = ""
        if args.phone:
            _note(store, args)
        elif not args.last:
            failed = _ask(store, args)
        with store.write("Accept an insurer's answer") as uow:
            coverage = coverage_of(uow, get_client(uow, args.client), rank=args.rank)
            # What waits for its answer has none to accept yet; an older one is not what was asked.
            waits = not (args.last or args.phone) and pending_check(uow, coverage.id) is not None
            if args.accept and not failed and not waits:
                newest = last_answer(uow, coverage.id)
                if newest is None:
                    raise NotFound(f"{_NEVER_ASKED} The coverage was not changed.")
                accept(uow, newest)
            answer = _last(uow, coverage)
    if failed:
        return Answer(answer.document, answer.text, failure=Failure(failed, "eligibility-failed"))
    return answer


def _ask(store: Store, args: argparse.Namespace) -> str:
    """Ask now, or send the question by mail; return why there will be no answer, or nothing."""
    offline = getattr(args, "offline", False)
    with store.read() as read:
        by_mail = connection.asking_way(read) is Asking.BY_MAIL
        way: Transport | None = connection.transport(read) if by_mail else None
        if offline and (way is None or way.kind != "folder"):
            raise _OFFLINE
        at_once = connection.eligibility_transport(read) if way is None else None
    with store.write("Ask whether a client is covered") as uow:
        coverage = coverage_of(uow, get_client(uow, args.client), rank=args.rank)
        check = asking.queue_check(uow, coverage, args.on or uow.today).id
    if way is not None:
        with way:
            question_mail.send_questions(store, way, only=[check])
    if at_once is not None:
        with at_once:
            asking.ask_waiting(store, at_once, only=[check])
    with store.read() as read:
        row = read.session.get_one(EligibilityCheck, check)
        return row.message if row.state == FAILED else ""


def _note(store: Store, args: argparse.Namespace) -> None:
    told = Told(
        active=not args.inactive,
        reference_number=args.reference or "",
        spoke_with=args.spoke_with,
        copay_cents=_cents(args.copay),
        coinsurance_bp=_basis_points(args.coinsurance),
        deductible_cents=_cents(args.deductible),
        deductible_left_cents=_cents(args.deductible_left),
        as_of=args.as_of,
        note=args.note,
    )
    with store.write("Note what an insurer said on the telephone") as uow:
        coverage = coverage_of(uow, get_client(uow, args.client), rank=args.rank)
        note_call(uow, coverage, told)


def _cents(text: str | None) -> int | None:
    return None if text is None else cents_of(text)


def _basis_points(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return parse_basis_points(text)
    except ValueError as error:
        raise NotAnAnswer(f"{error}. Nothing was kept.") from None


def _last(read: Reading, coverage: Coverage) -> Answer:
    client = read.session.get_one(Client, coverage.client_id)
    row = last_answer(read, coverage.id)
    pending = pending_check(read, coverage.id)
    document = _document(client, coverage, row) | _pending(row, pending)
    said = _text(coverage, row) if row is not None else "" if pending else _NEVER_ASKED
    text = "\n".join(filter(None, (said, _pending_text(pending))))
    return Answer(document, text, attention=pending is not None or document["active"] is not True)


def _pending(row: EligibilityCheck | None, pending: CheckRow | None) -> dict[str, Any]:
    """Where the newest question stands; ``status`` too where there is no answer to show."""
    if pending is None:
        return {"state": "answered" if row is not None else "never_asked", "asked_at": None}
    found = {
        "state": pending.standing,
        "asked_at": pending.asked_at.isoformat() if pending.asked_at is not None else None,
        "asked_about": pending.about.isoformat(),
    }
    if row is None:
        found["status"] = pending.standing
    if pending.message:
        found["message"] = pending.message
    return found


def _pending_text(pending: CheckRow | None) -> str:
    if pending is None:
        return ""
    match pending.standing:
        case "failed":
            return pending.message
        case "waiting":
            return (
                f"A question about {pending.about} was sent and waits for its answer. It comes "
                "with the answers of the clearinghouse, mostly overnight."
            )
        case _:
            return f"A question about {pending.about} waits to be sent."


def _document(client: Client, coverage: Coverage, row: EligibilityCheck | None) -> dict[str, Any]:
    whose = {
        "client_ref": client.ref,
        "payer_ref": coverage.payer.ref,
        "rank": coverage.rank,
        "active": None,
        "status": "never_asked",
    }
    if row is None:
        return {**whose, "coinsurance_percent": None, "as_of": None, "how": None}
    return {
        **whose,
        "active": {"active": True, "inactive": False}.get(row.status),
        "status": row.status,
        "plan": row.plan,
        "coinsurance_percent": _percent(row.coinsurance_bp),
        "authorization_needed": row.authorization_needed,
        "as_of": row.as_of.isoformat() if row.as_of else None,
        "how": row.how,
        "reference": row.reference_number or None,
        "accepted": row.accepted_at is not None,
        "message": row.message,
        **_stated(
            copay_cents=row.copay_cents,
            deductible_cents=row.deductible_cents,
            deductible_left_cents=row.deductible_left_cents,
            out_of_pocket_left_cents=row.out_of_pocket_left_cents,
        ),
    }


def _stated(**amounts: int | None) -> dict[str, int]:
    """Amounts are whole cents or are not there: an amount nobody stated is not nothing."""
    return {name: cents for name, cents in amounts.items() if cents is not None}


def _percent(basis_points: int | None) -> str | None:
    return None if basis_points is None else format_basis_points(basis_points)


def _text(coverage: Coverage, row: EligibilityCheck) -> str:
    percent = _percent(row.coinsurance_bp)
    how = {"transport": "asked electronically", "file": "from a file"}.get(row.how)
    how = how or f"by telephone, reference {row.reference_number}"
    rows = [
        ["Insurer", coverage.payer.name],
        ["Coverage", row.status],
        ["As of", f"{row.as_of} ({how})"],
        ["Plan", row.plan],
        ["Copay", _money(row.copay_cents)],
        ["Coinsurance", "" if percent is None else f"{percent}%"],
        ["Deductible", _money(row.deductible_cents)],
        ["Deductible left", _money(row.deductible_left_cents)],
        ["Out of pocket left", _money(row.out_of_pocket_left_cents)],
        ["Accepted", "into the coverage" if row.accepted_at else "not yet; use --accept"],
    ]
    told = [one for one in rows if one[1]]
    return "\n".join(filter(None, (words.table([["What", "Answer"], *told]), row.message)))


def _money(cents: int | None) -> str:
    return "" if cents is None else format_cents(cents)


def _form(read: Reading, coverage: Coverage) -> Answer:
    """What to say and what to ask on the telephone, and how to note it."""
    client = read.session.get_one(Client, coverage.client_id)
    sheet = call_sheet(read, coverage)
    given = {**asdict(sheet), "date_of_birth": ""}
    if sheet.date_of_birth is not None:
        given["date_of_birth"] = sheet.date_of_birth.isoformat()
    asked = list(QUESTIONS)
    note = (
        f"mediyn eligibility {client.ref} --phone --reference NUMBER --copay 25 --coinsurance 20 "
        "--deductible 1500 --deductible-left 400"
    )
    lines = [f"{name.replace('_', ' ')}: {value}" for name, value in given.items() if value]
    text = "\n".join([*lines, "", *(f"- {one}" for one in asked), "", f"Then: {note}"])
    return Answer({**given, "questions": asked, "then": note}, text)
