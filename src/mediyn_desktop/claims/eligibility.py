# SPDX-License-Identifier: MIT
"""What insurers say about a coverage: kept as of its day, offered to the coverage, never guessed.

An answer comes as a 271 to a question of ours, as a 271 fetched elsewhere, or from a person on the
telephone. It changes no coverage by itself: a person accepts its figures.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from mediyn_desktop.claims.eligibility_tables import EligibilityCheck
from mediyn_desktop.claims.x12.aloud271 import rejection_sentence
from mediyn_desktop.claims.x12.benefits271 import therapy_benefits
from mediyn_desktop.claims.x12.model271 import EligibilityAnswer
from mediyn_desktop.core.errors import NotFound, UserFacingError
from mediyn_desktop.practice.tables import Client, Coverage
from mediyn_desktop.store.uow import Reading, UnitOfWork

QUEUED, ASKED, ANSWERED, FAILED = "queued", "asked", "answered", "failed"


class NoCoverage(UserFacingError):
    """The client has no insurance that could be asked about."""

    code = "no-coverage"


class NotAnAnswer(UserFacingError):
    """What was noted from the telephone cannot be true."""

    code = "bad-eligibility"


@dataclass(frozen=True, slots=True)
class Told:
    """What a person was told on the telephone; None where it was not said.

    ``coinsurance_bp`` is in hundredths of a percent. ``reference_number`` is the call's.
    """

    active: bool
    reference_number: str
    spoke_with: str = ""
    copay_cents: int | None = None
    coinsurance_bp: int | None = None
    deductible_cents: int | None = None
    deductible_left_cents: int | None = None
    authorization_needed: bool | None = None
    as_of: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """What a 271 came to: whose it was, what it says, and why it is nobody's if so."""

    reference: str
    client_id: int | None
    status: str
    message: str


def coverage_of(read: Reading, client: Client, *, rank: int = 1) -> Coverage:
    """Return the client's coverage of ``rank`` that is in force today.

    Raises:
        NoCoverage: there is none.
    """
    today = read.today
    for one in client.coverages:
        begun = one.effective_from is None or one.effective_from <= today
        if one.rank == rank and begun and (one.effective_to is None or one.effective_to >= today):
            return one
    raise NoCoverage(
        f"{client.ref} has no insurance of rank {rank} in force today. Nobody was asked. Add the "
        "coverage first."
    )


def last_answer(read: Reading, coverage: int) -> EligibilityCheck | None:
    """Return the newest answer about the coverage with the id ``coverage``, or None."""
    return read.session.scalar(
        select(EligibilityCheck)
        .where(EligibilityCheck.coverage_id == coverage, EligibilityCheck.state == ANSWERED)
        .order_by(
            EligibilityCheck.as_of.desc(),
            EligibilityCheck.answered_at.desc(),
            EligibilityCheck.id.desc(),
        )
        .limit(1)
    )


def apply_answer(uow: UnitOfWork, answer: EligibilityAnswer, *, inbound: int) -> Applied:
    """Keep what a 271 says with the question it answers, or with the coverage it names.

    It is matched by our own number. One to a question asked elsewhere is matched by member id and
    date of birth together; never by a name.
    """
    reference = answer.reference or _trace(answer)
    row = _asked(uow, answer) or _elsewhere(uow, answer)
    if row is None:
        return Applied(
            reference,
            None,
            "unmatched",
            "It answers no question of this practice, and no client has this member id and date "
            "of birth.",
        )
    client = uow.session.get_one(Coverage, row.coverage_id).client_id
    found = therapy_benefits(answer)
    as_of = found.as_of or uow.today
    if row.state == ANSWERED and row.as_of is not None and as_of < row.as_of:
        return Applied(reference, client, row.status, "A newer answer is kept already.")
    refused = [rejection_sentence(one) for one in answer.rejections]
    row.state, row.answered_at, row.inbound_id = ANSWERED, uow.now, inbound
    row.status = found.coverage.value
    row.plan = found.plan[:120]
    row.copay_cents = found.copay_cents
    row.coinsurance_bp = _basis_points(found.coinsurance)
    row.deductible_cents = found.deductible_cents
    row.deductible_left_cents = found.deductible_remaining_cents
    row.out_of_pocket_left_cents = found.out_of_pocket_remaining_cents
    row.authorization_needed = found.authorization_needed
    row.as_of = as_of
    row.message = " ".join((*refused, *found.unclear))
    uow.session.flush()
    uow.changed("eligibility_check", row.id)
    return Applied(reference, client, row.status, row.message)


