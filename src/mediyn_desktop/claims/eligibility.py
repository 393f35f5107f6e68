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
from typing import Any

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
    """What a 271 came to: whose it was, what it says, and why it is nobody's if so.

    ``submission`` is the file of questions it answers, where it answers one.
    """

    reference: str
    client_id: int | None
    status: str
    message: str
    submission: int | None = None


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


def not_in_a_file(read: Reading) -> list[EligibilityCheck]:
    """Return the questions that wait to be asked and that no file carries, the most urgent first.

    One that was asked at once and whose answer was lost is among them.
    """
    rows = read.session.scalars(
        select(EligibilityCheck)
        .where(EligibilityCheck.state.in_((QUEUED, ASKED)))
        .where(EligibilityCheck.submission_id.is_(None))
        .order_by(EligibilityCheck.about, EligibilityCheck.id)
    )
    return list(rows)


def drop_passed(uow: UnitOfWork) -> None:
    """Ask no more about days that have passed; some clearinghouses charge for each question."""
    for row in not_in_a_file(uow):
        if row.about < uow.today:
            fail(uow, row, "Its day passed before anybody could be asked.")


def fail(uow: UnitOfWork, row: EligibilityCheck, message: str) -> None:
    """Note that no answer will come to the question, and why."""
    row.state, row.message = FAILED, message
    uow.changed("eligibility_check", row.id)


def apply_answer(uow: UnitOfWork, answer: EligibilityAnswer, *, inbound: int) -> Applied:
    """Keep what a 271 says with the question it answers, or with the coverage it names.

    It is matched by our own number. One without it, or to a question asked elsewhere, is matched by
    member id and date of birth together; never by a name. A further answer is kept beside the first
    one, which may be in the coverage already; the same answer again, under whatever file, changes
    nothing.
    """
    reference = _trace(answer) or answer.reference
    row = _asked(uow, answer)
    if row is not None and _is_about_another(uow, row, answer):
        return Applied(
            reference,
            None,
            "unmatched",
            "It has the number of a question of yours, but its member id and date of birth are "
            "another person's. Nothing of it was kept with the client. Ask by telephone.",
        )
    coverage = row.coverage_id if row is not None else _elsewhere(uow, answer)
    if row is None and coverage is not None:
        row = _waiting_about(uow, coverage)
    if coverage is None:
        return Applied(
            reference,
            None,
            "unmatched",
            "It answers no question of this practice, and no client has this member id and date "
            "of birth.",
        )
    client = uow.session.get_one(Coverage, coverage).client_id
    told = _told(answer)
    as_of = told["as_of"] = told["as_of"] or uow.today
    if row is None or row.state == ANSWERED:
        about = row.about if row is not None else answer.answered_on or uow.today
        for known in _answers_about(uow, coverage, about):
            if all(getattr(known, name) == value for name, value in told.items()):
                return Applied(reference, client, known.status, "The same answer is kept already.")
        if row is not None and row.as_of is not None and as_of < row.as_of:
            return Applied(reference, client, row.status, "A newer answer is kept already.")
        row = _new_check(uow, coverage, about)
    for name, value in told.items():
        setattr(row, name, value)
    row.state, row.answered_at, row.inbound_id = ANSWERED, uow.now, inbound
    uow.session.flush()
    uow.changed("eligibility_check", row.id)
    return Applied(reference, client, row.status, row.message, row.submission_id)


def _told(answer: EligibilityAnswer) -> dict[str, Any]:
    """What an answer says, by the names a check keeps it under."""
    found = therapy_benefits(answer)
    refused = [rejection_sentence(one) for one in answer.rejections]
    return {
        "status": found.coverage.value,
        "plan": found.plan[:120],
        "copay_cents": found.copay_cents,
        "coinsurance_bp": _basis_points(found.coinsurance),
        "deductible_cents": found.deductible_cents,
        "deductible_left_cents": found.deductible_remaining_cents,
        "out_of_pocket_left_cents": found.out_of_pocket_remaining_cents,
        "authorization_needed": found.authorization_needed,
        "as_of": found.as_of,
        "message": " ".join((*refused, *found.unclear)),
    }


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
    """The question of ours that an answer echoes, by its trace number, else by its reference.

    The trace stands with the person; one reference may stand above the answers about several.
    """
    member = answer.member
    traces = [number for number, _ in member.traces] if member is not None else []
    for text in (*traces, answer.reference):
        number = text.strip()
        if number.isdecimal() and number.isascii() and len(number) <= 9:
            row = read.session.scalar(
                select(EligibilityCheck).where(EligibilityCheck.number == int(number))
            )
            if row is not None:
                return row
    return None


def _is_about_another(read: Reading, row: EligibilityCheck, answer: EligibilityAnswer) -> bool:
    """Whether neither the member id nor the date of birth is of who was asked about.

    Either alone may differ: insurers give new numbers, and charts have mistakes.
    """
    member, holder = answer.member, answer.subscriber
    if member is None or holder is None or member.birth_date is None or not holder.name.id.strip():
        return False
    coverage = read.session.get_one(Coverage, row.coverage_id)
    client = read.session.get_one(Client, coverage.client_id)
    asked = _bare(coverage.member_id)
    return (
        bool(asked)
        and _bare(holder.name.id) != asked
        and client.dob is not None
        and member.birth_date != client.dob
    )


def _bare(member_id: str) -> str:
    return "".join(char for char in member_id.upper() if char.isalnum())


def _waiting_about(read: Reading, coverage: int) -> EligibilityCheck | None:
    """The oldest question by mail about a coverage that waits: its answer may lack our numbers."""
    return read.session.scalar(
        select(EligibilityCheck)
        .where(EligibilityCheck.coverage_id == coverage, EligibilityCheck.state == ASKED)
        .where(EligibilityCheck.submission_id.is_not(None))
        .order_by(EligibilityCheck.id)
        .limit(1)
    )


def _answers_about(read: Reading, coverage: int, about: date) -> list[EligibilityCheck]:
    return list(
        read.session.scalars(
            select(EligibilityCheck).where(
                EligibilityCheck.coverage_id == coverage,
                EligibilityCheck.state == ANSWERED,
                EligibilityCheck.about == about,
                EligibilityCheck.how != "telephone",
            )
        )
    )


def _new_check(uow: UnitOfWork, coverage: int, about: date) -> EligibilityCheck:
    """A check for an answer that has none of its own."""
    row = EligibilityCheck(
        coverage_id=coverage, about=about, how="file", state=ASKED, made_at=uow.now
    )
    uow.session.add(row)
    return row


def _elsewhere(read: Reading, answer: EligibilityAnswer) -> int | None:
    """The coverage an answer is about that was asked for on another way, where it names one."""
    member, holder = answer.member, answer.subscriber
    if member is None or holder is None or member.birth_date is None or not holder.name.id.strip():
        return None
    rows = read.session.scalars(
        select(Coverage.id)
        .join(Client, Client.id == Coverage.client_id)
        .where(Coverage.member_id == holder.name.id.strip(), Client.dob == member.birth_date)
    ).all()
    return rows[0] if len(rows) == 1 else None


def _trace(answer: EligibilityAnswer) -> str:
    member = answer.member
    return member.traces[0][0] if member is not None and member.traces else ""


def _basis_points(share: Decimal | None) -> int | None:
    """``0.2`` is 2000; a share beyond the whole is none."""
    if share is None or not 0 <= share <= 1:
        return None
    return int((share * 10_000).to_integral_value())
