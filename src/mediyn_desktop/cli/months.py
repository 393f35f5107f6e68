# SPDX-License-Identifier: MIT
"""Closing the books of a month."""

from __future__ import annotations

import argparse

from mediyn_desktop.cli import words
from mediyn_desktop.cli.answer import Answer
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.dayclose.months import LeftToDo, left_to_do
from mediyn_desktop.ledger.periods import is_covered
from mediyn_desktop.ledger.queries import movements
from mediyn_desktop.undo.doing import close_month


def close(args: argparse.Namespace) -> Answer:
    """Close a month with ``--yes``; without it show what is left to do."""
    first, last = args.month
    name = f"{first:%Y-%m}"
    if not args.yes:
        with opened(args, exclusive=False) as store, store.read() as read:
            left = left_to_do(read, first, last)
            closed = is_covered(read, first, last)
            moved = movements(read, first, last)
        said = f"{name} is closed." if closed else f"{name} is open; --yes closes it."
    else:
        with opened(args) as store, store.write(f"Close the books of {name}") as uow:
            left = close_month(uow, first, last, anyway=args.anyway)
            moved = movements(uow, first, last)
        closed, said = True, f"{name} is closed. What comes in for it later is posted on its day."
    document = {
        "month": name,
        "closed": closed,
        "movements": [
            {"account": account, "amount_cents": cents} for account, cents in moved.items()
        ],
        "left": [
            {
                "session_ref": one.session_ref,
                "client_ref": one.client_ref,
                "date": one.date_of_service.isoformat(),
                "code": one.code,
                "message": one.message,
            }
            for one in left
        ],
    }
    return Answer(document, "\n".join([said, *_listed(left)]), attention=bool(left))


def _listed(left: list[LeftToDo]) -> list[str]:
    if not left:
        return []
    rows = [["Session", "Client", "Date", "To do"]]
    rows += [
        [one.session_ref, one.client_ref, one.date_of_service.isoformat(), one.message]
        for one in left
    ]
    return ["Left to do:", words.table(rows)]
