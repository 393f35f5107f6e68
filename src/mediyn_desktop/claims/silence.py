# SPDX-License-Identifier: MIT
"""Claims nobody answers: a task is opened when an answer is overdue and ended when one comes.

Three answers are awaited in turn, counted from the day the file was handed over: that the file was
read (999) within 2 days, that the claim was taken (277CA) within 5, and a decision within the days
its payer usually takes. A claim that has the insurer's own number was taken, whatever the word for
it: many never say more than that they received it. A claim under appeal, and one that was passed
on, is counted from there. Silence is never taken for acceptance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import exists, select

from mediyn_desktop.claims import sending
from mediyn_desktop.claims.decision_tables import ClaimTask
from mediyn_desktop.claims.following import claim_by_number
from mediyn_desktop.claims.states import WITH_INSURER, ClaimState, move
from mediyn_desktop.claims.tables import Claim, ClaimSubmission
from mediyn_desktop.claims.tasks import Ended, Task, end_task, open_task
from mediyn_desktop.core.clock import local_date
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.practice.tables import Coverage, Payer
from mediyn_desktop.store.uow import Reading, UnitOfWork

USUAL_PAYMENT_DAYS = 30  # where the payer names none
FILE_DAYS, CLAIM_DAYS = 2, 5
SENT_AND_SILENT = frozenset({ClaimState.SENT, ClaimState.RECEIVED, ClaimState.ACCEPTED})
"""Sent and not decided: who asks may hear that the claim is not there."""


class Awaited(StrEnum):
    """Which answer is overdue; kept as the reason of the task."""

    FILE = "999"
    CLAIM = "277CA"
    DECISION = "835"


class NotLost(UserFacingError):
    """The claim is not one that waits for an answer."""

    code = "claim-state"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One claim with an insurer: whose answer it waits for, since when, and how long is usual."""

    claim: Claim
    payer: Payer
    awaited: Awaited
    since: date
    usual_days: int

    def days(self, today: date) -> int:
        """How long it has waited."""
        return (today - self.since).days

    def is_overdue(self, today: date) -> bool:
        return self.days(today) > self.usual_days


def waiting(read: Reading) -> Iterator[Waiting]:
    """Yield every claim that is with an insurer, with the answer that is due next."""
    rows = read.session.execute(
        select(Claim, Payer, ClaimSubmission.handed_over_at)
        .join(Coverage, Coverage.id == Claim.coverage_id)
        .join(Payer, Payer.id == Coverage.payer_id)
        .outerjoin(ClaimSubmission, ClaimSubmission.id == Claim.submission_id)
        .where(Claim.state.in_(WITH_INSURER))
        .order_by(Claim.id)
    )
    for claim, payer, handed_over_at in rows:
        moved = claim.state in (ClaimState.APPEALED, ClaimState.CROSSED_OVER)
        began = claim.updated_at if moved or handed_over_at is None else handed_over_at
        since = local_date(began, read.zone)
        usual = payer.expected_payment_days or USUAL_PAYMENT_DAYS
        waited = (read.today - since).days
        if claim.state == ClaimState.SENT and waited <= usual:
            yield Waiting(claim, payer, Awaited.FILE, since, FILE_DAYS)
        elif claim.state == ClaimState.RECEIVED and not claim.payer_number and waited <= usual:
            yield Waiting(claim, payer, Awaited.CLAIM, since, CLAIM_DAYS)
        else:
            yield Waiting(claim, payer, Awaited.DECISION, since, usual)


def watch_for_silence(uow: UnitOfWork) -> list[ClaimTask]:
    """Open a task for each claim whose answer is overdue, end those that were answered.

    A task whose claim is still not answered at the next step says so instead of a second one. One
    that a person dismissed comes back after as many days as were usual. Returns what is new.
    """
    today = uow.today
    opened = _open_by_claim(uow)
    news: list[ClaimTask] = []
    for one in waiting(uow):
        task = opened.pop(one.claim.id, None)
        if not one.is_overdue(today) or _has_held_answer(uow, one.claim):
            if task is not None:
                end_task(uow, task, Ended.ANSWERED)
        elif task is None and not _put_aside(uow, one):
            news.append(_open(uow, one))
        elif task is not None and task.reason_code != one.awaited:
            task.reason_code, task.text = one.awaited, _words(one, today)
            uow.changed("claim_task", task.id)
            news.append(task)
    for task in opened.values():
        end_task(uow, task, Ended.ANSWERED)
    uow.session.flush()
    return news


