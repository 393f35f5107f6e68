# SPDX-License-Identifier: MIT
"""Which insurer comes next for a claim, and the claim to it made from the first one's answer."""

from __future__ import annotations

from typing import cast

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims.decisions import next_coverage
from mediyn_desktop.claims.earlier import Adjusted, DecidedLine, EarlierDecision, GroupCode
from mediyn_desktop.claims.following import claim_next_insurer
from mediyn_desktop.claims.receivable import session_of
from mediyn_desktop.claims.states import ClaimState, move
from mediyn_desktop.claims.submission import latest_claim, queue_claims
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.x12.model835 import RemitClaim, ServiceLine
from mediyn_desktop.practice.tables import Coverage
from mediyn_desktop.store.uow import Reading, UnitOfWork

_CLIENT = "PR"


def coverage_after(read: Reading, claim: Claim) -> Coverage | None:
    """Return the coverage whose turn it is after the one of ``claim``; see ``next_coverage``."""
    asked = read.session.get_one(Coverage, claim.coverage_id)
    return next_coverage(read, session_of(read, claim), after=asked.payer.ref)


def prepare_next_claim(
    uow: UnitOfWork, claim: Claim, coverage: Coverage, answer: RemitClaim
) -> Claim | None:
    """Make the claim to the next insurer and queue it; None where the answer's lines are not ours.

    Where the first insurer passed its claim on itself, the new one is not sent: its answer is
    awaited. A claim to that insurer that was made before is kept.
    """
    known = latest_claim(uow, claim.charge_id, rank=coverage.rank)
    if known is not None and known.state != ClaimState.WITHDRAWN:
        return known
    decision = _decision(uow, claim, answer)
    if decision is None:
        return None
    made = claim_next_insurer(uow, claim, coverage, decision)
    if answer.is_forwarded:
        words = "Passed on by the first insurer itself; its answer is awaited"
        move(uow, made, ClaimState.CROSSED_OVER, words)
    else:
        queue_claims(uow, [made])
    uow.session.flush()
    return made


def _decision(read: Reading, claim: Claim, answer: RemitClaim) -> EarlierDecision | None:
    """What the insurer decided of each line of the charge, or None where a line is not found."""
    charge = read.session.get_one(Charge, claim.charge_id)
    found: list[DecidedLine] = []
    for line in charge.lines:
        number = f"{claim.control_number}L{line.position}"
        mine = [one for one in answer.lines if one.control_number == number] or [
            one
            for one in answer.lines
            if not one.control_number
            and line.code in (one.procedure, one.submitted_procedure)
            and one.charge_cents == line.fee_cents
        ]
        if len(mine) == 1:
            found.append(_line(line.position, mine[0]))
    if len(found) != len(charge.lines):
        if len(charge.lines) != 1 or answer.lines:
            return None
        found = [_whole(answer)]  # decided as a whole, and there is one line only
    elif answer.adjustments and len(found) == 1:
        found = [_with_own(found[0], answer)]
    return EarlierDecision(claim.coverage_id, read.today, answer.payer_number, tuple(found))


def _line(position: int, line: ServiceLine) -> DecidedLine:
    adjusted = tuple(
        Adjusted(cast("GroupCode", one.group), one.reason, one.amount_cents)
        for one in line.adjustments
    )
    return DecidedLine(position, line.paid_cents, adjusted, _owed(adjusted))


def _whole(answer: RemitClaim) -> DecidedLine:
    adjusted = _own(answer)
    return DecidedLine(1, answer.paid_cents, adjusted, _owed(adjusted))


def _with_own(line: DecidedLine, answer: RemitClaim) -> DecidedLine:
    """The one line together with what the insurer adjusted of the claim as a whole."""
    adjusted = (*line.adjusted, *_own(answer))
    return DecidedLine(line.position, answer.paid_cents, adjusted, _owed(adjusted))


def _own(answer: RemitClaim) -> tuple[Adjusted, ...]:
    return tuple(
        Adjusted(cast("GroupCode", one.group), one.reason, one.amount_cents)
        for one in answer.adjustments
    )


def _owed(adjusted: tuple[Adjusted, ...]) -> int:
    return sum(one.cents for one in adjusted if one.group == _CLIENT)
