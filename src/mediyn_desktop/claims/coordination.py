# SPDX-License-Identifier: MIT
"""Which insurer comes next for a claim, and the claim to it."""

from __future__ import annotations

from sqlalchemy import select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims.states import ClaimState, tell
from mediyn_desktop.claims.submission import check_claim, latest_claim, new_claim
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.practice.tables import Coverage
from mediyn_desktop.store.uow import Reading, UnitOfWork


def next_coverage(read: Reading, claim: Claim) -> Coverage | None:
    """Return the coverage asked after the one of ``claim``, in force on the date of service."""
    charge = read.session.get_one(Charge, claim.charge_id)
    day = charge.date_of_service
    return read.session.scalar(
        select(Coverage)
        .where(Coverage.client_id == claim.client_id, Coverage.rank > claim.rank)
        .where((Coverage.effective_from.is_(None)) | (Coverage.effective_from <= day))
        .where((Coverage.effective_to.is_(None)) | (Coverage.effective_to >= day))
        .order_by(Coverage.rank, Coverage.id.desc())
        .limit(1)
    )


def prepare_next_claim(
    uow: UnitOfWork, claim: Claim, coverage: Coverage, *, crossed_over: bool
) -> Claim:
    """Make the claim to the next insurer, or take up the one that was made before.

    Where the first insurer passed its claim on itself, the new one is not sent: its answer is
    awaited.
    """
    following = latest_claim(uow, claim.charge_id, rank=coverage.rank)
    if following is None or following.state == ClaimState.WITHDRAWN:
        charge = uow.session.get_one(Charge, claim.charge_id)
        following = new_claim(uow, charge, coverage, rank=coverage.rank)
    if crossed_over:
        following.state = ClaimState.CROSSED_OVER
        tell(uow, following, "Passed on by the first insurer itself; its answer is awaited")
    elif following.state in (ClaimState.READY, ClaimState.BLOCKED):
        check_claim(uow, following)
        tell(
            uow,
            following,
            f"Made from the first insurer's answer, for {format_cents(following.total_cents)}",
        )
    uow.session.flush()
    return following
