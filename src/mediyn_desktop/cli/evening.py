# SPDX-License-Identifier: MIT
"""The evening: look at the day, sign, close it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Collection
from datetime import date

from mediyn_desktop import app
from mediyn_desktop.billing.charges import NotBilled
from mediyn_desktop.cli import shapes, words
from mediyn_desktop.cli.answer import Answer
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.core.errors import NotFound, UserFacingError
from mediyn_desktop.dayclose.close import close_day
from mediyn_desktop.dayclose.review import review
from mediyn_desktop.store.uow import Store
from mediyn_desktop.undo.doing import sign_note


def show_day(args: argparse.Namespace) -> Answer:
    """Show the review list."""
    with opened(args, exclusive=False) as store, store.read() as read:
        found = review(read, args.date)
    return Answer(shapes.review(found), words.review(found), attention=bool(found.exceptions))


def close(args: argparse.Namespace) -> Answer:
    """Close the day."""
    with opened(args) as store:
        _require_sessions(store, args.date, args.skip)
        if not args.yes:
            _confirm(store, args.date)
        result = close_day(
            store,
            args.date,
            api=app.card_processor(store),
            out=args.out,
            skip=args.skip,
            offline=getattr(args, "offline", False),
            progress=_tell_progress(args),
        )
    return Answer(shapes.closed(result), words.closed(result), attention=bool(result.exceptions))


def sign(args: argparse.Namespace) -> Answer:
    """Sign one note."""
    with opened(args) as store, store.write(f"Sign note for session {args.session}") as uow:
        charge = sign_note(uow, args.session)
        if isinstance(charge, NotBilled):
            document = {"session_ref": args.session, "billed": False, "code": charge.code}
            return Answer(document, f"Signed. Not billed: {charge.message}", attention=True)
        document = {
            "session_ref": args.session,
            "billed": True,
            "route": charge.route,
            "total_cents": charge.total_cents,
        }
        return Answer(document, words.signed(args.session, charge))


def _require_sessions(store: Store, day: date, refs: Collection[str]) -> None:
    """Refuse a ref that is not of the day: a slip must not charge whom it meant to leave out."""
    if not refs:
        return
    with store.read() as read:
        known = {row.session_ref for row in review(read, day).rows}
    unknown = [ref for ref in refs if ref not in known]
    if unknown:
        raise NotFound(
            f"There is no session “{unknown[0]}” on {day}. Nothing was charged. “mediyn day --date "
            f"{day} --json” lists the references."
        )


def _confirm(store: Store, day: date) -> None:
    """Show the list and ask; a script without --yes gets a refusal, never a charge."""
    if not sys.stdin.isatty():
        raise UserFacingError(
            "Closing the day charges cards, so it needs --yes. Nothing was charged.",
            code="not-confirmed",
        )
    with store.read() as read:
        found = review(read, day)
    print(words.review(found), file=sys.stderr)
    print("Charge the cards and queue the claims now? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise UserFacingError("Stopped. Nothing was charged.", code="not-confirmed")


def _tell_progress(args: argparse.Namespace) -> Callable[[str, int, int], None] | None:
    if not sys.stderr.isatty() and not getattr(args, "json", False):
        return None

    def tell(step: str, done: int, total: int) -> None:
        print(f"{step} {done}/{total}" if total > 1 else step, file=sys.stderr)

    return tell
