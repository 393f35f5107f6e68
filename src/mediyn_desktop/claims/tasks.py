# SPDX-License-Identifier: MIT
"""What waits for a person: opening it once, ending it with what became of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from sqlalchemy import or_, select

from mediyn_desktop.claims.decision_tables import ClaimDecision, ClaimTask
from mediyn_desktop.store.uow import Reading, UnitOfWork


class Task(StrEnum):
    """Why something waits."""

    DENIED = "denied"  # nothing was paid, for a reason that refuses
    PART = "part"  # paid in part; the rest waits
    REJECTED = "rejected"  # never filed
    HELD = "held"  # an answer that could not be posted
    PAYMENT_HELD = "payment_held"  # a whole payment that could not be posted
    TAKEN_BACK = "taken_back"  # a reversal without a correction, or a take-back without a reason
    ADJUSTMENT = "adjustment"  # money beside the claims that needs a decision
    COVERAGE = "coverage"  # the insurer passed the claim on to one that is not on file
    SILENT = "silent"  # no answer for longer than this insurer takes


class Ended(StrEnum):
    """What became of it."""

    RESENT = "resent"
    CORRECTED = "corrected"
    APPEALED = "appealed"
    PAID = "paid"
    WRITTEN_OFF = "written_off"
    CLIENT_BILLED = "client_billed"
    ANSWERED = "answered"
    VOIDED = "voided"
    UNDONE = "undone"
    DISMISSED = "dismissed"


def open_task(
    uow: UnitOfWork,
    kind: Task,
    text: str,
    *,
    claim: int | None = None,
    decision: int | None = None,
    payment: int | None = None,
    payer: str = "",
    group: str = "",
    reason: str = "",
    remarks: Iterable[str] = (),
    cents: int = 0,
) -> ClaimTask:
    """Open a task, or return the open one that says the same."""
    known = uow.session.scalar(
        select(ClaimTask)
        .where(ClaimTask.closed_at.is_(None), ClaimTask.kind == kind)
        .where(ClaimTask.claim_id.is_(claim) if claim is None else ClaimTask.claim_id == claim)
        .where(
            ClaimTask.decision_id.is_(decision)
            if decision is None
            else ClaimTask.decision_id == decision
        )
        .where(
            ClaimTask.payment_id.is_(payment)
            if payment is None
            else ClaimTask.payment_id == payment
        )
        .where(ClaimTask.group_code == group, ClaimTask.reason_code == reason)
    )
    if known is not None:
        return known
    row = ClaimTask(
        kind=kind,
        claim_id=claim,
        decision_id=decision,
        payment_id=payment,
        payer_ref=payer,
        group_code=group,
        reason_code=reason,
        remarks=";".join(dict.fromkeys(remarks))[:120],
        amount_cents=cents,
        text=text,
        opened_at=uow.now,
        opened_on=uow.today,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.changed("claim_task", row.id)
    return row


def end_tasks(
    uow: UnitOfWork,
    ended: Ended,
    *,
    claim: int | None = None,
    decision: int | None = None,
    payment: int | None = None,
    kind: Task | None = None,
    note: str | None = None,
    but_of: Collection[int] = (),
    by: int | None = None,
) -> int:
    """End every open task of a claim, a decision or a payment; return how many there were.

    Args:
        but_of: the ids of decisions whose tasks go on.
        by: the id of the decision whose posting ends them.
    """
    query = select(ClaimTask).where(ClaimTask.closed_at.is_(None))
    if kind is not None:
        query = query.where(ClaimTask.kind == kind)
    if claim is not None:
        query = query.where(ClaimTask.claim_id == claim)
    if decision is not None:
        query = query.where(ClaimTask.decision_id == decision)
    if payment is not None:
        query = query.where(ClaimTask.payment_id == payment)
    rows = [row for row in uow.session.scalars(query) if row.decision_id not in but_of]
    for row in rows:
        end_task(uow, row, ended, note=note, by=by)
    return len(rows)


def end_task(
    uow: UnitOfWork,
    task: ClaimTask,
    ended: Ended,
    *,
    note: str | None = None,
    by: int | None = None,
) -> None:
    """End one task with what became of it; ``by`` is the id of the decision that ends it."""
    task.closed_at = uow.now
    task.ended_as = ended
    task.note = note
    task.ended_by_id = by
    uow.changed("claim_task", task.id)


def narrow_tasks(
    uow: UnitOfWork, decision: int, left: Mapping[tuple[str, str], int], *, by: int
) -> None:
    """Let what waits of a decision be about what is ``left`` of it alone, by group and reason.

    The old tasks end and others are opened in their place; ``wait_again`` turns it round.

    Args:
        by: the id of the decision that took the rest over.
    """
    rows = uow.session.scalars(
        select(ClaimTask).where(ClaimTask.closed_at.is_(None), ClaimTask.decision_id == decision)
    )
    for row in rows.all():
        cents = left.get((row.group_code, row.reason_code), 0)
        if row.kind not in (Task.DENIED, Task.PART) or cents >= row.amount_cents:
            continue
        end_task(uow, row, Ended.ANSWERED, by=by)
        uow.session.flush()
        if cents > 0:
            made = open_task(
                uow,
                Task(row.kind),
                row.text,
                claim=row.claim_id,
                decision=decision,
                payment=row.payment_id,
                payer=row.payer_ref,
                group=row.group_code,
                reason=row.reason_code,
                remarks=row.remarks.split(";"),
                cents=cents,
            )
            made.narrowed_by_id = by


def wait_again(uow: UnitOfWork, decision: int) -> None:
    """Turn round what posting ``decision`` did to what waited before it."""
    made = select(ClaimTask).where(
        ClaimTask.narrowed_by_id == decision, ClaimTask.closed_at.is_(None)
    )
    for row in uow.session.scalars(made).all():
        end_task(uow, row, Ended.UNDONE)
    ended = (
        select(ClaimTask)
        .outerjoin(ClaimDecision, ClaimDecision.id == ClaimTask.decision_id)
        .where(ClaimTask.ended_by_id == decision)
        .where(or_(ClaimDecision.id.is_(None), ClaimDecision.state.in_(("posted", "held"))))
    )
    for row in uow.session.scalars(ended.order_by(ClaimTask.id)).all():
        if row.kind != Task.SILENT:  # which is found out anew by itself
            row.closed_at, row.ended_as, row.ended_by_id = None, None, None
            uow.changed("claim_task", row.id)


def waiting_cents(read: Reading, decisions: Collection[int]) -> int:
    """Return what waits for a person of the decisions with these ids, in cents."""
    if not decisions:
        return 0
    rows = read.session.scalars(
        select(ClaimTask.amount_cents).where(
            ClaimTask.closed_at.is_(None), ClaimTask.decision_id.in_(decisions)
        )
    )
    return sum(rows)


def open_tasks(read: Reading) -> list[ClaimTask]:
    """Return what waits, oldest first."""
    return list(
        read.session.scalars(
            select(ClaimTask).where(ClaimTask.closed_at.is_(None)).order_by(ClaimTask.id)
        )
    )
