# SPDX-License-Identifier: MIT
"""What a person does about an insurer's answer: send again, appeal, give up, bill the client, post.

Every verb is one transaction, says why it refuses, and ends the tasks it answers.
"""

from __future__ import annotations

import io

from sqlalchemy import select

from mediyn_desktop.cards.receipts import lower_waiting_of
from mediyn_desktop.claims import decided, sending
from mediyn_desktop.claims.decision_tables import ClaimDecision, ClaimTask, RemittancePayment
from mediyn_desktop.claims.following import claim_by_number as get_claim
from mediyn_desktop.claims.mail_tables import InboundFile
from mediyn_desktop.claims.posting_claims import ClaimPoster
from mediyn_desktop.claims.receivable import insurer_item, session_ref
from mediyn_desktop.claims.recording import ClaimResult
from mediyn_desktop.claims.states import (
    DECIDED,
    ENDED,
    ClaimState,
    move,
    tell,
)
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.tasks import Ended, Task, end_task, end_tasks
from mediyn_desktop.claims.x12 import reading
from mediyn_desktop.claims.x12.balance835 import claim_differences
from mediyn_desktop.claims.x12.containers import members
from mediyn_desktop.claims.x12.model835 import RemitClaim
from mediyn_desktop.codes.adjustments import MayBill, may_bill_client
from mediyn_desktop.core.errors import NotFound, UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger import items, payments
from mediyn_desktop.ledger.insurance import Adjudication, adjudicate, settle_freed
from mediyn_desktop.ledger.journal import reverse
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.ledger.write_offs import write_off
from mediyn_desktop.practice.tables import Client, Coverage
from mediyn_desktop.store.uow import Reading, UnitOfWork

_GIVEN_UP = (WriteOff.DENIED, WriteOff.TIMELY_FILING, WriteOff.CONTRACTUAL, WriteOff.COURTESY)


class NotNow(UserFacingError):
    """The claim is not where this can be done."""

    code = "claim-state"


def resend(uow: UnitOfWork, control_number: str) -> Claim:
    """Queue a refused claim again as an original: it was never filed; return it."""
    claim = get_claim(uow, control_number)
    sending.queue_rejected(uow, claim)
    return claim


def appeal(uow: UnitOfWork, control_number: str, *, note: str) -> Claim:
    """Note that a decision was appealed, and how; return the claim.

    Raises:
        NotNow: it was not decided.
    """
    claim = get_claim(uow, control_number)
    _must_be(claim, DECIDED, "appealed", "was decided")
    _needs(note, "how the decision was appealed")
    move(uow, claim, ClaimState.APPEALED, f"Appealed: {note}")
    end_tasks(uow, Ended.APPEALED, claim=claim.id, note=note)
    return claim


def give_up(uow: UnitOfWork, control_number: str, *, kind: WriteOff, reason: str) -> int:
    """Write off what the insurer still owes of a claim; return the journal entry.

    Raises:
        NotNow: nothing is open, or the kind does not fit an insurer's part.
    """
    claim = get_claim(uow, control_number)
    if kind not in _GIVEN_UP:
        raise NotNow("An insurer's part is not written off like that. Nothing was changed.")
    coverage = uow.session.get_one(Coverage, claim.coverage_id)
    item = insurer_item(uow, claim, coverage.payer.ref)
    left = items.open_cents(uow, item.id) if item is not None else 0
    if item is None or left <= 0:
        raise NotNow("The insurer owes nothing of this claim any more. Nothing was changed.")
    entry = write_off(
        uow,
        ref=f"claim-{claim.control_number}-{_times(uow, claim)}",
        item=item.id,
        cents=left,
        kind=kind,
        on=uow.today,
        source=f"claim:{claim.control_number}",
        reason=reason,
    )
    end_tasks(uow, Ended.WRITTEN_OFF, claim=claim.id, note=reason)
    if ClaimState(claim.state) not in ENDED:
        move(uow, claim, ClaimState.CLOSED, f"{format_cents(left)} given up: {reason}")
    return entry


