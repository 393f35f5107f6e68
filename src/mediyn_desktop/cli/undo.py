# SPDX-License-Identifier: MIT
"""One step back."""

from __future__ import annotations

import argparse

from mediyn_desktop.cli.answer import Answer
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.undo.undoing import NothingToUndo, Undoable, newest, undo


def go_back(args: argparse.Namespace) -> Answer:
    """Undo what was done last, or say what that would be."""
    if not args.preview:
        with opened(args) as store, store.write("Undo the last step") as uow:
            found = undo(uow)
        return Answer(_document(found, done=True), f"Undone: {found.words}.")
    with opened(args, exclusive=False) as store, store.read() as read:
        last = newest(read)
    if last is None:
        raise NothingToUndo("There is nothing to undo. Nothing was changed.")
    said = last.instead or "Nothing is done yet."
    return Answer(_document(last, done=False), f"{last.title}. {said}")


def _document(found: Undoable, *, done: bool) -> dict[str, object]:
    return {
        "done": done,
        "verb": found.verb,
        "words": found.words,
        "possible": found.instead is None,
        "instead": found.instead,
    }
