# SPDX-License-Identifier: MIT
"""One step back."""

from __future__ import annotations

import argparse

from mediyn_desktop.cli.answer import Answer
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.cli.stopping import Stop, stoppable
from mediyn_desktop.undo.undoing import NothingToUndo, Undoable, do_instead, newest, undo


def go_back(args: argparse.Namespace) -> Answer:
    """Undo what was done last, do what is offered instead, or say what that would be."""
    if args.preview:
        with opened(args, exclusive=False) as store, store.read() as read:
            last = newest(read)
        if last is None:
            raise NothingToUndo("There is nothing to undo. Nothing was changed.")
        said = last.instead or "Nothing is done yet."
        offered = f" Instead: {last.offer}. “mediyn undo --instead” does it." if last.offer else ""
        return Answer(_document(last, done=False), f"{last.title}. {said}{offered}")
    if args.instead:
        with opened(args) as store, store.write("Correct the last step") as uow:
            found = do_instead(uow)
        return Answer(_document(found, done=True), f"Done: {found.offer}.")
    stop = Stop("Stopped. Nothing was undone: everything is as it was.")
    with (
        opened(args) as store,
        stoppable(stop, first="Leaving everything as it was."),
        store.write("Undo the last step") as uow,
    ):
        found = undo(uow, watch=stop.step)
    return Answer(_document(found, done=True), f"Undone: {found.words}.")


def _document(found: Undoable, *, done: bool) -> dict[str, object]:
    return {
        "done": done,
        "verb": found.verb,
        "words": found.words,
        "possible": found.instead is None,
        "instead": found.instead,
        "offer": found.offer,
    }
