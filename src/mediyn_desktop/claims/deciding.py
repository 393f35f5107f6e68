# SPDX-License-Identifier: MIT
"""Posting what an insurer decided about a claim: where each cent goes, and what waits."""

from __future__ import annotations

from mediyn_desktop.claims import decided
from mediyn_desktop.claims.coordination import coverage_after, prepare_next_claim
from mediyn_desktop.claims.decision_tables import ClaimDecision
from mediyn_desktop.claims.decisions import Decision as Posting
from mediyn_desktop.claims.decisions import post_decision
from mediyn_desktop.claims.parts import Part, named
from mediyn_desktop.claims.receivable import insurer_item, session_ref
from mediyn_desktop.claims.recording import (
    POSTED,
    ClaimResult,
    Recorder,
    learn,
    parties,
    word_of,
)
from mediyn_desktop.claims.silence import end_silence
from mediyn_desktop.claims.states import ENDED, ClaimState, move, tell
from mediyn_desktop.claims.surplus import netted
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.tasks import Ended, Task, end_tasks, open_task, waiting_cents
from mediyn_desktop.claims.x12.decision835 import Decision, Goes, Outcome, decide
from mediyn_desktop.claims.x12.model835 import RemitClaim
from mediyn_desktop.codes.adjustments import reason as reason_of
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger import items
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.ledger.tables import OpenItemRow
from mediyn_desktop.practice.tables import Coverage, Payer
from mediyn_desktop.store.uow import Reading

_STATES = {
    Outcome.PAID: ClaimState.PAID,
    Outcome.PARTLY_PAID: ClaimState.PARTLY_PAID,
    Outcome.WITHOUT_PAYMENT: ClaimState.PAID,  # decided, all of it the client's or written off
    Outcome.DENIED: ClaimState.DENIED,
    Outcome.FORWARDED: ClaimState.CROSSED_OVER,
}


def post_decided(
    book: Recorder, answer: RemitClaim, claim: Claim, part: Part | None = None
) -> ClaimResult:
    """Post what the insurer decided about ``claim``, or hold it where it does not fit the books.

    Args:
        part: the lines it is about, where it is not about all of them.
    """
    uow = book.uow
    client, payer = parties(uow, claim)
    onward = coverage_after(uow, claim)
    decision = netted(decide(answer, next_payer=onward is not None, earlier_payer=claim.rank > 1))
    if decision.outcome is Outcome.FORWARDED:
        return post_nothing(book, answer, claim, Outcome.FORWARDED)
    item = insurer_item(uow, claim, payer.ref)
    problem = _refuses(uow, claim, item, decision, part, onward)
    if problem is not None:
        return book.hold(answer, claim, *problem)
    next_cents = decision.cents(Goes.NEXT_PAYER) if onward is not None else 0
    row = book.record(answer, claim, POSTED, decision, next_cents)
    settled = decision.settled_cents
    if onward is None:
        settled -= decision.cents(Goes.NEXT_PAYER)
    if settled:
        posted = post_decision(
            uow,
            Posting(
                ref=f"decision:{row.id}",
                session_ref=session_ref(uow, claim),
                payer_ref=payer.ref,
                on=book.on,
                source=f"remittance:{book.payment.id}:{claim.control_number}",
                reason=_reasons(decision),
                paid_cents=decision.cents(Goes.PAID),
                written_off={WriteOff.CONTRACTUAL: cents}
                if (cents := decision.cents(Goes.WRITE_OFF))
                else {},
                left_cents=decision.cents(Goes.CLIENT) + next_cents,
                item=item.id if item is not None else None,
            ),
        )
        row.entry_id = posted.entry
        book.entries.append(posted.entry)
    waits = _follow_up(book, answer, claim, row, decision, payer, onward, part)
    if onward is not None and next_cents and prepare_next_claim(uow, claim, onward, answer) is None:
        open_task(
            uow,
            Task.COVERAGE,
            "The claim to the next insurer could not be made from this answer; its lines are "
            "not those of the claim. Bill that insurer by hand.",
            claim=claim.id,
            decision=row.id,
            payment=book.payment.id,
            payer=payer.ref,
            cents=next_cents,
        )
    return ClaimResult(
        claim.control_number,
        client.ref,
        word_of(decision.outcome),
        answer.charge_cents,
        answer.paid_cents,
        decision.cents(Goes.CLIENT) + decision.cents(Goes.NEXT_PAYER),
        decision.cents(Goes.WRITE_OFF),
        posted=row.entry_id is not None,
        code="waits" if waits else "",
        reason=row.message or None,
    )


def _refuses(
    read: Reading,
    claim: Claim,
    item: OpenItemRow | None,
    decision: Decision,
    part: Part | None,
    onward: Coverage | None,
) -> tuple[str, str] | None:
    """Why the decision cannot be posted as it stands, or None."""
    moving = (Goes.PAID, Goes.WRITE_OFF, Goes.CLIENT, Goes.NEXT_PAYER)
    if any(decision.cents(goes) < 0 for goes in moving):
        return (
            "negative",
            "The amounts take money back, but the answer is not marked as a reversal.",
        )
    if part is not None and part.twice:
        return (
            "already-decided",
            f"An earlier answer decided {named(part.twice)} of this claim, and no reversal of it "
            "has come. If this is a second payment, the insurer will want it back.",
        )
    if part is not None and (onward is not None or decision.cents(Goes.NEXT_PAYER)):
        return (
            "part-of-claim",
            f"The insurer answered a part of this claim alone ({part.words()}), and another "
            "insurer comes next, who must be told of all lines at once.",
        )
    standing = decided.by_insurer(decided.in_force(read, claim))
    if part is None and any(one.entry_id is not None for one in standing):
        return (
            "already-decided",
            "An earlier payment decided this claim, and no reversal of it has come. If this is "
            "a second payment of the same claim, the insurer will want it back.",
        )
    left = items.open_cents(read, item.id) if item is not None else 0
    if decision.settled_cents > left:
        return (
            "more-than-open",
            f"The answer settles {format_cents(decision.settled_cents)}, but "
            f"{format_cents(left)} is open with this insurer.",
        )
    return None


