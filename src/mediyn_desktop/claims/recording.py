# SPDX-License-Identifier: MIT
"""What posting the answers of one payment writes down: each answer's row, result and journal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from mediyn_desktop.claims import decided
from mediyn_desktop.claims.decision_tables import ClaimDecision, RemittancePayment
from mediyn_desktop.claims.silence import end_silence
from mediyn_desktop.claims.states import tell
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.tasks import Task, open_task
from mediyn_desktop.claims.x12.decision835 import Decision, Goes, Outcome, decide
from mediyn_desktop.claims.x12.model835 import RemitClaim
from mediyn_desktop.practice.tables import Client, Coverage, Payer
from mediyn_desktop.store.uow import Reading, UnitOfWork

POSTED, HELD = "posted", "held"


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
        return self.status == HELD

    @staticmethod
    def held_with(answer: RemitClaim, code: str, reason: str) -> ClaimResult:
        """An answer of which nothing was posted."""
        return ClaimResult(
            answer.control_number,
            None,
            HELD,
            answer.charge_cents,
            answer.paid_cents,
            0,
            0,
            posted=False,
            code=code,
            reason=reason,
        )


class Recorder:
    """Gathers the entries made for one payment and whose money to look at, and keeps its answers.

    Args:
        payer: the ref of the payer whose accounts the payment goes through.
        on: the day its entries are dated.
    """

    def __init__(self, uow: UnitOfWork, payment: RemittancePayment, payer: str, on: date) -> None:
        self.uow = uow
        self.payment = payment
        self.payer = payer
        self.on = on
        self.entries: list[int] = []
        self.freed: set[str] = set()
        self._fresh: set[int] = set()  # ids of charges

    def is_fresh(self, claim: Claim) -> bool:
        """Whether it is known that nothing was decided of its charge, and nothing waits."""
        return claim.charge_id in self._fresh

    def hold(self, answer: RemitClaim, claim: Claim | None, code: str, message: str) -> ClaimResult:
        """Keep an answer without posting it, and ask a person."""
        row = self.record(answer, claim, HELD, None)
        row.code, row.message = code, message
        return self.held_result(answer, claim, row)

    def held_result(
        self, answer: RemitClaim, claim: Claim | None, row: ClaimDecision
    ) -> ClaimResult:
        """Ask a person about an answer that is kept, and return what became of it."""
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
        if claim is None:
            return result
        return replace(result, client=parties(self.uow, claim)[0].ref)

    def record(
        self,
        answer: RemitClaim,
        claim: Claim | None,
        state: str,
        decision: Decision | None,
        next_cents: int = 0,
    ) -> ClaimDecision:
        """Write down an answer as it came: ``state`` is POSTED or HELD."""
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
            outcome=word_of(outcome),
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
        if claim is not None:
            self._fresh.discard(claim.charge_id)
        self.uow.session.add(row)
        self.uow.session.flush()
        self.uow.changed("claim_decision", row.id)
        return row


def parties(read: Reading, claim: Claim) -> tuple[Client, Payer]:
    """Return whose claim it is and the payer it went to."""
    coverage = read.session.get_one(Coverage, claim.coverage_id)
    return read.session.get_one(Client, claim.client_id), coverage.payer


def learn(claim: Claim, answer: RemitClaim) -> None:
    """Keep the insurer's own number, needed to correct or void, and the day it got the claim."""
    if answer.payer_number:
        claim.payer_number = answer.payer_number[:80]
    if answer.received_on is not None and claim.received_on is None:
        claim.received_on = answer.received_on


def word_of(outcome: Outcome) -> str:
    """Return an outcome as it is stored and shown to programs."""
    return outcome.value.replace("-", "_")
