# SPDX-License-Identifier: MIT
"""What TA1, 999 and 277CA do to our claims: received, accepted, or rejected and never filed.

A rejected claim never reached the insurer: it goes back to be mended and its filing deadline keeps
running. An answer that comes after a decision changes nothing and is only written down.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from mediyn_desktop.claims import question_verdicts, sending
from mediyn_desktop.claims.eligibility import ANSWERED, fail
from mediyn_desktop.claims.eligibility_tables import EligibilityCheck
from mediyn_desktop.claims.matching import claim_by_number
from mediyn_desktop.claims.question_verdicts import questions_under
from mediyn_desktop.claims.silence import end_silence
from mediyn_desktop.claims.states import DECIDED, ENDED, UNSENT, ClaimState, move, tell
from mediyn_desktop.claims.tables import Claim, ClaimEvent, ClaimSubmission
from mediyn_desktop.claims.tasks import Ended, Task, end_tasks, open_task
from mediyn_desktop.claims.x12.aloud_answers import code_words
from mediyn_desktop.claims.x12.model_answers import (
    ClaimAcknowledgement,
    ClaimAnswer,
    GroupAnswer,
    InterchangeAnswer,
    LevelAnswer,
    SetAnswer,
    Status,
    Verdict,
)
from mediyn_desktop.claims.x12.segments import tokenize
from mediyn_desktop.practice.tables import Coverage
from mediyn_desktop.store.uow import Reading, UnitOfWork

_TAKEN = (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_ERRORS)
_NO_REFUSAL = ("A0", "A1", "A2", "A5")  # STC01-1
_TAKEN_WORDS = {
    Verdict.ACCEPTED: "Its file was read without a fault",
    Verdict.ACCEPTED_WITH_ERRORS: "Its file was taken in with faults noted (999 E)",
}
_STATUS = {
    Verdict.ACCEPTED: "accepted",
    Verdict.ACCEPTED_WITH_ERRORS: "accepted",
    Verdict.RECEIVED: "received",
    Verdict.REJECTED: "rejected",
    Verdict.PARTLY: "unknown",
    Verdict.UNKNOWN: "unknown",
}


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What an acknowledgement said of one claim, or that no claim of ours is meant.

    ``status``: received, accepted, rejected, unknown, unmatched.
    """

    control_number: str
    client_id: int | None
    status: str
    charge_cents: int
    reason: str | None


def apply_interchange(
    uow: UnitOfWork, answer: InterchangeAnswer, *, inbound: int
) -> list[Acknowledged]:
    """Act on a TA1: a refused envelope means that none of its claims was filed."""
    submission = _submission(uow, answer.isa_control)
    asked = questions_under(uow, answer.isa_control)
    if asked:
        why = f"refused at the door (TA1 {answer.note or answer.code})"
        refused = answer.verdict is Verdict.REJECTED
        return [_about_question(uow, row, why if refused else "") for row in asked]
    if submission is None:
        return []
    where = (answer.position, answer.position)
    if answer.verdict is Verdict.REJECTED:
        words = f"The whole file was refused at the door (TA1 {answer.note or answer.code})"
        return [
            _reject(uow, claim, words, inbound, where) for claim in _claims_of(uow, submission.id)
        ]
    return [
        _note(uow, claim, "Its file was taken in at the door", inbound, where)
        for claim in _claims_of(uow, submission.id)
    ]


def apply_group(uow: UnitOfWork, answer: GroupAnswer, *, inbound: int) -> list[Acknowledged]:
    """Act on a 999: each set that was taken is received, the claims of a refused one go back."""
    submission = _submission(uow, answer.gs_control)
    asked = questions_under(uow, answer.gs_control)
    if asked:
        refused = question_verdicts.refusals(answer, asked, submission)
        return [_about_question(uow, row, refused.get(row.id, "")) for row in asked]
    if submission is None:
        return []
    claims = _claims_of(uow, submission.id)
    found: list[Acknowledged] = []
    named: set[int] = set()
    layout = _Layout(submission.content)
    for each in answer.sets:
        where = (each.position, each.position)
        of_set = [one for one in claims if layout.set_of(one) == _plain(each.st_control)]
        named.update(one.id for one in of_set)
        for claim in of_set:
            if each.is_taken:
                words = _TAKEN_WORDS[each.verdict]
                found.append(_receive(uow, claim, words, inbound, where))
            else:
                words = _set_words(each, layout, claim)
                found.append(_reject(uow, claim, words, inbound, where))
    rest = [claim for claim in claims if claim.id not in named]
    where = (answer.position, answer.position)
    if answer.verdict in _TAKEN:
        words = _TAKEN_WORDS[answer.verdict]
        found += [_receive(uow, claim, words, inbound, where) for claim in rest]
    elif answer.verdict is Verdict.REJECTED:
        words = f"Its file was refused as a whole (999 {answer.code})"
        found += [_reject(uow, claim, words, inbound, where) for claim in rest]
    return found