def anything_to_watch(read: Reading) -> bool:
    """Whether a claim is with an insurer, or a task about silence is open."""
    with_insurer = exists().where(Claim.state.in_(WITH_INSURER))
    silent = exists().where(ClaimTask.kind == Task.SILENT, ClaimTask.closed_at.is_(None))
    return bool(read.session.scalar(select(with_insurer | silent)))


def end_silence(uow: UnitOfWork, claim: Claim) -> None:
    """End the task about silence of ``claim``, if there is one: an answer came."""
    task = _open_by_claim(uow, claim.id).get(claim.id)
    if task is not None:
        end_task(uow, task, Ended.ANSWERED)


def send_lost_again(uow: UnitOfWork, control_number: str, *, note: str) -> Claim:
    """Queue a claim again that the insurer, when asked, did not have; return it.

    It counts as never filed: it goes as an original and its deadline kept running.

    Args:
        note: who said so, and when.

    Raises:
        NotLost: it does not wait for an answer, or nobody was asked.
    """
    claim = claim_by_number(uow, control_number)
    if ClaimState(claim.state) not in SENT_AND_SILENT:
        raise NotLost(
            f"Claim {claim.control_number} is {claim.state.replace('_', ' ')} and does not wait "
            "for an answer. Nothing was changed."
        )
    if not note.strip():
        raise NotLost(
            "Say who told you that the claim is not there, and when: sent twice, it is refused as "
            "a duplicate. Nothing was changed."
        )
    move(uow, claim, ClaimState.REJECTED, f"Not there when asked: {note.strip()}")
    sending.queue_rejected(uow, claim)
    return claim


def _open(uow: UnitOfWork, one: Waiting) -> ClaimTask:
    return open_task(
        uow,
        Task.SILENT,
        _words(one, uow.today),
        claim=one.claim.id,
        payer=one.payer.ref,
        reason=one.awaited,
        cents=one.claim.total_cents,
    )


def _words(one: Waiting, today: date) -> str:
    days = f"{one.days(today)} days"
    match one.awaited:
        case Awaited.FILE:
            return (
                f"The clearinghouse has not said for {days} that it read the file of this claim. "
                "Look on its site whether the file is there."
            )
        case Awaited.CLAIM:
            return (
                f"Nobody has said for {days} that this claim was taken into processing. Ask the "
                "clearinghouse; it counts as filed only when the insurer has it."
            )
        case _:
            return (
                f"{one.payer.name} has had this claim for {days} and usually decides within "
                f"{one.usual_days}. Ask where it stands."
            )


def _open_by_claim(read: Reading, claim: int | None = None) -> dict[int, ClaimTask]:
    query = select(ClaimTask).where(
        ClaimTask.kind == Task.SILENT,
        ClaimTask.closed_at.is_(None),
        ClaimTask.claim_id.is_not(None),
    )
    if claim is not None:
        query = query.where(ClaimTask.claim_id == claim)
    return {row.claim_id: row for row in read.session.scalars(query) if row.claim_id is not None}


def _has_held_answer(read: Reading, claim: Claim) -> bool:
    """Whether an answer came that could not be posted: that waits as a task of its own."""
    held = exists().where(
        ClaimTask.claim_id == claim.id, ClaimTask.kind == Task.HELD, ClaimTask.closed_at.is_(None)
    )
    return bool(read.session.scalar(select(held)))


def _put_aside(read: Reading, one: Waiting) -> bool:
    """Whether a person dismissed the same alarm so lately that asking again would only annoy."""
    last = read.session.scalar(
        select(ClaimTask.closed_at)
        .where(ClaimTask.claim_id == one.claim.id, ClaimTask.kind == Task.SILENT)
        .where(ClaimTask.reason_code == one.awaited, ClaimTask.ended_as == Ended.DISMISSED)
        .order_by(ClaimTask.closed_at.desc())
        .limit(1)
    )
    return last is not None and (read.today - local_date(last, read.zone)).days <= one.usual_days