def _follow_up(
    book: Recorder,
    answer: RemitClaim,
    claim: Claim,
    row: ClaimDecision,
    decision: Decision,
    payer: Payer,
    onward: Coverage | None,
    part: Part | None,
) -> bool:
    """Move the claim on, and put what waits on the worklist; whether anything does."""
    uow = book.uow
    earlier = {one.id for one in part.earlier} if part is not None else set()
    end_tasks(uow, Ended.ANSWERED, claim=claim.id, but_of=earlier)
    _end_wait_for_correction(book, claim)
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
        open_task(
            uow,
            Task.DENIED if denied else Task.PART,
            f"{known.label} ({group} {code}). {known.next_action}",
            claim=claim.id,
            decision=row.id,
            payment=book.payment.id,
            payer=payer.ref,
            group=group,
            reason=code,
            remarks=remarks,
            cents=cents,
        )
    passed_on = decision.cents(Goes.NEXT_PAYER)
    if passed_on and onward is None:
        other = answer.forwarded_to
        name = other.last if other is not None and other.last else "another insurer"
        open_task(
            uow,
            Task.COVERAGE,
            f"The insurer passed {format_cents(passed_on)} on to {name}, which is not on "
            "file. Add that coverage, or decide who owes it.",
            claim=claim.id,
            decision=row.id,
            payment=book.payment.id,
            payer=payer.ref,
            cents=passed_on,
        )
    rest = _ask_about_rest(book, claim, row, decision, payer, onward, part)
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
    state = ClaimState(claim.state)
    where = (answer.position, answer.end)
    if state in ENDED:  # a replaced claim was answered after all
        tell(uow, claim, words, inbound=book.payment.inbound_id, segments=where)
    else:
        move(
            uow,
            claim,
            _state_after(decision, part),
            words,
            inbound=book.payment.inbound_id,
            segments=where,
        )
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


def _ask_about_rest(
    book: Recorder,
    claim: Claim,
    row: ClaimDecision,
    decision: Decision,
    payer: Payer,
    onward: Coverage | None,
    part: Part | None,
) -> int:
    """Ask about what is open still though nothing in the answer waits for it; return the cents."""
    item = insurer_item(book.uow, claim, payer.ref)
    asked = sum(max(share.amount_cents, 0) for share in decision.worklist)
    if onward is None:
        asked += decision.cents(Goes.NEXT_PAYER)
    if part is not None:  # lines that are awaited, and what waits of those answered before
        asked += part.missing_cents + waiting_cents(book.uow, {one.id for one in part.earlier})
    left = (items.open_cents(book.uow, item.id) if item is not None else 0) - asked
    if left <= 0:
        return 0
    open_task(
        book.uow,
        Task.PART,
        f"{format_cents(left)} is still open with this insurer, and its answer does not say who "
        "owes it. Ask the insurer what another insurer is said to have paid.",
        claim=claim.id,
        decision=row.id,
        payment=book.payment.id,
        payer=payer.ref,
        cents=left,
    )
    return left


def _end_wait_for_correction(book: Recorder, claim: Claim) -> None:
    """The decision about a claim is the corrected one its predecessors' take-backs waited for."""
    before = claim
    while before.follows_id is not None:
        before = book.uow.session.get_one(Claim, before.follows_id)
        if before.rank == claim.rank:
            end_tasks(book.uow, Ended.ANSWERED, claim=before.id, kind=Task.TAKEN_BACK)


def post_nothing(book: Recorder, answer: RemitClaim, claim: Claim, outcome: Outcome) -> ClaimResult:
    """Keep an answer that moves no money: passed on without a decision, or foretold."""
    client, _ = parties(book.uow, claim)
    decision = decide(answer, next_payer=False)
    book.record(answer, claim, POSTED, decision)
    learn(claim, answer)
    where = (answer.position, answer.end)
    inbound = book.payment.inbound_id
    if outcome is Outcome.FORWARDED and ClaimState(claim.state) not in ENDED:
        words = "Passed on to another insurer without a decision; wait for its answer"
        end_silence(book.uow, claim)
        move(book.uow, claim, ClaimState.CROSSED_OVER, words, inbound=inbound, segments=where)
    else:
        words = "The insurer said in advance what it would decide; nothing is paid"
        tell(book.uow, claim, words, inbound=inbound, segments=where)
    return ClaimResult(
        claim.control_number,
        client.ref,
        word_of(outcome),
        answer.charge_cents,
        answer.paid_cents,
        0,
        0,
        posted=False,
        reason=f"{words}.",
    )


def _reasons(decision: Decision) -> str:
    """The adjustments as codes and amounts, for the journal."""
    sums: dict[str, int] = {}
    for share in decision.shares:
        if share.reason:
            key = f"{share.group}-{share.reason}"
            sums[key] = sums.get(key, 0) + share.amount_cents
    return "; ".join(f"{key} {format_cents(cents)}" for key, cents in sums.items()) or "Paid whole"


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
