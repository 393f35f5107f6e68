# SPDX-License-Identifier: MIT
"""Signing a note and billing its session, together or not at all."""

from __future__ import annotations

from mediyn_desktop.billing.charges import NotBilled, bill_session, not_held_yet
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.practice import sessions
from mediyn_desktop.store.uow import UnitOfWork


class SessionAhead(UserFacingError):
    """A note is signed once its session was held."""

    code = "session-ahead"


def sign_note(uow: UnitOfWork, session_ref: str) -> Charge | NotBilled:
    """Sign the progress note of ``session_ref`` and bill the session in the same transaction.

    What cannot be billed is returned with its reason; the signature stands, and the session is
    billed as soon as the reason is mended.

    Raises:
        NotFound: no such session.
        SessionAhead: it was not held yet; nothing was changed.
        AlreadySigned: signing twice is harmless but is said.
    """
    session = sessions.get(uow, session_ref)
    if not_held_yet(uow, session) is not None:
        raise SessionAhead(
            f"Session {session.ref} is on {session.date_of_service.isoformat()} and was not held "
            "yet. Nothing was signed and nothing charged. Sign its note once it was held."
        )
    sessions.sign(uow, session, by=session.clinician, at=uow.now)
    return bill_session(uow, session)