def apply_claims(
    uow: UnitOfWork, answer: ClaimAcknowledgement, *, inbound: int
) -> list[Acknowledged]:
    """Act on a 277CA: each claim accepted or rejected by the clearinghouse or by the insurer."""
    who = "insurer" if answer.from_payer else "clearinghouse"
    submission = _submission(uow, answer.reference)
    found = [_apply_claim(uow, each, who, inbound, submission) for each in answer.claims]
    levels = [level for level in (answer.batch, *answer.providers) if level is not None]
    refused = [level for level in levels if level.verdict is Verdict.REJECTED]
    if refused and submission is not None:
        why = _statuses(refused)
        named = {each.control_number.strip().upper() for each in answer.claims}
        words = f"The {who} refused the whole file{_why(why)}{_codes(why)}"
        where = (refused[0].position, refused[0].position)
        found += [
            _reject(uow, claim, words, inbound, where)
            for claim in _claims_of(uow, submission.id)
            if claim.control_number not in named
        ]
    return found


def _apply_claim(
    uow: UnitOfWork, each: ClaimAnswer, who: str, inbound: int, file: ClaimSubmission | None
) -> Acknowledged:
    claim = claim_by_number(uow, each.control_number)
    if claim is None:
        return Acknowledged(
            each.control_number,
            None,
            "unmatched",
            each.charge_cents or 0,
            "No claim of this practice has this number.",
        )
    if each.payer_number:
        claim.payer_number = each.payer_number[:80]
    where = (each.position, each.end)
    statuses = [*each.statuses, *(one for line in each.lines for one in line.statuses)]
    codes = _codes(statuses)
    elsewhere = claim.submission_id is not None or _being_mended(uow, claim)
    if file is not None and elsewhere and claim.submission_id != file.id:
        words = f"The {who} answered an earlier file that this claim was in{codes}"
        return _note(uow, claim, words, inbound, where, status=_STATUS[each.verdict])
    sending.answer_came(uow, claim.submission_id)
    match each.verdict:
        case Verdict.ACCEPTED | Verdict.ACCEPTED_WITH_ERRORS:
            days = [status.on for status in each.statuses if status.on is not None]
            if who == "insurer" and days and claim.received_on is None:
                claim.received_on = min(days)
            return _accept(uow, claim, f"Accepted by the {who}{codes}", inbound, where)
        case Verdict.RECEIVED:
            return _receive(uow, claim, f"Received by the {who}{codes}", inbound, where)
        case Verdict.REJECTED:
            return _reject(
                uow, claim, f"Refused by the {who}{_why(statuses)}{codes}", inbound, where
            )
        case _:
            words = f"The {who} answered with a code this program does not know{codes}"
            return _note(uow, claim, words, inbound, where, status="unknown")


def _accept(
    uow: UnitOfWork, claim: Claim, words: str, inbound: int, where: tuple[int, int]
) -> Acknowledged:
    known = DECIDED | ENDED | {ClaimState.APPEALED, ClaimState.CROSSED_OVER}
    if ClaimState(claim.state) in known or _being_mended(uow, claim):
        return _note(uow, claim, words, inbound, where, status="accepted")
    end_tasks(uow, Ended.ANSWERED, claim=claim.id)
    move(uow, claim, ClaimState.ACCEPTED, words, inbound=inbound, segments=where)
    return _said(claim, "accepted", words)


def _receive(
    uow: UnitOfWork, claim: Claim, words: str, inbound: int, where: tuple[int, int]
) -> Acknowledged:
    if claim.state != ClaimState.SENT:  # further on already, or sent again since
        return _note(uow, claim, words, inbound, where)
    end_silence(uow, claim)
    move(uow, claim, ClaimState.RECEIVED, words, inbound=inbound, segments=where)
    return _said(claim, "received", words)


def _reject(
    uow: UnitOfWork, claim: Claim, words: str, inbound: int, where: tuple[int, int]
) -> Acknowledged:
    if ClaimState(claim.state) in DECIDED | ENDED or _is_here(claim):
        return _note(uow, claim, words, inbound, where, status="rejected")
    end_silence(uow, claim)
    move(uow, claim, ClaimState.REJECTED, words, inbound=inbound, segments=where)
    coverage = uow.session.get_one(Coverage, claim.coverage_id)
    open_task(
        uow,
        Task.REJECTED,
        f"{words}. It was never filed and its deadline keeps running. Mend it and send it again.",
        claim=claim.id,
        payer=coverage.payer.ref,
        cents=claim.total_cents,
    )
    return _said(claim, "rejected", words)


def is_foreign(read: Reading, control: str) -> bool:
    """Whether an answer names a file, of claims or of a question, that was never made here."""
    digits = control.strip()
    if not digits.isdecimal() or not digits.isascii():
        return True
    known = read.session.get(ClaimSubmission, int(digits)) is not None
    return not known and not questions_under(read, digits)


