# SPDX-License-Identifier: MIT
"""Posting one claim's answer: matched, checked against what is open, posted, or held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mediyn_desktop.claims import decided
from mediyn_desktop.claims.coordination import next_coverage, prepare_next_claim
from mediyn_desktop.claims.decision_tables import ClaimDecision, RemittancePayment
from mediyn_desktop.claims.decisions import Decision as Posting
from mediyn_desktop.claims.decisions import post_decision
from mediyn_desktop.claims.matching import match
from mediyn_desktop.claims.receivable import insurer_item, session_ref
from mediyn_desktop.claims.reversing import TakeBackRefused, take_back
from mediyn_desktop.claims.silence import end_silence
from mediyn_desktop.claims.states import ENDED, ClaimState, move, tell
from mediyn_desktop.claims.submission import latest_claim
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.tasks import Ended, Task, end_tasks, open_task
from mediyn_desktop.claims.x12.balance835 import Difference
from mediyn_desktop.claims.x12.decision835 import Decision, Goes, Outcome, decide
from mediyn_desktop.claims.x12.model835 import RemitClaim
from mediyn_desktop.claims.x12.suspicion835 import claim_suspicions
from mediyn_desktop.codes.adjustments import reason as reason_of
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger import items
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.practice.tables import Client, Coverage, Payer
from mediyn_desktop.store.uow import Reading, UnitOfWork

_POSTED, _HELD = "posted", "held"
_STATES = {
    Outcome.PAID: ClaimState.PAID,
    Outcome.PARTLY_PAID: ClaimState.PARTLY_PAID,
    Outcome.WITHOUT_PAYMENT: ClaimState.PAID,  # decided, all of it the client's or written off
    Outcome.DENIED: ClaimState.DENIED,
    Outcome.FORWARDED: ClaimState.CROSSED_OVER,
}


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """What became of one answer, in cents. ``posted`` tells whether money moved in the ledger.

    ``status`` is the outcome (paid, partly_paid, without_payment, denied, reversed, forwarded,
    predetermined) or ``held``; ``code`` and ``reason`` say why it is held or waits.
    """

    control_number: str
    client: str | None
    status: str
    charge_cents: int
    paid_cents: int
    patient_cents: int
    writeoff_cents: int
    posted: bool
    code: str = ""
    reason: str | None = None

    @property
    def held(self) -> bool:
        return self.status == _HELD

    @staticmethod
    def held_with(answer: RemitClaim, code: str, reason: str) -> ClaimResult:
        """An answer of which nothing was posted."""
        return ClaimResult(
            answer.control_number,
            None,
            _HELD,
            answer.charge_cents,
            answer.paid_cents,
            0,
            0,
            posted=False,
            code=code,
            reason=reason,
        )


class ClaimPoster:
    """Posts the answers of one payment; gathers the entries made and whose money to look at."""

    def __init__(self, uow: UnitOfWork, payment: RemittancePayment, payer: str, on: date) -> None:
        self.uow = uow
        self.payment = payment
        self.payer = payer
        self.on = on
        self.entries: list[int] = []
        self.freed: set[str] = set()

    def post(
        self, answer: RemitClaim, differences: Sequence[Difference], *, meant: Claim | None = None
    ) -> ClaimResult:
        """Post one answer or hold it with the reason.

        Args:
            meant: the claim it is about, where a person said so.
        """
        found = match(self.uow, answer)
        claim = meant or (found.claim if found is not None else None)
        if claim is not None and answer.payer_rank not in (None, claim.rank):
            # An insurer that was passed the claim by the one before answers under its number.
            claim = latest_claim(self.uow, claim.charge_id, rank=answer.payer_rank) or claim
        if differences:
            words = " ".join(one.sentence() for one in differences)
            return self._hold(answer, claim, "out-of-balance", words)
        odd = claim_suspicions(answer, today=self.uow.today)
        if odd:
            return self._hold(answer, claim, odd[0].code, odd[0].message)
        if claim is None:
            return self._hold(
                answer,
                None,
                "unmatched",
                "No claim of this practice has this number. Nothing was guessed from the name.",
            )
        if answer.is_predetermination:
            return self._nothing_to_post(answer, claim, Outcome.PREDETERMINED)
        if answer.is_reversal:
            return self._reverse(answer, claim)
        if abs(answer.charge_cents) != claim.total_cents:
            return self._hold(
                answer,
                claim,
                "charge-differs",
                f"The insurer decided about {format_cents(answer.charge_cents)}; this claim was "
                f"for {format_cents(claim.total_cents)}.",
            )
        return self._decide(answer, claim)

    def hold_ambiguous(self, answer: RemitClaim) -> ClaimResult:
        """Hold a reversal that could belong to several claims of the payment."""
        found = match(self.uow, answer)
        return self._hold(
            answer,
            found.claim if found is not None else None,
            "ambiguous-reversal",
            "This take-back could belong to more than one claim of the payment.",
        )

    # -- a decision

    def _decide(self, answer: RemitClaim, claim: Claim) -> ClaimResult:
        uow = self.uow
        client, payer = _parties(uow, claim)
        onward = next_coverage(uow, claim)
        decision = decide(answer, next_payer=onward is not None, earlier_payer=claim.rank > 1)
        if decision.outcome is Outcome.FORWARDED:
            return self._nothing_to_post(answer, claim, Outcome.FORWARDED)
        problem = self._refuses(answer, claim, payer, decision)
        if problem is not None:
            return self._hold(answer, claim, *problem)
        next_cents = decision.cents(Goes.NEXT_PAYER) if onward is not None else 0
        row = self._record(answer, claim, _POSTED, decision, next_cents)
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
                    on=self.on,
                    source=f"remittance:{self.payment.id}:{claim.control_number}",
                    reason=_reasons(decision),
                    paid_cents=decision.cents(Goes.PAID),
                    written_off={WriteOff.CONTRACTUAL: cents}
                    if (cents := decision.cents(Goes.WRITE_OFF))
                    else {},
                    left_cents=decision.cents(Goes.CLIENT) + next_cents,
                ),
            )
            row.entry_id = posted.entry
            self.entries.append(posted.entry)
        self._follow_up(answer, claim, row, decision, payer)
        if (
            onward is not None
            and next_cents
            and prepare_next_claim(uow, claim, onward, answer) is None
        ):
            open_task(
                uow,
                Task.COVERAGE,
                "The claim to the next insurer could not be made from this answer; its lines are "
                "not those of the claim. Bill that insurer by hand.",
                claim=claim.id,
                decision=row.id,
                payment=self.payment.id,
                payer=payer.ref,
                cents=next_cents,
            )
        return ClaimResult(
            claim.control_number,
            client.ref,
            _word(decision.outcome),
            answer.charge_cents,
            answer.paid_cents,
            decision.cents(Goes.CLIENT) + decision.cents(Goes.NEXT_PAYER),
            decision.cents(Goes.WRITE_OFF),
            posted=row.entry_id is not None,
            code="waits" if decision.worklist else "",
            reason=row.message or None,
        )

    def _refuses(
        self, answer: RemitClaim, claim: Claim, payer: Payer, decision: Decision
    ) -> tuple[str, str] | None:
        """Why the decision cannot be posted as it stands, or None."""
        moving = (Goes.PAID, Goes.WRITE_OFF, Goes.CLIENT, Goes.NEXT_PAYER)
        if any(decision.cents(goes) < 0 for goes in moving):
            return (
                "negative",
                "The amounts take money back, but the answer is not marked as a reversal.",
            )
        standing = decided.by_insurer(decided.in_force(self.uow, claim))
        if any(one.entry_id is not None for one in standing):
            return (
                "already-decided",
                "An earlier payment decided this claim, and no reversal of it has come. If this is "
                "a second payment of the same claim, the insurer will want it back.",
            )
        item = insurer_item(self.uow, claim, payer.ref)
        left = items.open_cents(self.uow, item.id) if item is not None else 0
        if decision.settled_cents > left:
            return (
                "more-than-open",
                f"The answer settles {format_cents(decision.settled_cents)}, but "
                f"{format_cents(left)} is open with this insurer.",
            )
        return None

    def _follow_up(
        self,
        answer: RemitClaim,
        claim: Claim,
        row: ClaimDecision,
        decision: Decision,
        payer: Payer,
    ) -> None:
        """Move the claim on, and put what waits on the worklist."""
        uow = self.uow
        end_tasks(uow, Ended.ANSWERED, claim=claim.id)
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
                payment=self.payment.id,
                payer=payer.ref,
                group=group,
                reason=code,
                remarks=remarks,
                cents=cents,
            )
        passed_on = decision.cents(Goes.NEXT_PAYER)
        if passed_on and next_coverage(uow, claim) is None:
            other = answer.forwarded_to
            name = other.last if other is not None and other.last else "another insurer"
            open_task(
                uow,
                Task.COVERAGE,
                f"The insurer passed {format_cents(passed_on)} on to {name}, which is not on "
                "file. Add that coverage, or decide who owes it.",
                claim=claim.id,
                decision=row.id,
                payment=self.payment.id,
                payer=payer.ref,
                cents=passed_on,
            )
        if waiting:
            row.message = "Waits for you: " + "; ".join(
                f"{reason_of(code).label} ({group} {code}), {format_cents(cents)}"
                for (group, code), cents in waiting.items()
            )
        _learn(claim, answer)
        state = ClaimState(claim.state)
        words = _sentence(decision)
        where = (answer.position, answer.end)
        if state in ENDED:  # a replaced claim was answered after all
            tell(uow, claim, words, inbound=self.payment.inbound_id, segments=where)
        else:
            move(
                uow,
                claim,
                _STATES[decision.outcome],
                words,
                inbound=self.payment.inbound_id,
                segments=where,
            )

    # -- a reversal, and answers that move nothing

    def _reverse(self, answer: RemitClaim, claim: Claim) -> ClaimResult:
        uow = self.uow
        client, payer = _parties(uow, claim)
        meant = _decided_one(uow, claim)
        if meant is None:
            return self._hold(
                answer, claim, "nothing-to-reverse", "What this takes back was never posted here."
            )
        standing = decided.by_insurer(decided.in_force(uow, meant))
        left = decided.left_of(standing, answer)
        if left:
            words = ", ".join(f"{what} {format_cents(cents)}" for what, cents in left.items())
            return self._hold(
                answer,
                claim,
                "reversal-differs",
                f"The take-back does not match what was posted; it would leave {words}.",
            )
        row = self._record(answer, claim, _POSTED, None)
        try:
            taken = take_back(
                uow,
                meant,
                on=self.on,
                reason=f"Reversed by the insurer in payment {self.payment.trace}",
                key=f"decision:{row.id}",
                payer=payer.ref,
            )
        except TakeBackRefused as refused:
            row.state, row.code, row.message = _HELD, refused.code, refused.message
            return self._held_result(answer, claim, row, client)
        row.reverses_id = standing[-1].id
        row.entry_id = taken.entries[-1] if taken.entries else None
        self.entries += taken.entries
        self.freed.add(client.ref)
        end_tasks(uow, Ended.ANSWERED, claim=claim.id)
        _learn(claim, answer)
        if ClaimState(claim.state) not in ENDED:
            move(
                uow,
                claim,
                ClaimState.ACCEPTED,
                f"The insurer took its decision back ({format_cents(answer.paid_cents)})",
                inbound=self.payment.inbound_id,
                segments=(answer.position, answer.end),
            )
        if claim.state != ClaimState.VOIDED:
            open_task(
                uow,
                Task.TAKEN_BACK,
                "The insurer took its decision back. The corrected one has not come yet.",
                claim=claim.id,
                decision=row.id,
                payment=self.payment.id,
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

    def _nothing_to_post(self, answer: RemitClaim, claim: Claim, outcome: Outcome) -> ClaimResult:
        client, _ = _parties(self.uow, claim)
        decision = decide(answer, next_payer=False)
        self._record(answer, claim, _POSTED, decision)
        _learn(claim, answer)
        where = (answer.position, answer.end)
        inbound = self.payment.inbound_id
        if outcome is Outcome.FORWARDED and ClaimState(claim.state) not in ENDED:
            words = "Passed on to another insurer without a decision; wait for its answer"
            end_silence(self.uow, claim)
            move(self.uow, claim, ClaimState.CROSSED_OVER, words, inbound=inbound, segments=where)
        else:
            words = "The insurer said in advance what it would decide; nothing is paid"
            tell(self.uow, claim, words, inbound=inbound, segments=where)
        return ClaimResult(
            claim.control_number,
            client.ref,
            _word(outcome),
            answer.charge_cents,
            answer.paid_cents,
            0,
            0,
            posted=False,
            reason=f"{words}.",
        )

    def _hold(
        self, answer: RemitClaim, claim: Claim | None, code: str, message: str
    ) -> ClaimResult:
        client = _parties(self.uow, claim)[0] if claim is not None else None
        row = self._record(answer, claim, _HELD, None)
        row.code, row.message = code, message
        return self._held_result(answer, claim, row, client)

    def _held_result(
        self, answer: RemitClaim, claim: Claim | None, row: ClaimDecision, client: Client | None
    ) -> ClaimResult:
        number = claim.control_number if claim is not None else answer.control_number
        open_task(
            self.uow,
            Task.HELD,
            f"An answer about claim {number or 'without a number'} was not posted. {row.message}",
            claim=claim.id if claim is not None else None,
            decision=row.id,
            payment=self.payment.id,
            payer=self.payer,
            cents=answer.paid_cents,
        )
        if claim is not None:
            end_silence(self.uow, claim)
            tell(
                self.uow,
                claim,
                f"An answer came and was not posted. {row.message}",
                inbound=self.payment.inbound_id,
                segments=(answer.position, answer.end),
            )
        result = ClaimResult.held_with(answer, row.code, row.message)
        return result if client is None else _with_client(result, client.ref)

    def _record(
        self,
        answer: RemitClaim,
        claim: Claim | None,
        state: str,
        decision: Decision | None,
        next_cents: int = 0,
    ) -> ClaimDecision:
        outcome = decision.outcome if decision is not None else Outcome.REVERSED
        if decision is None and not answer.is_reversal:
            outcome = decide(answer, next_payer=False).outcome
        row = ClaimDecision(
            payment_id=self.payment.id,
            pass_number=self.payment.passes,
            claim_id=claim.id if claim is not None else None,
            control_number=answer.control_number[:80],
            payer_number=answer.payer_number[:80],
            status_code=answer.status[:4],
            outcome=_word(outcome),
            charge_cents=answer.charge_cents,
            paid_cents=answer.paid_cents,
            client_cents=decision.cents(Goes.CLIENT) if decision else 0,
            next_cents=next_cents,
            write_off_cents=decision.cents(Goes.WRITE_OFF) if decision else 0,
            state=state,
            facts=decided.facts_json(answer, state_before=claim.state if claim else ""),
            first_segment=answer.position,
            last_segment=answer.end,
            decided_on=self.on,
            recorded_at=self.uow.now,
        )
        self.uow.session.add(row)
        self.uow.session.flush()
        self.uow.changed("claim_decision", row.id)
        return row


def _decided_one(read: Reading, claim: Claim) -> Claim | None:
    """The claim whose decision a reversal takes back: this one, or one that it replaced."""
    found: Claim | None = claim
    while found is not None and not decided.by_insurer(decided.in_force(read, found)):
        found = read.session.get(Claim, found.follows_id) if found.follows_id else None
    return found


def _parties(read: Reading, claim: Claim) -> tuple[Client, Payer]:
    coverage = read.session.get_one(Coverage, claim.coverage_id)
    return read.session.get_one(Client, claim.client_id), coverage.payer


def _learn(claim: Claim, answer: RemitClaim) -> None:
    """Keep the insurer's own number, needed to correct or void, and the day it got the claim."""
    if answer.payer_number:
        claim.payer_number = answer.payer_number[:80]
    if answer.received_on is not None and claim.received_on is None:
        claim.received_on = answer.received_on


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


def _word(outcome: Outcome) -> str:
    return outcome.value.replace("-", "_")


def _with_client(result: ClaimResult, client: str) -> ClaimResult:
    return ClaimResult(
        result.control_number,
        client,
        result.status,
        result.charge_cents,
        result.paid_cents,
        result.patient_cents,
        result.writeoff_cents,
        posted=result.posted,
        code=result.code,
        reason=result.reason,
    )
