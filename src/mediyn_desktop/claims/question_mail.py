# SPDX-License-Identifier: MIT
"""Questions about coverage by mail: written into one file, handed over once, answered later.

The file goes through the outbox of the claims, so that nothing of it is sent twice; each question
in it has a set and a number of its own. Answers come with all others, in any order, and are told
apart by that number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from mediyn_desktop.claims import connection, outbox
from mediyn_desktop.claims.eligibility import ASKED, QUEUED, drop_passed, fail, not_in_a_file
from mediyn_desktop.claims.eligibility_tables import EligibilityCheck
from mediyn_desktop.claims.interchanges import envelope, next_interchange
from mediyn_desktop.claims.mail_tables import ClaimTransmission
from mediyn_desktop.claims.outbox import QUESTIONS, HandedOver, HandOver
from mediyn_desktop.claims.questions import question_of
from mediyn_desktop.claims.tables import ClaimSubmission
from mediyn_desktop.claims.transports.protocol import Transport
from mediyn_desktop.claims.x12.charset import X12DataError
from mediyn_desktop.claims.x12.model270 import EligibilityQuestion
from mediyn_desktop.claims.x12.segments import tokenize
from mediyn_desktop.claims.x12.writer270 import write_270, write_270_file
from mediyn_desktop.core.clock import local_date
from mediyn_desktop.core.steps import GoOn, to_the_end
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading, Store, UnitOfWork

MOST_QUESTIONS = 500
"""In one file; a practice asks about a dozen people in an evening."""
USUAL_DAYS = 2
"""Health plans answer a batch on the next business day; after these days something is wrong."""
LAST_DAYS = 14
"""After these nobody waits any more; an answer that comes still later is kept all the same."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that left in a file and has no answer, and since which local day."""

    check: EligibilityCheck
    since: date


def send_questions(
    store: Store,
    way: Transport,
    *,
    only: Iterable[int] | None = None,
    go_on: GoOn = to_the_end,
) -> list[HandedOver]:
    """Hand every waiting question, or ``only`` those with these ids, over to ``way`` in a file.

    ``go_on`` is asked before each file is handed over; where it ends that, the rest waits.
    A repeated call sends nothing twice. A question that cannot be written fails with the reason
    and holds up nobody else.

    Raises:
        UserFacingError: nobody answers, or nothing can be handed over; the questions wait.
    """
    with store.write("Write questions about coverage") as uow:
        _rewrite_passed(uow)
        while write_file(uow, only=only) is not None:
            pass
        outbox.address_files(uow)
    return outbox.hand_over(store, way, settle, holds=QUESTIONS, go_on=go_on)


def send_along(store: Store, way: Transport, *, go_on: GoOn = to_the_end) -> list[HandedOver]:
    """Hand the waiting questions over on the way claims take, where that is how they are asked.

    Raises:
        UserFacingError: as ``send_questions``.
    """
    with store.read() as read:
        if connection.asking_way(read) is not connection.Asking.BY_MAIL:
            return []
    return send_questions(store, way, go_on=go_on)


def write_file(uow: UnitOfWork, *, only: Iterable[int] | None = None) -> ClaimSubmission | None:
    """Write waiting questions into one 270 file in the database; None when there is none."""
    chosen = None if only is None else set(only)
    rows: list[EligibilityCheck] = []
    questions: list[EligibilityQuestion] = []
    drop_passed(uow)
    number = next_interchange(uow)
    first = number
    for row in not_in_a_file(uow):
        if (chosen is not None and row.id not in chosen) or len(rows) == MOST_QUESTIONS:
            continue
        number += 1
        try:
            question = question_of(uow, row, row.number or number)
            write_270(question, interchange=envelope(uow, first, question.provider_npi))
        except X12DataError as error:
            fail(uow, row, error.message)
            continue
        row.number = row.number or number
        rows.append(row)
        questions.append(question)
    if not rows:
        return None
    npi = questions[0].provider_npi
    content = write_270_file(questions, interchange=envelope(uow, first, npi)).encode("ascii")
    file = ClaimSubmission(
        id=first,
        file_name=f"eligibility-{uow.today:%Y%m%d}-{first:09d}.270",
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        usage=settings.get(uow, settings.CLEARINGHOUSE_USAGE),
        holds=QUESTIONS,
        made_at=uow.now,
    )
    uow.session.add(file)
    uow.session.flush()
    for row in rows:
        row.submission_id = file.id
        uow.changed("eligibility_check", row.id)
    uow.changed("claim_submission", file.id)
    return file


