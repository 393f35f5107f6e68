# SPDX-License-Identifier: MIT
"""Posting what an insurer decided about a claim: where each cent goes, and what waits."""

from __future__ import annotations

from mediyn_desktop.claims import decided
from mediyn_desktop.claims.after_posting import follow_up
from mediyn_desktop.claims.case import Case, ask
from mediyn_desktop.claims.coordination import coverage_after, prepare_next_claim
from mediyn_desktop.claims.decision_tables import ClaimDecision
from mediyn_desktop.claims.decisions import Decision as Posting
from mediyn_desktop.claims.decisions import post_known
from mediyn_desktop.claims.parts import Part, named
from mediyn_desktop.claims.receivable import (
    asked_now,
    insurer_items,
    session_of,
    session_ref,
)
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
from mediyn_desktop.claims.tasks import Task
from mediyn_desktop.claims.x12.decision835 import Decision, Goes, Outcome, decide
from mediyn_desktop.claims.x12.model835 import RemitClaim
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.store.uow import Reading


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
    owed = tuple(insurer_items(uow, claim, payer.ref))
    item, left = asked_now(uow, owed)
    fresh = book.is_fresh(claim)
    case = Case(answer, claim, client, payer, decision, onward, part, owed, item, left, fresh)
    problem = _refuses(uow, case)
    if problem is not None:
        return book.hold(answer, claim, *problem)
    row = book.record(answer, claim, POSTED, decision, case.next_cents)
    if case.settled_cents:
        row.entry_id = _post(book, case, row)
        book.entries.append(row.entry_id)
    waits = follow_up(book, case, row)
    if (
        onward is not None
        and case.next_cents
        and prepare_next_claim(uow, claim, onward, answer) is None
    ):
        ask(
            book,
            case,
            row,
            Task.COVERAGE,
            "The claim to the next insurer could not be made from this answer; its lines are "
            "not those of the claim. Bill that insurer by hand.",
            case.next_cents,
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


def _post(book: Recorder, case: Case, row: ClaimDecision) -> int:
    """Post the money of a decision; return its entry."""
    assert case.item is not None  # more than nothing would be settled: refused before
    off = case.decision.cents(Goes.WRITE_OFF)
    posting = Posting(
        ref=f"decision:{row.id}",
        session_ref=session_ref(book.uow, case.claim),
        payer_ref=case.payer.ref,
        on=book.on,
        source=f"remittance:{book.payment.id}:{case.claim.control_number}",
        reason=_reasons(case.decision),
        paid_cents=case.decision.cents(Goes.PAID),
        written_off={WriteOff.CONTRACTUAL: off} if off else {},
        left_cents=case.decision.cents(Goes.CLIENT) + case.next_cents,
    )
    return post_known(
        book.uow,
        posting,
        session=session_of(book.uow, case.claim),
        item=case.item.id,
        onward=case.onward,
    ).entry


def _refuses(read: Reading, case: Case) -> tuple[str, str] | None:
    """Why the decision cannot be posted as it stands, or None."""
    decision, part = case.decision, case.part
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
    if part is not None and (case.onward is not None or decision.cents(Goes.NEXT_PAYER)):
        return (
            "part-of-claim",
            f"The insurer answered a part of this claim alone ({part.words()}), and another "
            "insurer comes next, who must be told of all lines at once.",
        )
    if part is None and not case.fresh and _was_settled(read, case.claim):
        return (
            "already-decided",
            "An earlier payment decided this claim, and no reversal of it has come. If this "
            "is a second payment of the same claim, the insurer will want it back.",
        )
    if decision.settled_cents > case.open_cents:
        return (
            "more-than-open",
            f"The answer settles {format_cents(decision.settled_cents)}, but "
            f"{format_cents(case.open_cents)} is open with this insurer.",
        )
    return None


def _was_settled(read: Reading, claim: Claim) -> bool:
    """Whether anything was posted of what its insurer decided, under whatever number."""
    return any(one.entry_id is not None for one in decided.of_charge(read, claim))


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
