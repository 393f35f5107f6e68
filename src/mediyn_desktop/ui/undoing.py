# SPDX-License-Identifier: MIT
"""Ctrl+Z: says what was done last, and undoes it or says what does that instead."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from mediyn_desktop.ui.actions.registry import Command
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.confirm_dialog import ConfirmDialog
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.undo.undoing import Undoable, do_instead, newest, undo

_BOTH_STAY = "What was booked is taken back by its opposite. Both stay in the journal."


class InsteadDialog(Dialog):
    """Why the last step is not undone, and what is offered instead; accepted when that is taken."""

    def __init__(self, found: Undoable, parent: QWidget | None = None) -> None:
        super().__init__(f"Not undone: {found.words}", parent)
        self.body.addWidget(PlainLabel(found.instead or "", wrap=True))
        self.take: Button | None = None
        if found.offer is None:
            self.good: Button = PrimaryButton("OK", self.reject)
            self.set_buttons(self.good, default=self.good)
        else:
            self.body.addWidget(PlainLabel(f"{found.offer}?", wrap=True))
            self.body.addWidget(PlainLabel(_BOTH_STAY, "muted", wrap=True))
            self.good = SecondaryButton("Leave it", self.reject)
            self.take = PrimaryButton("Do that instead", self.accept)
            self.take.setAccessibleDescription(found.offer)
            self.set_buttons(self.good, self.take, default=self.good)
        self.good.setFocus()


class Undoing(QObject):
    """The command behind Ctrl+Z; its questions appear on ``window``."""

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self._context, self._window = context, window
        context.actions.add(Command("edit.undo", "Undo the last step…", self.ask, "Ctrl+Z", "Edit"))

    def ask(self) -> None:
        """Look what was done last, and ask whether to undo it."""
        self._context.read(newest, self._show, label="Look what can be undone")

    def _show(self, found: Undoable | None) -> None:
        if found is None:
            self._context.shell.say("There is nothing to undo")
            return
        dialog: Dialog
        if found.instead is not None:
            dialog = InsteadDialog(found, self._window)
            dialog.accepted.connect(partial(self._instead, found))
        else:
            dialog = ConfirmDialog(f"{found.title}?", _BOTH_STAY, "Undo", parent=self._window)
            dialog.accepted.connect(partial(self._undo, found))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _undo(self, found: Undoable) -> None:
        self._context.write(
            "Undo the last step",
            lambda uow: undo(uow, found.step),
            done=lambda done: self._context.shell.say(f"Undone: {done.words}"),
        )

    def _instead(self, found: Undoable) -> None:
        self._context.write(
            "Correct the last step",
            lambda uow: do_instead(uow, found.step),
            done=lambda done: self._context.shell.say(f"Done: {done.offer}"),
        )