def settle(uow: UnitOfWork, file: ClaimSubmission, outcome: HandedOver) -> None:
    """Move the questions of a file as its hand-over ended."""
    for row in questions_in(uow, file.id):
        if row.state != QUEUED:
            continue  # it was answered or refused before the hand-over was settled
        if outcome.state is HandOver.REFUSED:
            fail(uow, row, " ".join((outcome.message, *outcome.reasons)))
            continue
        row.state, row.asked_at = ASKED, uow.now
        uow.changed("eligibility_check", row.id)
    uow.session.flush()


def questions_in(read: Reading, submission: int) -> list[EligibilityCheck]:
    """Return the questions of the file with the id ``submission``, in their order."""
    return list(
        read.session.scalars(
            select(EligibilityCheck)
            .where(EligibilityCheck.submission_id == submission)
            .order_by(EligibilityCheck.number)
        )
    )


def set_numbers(file: ClaimSubmission) -> dict[int, str]:
    """Return in which set (ST02) of a file each question stands, by its number (BHT03)."""
    found: dict[int, str] = {}
    current = ""
    for row in tokenize(file.content.decode("ascii")):
        if row.id == "ST":
            current = row.element(2)
        elif row.id == "BHT":
            found[int(row.element(3))] = current
    return found


def take_back_unsent(uow: UnitOfWork) -> None:
    """Let the questions of files that never began to leave be asked on another way."""
    for file in _never_begun(uow):
        _free(uow, file, "Not sent: its questions are asked on another way now.")


def _rewrite_passed(uow: UnitOfWork) -> None:
    """Set files aside that never began to leave and ask about a day that has passed since.

    What of them is still to come is written anew.
    """
    for file in _never_begun(uow):
        if any(row.about < uow.today for row in questions_in(uow, file.submission_id)):
            _free(uow, file, "Not sent: it asks about a day that has passed.")


def _never_begun(read: Reading) -> list[ClaimTransmission]:
    unsent = (
        select(ClaimTransmission)
        .join(ClaimSubmission, ClaimSubmission.id == ClaimTransmission.submission_id)
        .where(ClaimTransmission.state == HandOver.WAITING, ClaimSubmission.holds == QUESTIONS)
        .order_by(ClaimTransmission.submission_id)
    )
    return list(read.session.scalars(unsent))


def _free(uow: UnitOfWork, file: ClaimTransmission, message: str) -> None:
    _set_aside(uow, file, message)
    for row in questions_in(uow, file.submission_id):
        row.submission_id = None
        uow.changed("eligibility_check", row.id)
    uow.session.flush()


def unanswered(read: Reading) -> list[Unanswered]:
    """Return the questions by mail whose answer is overdue, the longest first."""
    rows = read.session.scalars(
        select(EligibilityCheck)
        .where(EligibilityCheck.state == ASKED, EligibilityCheck.submission_id.is_not(None))
        .order_by(EligibilityCheck.asked_at, EligibilityCheck.id)
    )
    since = [(row, local_date(row.asked_at, read.zone)) for row in rows if row.asked_at is not None]
    return [
        Unanswered(row, day) for row, day in since if read.today - day > timedelta(days=USUAL_DAYS)
    ]


def give_up(uow: UnitOfWork) -> int:
    """Stop waiting for the answers that did not come in ``LAST_DAYS``; return how many.

    Nor is a file looked for any longer that may never have arrived.
    """
    given_up = 0
    for one in unanswered(uow):
        if uow.today - one.since > timedelta(days=LAST_DAYS):
            fail(uow, one.check, f"No answer came in {LAST_DAYS} days. Ask by telephone.")
            given_up += 1
            file = uow.session.get(ClaimTransmission, one.check.submission_id)
            if file is not None and file.state in outbox.OPEN:
                _set_aside(uow, file, "Nobody answered it.")
    return given_up


def anything_to_watch(read: Reading) -> bool:
    """Whether a question by mail waits for its answer."""
    waiting = select(EligibilityCheck.id).where(
        EligibilityCheck.state == ASKED, EligibilityCheck.submission_id.is_not(None)
    )
    return read.session.scalar(waiting.limit(1)) is not None


def _set_aside(uow: UnitOfWork, file: ClaimTransmission, message: str) -> None:
    """End the hand-over of a file nobody needs any more."""
    file.state, file.message, file.ended_at = HandOver.REFUSED, message, uow.now
    uow.changed("claim_submission", file.submission_id)
