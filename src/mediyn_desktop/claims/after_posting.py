# SPDX-License-Identifier: MIT
"""After an answer was posted: where its claim stands, and what of it waits for a person."""

from __future__ import annotations

from mediyn_desktop.claims import decided
from mediyn_desktop.claims.case import Case, ask
from mediyn_desktop.claims.decision_tables import ClaimDecision
from mediyn_desktop.claims.parts import Part
from mediyn_desktop.claims.receivable import asked_now
from mediyn_desktop.claims.recording import Recorder, learn, word_of
from mediyn_desktop.claims.states import ENDED, ClaimState, move, tell
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.tasks import Ended, Task, end_tasks, narrow_tasks, waiting_cents
from mediyn_desktop.claims.x12.decision835 import Decision, Goes, Outcome
from mediyn_desktop.codes.adjustments import reason as reason_of
from mediyn_desktop.core.money import format_cents

_STATES = {
    Outcome.PAID: ClaimState.PAID,
    Outcome.PARTLY_PAID: ClaimState.PARTLY_PAID,
    Outcome.WITHOUT_PAYMENT: ClaimState.PAID,  # decided, all of it the client's or written off
    Outcome.DENIED: ClaimState.DENIED,
    Outcome.FORWARDED: ClaimState.CROSSED_OVER,
}


def follow_up(book: Recorder, case: Case, row: ClaimDecision) -> bool:
    """Move the claim on, and put what waits on the worklist; whether anything does."""
    uow, answer, claim = book.uow, case.answer, case.claim
    decision, part = case.decision, case.part
    if not case.fresh:
        waits_on = decided.held_with_money(uow, claim)
        waits_on |= {one.id for one in part.earlier} if part is not None else set()
        end_tasks(uow, Ended.ANSWERED, claim=claim.id, but_of=waits_on, by=row.id)
        for one in part.narrowed if part is not None else ():
            narrow_tasks(uow, one.decision, one.cents, by=row.id)
    _end_wait_for_correction(book, claim, row)
    waiting: dict[tuple[str, str], int] = {}
    for share in decision.worklist:
        key = (share.group, share.reason)
        waiting[key] = waiting.get(key, 0) + share.amount_cents
    remarks = [*answer.remarks, *(r for line in answer.lines for r in line.remarks)]
    denied = decision.outcome is Outcome.DENIED
    for (group, code), cents in waiting.items():
        if cents <= 0:
            continue
        known = reason_of(code)
        ask(
            book,
            case,
            row,
            Task.DENIED if denied else Task.PART,
            f"{known.label} ({group} {code}). {known.next_action}",
            cents,
            group=group,
            reason=code,
            remarks=remarks,
        )
    if case.nobody_cents:
        other = answer.forwarded_to
        name = other.last if other is not None and other.last else "another insurer"
        ask(
            book,
            case,
            row,
            Task.COVERAGE,
            f"The insurer passed {format_cents(case.nobody_cents)} on to {name}, which is not on "
            "file. Add that coverage, or decide who owes it.",
            case.nobody_cents,
        )
    rest = _ask_about_rest(book, case, row)
    if rest:
        row.message = f"{format_cents(rest)} is still open with this insurer"
    if waiting:
        row.message = "Waits for you: " + "; ".join(
            f"{reason_of(code).label} ({group} {code}), {format_cents(cents)}"
            for (group, code), cents in waiting.items()
        )
    waits = bool(row.message)
    words = _sentence(decision)
    if part is not None:
        words = f"{part.words().capitalize()}: {words}"
        if not part.is_last:
            row.message = " ".join(filter(None, (row.message, part.awaited())))
    learn(claim, answer)
    where, inbound = (answer.position, answer.end), book.payment.inbound_id
    if ClaimState(claim.state) in ENDED:  # a replaced claim was answered after all
        tell(uow, claim, words, inbound=inbound, segments=where)
    else:
        state = _state_after(decision, part)
        move(uow, claim, state, words, inbound=inbound, segments=where)
    return waits


def _state_after(decision: Decision, part: Part | None) -> ClaimState:
    """Where a claim stands: it is with the insurer until all of its lines were answered."""
    if part is None:
        return _STATES[decision.outcome]
    if not part.is_last:
        return ClaimState.ACCEPTED
    outcomes = {word_of(decision.outcome), *(one.outcome for one in part.earlier)}
    if outcomes == {word_of(Outcome.DENIED)}:
        return ClaimState.DENIED
    waits = {word_of(Outcome.DENIED), word_of(Outcome.PARTLY_PAID)}
    return ClaimState.PARTLY_PAID if outcomes & waits else ClaimState.PAID


def _ask_about_rest(book: Recorder, case: Case, row: ClaimDecision) -> int:
    """Ask about what is open still though nothing in the answer waits for it; return the cents."""
    part = case.part
    asked = sum(max(share.amount_cents, 0) for share in case.decision.worklist)
    asked += case.nobody_cents
    if part is not None:  # lines that are awaited, and what waits of those answered before
        asked += part.missing_cents + waiting_cents(book.uow, {one.id for one in part.earlier})
    left = case.open_cents - case.settled_cents
    if len(case.owed) > 1:
        _, left = asked_now(book.uow, case.owed)
    left -= asked
    if left <= 0:
        return 0
    ask(
        book,
        case,
        row,
        Task.PART,
        f"{format_cents(left)} is still open with this insurer, and its answer does not say who "
        "owes it. Ask the insurer what another insurer is said to have paid.",
        left,
    )
    return left


def _end_wait_for_correction(book: Recorder, claim: Claim, row: ClaimDecision) -> None:
    """The decision about a claim is the corrected one its predecessors' take-backs waited for."""
    before = claim
    while before.follows_id is not None:
        before = book.uow.session.get_one(Claim, before.follows_id)
        if before.rank == claim.rank:
            kind = Task.TAKEN_BACK
            end_tasks(book.uow, Ended.ANSWERED, claim=before.id, kind=kind, by=row.id)


def _sentence(decision: Decision) -> str:
    parts = [f"Paid {format_cents(decision.cents(Goes.PAID))}"]
    for goes, words in (
        (Goes.WRITE_OFF, "written off"),
        (Goes.CLIENT, "for the client"),
        (Goes.NEXT_PAYER, "for the next insurer"),
        (Goes.WORKLIST, "waiting for you"),
    ):
        if cents := decision.cents(goes):
            parts.append(f"{format_cents(cents)} {words}")
    return ", ".join(parts)
