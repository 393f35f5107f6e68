# SPDX-License-Identifier: MIT
"""What becomes of one session."""

from __future__ import annotations

import argparse
from datetime import datetime

from mediyn_desktop.cli.answer import Answer
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.codes.vocabulary import SessionStatus
from mediyn_desktop.core.clock import utc_from_local
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.dayclose.corrections import Cancellation, preview_cancel
from mediyn_desktop.store.uow import Reading
from mediyn_desktop.undo.doing import cancel_session


def cancel(args: argparse.Namespace) -> Answer:
    """Cancel a session with all that hangs on it, or say what that would do."""
    status = SessionStatus(args.status) if args.status else None
    with opened(args, exclusive=not args.preview) as store:
        if args.preview:
            with store.read() as read:
                found = preview_cancel(read, args.session, at=_told(read, args.at), status=status)
            return Answer(_document(found, done=False), f"Nothing is done yet. {found.message}")
        with store.write(f"Cancel session {args.session}") as uow:
            found = cancel_session(
                uow, args.session, at=_told(uow, args.at), reason=args.reason, status=status
            )
    return Answer(_document(found, done=True), found.message, attention=bool(found.not_billed))


def _told(read: Reading, text: str | None) -> datetime:
    """The instant named by ``text``, a local time of the practice; now unless given."""
    if text is None:
        return read.now
    try:
        return utc_from_local(datetime.fromisoformat(text), read.zone)
    except ValueError:
        raise UserFacingError(
            f"“{text}” is not a date and time such as 2026-11-23T09:30. Nothing was changed.",
            code="bad-time",
        ) from None


def _document(found: Cancellation, *, done: bool) -> dict[str, object]:
    return {
        "session_ref": found.session_ref,
        "done": done,
        "status": found.status.value,
        "voided_cents": found.voided_cents,
        "paid_cents": found.paid_cents,
        "card_withdrawn": found.card_withdrawn,
        "claim_withdrawn": found.claim_withdrawn,
        "fee_cents": found.fee_cents,
        "fee_waived": found.fee_waived,
        "not_billed": found.not_billed,
        "to_package": found.to_package,
        "message": found.message,
    }
