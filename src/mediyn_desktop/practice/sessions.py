# SPDX-License-Identifier: MIT
"""Looking sessions up, signing their notes, and taking a signature back."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from sqlalchemy import select

from mediyn_desktop.core.errors import NotFound, UserFacingError
from mediyn_desktop.practice.tables import Client, Clinician, Note, Session, SignatureWithdrawn
from mediyn_desktop.store.uow import Reading, UnitOfWork


class AlreadySigned(UserFacingError):
    """The note was signed before; signing again changes nothing."""

    code = "already-signed"


def get(read: Reading, ref: str) -> Session:
    """Return the session with ``ref``.

    Raises:
        NotFound: there is none.
    """
    found = read.session.scalar(select(Session).where(Session.ref == ref))
    if found is None:
        raise NotFound(f"There is no session “{ref}”. Nothing was changed.")
    return found


def get_client(read: Reading, ref: str) -> Client:
    """Return the client with ``ref``.

    Raises:
        NotFound: there is none.
    """
    found = read.session.scalar(select(Client).where(Client.ref == ref))
    if found is None:
        raise NotFound(f"There is no client “{ref}”. Check the reference; nothing was changed.")
    return found


def on_day(read: Reading, day: date) -> list[Session]:
    """Return the day's sessions in the order they began."""
    return list(
        read.session.scalars(
            select(Session)
            .where(Session.date_of_service == day)
            .order_by(Session.starts_at, Session.id)
        )
    )


def sign(uow: UnitOfWork, session: Session, *, by: Clinician, at: datetime) -> Note:
    """Sign the session's note; from then on it is never changed.

    Raises:
        AlreadySigned: it is signed already.
    """
    note = session.note
    if note is not None and note.signed_at is not None:
        raise AlreadySigned("This note is signed already. Nothing was changed.")
    if note is None:
        note = Note(session=session, body="")
        uow.session.add(note)
    note.signed_at = at
    note.signed_by_id = by.id
    uow.session.flush()
    uow.changed("note", session.ref)
    return note


def withdraw_signature(uow: UnitOfWork, session: Session, *, reason: str) -> None:
    """Take the signature of a session's note back; that it was signed stays written down.

    The session must have no charge: the caller voids it first. Where there is no signature, nothing
    happens.
    """
    note = session.note
    if note is None or note.signed_at is None:
        return
    uow.session.add(
        SignatureWithdrawn(
            note_id=note.id,
            signed_at=note.signed_at,
            signed_by_id=note.signed_by_id,
            body_sha256=hashlib.sha256(note.body.encode()).hexdigest(),
            withdrawn_at=uow.now,
            reason=reason,
        )
    )
    uow.session.flush()
    note.signed_at = None
    note.signed_by_id = None
    uow.session.flush()
    uow.changed("note", session.ref)