def bill_client(uow: UnitOfWork, control_number: str, *, reason: str) -> int:
    """Let the client owe what the insurer refused, where the insurer's codes allow it.

    Nothing is charged to a card by this: what is owed shows on the client's account.

    Raises:
        NotNow: the insurer's codes forbid it, or nothing is open.
    """
    claim = get_claim(uow, control_number)
    _needs(reason, "why the client owes this")
    waiting = uow.session.scalars(
        select(ClaimTask).where(ClaimTask.claim_id == claim.id, ClaimTask.closed_at.is_(None))
    ).all()
    refused = [task for task in waiting if task.kind in (Task.DENIED, Task.PART, Task.COVERAGE)]
    for task in refused:
        if (
            task.kind != Task.COVERAGE
            and may_bill_client(task.group_code, task.reason_code) is MayBill.NO
        ):
            codes = f"{task.group_code} {task.reason_code}".strip()
            what = (
                f"The insurer's codes ({codes}) forbid"
                if codes
                else "The insurer's answer does not allow"
            )
            raise NotNow(
                f"{what} billing the client. Nothing was changed. Correct the claim, appeal, or "
                "write it off."
            )
    coverage = uow.session.get_one(Coverage, claim.coverage_id)
    item = insurer_item(uow, claim, coverage.payer.ref)
    left = items.open_cents(uow, item.id) if item is not None else 0
    cents = min(left, sum(task.amount_cents for task in refused))
    if item is None or cents <= 0:
        raise NotNow("Nothing that the insurer refused is open here. Nothing was changed.")
    row = _by_hand(uow, claim, cents, reason)
    posted = adjudicate(
        uow,
        Adjudication(
            ref=f"decision:{row.id}",
            item=item.id,
            on=uow.today,
            source=f"claim:{claim.control_number}",
            client_cents=cents,
            reason=reason,
        ),
    )
    row.entry_id = posted.entry
    client = uow.session.get_one(Client, claim.client_id)
    if posted.client_item is not None:
        payments.apply_credit(
            uow,
            client=client.ref,
            item=posted.client_item,
            on=uow.today,
            source=f"claim:{claim.control_number}",
        )
    end_tasks(uow, Ended.CLIENT_BILLED, claim=claim.id, note=reason)
    if left == cents and ClaimState(claim.state) not in ENDED:
        move(uow, claim, ClaimState.CLOSED, f"{format_cents(cents)} is the client's: {reason}")
    else:
        tell(uow, claim, f"{format_cents(cents)} is the client's: {reason}")
    return posted.entry


def dismiss(uow: UnitOfWork, task: int, *, note: str) -> None:
    """End a task without doing anything about the claim.

    Raises:
        NotFound: there is no such task, or it ended before.
    """
    row = uow.session.get(ClaimTask, task)
    if row is None or row.closed_at is not None:
        raise NotFound("There is no such open task. Nothing was changed.")
    _needs(note, "why nothing is done")
    end_task(uow, row, Ended.DISMISSED, note=note)


def retry(uow: UnitOfWork, task: int, *, claim: str | None = None) -> ClaimResult:
    """Post a held answer after all, where what stood against it was mended.

    Args:
        claim: our number of the claim it is about, where a person found it.

    Raises:
        NotFound: there is no such held answer.
        NotNow: it still cannot be posted; nothing was changed.
    """
    row = uow.session.get(ClaimTask, task)
    held = uow.session.get(ClaimDecision, row.decision_id) if row and row.decision_id else None
    if row is None or held is None or held.state != "held" or held.payment_id is None:
        raise NotFound("There is no such held answer. Nothing was changed.")
    payment = uow.session.get_one(RemittancePayment, held.payment_id)
    answer = _answer_of(uow, payment, held)
    if held.entry_id is not None:
        reverse(uow, held.entry_id, on=uow.today, reason="The answer is posted now")
    held.state = "undone"
    poster = ClaimPoster(uow, payment, payment.payer_ref, uow.today)
    meant = get_claim(uow, claim) if claim is not None else None
    result = poster.post(answer, claim_differences(answer), meant=meant)
    if result.held:
        raise NotNow(f"{result.reason} Nothing was changed.")
    end_task(uow, row, Ended.ANSWERED)
    for client in sorted(poster.freed):
        settle_freed(uow, client=client, on=uow.today, source=f"remittance:{payment.id}")
    lower_waiting_of(uow, poster.freed)
    return result


def _answer_of(read: Reading, payment: RemittancePayment, held: ClaimDecision) -> RemitClaim:
    """Read the held answer from the stored file once more."""
    file = read.session.get_one(InboundFile, payment.inbound_id)
    for member in members(io.BytesIO(file.content), file.name):
        for item in reading.read(member.chunks):
            if isinstance(item, RemitClaim) and item.position == held.first_segment:
                return item
    raise NotFound("The held answer is not in its file any more. Nothing was changed.")


def _by_hand(uow: UnitOfWork, claim: Claim, cents: int, reason: str) -> ClaimDecision:
    row = ClaimDecision(
        claim_id=claim.id,
        control_number=claim.control_number,
        status_code="",
        outcome="by_hand",
        charge_cents=0,
        paid_cents=0,
        client_cents=cents,
        write_off_cents=0,
        state="posted",
        message=reason,
        facts=decided.no_facts(claim.state),
        decided_on=uow.today,
        recorded_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    return row


def _times(read: Reading, claim: Claim) -> int:
    """How often something of this claim was given up, for a ref of its own."""
    session = session_ref(read, claim)
    return sum(
        len(items.allocations_of(read, item=one.id))
        for one in items.items_of_session(read, session)
    )


def _must_be(
    claim: Claim, states: frozenset[ClaimState] | set[ClaimState], done: str, if_: str
) -> None:
    if ClaimState(claim.state) not in states:
        raise NotNow(
            f"Claim {claim.control_number} is {claim.state.replace('_', ' ')}; it can be {done} "
            f"only while it {if_}. Nothing was changed."
        )


def _needs(text: str, what: str) -> None:
    if not text.strip():
        raise NotNow(f"Say {what}. Nothing was changed.")
