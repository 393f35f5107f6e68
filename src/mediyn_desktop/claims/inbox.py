# SPDX-License-Identifier: MIT
"""Taking in what comes from outside: stored raw first, read later, never twice.

A file is known by its bytes. What a mailbox shows is remembered, so that a file that is kept there
is fetched once; where the mailbox is to be emptied, a file is removed at a later look, after its
bytes are committed here and only while it is still the same.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from mediyn_desktop.claims.mail_tables import InboundFile, MailboxItem
from mediyn_desktop.claims.transports.protocol import Arrival, Item, Transport
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.steps import GoOn, to_the_end
from mediyn_desktop.store import clearinghouse_settings as given
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading, Store, UnitOfWork

UNREAD = "unread"


class NothingInFile(UserFacingError):
    """The file has no bytes."""

    code = "empty-file"


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A stored file; ``is_new`` is false where the same bytes were here before."""

    id: int
    sha256: str
    name: str
    is_new: bool
    duplicate_of: str | None = None  # the name the bytes came under first


@dataclass(slots=True)
class Collected:
    """What one look into a mailbox brought. ``left`` are names and why they were left there."""

    taken: list[TakenIn] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    removed: int = 0


def take_in(
    uow: UnitOfWork, content: bytes, name: str, received_at: datetime, *, came_by: str = "by hand"
) -> TakenIn:
    """Store ``content`` as it is, with status ``unread``; the same bytes are stored once.

    Args:
        name: as the file was called outside; kept for people, never used as a path.
        came_by: the mailbox it came from.

    Raises:
        NothingInFile: there is nothing to store.
    """
    if not content:
        raise NothingInFile(
            "The file is empty. Nothing was taken in and nothing was posted. Fetch it again from "
            "the clearinghouse."
        )
    digest = hashlib.sha256(content).hexdigest()
    known = uow.session.execute(
        select(InboundFile.id, InboundFile.name).where(InboundFile.sha256 == digest)
    ).one_or_none()
    if known is not None:
        return TakenIn(known.id, digest, name, False, duplicate_of=known.name)
    row = InboundFile(
        sha256=digest,
        name=_shown(name),
        size=len(content),
        content=content,
        received_at=received_at,
        came_by=came_by,
        status=UNREAD,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.changed("inbound_file", row.id)
    return TakenIn(row.id, digest, row.name, True)


def unread(read: Reading) -> list[int]:
    """Return the ids of the files nobody has read yet, in the order they came."""
    return list(
        read.session.scalars(
            select(InboundFile.id).where(InboundFile.status == UNREAD).order_by(InboundFile.id)
        )
    )


def content_of(read: Reading, file_id: int) -> bytes:
    """Return the bytes of a stored file, as they came."""
    return read.session.get_one(InboundFile, file_id).content


def mark(uow: UnitOfWork, file_id: int, status: str, message: str = "") -> None:
    """Note what reading a file came to; its bytes stay as they are."""
    row = uow.session.get_one(InboundFile, file_id)
    row.status, row.message = status, message
    uow.changed("inbound_file", file_id)


def collect(store: Store, transport: Transport, *, go_on: GoOn = to_the_end) -> Collected:
    """Fetch what waits in the mailbox, each file in a transaction of its own.

    Args:
        go_on: asked before each file (with a total of 0: nobody knows how many there are); what is
            left waits in the mailbox and is fetched next time.

    Raises:
        UserFacingError: nobody answers, or the way is not set up; what was fetched is kept.
    """
    found = Collected()
    with store.read() as read:
        seen = set(
            read.session.scalars(
                select(MailboxItem.key).where(MailboxItem.place == transport.place)
            )
        )
        cursor = settings.get(read, given.ANSWERS_CURSOR)
        emptying = settings.get(read, given.CLEARINGHOUSE_AFTER_PICKUP) == "delete"
    place = transport.place
    if emptying:
        found.removed = _remove_stored(store, transport, go_on)

    def known(item: Item) -> bool:
        return item.key in seen

    if not go_on(0, 0):
        return found
    for arrival in transport.collect(known, _own(cursor, place)):
        if isinstance(arrival, str):
            with store.write("Remember how far answers were read") as uow:
                settings.set_value(uow, given.ANSWERS_CURSOR.key, f"{place} {arrival}")
        else:
            _keep(store, place, arrival, found)
        if not go_on(len(found.taken), 0):
            break
    return found


def _keep(store: Store, place: str, arrival: Arrival, found: Collected) -> None:
    with store.write("Take in an answer") as uow:
        item = MailboxItem(place=place, key=arrival.item.key, seen_at=uow.now)
        if arrival.problem or not arrival.content:
            item.problem = arrival.problem or "It is empty."
            found.left.append((arrival.item.name, item.problem))
        else:
            taken = take_in(uow, arrival.content, arrival.item.name, uow.now, came_by=place)
            item.inbound_id = taken.id
            found.taken.append(taken)
        uow.session.add(item)
        uow.session.flush()


def _remove_stored(store: Store, transport: Transport, go_on: GoOn) -> int:
    """Remove from the mailbox what an earlier look stored and what is still the same there."""
    with store.read() as read:
        rows = read.session.scalars(
            select(MailboxItem).where(
                MailboxItem.place == transport.place,
                MailboxItem.inbound_id.is_not(None),
                MailboxItem.removed_at.is_(None),
            )
        )
        stored = [(row.id, row.key) for row in rows]
    removed = 0
    for ident, key in stored:
        if not go_on(0, 0):
            break
        name, size, modified = key.rsplit("|", 2)
        removed += transport.discard(Item(name, int(size), modified))
        with store.write("An answer was cleared from the mailbox") as uow:
            uow.session.get_one(MailboxItem, ident).removed_at = uow.now
    return removed


def unread_count(read: Reading) -> int:
    """Return how many stored files wait to be read."""
    return (
        read.session.scalar(
            select(func.count()).select_from(InboundFile).where(InboundFile.status == UNREAD)
        )
        or 0
    )


def _own(cursor: str, place: str) -> str:
    """A cursor of another clearinghouse means nothing here."""
    whose, _, token = cursor.partition(" ")
    return token if whose == place else ""


def _shown(name: str) -> str:
    """A name from outside without anything that could act on a screen or a path."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in bare if c.isprintable())[:255] or "unnamed"
