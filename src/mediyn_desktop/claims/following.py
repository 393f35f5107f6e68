# SPDX-License-Identifier: MIT
"""What becomes of a claim besides being sent: set aside, corrected, voided, passed to the next.

A claim that left is never changed. A correction, a void and the claim to the next insurer are new
claims that name the one they follow.
"""

from __future__ import annotations

from sqlalchemy import select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims.earlier import EarlierDecision, to_json
from mediyn_desktop.claims.states import (
    ENDED,
    LEFT,
    SET_ASIDE,
    UNSENT,
    ClaimState,
    move,
    tell,
)
from mediyn_desktop.claims.submission import check_claim, new_claim
from mediyn_desktop.claims.tables import Claim, ToldDecision
from mediyn_desktop.claims.tasks import Ended, end_tasks
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.practice.tables import Coverage, Payer
from mediyn_desktop.store.uow import Reading, UnitOfWork

REPLACEMENT, VOID = "7", "8"
_MEDICARE = ("MA", "MB")  # claim filing codes
# CLM20, those a therapist may have; labels are our own.
DELAY_REASONS = {
    "1": "Eligibility was not known",
    "2": "Litigation",
    "3": "Authorization was late",
    "4": "The payer was late in enrolling the practice",
    "7": "Another insurer took its time",
    "8": "Eligibility was determined late",
    "9": "The first claim was rejected for another reason",
    "10": "Administrative delay of the payer",
    "11": "Other",
}


class ClaimNotFound(UserFacingError):
    """No claim has this number."""

    code = "no-claim"


class ClaimFixed(UserFacingError):
    """The claim is where this cannot be done to it."""

    code = "claim-state"


def claim_by_number(read: Reading, control_number: str) -> Claim:
    """Return the claim with this number.

    Raises:
        ClaimNotFound: there is none.
    """
    named = select(Claim).where(Claim.control_number == control_number.strip().upper())
    claim = read.session.scalar(named)
    if claim is None:
        raise ClaimNotFound(
            f"There is no claim {control_number}. Nothing was changed. “mediyn claims list” shows "
            "all claims with their numbers."
        )
    return claim


def bill_elsewhere(uow: UnitOfWork, claim: Claim, *, reason: str) -> None:
    """Say that the claim is billed on another way: paper, the payer's site, a billing service.

    Raises:
        ClaimFixed: it is in a claim file already, or no reason is given.
    """
    _set_aside(uow, claim, ClaimState.BILLED_ELSEWHERE, "Billed elsewhere", reason)


def never_bill(uow: UnitOfWork, claim: Claim, *, reason: str) -> None:
    """Decide that no insurer will be asked for this session. Its money stays where it is.

    Raises:
        ClaimFixed: it is in a claim file already, or no reason is given.
    """
    _set_aside(uow, claim, ClaimState.NEVER_BILL, "Never to be billed", reason)


def take_up_again(uow: UnitOfWork, claim: Claim) -> None:
    """Bring back a claim that was set aside; it is checked anew and waits to be queued.

    Raises:
        ClaimFixed: it is not set aside.
    """
    if claim.state not in SET_ASIDE:
        raise _fixed(claim, "is not set aside")
    claim.reason = None
    move(uow, claim, ClaimState.READY, "Taken up again")
    check_claim(uow, claim)


def excuse_delay(uow: UnitOfWork, claim: Claim, code: str) -> None:
    """Give the reason why the claim comes after its deadline (CLM20); blank takes it away.

    Raises:
        ClaimFixed: an unknown reason, or the claim is in a claim file already.
    """
    _refuse_if_out(claim)
    if code and code not in DELAY_REASONS:
        known = ", ".join(f"{key} ({words})" for key, words in DELAY_REASONS.items())
        raise ClaimFixed(
            f"“{code}” is no reason for a delay. Nothing was changed. Use one of: {known}."
        )
    claim.delay_reason = code
    tell(uow, claim, f"Reason for the delay: {DELAY_REASONS.get(code, 'none')}")
    check_claim(uow, claim)


def correct_claim(
    uow: UnitOfWork, claim: Claim, *, payer_claim_number: str = "", reason: str, note: str = ""
) -> Claim:
    """Make the replacement (frequency 7) of a claim that left, from the charts as they are now.

    A payer that takes no replacements gets a new claim. ``payer_claim_number`` is the one its
    answers brought, unless given.

    Raises:
        ClaimFixed: it did not leave (mend and queue it instead), or the payer's number is missing.
    """
    return _follow(uow, claim, REPLACEMENT, payer_claim_number, f"Replaced: {reason}", note)


def void_claim(
    uow: UnitOfWork, claim: Claim, *, payer_claim_number: str = "", reason: str
) -> Claim:
    """Make the void (frequency 8) of a claim that left.

    Raises:
        ClaimFixed: it did not leave (withdraw it instead), or the payer's number is missing.
    """
    return _follow(uow, claim, VOID, payer_claim_number, f"Voided: {reason}", "")


