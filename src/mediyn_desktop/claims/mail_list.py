# SPDX-License-Identifier: MIT
"""How claims travel, for people: the way, the files that went and came, and what they say."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import defer

from mediyn_desktop.claims import outbox, submission
from mediyn_desktop.claims.mail_tables import InboundFile
from mediyn_desktop.claims.outbox import OutboxRow
from mediyn_desktop.claims.story import FileLine
from mediyn_desktop.claims.tables import ClaimSubmission
from mediyn_desktop.claims.x12 import readable, readable837p
from mediyn_desktop.claims.x12.containers import members
from mediyn_desktop.claims.x12.delimiters import Unreadable
from mediyn_desktop.claims.x12.segments import Segment, as_segments, decode, tokenize
from mediyn_desktop.claims.x12.streaming import blocks, decoded
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.store import clearinghouse_settings as given
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading

MOST_FILES = 500
MOST_LINES = 1500


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A file that came; ``status`` as in ``FileReport``, or ``unread``."""

    id: int
    name: str
    received_at: datetime
    came_by: str
    size: int
    status: str
    message: str


@dataclass(frozen=True, slots=True)
class Mail:
    """The way that is set up, the newest files on it, and how many claims wait to go.

    Instants are in the practice's zone.
    """

    kind: str
    name: str
    host_key: str
    waiting: int
    out: list[OutboxRow]
    came: list[InboxRow]


def mail(read: Reading) -> Mail:
    """Return how claims travel now."""
    rows = read.session.scalars(
        select(InboundFile)
        .options(defer(InboundFile.content))
        .order_by(InboundFile.id.desc())
        .limit(MOST_FILES)
    )
    return Mail(
        kind=settings.get(read, settings.CLEARINGHOUSE_KIND),
        name=settings.get(read, given.CLEARINGHOUSE_NAME),
        host_key=settings.get(read, given.SFTP_HOST_KEY),
        waiting=submission.waiting_count(read),
        out=[_local(one, read.zone) for one in outbox.outbox(read)[:MOST_FILES]],
        came=[
            InboxRow(
                row.id,
                row.name,
                row.received_at.astimezone(read.zone),
                row.came_by,
                row.size,
                row.status,
                row.message,
            )
            for row in rows
        ],
    )


def _local(row: OutboxRow, zone: ZoneInfo) -> OutboxRow:
    ended = row.ended_at.astimezone(zone) if row.ended_at is not None else None
    return replace(row, ended_at=ended)


def sent_lines(read: Reading, submission_id: int) -> list[FileLine]:
    """Return what a file that leaves says, at most ``MOST_LINES`` segments of it.

    Raises:
        NotFound: there is no such file.
    """
    row = read.session.get(ClaimSubmission, submission_id)
    if row is None:
        raise NotFound("There is no such claim file.")
    if row.holds == outbox.QUESTIONS:
        segments = list(islice(tokenize(decode(row.content)), MOST_LINES))
        return [
            FileLine(segment.position, segment.text(), says)
            for segment, says in readable.read_aloud(segments)
        ]
    said = readable837p.read_aloud(tokenize(decode(row.content)))
    return [FileLine(line.position, line.segment, line.says) for line in islice(said, MOST_LINES)]


def came_lines(read: Reading, file_id: int) -> list[FileLine]:
    """Return what a file that came says, at most ``MOST_LINES`` segments; none where it is no X12.

    Raises:
        NotFound: there is no such file.
    """
    row = read.session.get(InboundFile, file_id)
    if row is None:
        raise NotFound("There is no such file.")
    found: list[FileLine] = []
    for member in members(io.BytesIO(row.content), row.name):
        try:
            segments = list(islice(_segments(member.chunks), MOST_LINES - len(found)))
        except Unreadable:
            continue  # its report says why
        found += [
            FileLine(segment.position, segment.text(), says)
            for segment, says in readable.read_aloud(segments)
        ]
    return found


def _segments(chunks: Iterable[bytes]) -> Iterable[Segment]:
    for block in blocks(decoded(chunks)):
        yield from as_segments(block)
