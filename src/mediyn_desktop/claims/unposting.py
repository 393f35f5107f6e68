# SPDX-License-Identifier: MIT
"""Taking the posting of a whole payment back, by reversal; afterwards it may be posted again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from mediyn_desktop.cards.receipts import lower_waiting_of
from mediyn_desktop.claims.decision_tables import ClaimDecision, ClaimTask, RemittancePayment
from mediyn_desktop.claims.matching import in_portions, with_whose
from mediyn_desktop.claims.receivable import insurer_item
from mediyn_desktop.claims.reversing import take_back
from mediyn_desktop.claims.states import UNSENT, ClaimState, move
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.tasks import Ended, end_tasks, wait_again
from mediyn_desktop.core.errors import NotFound, UserFacingError
from mediyn_desktop.core.steps import Step, silently
from mediyn_desktop.ledger import payments
from mediyn_desktop.ledger.insurance import Adjudication, adjudicate, settle_freed
from mediyn_desktop.ledger.journal import reverse
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.ledger.tables import EntryRow
from mediyn_desktop.practice.tables import Client, Coverage
from mediyn_desktop.store.uow import Reading, UnitOfWork

_WHY = "The posting of its payment was taken back"


class CannotUnpost(UserFacingError):
    """Something was built on the posting since; the message says what to take back first."""

    code = "cannot-unpost"


@dataclass(slots=True)
class Unposted:
    """The payment and the reversing entries."""

    payment: int
    entries: list[int] = field(default_factory=list)


def undo_payment(
    uow: UnitOfWork, payment: int, *, reason: str = _WHY, step: Step = silently
) -> Unposted:
    """Take back everything posted for the payment with the id ``payment``.

    Args:
        step: told after each answer; what it raises ends the work, and then nothing may be kept.

    Raises:
        NotFound: there is no such payment.
        CannotUnpost: it is not posted, or a later step builds on it; nothing was changed.
    """
    row = uow.session.get(RemittancePayment, payment)
    if row is None:
        raise NotFound("There is no such payment of an insurer. Nothing was changed.")
    if row.state != "posted":
        raise CannotUnpost("This payment is not posted, so there is nothing to take back.")
    decisions = _of_pass(uow, row)
    _must_be_newest(uow, decisions)
    around = _Around(uow, decisions)
    done = Unposted(row.id)
    freed: set[str] = set()
    for number, decision in enumerate(reversed(decisions)):
        step(number, len(decisions))
        if decision.state == "undone":  # a held answer that was posted later, as another decision
            continue
        claim = uow.session.get(Claim, decision.claim_id) if decision.claim_id else None
        if decision.state == "held" or claim is None:
            if decision.entry_id is not None:
                done.entries.append(reverse(uow, decision.entry_id, on=uow.today, reason=reason))
        elif decision.reverses_id is not None:
            _stand_again(uow, decision, row, done)
            freed.add(_client(uow, claim))
        else:
            _withdraw_following(uow, around.following(claim))
            done.entries += _take_back(uow, claim, decision, reason)
            freed.add(_client(uow, claim))
        moved = decision.state != "held"  # what was held never moved its claim
        decision.state = "undone"
        around.let_wait(uow, decision)
        if claim is not None:
            words = f"{reason}: {row.trace or 'no number'}"
            before = _before(decision) if moved else ClaimState(claim.state)
            move(uow, claim, before, words)
    step(len(decisions), len(decisions))
    for entry in _beside(uow, row):
        done.entries.append(reverse(uow, entry, on=uow.today, reason=reason))
    for client in sorted(freed):
        settle_freed(uow, client=client, on=uow.today, source=f"remittance:{row.id}")
    lower_waiting_of(uow, freed)
    end_tasks(uow, Ended.UNDONE, payment=row.id)
    row.state, row.message = "undone", reason
    uow.session.flush()
    uow.changed("remittance_payment", row.id)
    return done


def _before(decision: ClaimDecision) -> ClaimState:
    """Where the claim stood before a decision; what an insurer answered is with it, at least."""
    before = ClaimState(json.loads(decision.facts)["state_before"])
    return ClaimState.ACCEPTED if before in UNSENT else before


def obstacle(read: Reading, payment: int) -> str:
    """Return why ``undo_payment`` would refuse the payment now, or nothing where it would not."""
    row = read.session.get_one(RemittancePayment, payment)
    if row.state != "posted":
        return "This payment is not posted any more."
    decisions = _of_pass(read, row)
    try:
        _must_be_newest(read, decisions)
        around = _Around(read, decisions)
        for decision in decisions:
            claim = read.session.get(Claim, decision.claim_id) if decision.claim_id else None
            if claim is not None and decision.state == "posted" and decision.reverses_id is None:
                for following in around.following(claim):
                    _refuse_if_sent(following)
    except CannotUnpost as error:
        return error.message
    return ""


class _Around:
    """What stands around the decisions of a payment, loaded in few queries and held.

    ``waiting`` are the ids of those decisions something waits about, ``ended`` of those that ended
    what waited before them.
    """

    def __init__(self, read: Reading, decisions: Sequence[ClaimDecision]) -> None:
        ids = sorted({one.claim_id for one in decisions if one.claim_id is not None})
        self._whose = with_whose(read, Claim.id, ids)
        self._later: dict[int, list[Claim]] = {}
        for some in in_portions([row[0].charge_id for row in self._whose]):
            later = select(Claim).where(Claim.charge_id.in_(some), Claim.rank > 1)
            for claim in read.session.scalars(later.order_by(Claim.id)):
                self._later.setdefault(claim.charge_id, []).append(claim)
        self.waiting: set[int | None] = set()
        self.ended: set[int | None] = set()
        for part in in_portions([one.id for one in decisions]):
            query = select(ClaimTask.decision_id).where(
                ClaimTask.decision_id.in_(part), ClaimTask.closed_at.is_(None)
            )
            self.waiting.update(read.session.scalars(query))
            ended = select(ClaimTask.ended_by_id).where(ClaimTask.ended_by_id.in_(part))
            self.ended.update(read.session.scalars(ended))

    def following(self, claim: Claim) -> list[Claim]:
        """Return the claims made to later insurers."""
        later = self._later.get(claim.charge_id, [])
        return [one for one in later if one.rank > claim.rank]

    def let_wait(self, uow: UnitOfWork, decision: ClaimDecision) -> None:
        """Let wait what waited before ``decision`` was posted, and nothing about itself."""
        if decision.id in self.waiting:
            end_tasks(uow, Ended.UNDONE, decision=decision.id)
        if decision.id in self.ended:
            wait_again(uow, decision.id)


def _take_back(uow: UnitOfWork, claim: Claim, decision: ClaimDecision, reason: str) -> list[int]:
    taken = take_back(
        uow,
        claim,
        on=uow.today,
        reason=reason,
        key=f"unpost:{decision.id}",
        payer=uow.session.get_one(Coverage, claim.coverage_id).payer.ref,
        only=[decision],
    )
    return taken.entries


def _of_pass(read: Reading, row: RemittancePayment) -> list[ClaimDecision]:
    return list(
        read.session.scalars(
            select(ClaimDecision)
            .where(ClaimDecision.payment_id == row.id, ClaimDecision.pass_number == row.passes)
            .order_by(ClaimDecision.id)
        )
    )


def _must_be_newest(read: Reading, decisions: list[ClaimDecision]) -> None:
    mine = {one.id for one in decisions}
    newest: dict[int, ClaimDecision] = {}
    about = sorted({one.claim_id for one in decisions if one.claim_id is not None})
    for some in in_portions(about):
        rows = read.session.scalars(
            select(ClaimDecision)
            .where(ClaimDecision.claim_id.in_(some))
            .where(ClaimDecision.state.in_(("posted", "reversed")))
            .order_by(ClaimDecision.id)
        )
        newest.update({one.claim_id: one for one in rows if one.claim_id and one.id not in mine})
    for decision in decisions:
        if decision.claim_id is None or decision.state == "held":
            continue
        later = newest.get(decision.claim_id)
        elsewhere = decision.reversed_by_id not in {None, *mine}  # under another claim's number
        if elsewhere or (later is not None and later.id > decision.id):
            by_hand = not elsewhere and later is not None and later.payment_id is None
            what = "you" if by_hand else "a later payment"
            raise CannotUnpost(
                f"Claim {decision.control_number} was decided again since, by {what}. Take that "
                "back first. Nothing was changed."
            )


def _withdraw_following(uow: UnitOfWork, later: Sequence[Claim]) -> None:
    """Take back the claim to the next insurer that this answer made, while it has not left."""
    for following in later:
        _refuse_if_sent(following)
        if following.state == ClaimState.CROSSED_OVER:
            move(uow, following, ClaimState.CLOSED, _WHY)
        elif ClaimState(following.state) in UNSENT:
            move(uow, following, ClaimState.WITHDRAWN, _WHY)


def _refuse_if_sent(following: Claim) -> None:
    gone = (ClaimState.CROSSED_OVER, ClaimState.WITHDRAWN, ClaimState.CLOSED)
    if ClaimState(following.state) not in UNSENT and following.state not in gone:
        raise CannotUnpost(
            f"The claim to the next insurer ({following.control_number}) was sent already. "
            "Void it first. Nothing was changed."
        )


def _stand_again(
    uow: UnitOfWork, reversal: ClaimDecision, row: RemittancePayment, done: Unposted
) -> None:
    """Post again what the insurer's reversal took back, be it under the number of another claim."""
    taken = uow.session.scalars(
        select(ClaimDecision)
        .where(ClaimDecision.reversed_by_id == reversal.id)
        .order_by(ClaimDecision.id)
    )
    for original in taken.all():
        if original.entry_id is not None:
            claim = uow.session.get_one(Claim, original.claim_id)
            payer = uow.session.get_one(Coverage, claim.coverage_id).payer.ref
            item = insurer_item(uow, claim, payer)
            assert item is not None
            posted = adjudicate(uow, _again(uow, original, reversal, item.id, row))
            done.entries.append(posted.entry)
            original.entry_id = posted.entry
            if posted.client_item is not None:
                payments.apply_credit(
                    uow,
                    client=_client(uow, claim),
                    item=posted.client_item,
                    on=uow.today,
                    source=f"remittance:{row.id}",
                )
        original.state, original.reversed_by_id = "posted", None
        uow.changed("claim_decision", original.id)