def note_call(uow: UnitOfWork, coverage: Coverage, told: Told) -> EligibilityCheck:
    """Keep what the insurer said on the telephone.

    Raises:
        NotAnAnswer: no reference number, a figure that cannot be, or a day to come.
    """
    as_of = told.as_of or uow.today
    if not told.reference_number.strip():
        raise NotAnAnswer(
            "Note the reference number of the call: without it the insurer knows nothing of what "
            "it said. Nothing was kept."
        )
    cents = (told.copay_cents, told.deductible_cents, told.deductible_left_cents)
    share = told.coinsurance_bp
    if any(one is not None and one < 0 for one in cents):
        raise NotAnAnswer("An amount cannot be negative. Nothing was kept.")
    if share is not None and not 0 <= share <= 10_000:
        raise NotAnAnswer("A coinsurance is between 0 and 100 percent. Nothing was kept.")
    if as_of > uow.today:
        raise NotAnAnswer("An answer cannot be of a day to come. Nothing was kept.")
    row = EligibilityCheck(
        coverage_id=coverage.id,
        about=as_of,
        how="telephone",
        state=ANSWERED,
        made_at=uow.now,
        answered_at=uow.now,
        reference_number=told.reference_number.strip()[:60],
        spoke_with=told.spoke_with.strip()[:80],
        status="active" if told.active else "inactive",
        copay_cents=told.copay_cents,
        coinsurance_bp=share,
        deductible_cents=told.deductible_cents,
        deductible_left_cents=told.deductible_left_cents,
        authorization_needed=told.authorization_needed,
        as_of=as_of,
        message=told.note.strip(),
    )
    uow.session.add(row)
    uow.session.flush()
    uow.changed("eligibility_check", row.id)
    return row


FIGURES = ("copay_cents", "coinsurance_bp", "deductible_cents", "deductible_left_cents")
"""What an answer may offer to a coverage, by the coverage's own names."""


def accept(
    uow: UnitOfWork, check: EligibilityCheck, *, only: Collection[str] = FIGURES
) -> Coverage:
    """Copy the figures of an answer into its coverage; what it does not state stays as it was.

    Args:
        only: which of ``FIGURES`` are taken over.

    Raises:
        NotFound: the check was not answered, or the coverage was found inactive.
    """
    if check.state != ANSWERED or check.status == "inactive":
        raise NotFound("There is no answer with figures to accept. The coverage was not changed.")
    coverage = uow.session.get_one(Coverage, check.coverage_id)
    for name in FIGURES:
        told = getattr(check, name)
        if told is not None and name in only:
            setattr(coverage, name, told)
    coverage.benefits_as_of = check.as_of
    check.accepted_at = uow.now
    uow.session.flush()
    uow.changed("client", uow.session.get_one(Client, coverage.client_id).ref)
    return coverage


def _asked(read: Reading, answer: EligibilityAnswer) -> EligibilityCheck | None:
    """The question of ours that an answer echoes, by its reference or its trace number."""
    member = answer.member
    traces = [number for number, _ in member.traces] if member is not None else []
    for text in (answer.reference, *traces):
        number = text.strip()
        if number.isdecimal() and number.isascii() and len(number) <= 9:
            row = read.session.scalar(
                select(EligibilityCheck).where(EligibilityCheck.interchange == int(number))
            )
            if row is not None:
                return row
    return None


def _elsewhere(uow: UnitOfWork, answer: EligibilityAnswer) -> EligibilityCheck | None:
    """A new check for an answer that was asked for on another way, where it names one client."""
    member, holder = answer.member, answer.subscriber
    if member is None or holder is None or member.birth_date is None or not holder.name.id.strip():
        return None
    rows = uow.session.scalars(
        select(Coverage)
        .join(Client, Client.id == Coverage.client_id)
        .where(Coverage.member_id == holder.name.id.strip(), Client.dob == member.birth_date)
    ).all()
    if len(rows) != 1:
        return None
    row = EligibilityCheck(
        coverage_id=rows[0].id,
        about=answer.answered_on or uow.today,
        how="file",
        state=ASKED,
        made_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    return row


def _trace(answer: EligibilityAnswer) -> str:
    member = answer.member
    return member.traces[0][0] if member is not None and member.traces else ""


def _basis_points(share: Decimal | None) -> int | None:
    """``0.2`` is 2000; a share beyond the whole is none."""
    if share is None or not 0 <= share <= 1:
        return None
    return int((share * 10_000).to_integral_value())
