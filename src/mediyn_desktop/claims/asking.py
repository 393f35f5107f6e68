# SPDX-License-Identifier: MIT
"""Asking insurers whether clients are covered: queued the evening before, asked one by one.

The question is stored as it is sent before any network. Asking twice does no harm, so a question
whose answer was lost on the way is simply asked again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol

from sqlalchemy import func, select

from mediyn_desktop.billing.charges import coverage_in_force
from mediyn_desktop.claims import connection
from mediyn_desktop.claims.answers import take_and_act
from mediyn_desktop.claims.eligibility import ANSWERED, ASKED, FAILED, QUEUED, last_answer
from mediyn_desktop.claims.eligibility_tables import EligibilityCheck
from mediyn_desktop.claims.facts import owner_of
from mediyn_desktop.claims.interchanges import envelope, next_interchange
from mediyn_desktop.claims.parties import insured_name
from mediyn_desktop.claims.transports.protocol import FileRefused, MailboxTrouble
from mediyn_desktop.claims.x12 import model837p as x12
from mediyn_desktop.claims.x12.charset import X12DataError
from mediyn_desktop.claims.x12.model270 import Dependent, EligibilityQuestion
from mediyn_desktop.claims.x12.writer270 import write_270
from mediyn_desktop.codes.vocabulary import PaymentType, SessionStatus
from mediyn_desktop.practice.tables import Client, Coverage, Practice, Session
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
    try:
        connection.eligibility_transport(read).close()
    except connection.NoClearinghouse:
        return False
    return True


def waiting_count(read: Reading) -> int:
    """Return how many questions wait to be asked, as far as a way to ask is set up."""
    waiting = select(func.count()).where(EligibilityCheck.state.in_((QUEUED, ASKED)))
    count = read.session.scalar(waiting.select_from(EligibilityCheck)) or 0
    return count if count and can_ask(read) else 0


def ask_waiting(store: Store, way: Asks, *, only: Iterable[int] | None = None) -> list[int]:
    """Ask every waiting question, or ``only`` those with these ids; return which were asked.

    One that cannot be asked or is refused fails with the reason and holds up nobody else.

    Raises:
        Offline, NotAllowed: nobody answers or the key is refused; what is left stays queued.
    """
    with store.read() as read:
        rows = read.session.scalars(
            select(EligibilityCheck.id)
            .where(EligibilityCheck.state.in_((QUEUED, ASKED)))
            .order_by(EligibilityCheck.about, EligibilityCheck.id)
        )
        chosen = None if only is None else set(only)
        waiting = [one for one in rows if chosen is None or one in chosen]
    for number in waiting:
        _ask_one(store, way, number)
    return waiting


def _ask_one(store: Store, way: Asks, number: int) -> None:
    with store.write("Ask whether a client is covered") as uow:
        row = uow.session.get_one(EligibilityCheck, number)
        try:
            content = row.question or _write(uow, row)
        except X12DataError as error:
            _fail(uow, row, error.message)
            return
        row.question, row.state, row.asked_at = content, ASKED, uow.now
        key = f"270-{row.interchange}"
    try:
        answer = way.ask(content, key)
    except (FileRefused, MailboxTrouble) as refusal:
        with store.write("A question about coverage was refused") as uow:
            reasons = " ".join(getattr(refusal, "reasons", ()))
            words = f"{refusal.message} {reasons}".strip()
            _fail(uow, uow.session.get_one(EligibilityCheck, number), words)
        return
    take_and_act(store, answer, f"{key}.271")
    with store.write("Look whether a question was answered") as uow:
        row = uow.session.get_one(EligibilityCheck, number)
        if row.state == ASKED:
            _log.warning("the answer to question %s does not answer it", number)
            _fail(uow, row, "What came back does not answer the question. Ask by telephone.")


def _fail(uow: UnitOfWork, row: EligibilityCheck, message: str) -> None:
    row.state, row.message = FAILED, message
    uow.changed("eligibility_check", row.id)


def _known(read: Reading, coverage: Coverage, about: date) -> bool:
    last = last_answer(read, coverage.id)
    if last is None or last.status != "active" or last.state != ANSWERED:
        return False
    return (last.about.year, last.about.month) == (about.year, about.month)


def _write(uow: UnitOfWork, row: EligibilityCheck) -> bytes:
    """The 270 of a check, under a number of its own."""
    coverage = uow.session.get_one(Coverage, row.coverage_id)
    client = uow.session.get_one(Client, coverage.client_id)
    practice = uow.session.get_one(Practice, 1)
    owner = owner_of(uow, practice)
    npi = practice.npi or owner.npi
    number = next_interchange(uow)
    by_client = coverage.relationship_to_insured == "self"
    question = EligibilityQuestion(
        reference=f"{number:09d}",
        trace=f"{number:09d}",
        originator=f"9{npi[1:]}",  # TRN03: 9 and a number of ours
        payer_name=coverage.payer.name,
        payer_id=coverage.payer.payer_id,
        provider=x12.Organization(practice.legal_name or practice.name)
        if practice.entity == "organization"
        else x12.Person(last=owner.last_name, first=owner.first_name),
        provider_npi=npi,
        subscriber=insured_name(client, coverage),
        member_id=coverage.member_id,
        birth_date=client.dob if by_client else coverage.insured_dob,
        sex=client.sex if by_client else coverage.insured_sex,
        on=row.about,
        dependent=None if by_client else _dependent(client, coverage),
    )
    content = write_270(question, interchange=envelope(uow, number, npi)).encode("ascii")
    row.interchange = number
    return content


def _dependent(client: Client, coverage: Coverage) -> Dependent:
    kind = coverage.relationship_to_insured
    return Dependent(
        name=x12.Person(last=client.last_name, first=client.first_name),
        birth_date=client.dob,
        sex=client.sex,
        relationship="01" if kind == "spouse" else "19" if kind == "child" else "34",
    )
