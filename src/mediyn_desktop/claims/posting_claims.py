# SPDX-License-Identifier: MIT
"""Posting one claim's answer: matched to its claim, then decided, reversed, or held."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from mediyn_desktop.claims.deciding import post_decided, post_nothing
from mediyn_desktop.claims.decision_tables import RemittancePayment
from mediyn_desktop.claims.matching import NamedClaims, match
from mediyn_desktop.claims.recording import ClaimResult, Recorder
from mediyn_desktop.claims.reversals import post_reversal
from mediyn_desktop.claims.submission import latest_claim
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.x12.balance835 import Difference
from mediyn_desktop.claims.x12.decision835 import Outcome
from mediyn_desktop.claims.x12.model835 import RemitClaim
from mediyn_desktop.claims.x12.suspicion835 import claim_suspicions
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.store.uow import UnitOfWork


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

    def post(
        self, answer: RemitClaim, differences: Sequence[Difference], *, meant: Claim | None = None
    ) -> ClaimResult:
        """Post one answer or hold it with the reason.

        Args:
            meant: the claim it is about, where a person said so.
        """
        found = match(self.uow, answer, self._named)
        claim = meant or (found.claim if found is not None else None)
        if claim is not None and answer.payer_rank not in (None, claim.rank):
            # An insurer that was passed the claim by the one before answers under its number.
            claim = latest_claim(self.uow, claim.charge_id, rank=answer.payer_rank) or claim
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
        if answer.is_predetermination:
            return post_nothing(self, answer, claim, Outcome.PREDETERMINED)
        if answer.is_reversal:
            return post_reversal(self, answer, claim)
        if abs(answer.charge_cents) != claim.total_cents:
            return self.hold(
                answer,
                claim,
                "charge-differs",
                f"The insurer decided about {format_cents(answer.charge_cents)}; this claim was "
                f"for {format_cents(claim.total_cents)}.",
            )
        return post_decided(self, answer, claim)

    def hold_ambiguous(self, answer: RemitClaim) -> ClaimResult:
        """Hold a reversal that could belong to several claims of the payment."""
        found = match(self.uow, answer, self._named)
        return self.hold(
            answer,
            found.claim if found is not None else None,
            "ambiguous-reversal",
            "This take-back could belong to more than one claim of the payment.",
        )