def _is_here(claim: Claim) -> bool:
    """Whether the claim is in no file, as far as these books know."""
    return ClaimState(claim.state) in UNSENT and claim.submission_id is None


def _being_mended(read: Reading, claim: Claim) -> bool:
    """Whether the claim was refused before and is here to be sent again."""
    refused = select(ClaimEvent.id).where(
        ClaimEvent.claim_id == claim.id, ClaimEvent.state == ClaimState.REJECTED
    )
    return _is_here(claim) and read.session.scalar(refused.limit(1)) is not None


def _note(
    uow: UnitOfWork,
    claim: Claim,
    words: str,
    inbound: int,
    where: tuple[int, int],
    *,
    status: str = "received",
) -> Acknowledged:
    tell(uow, claim, words, inbound=inbound, segments=where)
    return _said(claim, status, words)


def _said(claim: Claim, status: str, words: str) -> Acknowledged:
    return Acknowledged(
        claim.control_number, claim.client_id, status, claim.total_cents, f"{words}."
    )


def _submission(uow: UnitOfWork, control: str) -> ClaimSubmission | None:
    """The file of ours whose number an answer echoes (ISA13, GS06 and BHT03 are the same).

    Where it was in doubt whether the file arrived, the answer settles that it did.
    """
    digits = control.strip()
    if not digits.isdecimal() or not digits.isascii():
        return None
    found = uow.session.get(ClaimSubmission, int(digits))
    if found is not None:
        sending.answer_came(uow, found.id)
    return found


def _about_question(uow: UnitOfWork, row: EligibilityCheck, refused: str) -> Acknowledged:
    """Note that a question was refused, with why; one that was answered all the same is let be."""
    client = uow.session.get_one(Coverage, row.coverage_id).client_id
    number = f"{row.number:09d}"
    if not refused:
        return Acknowledged(number, client, "received", 0, "The question was taken in.")
    words = f"The question about coverage was {refused}. The insurer did not get it."
    if row.state != ANSWERED:
        fail(uow, row, f"{words} Ask by telephone.")
    return Acknowledged(number, client, "rejected", 0, words)


def _claims_of(read: Reading, submission: int) -> list[Claim]:
    return list(
        read.session.scalars(
            select(Claim).where(Claim.submission_id == submission).order_by(Claim.id)
        )
    )


def _set_words(answer: SetAnswer, layout: _Layout, claim: Claim) -> str:
    """Why a set was refused, and whether the fault lies in this claim."""
    mine = [
        error
        for error in answer.errors
        if layout.claim_at(_plain(answer.st_control), error.segment_position)
        == claim.control_number
        or error.claim.strip().upper() == claim.control_number
    ]
    if mine:
        codes = ", ".join(dict.fromkeys(f"{error.segment} {error.code}" for error in mine))
        return f"Its file was refused for a fault in this claim (999 {codes})"
    if answer.errors:
        return "Its file was refused for a fault in another claim or in the file's head (999)"
    return f"Its file was refused (999 {answer.code})"


def _statuses(levels: Iterable[LevelAnswer]) -> list[Status]:
    return [status for level in levels for status in level.statuses]


def _codes(statuses: Iterable[Status]) -> str:
    """The codes of an answer, in brackets; never its free text, which may name people."""
    found = dict.fromkeys(
        f"{code.category}:{code.status}" for status in statuses for code in status.codes
    )
    return f" ({', '.join(found)})" if found else ""


def _why(statuses: Iterable[Status]) -> str:
    """What the codes that refuse say, in own words."""
    found = dict.fromkeys(
        code_words(code)
        for status in statuses
        for code in status.codes
        if code.category not in _NO_REFUSAL
    )
    return ": " + "; ".join(found) if found else ""


def _plain(control: str) -> str:
    return control.strip().lstrip("0")


class _Layout:
    """Where each claim lies in a file that we sent: by set, and by segment within its set."""

    def __init__(self, content: bytes) -> None:
        self._set_of: dict[str, str] = {}
        self._starts: dict[str, list[tuple[int, str]]] = {}
        current, position = "", 0
        for row in tokenize(content.decode("ascii")):
            if row.id == "ST":
                current, position = _plain(row.element(2)), 0
            position += 1
            if row.id == "CLM":
                number = row.element(1).upper()
                self._set_of[number] = current
                self._starts.setdefault(current, []).append((position, number))

    def set_of(self, claim: Claim) -> str | None:
        return self._set_of.get(claim.control_number)

    def claim_at(self, control: str, position: int | None) -> str | None:
        """The claim whose segments include ``position`` (ST is 1), or None before the first."""
        found = None
        for start, number in self._starts.get(control, []):
            if position is not None and start <= position:
                found = number
        return found
