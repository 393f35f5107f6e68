# SPDX-License-Identifier: MIT
"""What waits for a person, the dearest and most urgent first, with what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims.decision_tables import ClaimDecision, ClaimTask
from mediyn_desktop.claims.filing import filing_deadline
from mediyn_desktop.claims.listing import ClaimRow, claim_rows
from mediyn_desktop.claims.states import LEFT
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.tasks import Task, open_tasks
from mediyn_desktop.codes.adjustments import MayBill, may_bill_client, reason, remark_label
from mediyn_desktop.practice.tables import Client, Coverage, Payer
from mediyn_desktop.store.uow import Reading

# Without a deadline a task counts as if it had this long.
_DAYS_WITHOUT_LIMIT = 365
_MOST_LIKELY = 200


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing that waits. ``actions`` are the verbs of ``working`` that fit, the usual first."""

    task: int
    kind: str
    claim: str | None
    client: str | None
    client_name: str | None
    payer: str
    date_of_service: date | None
    since: date
    amount_cents: int
    days_left: int | None
    text: str
    label: str
    remarks: tuple[str, ...]
    may_bill: MayBill | None
    actions: tuple[str, ...]
    next_step: str = ""
    """What is usually done about the insurer's reason."""


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How tasks of one payer and reason ended, and the cents they were about."""

    payer: str
    group: str
    reason: str
    ended_as: str
    count: int
    cents: int
    payer_name: str = ""


_ACTIONS: dict[Task, tuple[str, ...]] = {
    Task.DENIED: ("correct", "appeal", "write-off", "bill-client", "dismiss"),
    Task.PART: ("appeal", "correct", "write-off", "bill-client", "dismiss"),
    Task.REJECTED: ("resend", "elsewhere", "never"),
    Task.HELD: ("retry", "dismiss"),
    Task.PAYMENT_HELD: ("dismiss",),
    Task.TAKEN_BACK: ("dismiss",),
    Task.ADJUSTMENT: ("dismiss",),
    Task.COVERAGE: ("bill-client", "write-off", "dismiss"),
    Task.SILENT: ("dismiss", "resend"),
}


def worklist(read: Reading) -> list[WorkItem]:
    """Return what waits, ordered by money against days to the deadline."""
    today = read.today
    rows = [_item(read, task, today) for task in open_tasks(read)]
    return sorted(rows, key=lambda one: (-_weight(one), one.task))


def outcomes(read: Reading, *, since: date = date.min) -> list[OutcomeCount]:
    """Return how ended tasks ended, by payer, reason and ending, the most frequent first."""
    rows = read.session.execute(
        select(
            ClaimTask.payer_ref,
            ClaimTask.group_code,
            ClaimTask.reason_code,
            ClaimTask.ended_as,
            func.count(),
            func.coalesce(func.sum(ClaimTask.amount_cents), 0),
        )
        .where(ClaimTask.closed_at.is_not(None), ClaimTask.opened_on >= since)
        .where(ClaimTask.kind.in_((Task.DENIED, Task.PART, Task.REJECTED)))
        .group_by(
            ClaimTask.payer_ref, ClaimTask.group_code, ClaimTask.reason_code, ClaimTask.ended_as
        )
        .order_by(func.count().desc(), ClaimTask.payer_ref, ClaimTask.reason_code)
    )
    names = dict(read.session.execute(select(Payer.ref, Payer.name)).all())
    return [
        OutcomeCount(payer, group, code, ended or "", count, cents, names.get(payer, ""))
        for payer, group, code, ended, count, cents in rows
    ]


def _item(read: Reading, task: ClaimTask, today: date) -> WorkItem:
    claim = read.session.get(Claim, task.claim_id) if task.claim_id is not None else None
    client = read.session.get(Client, claim.client_id) if claim is not None else None
    charge = read.session.get(Charge, claim.charge_id) if claim is not None else None
    deadline = filing_deadline(read, claim) if claim is not None else None
    payer = read.session.scalar(select(Payer.name).where(Payer.ref == task.payer_ref))
    kind = Task(task.kind)
    bill = may_bill_client(task.group_code, task.reason_code) if task.group_code else None
    actions = _ACTIONS[kind]
    if bill is MayBill.NO:
        actions = tuple(one for one in actions if one != "bill-client")
    labels = [remark_label(code) or code for code in task.remarks.split(";") if code]
    return WorkItem(
        task=task.id,
        kind=task.kind,
        claim=claim.control_number if claim is not None else None,
        client=client.ref if client is not None else None,
        client_name=client.full_name if client is not None else None,
        payer=payer or task.payer_ref,
        date_of_service=charge.date_of_service if charge is not None else None,
        since=task.opened_on,
        amount_cents=task.amount_cents,
        days_left=deadline.days_left(today) if deadline is not None else None,
        text=task.text,
        label=reason(task.reason_code).label if task.reason_code and task.group_code else "",
        remarks=tuple(labels),
        may_bill=bill,
        actions=actions,
        next_step=reason(task.reason_code).next_action if task.reason_code else "",
    )


def likely_claims(read: Reading, task: int) -> list[ClaimRow]:
    """Return the claims a held answer may be about: of the charge it names first, then the rest.

    Only claims of the insurer that answered, where it is on file, and only those that left.
    """
    row = read.session.get(ClaimTask, task)
    if row is None or row.decision_id is None:
        return []
    held = read.session.get_one(ClaimDecision, row.decision_id)
    query = select(Claim.id).where(Claim.state.in_(LEFT))
    payer = read.session.scalar(select(Payer.id).where(Payer.ref == row.payer_ref))
    if payer is not None:
        query = query.join(Coverage, Coverage.id == Claim.coverage_id)
        query = query.where(Coverage.payer_id == payer)
    fits = case((Claim.total_cents == held.charge_cents, 0), else_=1)
    ids = list(read.session.scalars(query.order_by(fits, Claim.id.desc()).limit(_MOST_LIKELY)))
    rows = {one.id: one for one in claim_rows(read, ids)}
    return [rows[ident] for ident in ids]


def _weight(one: WorkItem) -> float:
    """Cents per day that is left: a small claim that ends tomorrow comes before a big one."""
    left = one.days_left if one.days_left is not None else _DAYS_WITHOUT_LIMIT
    return max(one.amount_cents, 1) / max(left, 1)
