# SPDX-License-Identifier: MIT
"""Asking insurers whether clients are covered: queued the evening before, asked one by one.

Here they are asked over an address that answers at once; ``question_mail`` is the way by files. The
question is stored as it is sent before any network. Asking twice does no harm, so a question whose
answer was lost on the way is simply asked again; one that is in a file is left to its file.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol

from sqlalchemy import and_, func, or_, select

from mediyn_desktop.billing.charges import coverage_in_force
from mediyn_desktop.claims import connection, question_mail
from mediyn_desktop.claims.answers import take_and_act
from mediyn_desktop.claims.connection import Asking
from mediyn_desktop.claims.eligibility import (
    ANSWERED,
    ASKED,
    QUEUED,
    drop_passed,
    fail,
    last_answer,
    not_in_a_file,
)
from mediyn_desktop.claims.eligibility_tables import EligibilityCheck
from mediyn_desktop.claims.interchanges import envelope, next_interchange
from mediyn_desktop.claims.questions import question_of
from mediyn_desktop.claims.transports.protocol import FileRefused, MailboxTrouble
from mediyn_desktop.claims.x12.charset import X12DataError
from mediyn_desktop.claims.x12.writer270 import write_270
from mediyn_desktop.codes.vocabulary import PaymentType, SessionStatus
from mediyn_desktop.practice.tables import Coverage, Session
from mediyn_desktop.store.uow import Reading, Store, UnitOfWork

_log = logging.getLogger(__name__)
# After a weekend or a holiday the next working day is asked about.
_LOOK_AHEAD_DAYS = 7


class Asks(Protocol):
    """A way that carries a 270 and brings its 271 back at once."""

    def ask(self, content: bytes, key: str) -> bytes:
        """Return the raw answer; asking twice does no harm."""
        ...


def queue_check(uow: UnitOfWork, coverage: Coverage, about: date) -> EligibilityCheck:
    """Queue the question whether ``coverage`` holds on ``about``; the same one is queued once."""
    known = uow.session.scalar(
        select(EligibilityCheck)
        .where(EligibilityCheck.coverage_id == coverage.id, EligibilityCheck.about == about)
        .where(EligibilityCheck.state.in_((QUEUED, ASKED)))
        .limit(1)
    )
    if known is not None:
        return known
    row = EligibilityCheck(
        coverage_id=coverage.id, about=about, how="transport", state=QUEUED, made_at=uow.now
    )
    uow.session.add(row)
    uow.session.flush()
    uow.changed("eligibility_check", row.id)
    return row


def queue_next_day(uow: UnitOfWork, day: date) -> list[EligibilityCheck]:
    """Queue the insured clients of the next day with appointments after ``day``.

    Whoever was found covered in that calendar month already is not asked for again: insurance
    begins and ends with months. Nothing is queued where no way to ask is set up.
    """
    if not can_ask(uow):
        return []
    appointments = (
        select(Session)
        .where(Session.date_of_service > day)
        .where(Session.date_of_service <= day + timedelta(days=_LOOK_AHEAD_DAYS))
        .where(Session.status != SessionStatus.CANCELLED, Session.do_not_bill_insurer.is_(False))
        .order_by(Session.date_of_service, Session.id)
    )
    sessions = list(uow.session.scalars(appointments))
    queued: dict[int, EligibilityCheck] = {}
    for session in sessions:
        if session.date_of_service != sessions[0].date_of_service:
            break
        coverage = coverage_in_force(uow, session)
        if coverage is None or session.client.payment_type != PaymentType.IN_NETWORK:
            continue
        if coverage.id not in queued and not _known(uow, coverage, session.date_of_service):
            queued[coverage.id] = queue_check(uow, coverage, session.date_of_service)
    return list(queued.values())


def can_ask(read: Reading) -> bool:
    """Whether a way to ask insurers is set up."""
    return connection.asking_way(read) is not Asking.NOT


def waiting_count(read: Reading) -> int:
    """Return how many questions wait to leave, as far as a way to ask is set up."""
    waiting = select(func.count()).select_from(EligibilityCheck)
    unsent = or_(
        EligibilityCheck.state == QUEUED,
        and_(EligibilityCheck.state == ASKED, EligibilityCheck.submission_id.is_(None)),
    )
    count = read.session.scalar(waiting.where(unsent)) or 0
    return count if count and can_ask(read) else 0


def ask_waiting(store: Store, way: Asks, *, only: Iterable[int] | None = None) -> list[int]:
    """Ask every waiting question, or ``only`` those with these ids; return which were asked.

    One that cannot be asked or is refused fails with the reason and holds up nobody else.

    Raises:
        Offline, NotAllowed: nobody answers or the key is refused; what is left stays queued.
    """
    with store.write("Look which questions are to be asked") as uow:
        question_mail.take_back_unsent(uow)
        drop_passed(uow)
    with store.read() as read:
        rows = [row.id for row in not_in_a_file(read)]
        chosen = None if only is None else set(only)
        waiting = [one for one in rows if chosen is None or one in chosen]
    for number in waiting:
        _ask_one(store, way, number)
    return waiting


def _ask_one(store: Store, way: Asks, number: int) -> None:
    with store.write("Ask whether a client is covered") as uow:
        row = uow.session.get_one(EligibilityCheck, number)
        try:
            content = row.question or _written(uow, row)
        except X12DataError as error:
            fail(uow, row, error.message)
            return
        row.question, row.state, row.asked_at = content, ASKED, uow.now
        key = f"270-{row.number}"
    try:
        answer = way.ask(content, key)
    except (FileRefused, MailboxTrouble) as refusal:
        with store.write("A question about coverage was refused") as uow:
            reasons = " ".join(getattr(refusal, "reasons", ()))
            words = f"{refusal.message} {reasons}".strip()
            fail(uow, uow.session.get_one(EligibilityCheck, number), words)
        return
    take_and_act(store, answer, f"{key}.271")
    with store.write("Look whether a question was answered") as uow:
        row = uow.session.get_one(EligibilityCheck, number)
        if row.state == ASKED:
            _log.warning("the answer to question %s does not answer it", number)
            fail(uow, row, "What came back does not answer the question. Ask by telephone.")


def _written(uow: UnitOfWork, row: EligibilityCheck) -> bytes:
    """The 270 of a check alone, under a number of its own."""
    number = row.number or next_interchange(uow)
    question = question_of(uow, row, number)
    content = write_270(question, interchange=envelope(uow, number, question.provider_npi))
    row.number = number
    return content.encode("ascii")


def _known(read: Reading, coverage: Coverage, about: date) -> bool:
    last = last_answer(read, coverage.id)
    if last is None or last.status != "active" or last.state != ANSWERED:
        return False
    return (last.about.year, last.about.month) == (about.year, about.month)
