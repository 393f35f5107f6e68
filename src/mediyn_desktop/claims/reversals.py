# SPDX-License-Identifier: MIT
"""Posting an insurer's reversal: only what takes back exactly what was posted, as new entries."""

from __future__ import annotations

from mediyn_desktop.claims import decided
from mediyn_desktop.claims.decision_tables import ClaimDecision
from mediyn_desktop.claims.recording import (
    HELD,
    POSTED,
    ClaimResult,
    Recorder,
    learn,
    parties,
)
from mediyn_desktop.claims.reversing import TakeBackRefused, given_up, take_back
from mediyn_desktop.claims.states import ENDED, ClaimState, move
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.tasks import Ended, Task, end_tasks, open_task
from mediyn_desktop.claims.x12.model835 import RemitClaim
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.store.uow import Reading


def post_reversal(book: Recorder, answer: RemitClaim, claim: Claim) -> ClaimResult:
    """Take back what was posted for ``claim``, where the answer takes back exactly that."""
    uow = book.uow
    client, payer = parties(uow, claim)
    meant = _decided_one(uow, claim)
    if meant is None:
        return book.hold(
            answer, claim, "nothing-to-reverse", "What this takes back was never posted here."
        )
    standing = decided.by_insurer(decided.in_force(uow, meant))
    meant_by_it = _taken_by(uow, meant, standing, answer, payer.ref)
    if meant_by_it is None:
        left = decided.left_of(standing, answer)
        words = ", ".join(f"{what} {format_cents(cents)}" for what, cents in left.items())
        return book.hold(
            answer,
            claim,
            "reversal-differs",
            f"The take-back does not match what was posted; it would leave {words}.",
        )
    in_part = len(meant_by_it) < len(standing)
    standing = meant_by_it
    row = book.record(answer, claim, POSTED, None)
    try:
        taken = take_back(
            uow,
            meant,
            on=book.on,
            reason=f"Reversed by the insurer in payment {book.payment.trace}",
            key=f"decision:{row.id}",
            payer=payer.ref,
            only=standing if in_part else None,
        )
    except TakeBackRefused as refused:
        row.state, row.code, row.message = HELD, refused.code, refused.message
        return book.held_result(answer, claim, row)
    row.reverses_id = standing[-1].id
    for decision in taken.decisions:
        decision.reversed_by_id = row.id
    row.entry_id = taken.entries[-1] if taken.entries else None
    book.entries += taken.entries
    book.freed.add(client.ref)
    others = {one.id for one in decided.of_charge(uow, meant)}
    others |= decided.held_with_money(uow, claim)
    end_tasks(uow, Ended.ANSWERED, claim=claim.id, but_of=others, by=row.id)
    learn(claim, answer)
    if ClaimState(claim.state) not in ENDED:
        move(
            uow,
            claim,
            ClaimState.ACCEPTED,
            f"The insurer took its decision back ({format_cents(answer.paid_cents)})",
            inbound=book.payment.inbound_id,
            segments=(answer.position, answer.end),
        )
    if claim.state != ClaimState.VOIDED:
        open_task(
            uow,
            Task.TAKEN_BACK,
            "The insurer took its decision back. The corrected one has not come yet.",
            claim=claim.id,
            decision=row.id,
            payment=book.payment.id,
            payer=payer.ref,
            cents=abs(answer.paid_cents) or abs(answer.charge_cents),
        )
    return ClaimResult(
        claim.control_number,
        client.ref,
        "reversed",
        answer.charge_cents,
        answer.paid_cents,
        -sum(one.client_cents + one.next_cents for one in standing),
        -sum(one.write_off_cents for one in standing),
        posted=bool(taken.entries),
    )


def _decided_one(read: Reading, claim: Claim) -> Claim | None:
    """The claim whose decision a reversal takes back: this one, or one that it replaced."""
    found: Claim | None = claim
    while found is not None and not decided.by_insurer(decided.in_force(read, found)):
        found = read.session.get(Claim, found.follows_id) if found.follows_id else None
    return found


def _taken_by(
    read: Reading,
    claim: Claim,
    standing: list[ClaimDecision],
    reversal: RemitClaim,
    payer: str,
) -> list[ClaimDecision] | None:
    """Which of the ``standing`` decisions a reversal takes back; None where that is not certain.

    Of a claim answered in parts that may be one alone. Where a person has decided about the rest
    since, it is not certain: that counted on all of them.
    """
    if not decided.left_of(standing, reversal):
        return standing
    moved = [one for one in standing if one.entry_id is not None]
    if not moved or decided.left_of(moved, reversal):
        moved = [one for one in standing if not decided.left_of([one], reversal)]
        if len(moved) != 1:
            return None
    lines = {line for one in moved for line in decided.lines_of(one)}
    # A refusal of the same lines that was paid later without a reversal of its own goes along.
    found = [
        one
        for one in standing
        if one in moved or (one.entry_id is None and decided.lines_of(one) <= lines)
    ]
    by_hand = len(decided.in_force(read, claim)) != len(standing)
    if len(found) < len(standing) and (by_hand or given_up(read, claim, payer)):
        return None
    return found
