# SPDX-License-Identifier: MIT
"""Handing claim files over, and what becomes of their claims.

A file's row and its outbox row are there before any network; see ``outbox`` for what a crash at any
point leaves.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import select

from mediyn_desktop.claims import inbox, outbox, question_mail, submission
from mediyn_desktop.claims.building import Problem
from mediyn_desktop.claims.mail_tables import ClaimTransmission
from mediyn_desktop.claims.outbox import HandedOver, HandOver
from mediyn_desktop.claims.states import ClaimState, move, tell
from mediyn_desktop.claims.tables import Claim, ClaimSubmission
from mediyn_desktop.claims.tasks import Ended, Task, end_tasks, open_task
from mediyn_desktop.claims.transports import folder
from mediyn_desktop.claims.transports.folder import FolderTransport
from mediyn_desktop.claims.transports.protocol import Transport
from mediyn_desktop.core.steps import GoOn, StoppedHalfway, to_the_end, within
from mediyn_desktop.practice.tables import Coverage
from mediyn_desktop.store.uow import Reading, Store, UnitOfWork

ExportFailed = folder.ExportFailed


@dataclass(frozen=True, slots=True)
class Exported:
    """A file of one pass: where it lies, the claims in it, and whether it was handed over.

    ``state`` is ``sent``, ``unknown`` or ``refused``; ``message`` is a sentence unless it was sent.
    """

    file: Path
    sha256: str
    control_numbers: tuple[str, ...]
    state: HandOver = HandOver.SENT
    message: str = ""
    place: str = ""

    @property
    def where(self) -> str:
        """Where the file went, as people look for it."""
        return self.place if "://" in self.place else str(self.file)


def export_claims(store: Store, out: Path) -> list[Exported]:
    """Hand over every queued claim as files in ``out``; a repeated call hands over nothing twice.

    Held claims whose charts were mended since their day was closed go along. A file that is
    already in ``out`` with the same content counts as handed over.

    Raises:
        ExportFailed: the folder cannot be written to; the claims stay queued.
    """
    exported = send_claims(store, FolderTransport(out), by_hand=True)
    return [one for one in exported if one.state is HandOver.SENT]


def send_claims(
    store: Store, transport: Transport, *, by_hand: bool = False, go_on: GoOn = to_the_end
) -> list[Exported]:
    """Hand every queued claim over to ``transport``; a repeated call hands over nothing twice.

    Held claims whose charts were mended since their day was closed go along.

    Args:
        go_on: asked while the files are written (where it ends that, none is) and before each is
            handed over (where it ends that, the rest waits).

    Raises:
        UserFacingError: nobody answers, or nothing can be handed over; the claims stay queued.
    """
    step = within(go_on)
    try:
        with store.write("Write claim file") as uow:
            submission.queue_mended(uow, step=step)
            while submission.write_submission(uow, step=step) is not None:
                pass
            outbox.address_files(uow)
    except StoppedHalfway:
        return []
    done = outbox.hand_over(store, transport, _settle, by_hand=by_hand, go_on=go_on)
    with store.read() as read:
        return [_exported(read, one) for one in done]


def file_arrived(uow: UnitOfWork, submission_id: int, how: str) -> None:
    """Note that a file whose hand-over was in doubt did arrive; ``how`` says a sentence.

    Raises:
        NotFound, NotOpen: nothing was changed.
    """
    outbox.confirm_sent(uow, submission_id, how, _settle)


def answer_came(uow: UnitOfWork, submission_id: int | None) -> None:
    """Settle that a file arrived, where that was in doubt: somebody has answered it."""
    sent = uow.session.get(ClaimTransmission, submission_id) if submission_id is not None else None
    if sent is not None and sent.state in (HandOver.HANDING_OVER, HandOver.UNKNOWN):
        file_arrived(uow, sent.submission_id, "It was answered.")


def queue_rejected(uow: UnitOfWork, claim: Claim) -> list[Problem]:
    """Queue a claim whose file was refused once more, as never filed; return what still blocks it.

    Raises:
        ClaimSent: the claim was not refused.
    """
    if claim.state != ClaimState.REJECTED:
        raise submission.ClaimSent(
            f"Claim {claim.control_number} was not refused by the clearinghouse. Nothing was "
            "changed."
        )
    claim.submission_id = None
    end_tasks(uow, Ended.RESENT, claim=claim.id)
    move(uow, claim, ClaimState.READY, "To be sent again: it was never filed")
    if submission.check_claim(uow, claim):
        submission.queue_claims(uow, [claim])
    return submission.problems(claim)


def _settle(uow: UnitOfWork, file: ClaimSubmission, outcome: HandedOver) -> None:
    """Move the claims, or the questions, of a file as its hand-over ended."""
    if file.holds == outbox.QUESTIONS:
        question_mail.settle(uow, file, outcome)
    for claim in _claims_in(uow, file.id):
        match outcome.state:
            case HandOver.SENT if claim.state != ClaimState.QUEUED:
                tell(uow, claim, f"Written to {outcome.name}")  # it was answered before
            case HandOver.SENT:
                move(uow, claim, ClaimState.SENT, f"Written to {outcome.name}")
            case HandOver.REFUSED:
                reasons = outcome.reasons or (outcome.message,)
                refused = [Problem("clearinghouse-refused", reason) for reason in reasons]
                claim.problems = json.dumps([asdict(problem) for problem in refused])
                move(uow, claim, ClaimState.REJECTED, outcome.message)
                open_task(
                    uow,
                    Task.REJECTED,
                    f"{outcome.message} It was never filed and its deadline keeps running. Mend it "
                    "and send it again.",
                    claim=claim.id,
                    payer=uow.session.get_one(Coverage, claim.coverage_id).payer.ref,
                    cents=claim.total_cents,
                )
            case _:
                tell(uow, claim, outcome.message)
    if outcome.answer:
        inbox.take_in(uow, outcome.answer, f"{outcome.name}.answer", uow.now, came_by=outcome.place)
    uow.session.flush()


def _claims_in(read: Reading, submission_id: int) -> list[Claim]:
    rows = read.session.scalars(
        select(Claim).where(Claim.submission_id == submission_id).order_by(Claim.id)
    )
    return list(rows.all())


def _exported(read: Reading, one: HandedOver) -> Exported:
    claims = _claims_in(read, one.submission_id)
    return Exported(
        Path(one.name if "://" in one.place or one.state is not HandOver.SENT else one.place),
        one.sha256,
        tuple(claim.control_number for claim in claims),
        one.state,
        one.message,
        one.place,
    )
