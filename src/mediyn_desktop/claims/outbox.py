# SPDX-License-Identifier: MIT
"""Handing claim files over, each exactly once: the row first, the network second.

The row of a file says before every step what a crash would leave open. Up to the step after which
the clearinghouse may take the file, a hand-over is simply begun again; from there on the file is
looked up first, and where looking cannot tell, its row says ``unknown`` until an answer arrives or
a person decides. A file is only ever looked up in the place it was handed over to.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import select

from mediyn_desktop.claims.mail_tables import ClaimTransmission
from mediyn_desktop.claims.tables import ClaimSubmission
from mediyn_desktop.claims.transports.folder import FolderTransport
from mediyn_desktop.claims.transports.profiles import file_name, zipped
from mediyn_desktop.claims.transports.protocol import (
    FileRefused,
    Found,
    MailboxTrouble,
    OutcomeUnknown,
    Parcel,
    Receipt,
    Transport,
)
from mediyn_desktop.core.errors import NotFound, UserFacingError
from mediyn_desktop.practice.tables import Practice
from mediyn_desktop.store import clearinghouse_settings as given
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading, Store, UnitOfWork

_log = logging.getLogger(__name__)


class HandOver(StrEnum):
    """Where the hand-over of a file stands; see ``ClaimTransmission``."""

    WAITING = "waiting"
    HANDING_OVER = "handing_over"
    UNKNOWN = "unknown"
    SENT = "sent"
    REFUSED = "refused"


CLAIMS, QUESTIONS = "837P", "270"  # what a file holds
OPEN = (HandOver.WAITING, HandOver.HANDING_OVER, HandOver.UNKNOWN)


class NotOpen(UserFacingError):
    """The hand-over of this file is not in doubt, so there is nothing to decide."""

    code = "hand-over-not-open"


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What one pass did with one file. ``message`` is a sentence where it was not handed over."""

    submission_id: int
    name: str
    sha256: str
    state: HandOver
    place: str
    message: str = ""
    reasons: tuple[str, ...] = ()
    answer: bytes = b""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A file that leaves and where its hand-over stands, for people; ``holds`` as in its row."""

    submission_id: int
    name: str
    state: HandOver
    place: str
    began_at: datetime | None
    ended_at: datetime | None
    message: str
    holds: str = CLAIMS


Settle = Callable[[UnitOfWork, ClaimSubmission, HandedOver], None]


def address_files(uow: UnitOfWork) -> None:
    """Give every file that was not handed over its row in the outbox."""
    rows = uow.session.scalars(
        select(ClaimSubmission)
        .outerjoin(ClaimTransmission, ClaimTransmission.submission_id == ClaimSubmission.id)
        .where(ClaimSubmission.handed_over_at.is_(None), ClaimTransmission.submission_id.is_(None))
    )
    for row in rows.all():
        uow.session.add(
            ClaimTransmission(submission_id=row.id, name=_name_of(uow, row), state=HandOver.WAITING)
        )
    uow.session.flush()


def hand_over(
    store: Store,
    transport: Transport,
    settle: Settle,
    *,
    by_hand: bool = False,
    holds: str = CLAIMS,
) -> list[HandedOver]:
    """Hand every open file that ``holds`` this over to ``transport``, the oldest first.

    Returns what became of each. ``settle`` moves what is in a file that was sent, refused or lost
    sight of, in the same transaction that says so.
    ``by_hand`` writes files as they lie in the store, under their own names and never zipped.

    Raises:
        UserFacingError: nobody answers, or the way is not set up; what went before stays done. What
            is the matter with one file only is raised after the others were tried.
    """
    with store.read() as read:
        waiting = list(
            read.session.scalars(
                select(ClaimTransmission.submission_id)
                .join(ClaimSubmission, ClaimSubmission.id == ClaimTransmission.submission_id)
                .where(ClaimTransmission.state.in_(OPEN), ClaimSubmission.holds == holds)
                .order_by(ClaimTransmission.submission_id)
            )
        )
    done: list[HandedOver] = []
    trouble: MailboxTrouble | None = None
    for number in waiting:
        try:
            done.append(_hand_over_one(store, transport, number, settle, by_hand=by_hand))
        except MailboxTrouble as error:
            trouble = trouble or error
    if trouble is not None:
        raise trouble
    return done


def confirm_sent(uow: UnitOfWork, submission_id: int, how: str, settle: Settle) -> None:
    """Note that a file whose hand-over was open did arrive; ``how`` is known says a sentence.

    Called by a person who looked, and by whoever reads an answer that names the file.

    Raises:
        NotFound, NotOpen: nothing was changed.
    """
    row = _open_row(uow, submission_id)
    _end(uow, row, Receipt(row.place), how, settle)


def send_again(uow: UnitOfWork, submission_id: int) -> None:
    """Let a file go once more, after a person made sure that it did not arrive.

    Raises:
        NotFound, NotOpen: nothing was changed.
    """
    row = _open_row(uow, submission_id)
    row.state, row.kind, row.place = HandOver.WAITING, "", ""
    row.began_at = None
    row.message = "To be sent again: it did not arrive."
    uow.changed("claim_submission", submission_id)


def outbox(read: Reading) -> list[OutboxRow]:
    """Return every file with its hand-over, the newest first."""
    rows = read.session.execute(
        select(ClaimTransmission, ClaimSubmission.holds)
        .join(ClaimSubmission, ClaimSubmission.id == ClaimTransmission.submission_id)
        .order_by(ClaimTransmission.submission_id.desc())
    )
    return [
        OutboxRow(
            row.submission_id,
            row.name,
            HandOver(row.state),
            row.receipt or row.place,
            row.began_at,
            row.ended_at,
            row.message,
            holds,
        )
        for row, holds in rows
    ]


def _hand_over_one(
    store: Store, transport: Transport, number: int, settle: Settle, *, by_hand: bool
) -> HandedOver:
    with store.read() as read:
        row = read.session.get_one(ClaimTransmission, number)
        submission = read.session.get_one(ClaimSubmission, number)
        state, place, began, kind = HandOver(row.state), row.place, row.began_at, row.kind
        parcel = _parcel(submission, row, by_hand=by_hand or transport.kind == "folder")
        now = read.now
    if state is not HandOver.WAITING:
        if kind == transport.kind == "folder":
            # Another folder may be chosen after an interruption; the first one can still be seen.
            found = FolderTransport(Path(place)).find(parcel)
        elif place != transport.place:
            return _leave_open(store, number, parcel, _elsewhere(parcel.name, place), settle)
        else:
            found = transport.find(parcel)
        repeatable = began is not None and transport.may_repeat(now - began)
        if found is Found.THERE:
            return _sent(store, number, parcel, Receipt(f"{place}/{parcel.name}"), settle)
        if found is not Found.STAGED and not repeatable:
            return _leave_open(store, number, parcel, _lost_sight(parcel.name, found), settle)

    def mark() -> None:
        _begin(store, transport, number, parcel)

    try:
        receipt = transport.send(parcel, mark)
    except FileRefused as refusal:
        return _refused(store, number, parcel, refusal, settle)
    except OutcomeUnknown as unknown:
        _log.warning("the hand-over of file %s ended without a receipt", number)
        return _leave_open(store, number, parcel, unknown.message, settle)
    except UserFacingError as failure:
        _take_back(store, number, failure.message, was=state)
        raise
    return _sent(store, number, parcel, receipt, settle)


def _begin(store: Store, transport: Transport, number: int, parcel: Parcel) -> None:
    """Commit that the file may be taken from now on."""
    with store.write("Begin to hand over a claim file") as uow:
        row = uow.session.get_one(ClaimTransmission, number)
        row.state = HandOver.HANDING_OVER
        row.kind, row.place = transport.kind, transport.place
        row.size = len(parcel.content)
        row.began_at = row.began_at or uow.now
        row.message = ""
        uow.changed("claim_submission", number)


def _take_back(store: Store, number: int, message: str, *, was: HandOver) -> None:
    """Note that the file was certainly not handed over this time."""
    with store.write("A claim file was not handed over") as uow:
        row = uow.session.get_one(ClaimTransmission, number)
        # An earlier attempt that is still in doubt is not settled by a later one that failed.
        row.state = HandOver.WAITING if was is HandOver.WAITING else HandOver.UNKNOWN
        if row.state == HandOver.WAITING:
            row.kind, row.place, row.began_at = "", "", None
        row.message = message
        uow.changed("claim_submission", number)


def _leave_open(
    store: Store, number: int, parcel: Parcel, message: str, settle: Settle
) -> HandedOver:
    with store.write("A claim file's arrival is not known") as uow:
        row = uow.session.get_one(ClaimTransmission, number)
        is_news = row.state != HandOver.UNKNOWN
        row.state, row.message = HandOver.UNKNOWN, message
        outcome = _outcome(uow, row, parcel.name)
        if is_news:
            settle(uow, uow.session.get_one(ClaimSubmission, number), outcome)
        uow.changed("claim_submission", number)
        return outcome


def _sent(
    store: Store, number: int, parcel: Parcel, receipt: Receipt, settle: Settle
) -> HandedOver:
    with store.write("Hand over claim file") as uow:
        row = uow.session.get_one(ClaimTransmission, number)
        row.size = len(parcel.content)
        return _end(uow, row, receipt, "", settle)


def _refused(
    store: Store, number: int, parcel: Parcel, refusal: FileRefused, settle: Settle
) -> HandedOver:
    with store.write("The clearinghouse refused a claim file") as uow:
        row = uow.session.get_one(ClaimTransmission, number)
        row.state, row.message, row.ended_at = HandOver.REFUSED, refusal.message, uow.now
        submission = uow.session.get_one(ClaimSubmission, number)
        outcome = _outcome(uow, row, parcel.name, reasons=refusal.reasons, answer=refusal.answer)
        settle(uow, submission, outcome)
        uow.changed("claim_submission", number)
        return outcome


def _end(
    uow: UnitOfWork, row: ClaimTransmission, receipt: Receipt, message: str, settle: Settle
) -> HandedOver:
    row.state, row.message, row.ended_at = HandOver.SENT, message, uow.now
    row.receipt = " ".join(part for part in (receipt.place, receipt.number) if part)[:300]
    submission = uow.session.get_one(ClaimSubmission, row.submission_id)
    submission.handed_over_at = uow.now
    outcome = _outcome(uow, row, row.name, place=receipt.place, answer=receipt.answer)
    settle(uow, submission, outcome)
    uow.changed("claim_submission", row.submission_id)
    return outcome


def _outcome(
    uow: UnitOfWork,
    row: ClaimTransmission,
    name: str,
    *,
    place: str = "",
    reasons: tuple[str, ...] = (),
    answer: bytes = b"",
) -> HandedOver:
    submission = uow.session.get_one(ClaimSubmission, row.submission_id)
    return HandedOver(
        submission_id=row.submission_id,
        name=name,
        sha256=submission.sha256,
        state=HandOver(row.state),
        place=place or row.place,
        message=row.message,
        reasons=reasons,
        answer=answer,
    )


def _open_row(uow: UnitOfWork, submission_id: int) -> ClaimTransmission:
    row = uow.session.get(ClaimTransmission, submission_id)
    if row is None:
        raise NotFound(
            f"There is no file {submission_id}. Nothing was changed. “mediyn claims outbox” "
            "lists them."
        )
    if row.state not in (HandOver.HANDING_OVER, HandOver.UNKNOWN):
        raise NotOpen(
            f"Nothing is in doubt about the file {row.name}: it is "
            f"{_WORDS[HandOver(row.state)]}. Nothing was changed."
        )
    return row


_WORDS = {
    HandOver.WAITING: "waiting to be sent",
    HandOver.SENT: "sent",
    HandOver.REFUSED: "refused by the clearinghouse",
}


def _parcel(submission: ClaimSubmission, row: ClaimTransmission, *, by_hand: bool) -> Parcel:
    """The same bytes every time: an interrupted hand-over is recognised by them."""
    if by_hand:
        return Parcel(submission.file_name, submission.content, submission.sha256)
    content = submission.content
    if row.name.endswith(".zip"):
        content = zipped(submission.file_name, content)
    return Parcel(row.name, content, submission.sha256)


def _name_of(read: Reading, submission: ClaimSubmission) -> str:
    practice = read.session.get(Practice, 1)
    kind = settings.get(read, settings.CLEARINGHOUSE_KIND)
    return file_name(
        settings.get(
            read,
            given.ELIGIBILITY_FILE_NAME
            if submission.holds == QUESTIONS
            else given.CLEARINGHOUSE_FILE_NAME,
        ),
        submission.id,
        submission.made_at.astimezone(read.zone).date(),
        usage=submission.usage,
        sender=settings.get(read, settings.CLEARINGHOUSE_SENDER_ID),
        npi=practice.npi if practice is not None else "",
        zipped=kind == "sftp" and settings.get(read, given.SFTP_ZIP),
    )


def _elsewhere(name: str, place: str) -> str:
    return (
        f"The file {name} was being handed over to {place} when that was interrupted, and "
        "another clearinghouse is set now. It was not sent anywhere else. Look on the site of the "
        "first one whether it arrived, and say so in the outbox."
    )


def _lost_sight(name: str, found: Found) -> str:
    seen = {
        Found.ABSENT: "It is not in the mailbox any more, so it was probably collected.",
        Found.OTHER: "Another file lies in the mailbox under its name.",
        Found.CANNOT_LOOK: "There is no way to look it up from here.",
    }.get(found, "")
    return (
        f"The hand-over of {name} was interrupted at its last step. {seen} It is not sent a second "
        "time by itself. An answer of the clearinghouse settles it; if none comes in two days, "
        "look on their site and say in the outbox whether it arrived."
    )
