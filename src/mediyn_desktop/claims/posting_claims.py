# SPDX-License-Identifier: MIT
"""Posting one claim's answer: matched to its claim, then decided, reversed, or held."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from mediyn_desktop.claims import decided
from mediyn_desktop.claims.deciding import post_decided, post_nothing
from mediyn_desktop.claims.decision_tables import ClaimDecision, ClaimTask, RemittancePayment
from mediyn_desktop.claims.matching import NamedClaims, in_portions, match
from mediyn_desktop.claims.parts import part_of
from mediyn_desktop.claims.recording import ClaimResult, Recorder, parties
from mediyn_desktop.claims.reversals import post_reversal
from mediyn_desktop.claims.sending import answer_came
from mediyn_desktop.claims.submission import latest_claim
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.x12.balance835 import Difference
from mediyn_desktop.claims.x12.decision835 import Outcome
from mediyn_desktop.claims.x12.model835 import RemitClaim
from mediyn_desktop.claims.x12.suspicion835 import claim_suspicions
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.store.uow import Reading, UnitOfWork


class ClaimPoster(Recorder):
    """Posts the answers of one payment.

    Args:
        answers: those that will be posted; their claims are looked up together.
    """

    def __init__(
        self,
        uow: UnitOfWork,
        payment: RemittancePayment,
        payer: str,
        on: date,
        answers: Sequence[RemitClaim] = (),
    ) -> None:
        super().__init__(uow, payment, payer, on)
        self._named = NamedClaims(uow, answers)
        self._fresh = _fresh(uow, self._named.charges())
        self._arrived: set[int | None] = set()

    def post(
        self, answer: RemitClaim, differences: Sequence[Difference], *, meant: Claim | None = None
    ) -> ClaimResult:
        """Post one answer or hold it with the reason.

        Args:
            meant: the claim it is about, where a person said so.
        """
        found = match(self.uow, answer, self._named)
        claim = meant or (found.claim if found is not None else None)
        if claim is not None and claim.submission_id not in self._arrived:
            answer_came(self.uow, claim.submission_id)
            self._arrived.add(claim.submission_id)
        if claim is not None and meant is None:
            claim = self._passed_on(answer, claim) or claim
        if differences:
            words = " ".join(one.sentence() for one in differences)
            return self.hold(answer, claim, "out-of-balance", words)
        odd = claim_suspicions(answer, today=self.uow.today)
        if odd:
            return self.hold(answer, claim, odd[0].code, odd[0].message)
        if claim is None:
            return self.hold(
                answer,
                None,
                "unmatched",
                "No claim of this practice has this number. Nothing was guessed from the name.",
            )
        if answer.paid_cents and not answer.is_processed_here:
            return self.hold(
                answer,
                claim,
                "paid-undecided",
                "The insurer says that it decided nothing here, and pays all the same.",
            )
        if answer.is_predetermination:
            return post_nothing(self, answer, claim, Outcome.PREDETERMINED)
        if answer.is_reversal:
            return post_reversal(self, answer, claim)
        part = None
        if abs(answer.charge_cents) != claim.total_cents:
            part = part_of(self.uow, claim, answer, decided.of_charge(self.uow, claim))
        if abs(answer.charge_cents) != claim.total_cents and part is None:
            return self.hold(
                answer,
                claim,
                "charge-differs",
                f"The insurer decided about {format_cents(answer.charge_cents)}; this claim was "
                f"for {format_cents(claim.total_cents)}.",
            )
        return post_decided(self, answer, claim, part)

    def _passed_on(self, answer: RemitClaim, claim: Claim) -> Claim | None:
        """The claim that a later insurer means: it answers under the number it was passed.

        Its rank in the answer tells, else its own number for the claim, else who pays. An insurer
        that calls itself the first (many always do) means the claim it names.
        """
        rank = answer.payer_rank
        if rank is not None:
            return latest_claim(self.uow, claim.charge_id, rank=rank) if rank > claim.rank else None
        if answer.payer_number and answer.payer_number == claim.payer_number:
            return None
        others = self.uow.session.scalars(
            select(Claim)
            .where(Claim.charge_id == claim.charge_id, Claim.rank > claim.rank)
            .order_by(Claim.sequence.desc())
        ).all()
        for one in others:
            if answer.payer_number and one.payer_number == answer.payer_number:
                return one
        if parties(self.uow, claim)[1].ref == self.payer:
            return None
        return next((one for one in others if parties(self.uow, one)[1].ref == self.payer), None)

    def hold_ambiguous(self, answer: RemitClaim) -> ClaimResult:
        """Hold a reversal that could belong to several claims of the payment."""
        found = match(self.uow, answer, self._named)
        return self.hold(
            answer,
            found.claim if found is not None else None,
            "ambiguous-reversal",
            "This take-back could belong to more than one claim of the payment.",
        )


def _fresh(read: Reading, charges: set[int]) -> set[int]:
    """Those of ``charges`` (ids) of which nothing was decided and about which nothing waits."""
    known: set[int] = set()
    for some in in_portions(sorted(charges)):
        about = select(Claim.charge_id).where(Claim.charge_id.in_(some)).distinct()
        known.update(
            read.session.scalars(about.join(ClaimDecision, ClaimDecision.claim_id == Claim.id))
        )
        waiting = about.join(ClaimTask, ClaimTask.claim_id == Claim.id)
        known.update(read.session.scalars(waiting.where(ClaimTask.closed_at.is_(None))))
    return charges - known