def claim_next_insurer(
    uow: UnitOfWork, claim: Claim, coverage: Coverage, decision: EarlierDecision
) -> Claim:
    """Make the claim to the client's next insurer, which is told what the first one decided.

    Raises:
        ClaimFixed: the next insurance is not the client's or not after this one, the decision does
            not cover each line's charge, or that insurer has a claim for this session already.
    """
    charge = uow.session.get_one(Charge, claim.charge_id)
    this = uow.session.get_one(Coverage, claim.coverage_id)
    if coverage.client_id != claim.client_id or coverage.rank <= this.rank:
        raise _fixed(claim, "cannot be passed to this insurance; it does not come after the first")
    if decision.coverage_id != this.id:
        raise _fixed(claim, "was decided by another insurance than the one it went to")
    _must_add_up(claim, charge, decision)
    there = select(Claim).where(
        Claim.charge_id == charge.id,
        Claim.coverage_id == coverage.id,
        Claim.state != ClaimState.WITHDRAWN,
    )
    if uow.session.scalar(there.limit(1)) is not None:
        raise _fixed(claim, "has a claim to this insurance already")
    made = new_claim(uow, charge, coverage_id=coverage.id, follows=claim)
    uow.session.add(
        ToldDecision(
            claim_id=made.id, coverage_id=this.id, content=to_json(decision), told_at=uow.now
        )
    )
    uow.session.flush()
    tell(uow, claim, f"Passed to {coverage.payer.name} as {made.control_number}")
    check_claim(uow, made)
    return made


def _follow(
    uow: UnitOfWork, claim: Claim, frequency: str, payer_claim_number: str, why: str, note: str
) -> Claim:
    if claim.state not in LEFT - ENDED - {ClaimState.REJECTED}:
        raise _fixed(claim, "is not with its insurer; mend it, send it again or withdraw it")
    coverage = uow.session.get_one(Coverage, claim.coverage_id)
    number = payer_claim_number.strip() or claim.payer_number
    takes = takes_replacements(coverage.payer)
    if not takes and frequency == VOID:
        raise _fixed(claim, "cannot be voided by a claim; ask this payer to reopen it")
    if takes and not number:
        raise _fixed(claim, "needs the payer's own claim number; it stands on the remittance")
    charge = uow.session.get_one(Charge, claim.charge_id)
    made = new_claim(uow, charge, coverage_id=claim.coverage_id, follows=claim)
    if takes:
        made.frequency = frequency
        made.original_reference = number
    made.note = note.strip()
    _keep_decisions(uow, claim, made)
    uow.session.flush()
    ended = ClaimState.VOIDED if frequency == VOID else ClaimState.CORRECTED
    move(uow, claim, ended, f"{why}. The new claim is {made.control_number}")
    end_tasks(uow, Ended.VOIDED if frequency == VOID else Ended.CORRECTED, claim=claim.id)
    check_claim(uow, made)
    return made


def takes_replacements(payer: Payer) -> bool:
    """Whether the payer takes frequency 7 and 8; unless it is said, all but Medicare do."""
    if payer.takes_replacements is not None:
        return payer.takes_replacements
    return payer.claim_filing_code not in _MEDICARE


def _keep_decisions(uow: UnitOfWork, claim: Claim, made: Claim) -> None:
    """A correction to a later insurer tells again what the earlier ones decided."""
    rows = uow.session.scalars(select(ToldDecision).where(ToldDecision.claim_id == claim.id))
    for row in rows.all():
        uow.session.add(
            ToldDecision(
                claim_id=made.id,
                coverage_id=row.coverage_id,
                content=row.content,
                told_at=uow.now,
            )
        )


def _must_add_up(claim: Claim, charge: Charge, decision: EarlierDecision) -> None:
    charges = {line.position: line.fee_cents for line in charge.lines}
    decided = {
        line.position: line.paid_cents + sum(part.cents for part in line.adjusted)
        for line in decision.lines
    }
    if charges != decided:
        raise _fixed(
            claim, "cannot be passed on: paid and adjusted of a line is not the line's charge"
        )


def _set_aside(uow: UnitOfWork, claim: Claim, state: ClaimState, words: str, reason: str) -> None:
    _refuse_if_out(claim)
    if not reason.strip():
        raise _fixed(claim, "is set aside only with a reason; say in a few words why")
    claim.submission_id = None  # a refused file was never filed
    claim.reason = reason.strip()
    end_tasks(uow, Ended.DISMISSED, claim=claim.id, note=reason.strip())
    move(uow, claim, state, f"{words}: {reason.strip()}")
    uow.session.flush()


def _refuse_if_out(claim: Claim) -> None:
    if claim.state == ClaimState.REJECTED:
        return
    if claim.submission_id is not None or claim.state not in UNSENT:
        raise _fixed(claim, "is in a claim file, withdrawn, or set aside already")


def _fixed(claim: Claim, why: str) -> ClaimFixed:
    return ClaimFixed(f"Claim {claim.control_number} {why}. Nothing was changed.")
