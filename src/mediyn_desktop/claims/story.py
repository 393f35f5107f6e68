# SPDX-License-Identifier: MIT
"""One claim whole: what happened to it, what can be done about it, and the files behind it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select

from mediyn_desktop.claims import submission
from mediyn_desktop.claims.building import Problem
from mediyn_desktop.claims.decision_tables import ClaimTask
from mediyn_desktop.claims.filing import filing_deadline
from mediyn_desktop.claims.following import DELAY_REASONS, takes_replacements
from mediyn_desktop.claims.listing import ClaimRow, claim_rows, days_left
from mediyn_desktop.claims.mail_tables import InboundFile
from mediyn_desktop.claims.receivable import insurer_item
from mediyn_desktop.claims.silence import SENT_AND_SILENT
from mediyn_desktop.claims.states import (
    DECIDED,
    ENDED,
    LEFT,
    SET_ASIDE,
    UNSENT,
    ClaimState,
)
from mediyn_desktop.claims.tables import Claim, ClaimEvent, ClaimSubmission
from mediyn_desktop.claims.tasks import Task
from mediyn_desktop.claims.x12 import readable, readable837p
from mediyn_desktop.claims.x12.containers import members
from mediyn_desktop.claims.x12.segments import Segment, as_segments, decode, tokenize
from mediyn_desktop.claims.x12.streaming import blocks, decoded
from mediyn_desktop.codes.adjustments import MayBill, may_bill_client
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.ledger import items
from mediyn_desktop.practice.tables import Coverage
from mediyn_desktop.store.uow import Reading

_ENVELOPE = ("ISA", "GS", "ST", "BHT")


@dataclass(frozen=True, slots=True)
class StoryEvent:
    """One thing that happened; ``at`` is in the practice's zone, ``document`` names its file."""

    id: int
    at: datetime
    state: str
    text: str
    document: str | None


@dataclass(frozen=True, slots=True)
class ClaimStory:
    """A claim as a person needs it; ``actions`` are the verbs that fit, the usual first."""

    row: ClaimRow
    last_day: date | None
    payer_number: str
    follows: str | None
    followed_by: str | None
    reason: str
    delay: str
    insurer_owes_cents: int
    takes_replacements: bool
    problems: tuple[str, ...]
    warnings: tuple[str, ...]
    events: tuple[StoryEvent, ...]
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileLine:
    """One segment of a file: as it was sent, and what it says."""

    position: int
    segment: str
    says: str


def claim_story(read: Reading, claim_id: int) -> ClaimStory:
    """Return the claim with the id ``claim_id`` whole, its newest event first.

    Raises:
        NotFound: there is none.
    """
    claim = read.session.get(Claim, claim_id)
    if claim is None:
        raise NotFound("There is no such claim.")
    (row,) = claim_rows(read, [claim_id])
    coverage = read.session.get_one(Coverage, claim.coverage_id)
    deadline = filing_deadline(read, claim) if days_left(read, claim) is not None else None
    owed = insurer_item(read, claim, coverage.payer.ref)
    open_cents = items.open_cents(read, owed.id) if owed is not None else 0
    return ClaimStory(
        row=row,
        last_day=deadline.last_day if deadline is not None else None,
        payer_number=claim.payer_number,
        follows=_number(read, Claim.id == claim.follows_id),
        followed_by=_number(read, Claim.follows_id == claim.id),
        reason=claim.reason or "",
        delay=DELAY_REASONS.get(claim.delay_reason, ""),
        insurer_owes_cents=max(open_cents, 0),
        takes_replacements=takes_replacements(coverage.payer),
        problems=_sentences(submission.problems(claim)),
        warnings=_sentences(submission.warnings(claim)),
        events=tuple(_events(read, claim)),
        actions=_actions(read, claim, open_cents, takes=takes_replacements(coverage.payer)),
    )


def _sentences(found: list[Problem]) -> tuple[str, ...]:
    return tuple(f"{one.message} {one.mend}".strip() for one in found)