def _again(
    read: Reading,
    original: ClaimDecision,
    reversal: ClaimDecision,
    item: int,
    row: RemittancePayment,
) -> Adjudication:
    entry = read.session.get_one(EntryRow, original.entry_id)
    off = original.write_off_cents
    claim = read.session.get_one(Claim, original.claim_id)
    following = _next_payer(read, claim) if original.next_cents else None
    return Adjudication(
        ref=f"decision:{original.id}:again:{reversal.id}",
        item=item,
        on=read.today,
        source=entry.source,
        paid_cents=original.paid_cents,
        written_off={WriteOff.CONTRACTUAL: off} if off else {},
        client_cents=original.client_cents,
        next_payer=following,
        next_cents=original.next_cents if following else 0,
        reason=f"{entry.reason or ''}; stands again: {row.trace}".strip("; "),
    )


def _next_payer(read: Reading, claim: Claim) -> str | None:
    following = read.session.scalar(
        select(Claim)
        .where(Claim.charge_id == claim.charge_id, Claim.rank > claim.rank)
        .order_by(Claim.rank)
        .limit(1)
    )
    if following is None:
        return None
    return read.session.get_one(Coverage, following.coverage_id).payer.ref


def _beside(read: Reading, row: RemittancePayment) -> list[int]:
    """The entries of money beside the claims, posted in the payment's present pass."""
    keys = EntryRow.key.like(f"plb:{row.id}:{row.passes}:%")
    return list(read.session.scalars(select(EntryRow.id).where(keys).order_by(EntryRow.id)))


def _client(read: Reading, claim: Claim) -> str:
    return read.session.get_one(Client, claim.client_id).ref