def _number(read: Reading, which: ColumnElement[bool]) -> str | None:
    newest = select(Claim.control_number).where(which)
    return read.session.scalar(newest.order_by(Claim.id.desc()).limit(1))


def _actions(read: Reading, claim: Claim, open_cents: int, *, takes: bool) -> tuple[str, ...]:
    state = ClaimState(claim.state)
    if state in SET_ASIDE:
        return ("again",)
    if state is ClaimState.REJECTED:
        return ("resend", "excuse", "elsewhere", "never")
    if state in UNSENT and claim.submission_id is None:
        check = () if state is ClaimState.QUEUED else ("check",)
        return (*check, "excuse", "elsewhere", "never")
    if state not in LEFT - ENDED:
        return ()
    found = ["correct", *(["void"] if takes else [])]
    if state in DECIDED:
        found.insert(0 if state is ClaimState.DENIED else 2, "appeal")
    if state in SENT_AND_SILENT:
        found.append("lost")
    if open_cents > 0:
        found.append("write-off")
        if _may_bill(read, claim):
            found.append("bill-client")
    return tuple(found)


def _may_bill(read: Reading, claim: Claim) -> bool:
    """Whether something of it was refused, and nothing refused forbids asking the client."""
    refused = read.session.scalars(
        select(ClaimTask).where(
            ClaimTask.claim_id == claim.id,
            ClaimTask.closed_at.is_(None),
            ClaimTask.kind.in_((Task.DENIED, Task.PART, Task.COVERAGE)),
        )
    ).all()
    allowed = [
        task.kind == Task.COVERAGE
        or may_bill_client(task.group_code, task.reason_code) is not MayBill.NO
        for task in refused
    ]
    return bool(allowed) and all(allowed)


def _events(read: Reading, claim: Claim) -> list[StoryEvent]:
    rows = read.session.execute(
        select(ClaimEvent, InboundFile.name)
        .outerjoin(InboundFile, InboundFile.id == ClaimEvent.inbound_id)
        .where(ClaimEvent.claim_id == claim.id)
        .order_by(ClaimEvent.id.desc())
    ).all()
    sent = _sent_file(read, claim)
    return [
        StoryEvent(
            event.id,
            event.at.astimezone(read.zone),
            event.state,
            event.text,
            name or (sent.file_name if sent and event.state == ClaimState.SENT else None),
        )
        for event, name in rows
    ]


def _sent_file(read: Reading, claim: Claim) -> ClaimSubmission | None:
    if claim.submission_id is None:
        return None
    return read.session.get_one(ClaimSubmission, claim.submission_id)


def event_lines(read: Reading, event_id: int) -> list[FileLine]:
    """Return what stands about the claim in the file behind an event, segment by segment.

    Raises:
        NotFound: there is no such event, or no file is behind it.
    """
    event = read.session.get(ClaimEvent, event_id)
    if event is None:
        raise NotFound("There is no such event.")
    claim = read.session.get_one(Claim, event.claim_id)
    if event.inbound_id is not None:
        return _answered(read, event)
    sent = _sent_file(read, claim)
    if sent is None:
        raise NotFound("No file is behind this event.")
    said = readable837p.read_aloud(tokenize(decode(sent.content)))
    return [
        FileLine(line.position, line.segment, line.says)
        for line in said
        if line.claim == claim.control_number or line.segment.split("*")[0] in _ENVELOPE
    ]


def _answered(read: Reading, event: ClaimEvent) -> list[FileLine]:
    """The segments an answer gave about the claim; the whole file where it did not say which."""
    file = read.session.get_one(InboundFile, event.inbound_id)
    first, last = event.first_segment or 1, event.last_segment
    found: list[FileLine] = []
    for member in members(io.BytesIO(file.content), file.name):
        aloud = readable.read_aloud(_segments(member.chunks))
        for segment, says in aloud:
            within = first <= segment.position and (last is None or segment.position <= last)
            if within or segment.id in _ENVELOPE:
                found.append(FileLine(segment.position, segment.text(), says))
    return found


def _segments(chunks: Iterable[bytes]) -> list[Segment]:
    return [segment for block in blocks(decoded(chunks)) for segment in as_segments(block)]
