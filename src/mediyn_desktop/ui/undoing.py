# SPDX-License-Identifier: MIT
"""Ctrl+Z: says what was done last, and undoes it or says what does that instead."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.actions.registry import Command
from mediyn_desktop.ui.braked_bar import BrakedBar, BrakedDialog
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.ops import BUSY_AFTER_MS, Canceled
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.confirm_dialog import ConfirmDialog
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.undo.telling import Told, told
from mediyn_desktop.undo.undoing import Undoable, do_instead, undo

_BOTH_STAY = "What was booked is taken back by its opposite. Both stay in the journal."
_AS_BEFORE = "It is then as it was before. No money moves."
_NOT_BOOKED = frozenset(
    {
        "snooze",
        "courtesy",
        "import",
        "close-month",
        "plan",
        "plan-pause",
        "plan-resume",
        "plan-end",
        "plan-card",
    }
)
_CALLED = {
    "sign": "sign the note of {name}’s session of {day}",
    "cancel": "cancel {name}’s session of {day}",
    "pay": "record {money} paid by {name}",
    "refund": "pay {money} back to {name}",
    "settle": "settle a charge with {money} of {name}",
    "move": "move {money} of {name} to another session",
    "write-off": "write off {money} for {name}",
    "void": "void {name}’s payment of {money}",
    "package": "sell {name} a package for {money}",
    "package-refund": "pay {name} back {money} of a package",
    "plan": "agree a payment plan with {name}",
    "plan-pause": "pause {name}’s payment plan",
    "plan-resume": "resume {name}’s payment plan",
    "plan-end": "end {name}’s payment plan",
    "plan-card": "change the card of {name}’s payment plan",
}


def called(found: Told) -> str:
    """Return what the step is called: by the client's name, the day and the amount."""
    about, words = found.about, _CALLED.get(found.step.verb)
    if about is None or words is None:
        return wording.readable(found.step.words)
    money, day = format_cents(about.cents), wording.day(about.on)
    return words.format(name=about.client_name, money=money, day=day)


class InsteadDialog(Dialog):
    """Why the last step is not undone, and what is offered instead; accepted when that is taken."""

    def __init__(self, found: Told, parent: QWidget | None = None) -> None:
        super().__init__(f"Not undone: {called(found)}", parent)
        self.body.addWidget(PlainLabel(wording.readable(found.step.instead or ""), wrap=True))
        self.take: Button | None = None
        offer = wording.readable(found.step.offer or "")
        if not offer:
            self.good: Button = PrimaryButton("OK", self.reject)
            self.set_buttons(self.good, default=self.good)
        else:
            self.body.addWidget(PlainLabel(f"{offer}?", wrap=True))
            self.body.addWidget(PlainLabel(_BOTH_STAY, "muted", wrap=True))
            self.good = SecondaryButton("Leave it", self.reject)
            self.take = PrimaryButton("Do that instead", self.accept)
            self.take.setAccessibleDescription(offer)
            self.set_buttons(self.good, self.take, default=self.good)
        self.good.setFocus()


STOPPED = "Stopped. Nothing was undone: everything is as it was."


class UndoBar(BrakedDialog):
    """Undoing that lasts: how far it is, and the button that leaves everything as it was."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(f"Undo: {name}", parent)
        self.bar = BrakedBar("Undoing", "Undoing", "Leaving everything as it was", after_ms=0)
        self.body.addWidget(self.bar)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(BUSY_AFTER_MS)
        self._delay.timeout.connect(self.open)
        self._delay.start()

    def end(self) -> str:
        """Go away; return the sentence to say first where Stop came too late."""
        self._delay.stop()
        late = self.bar.end()
        self.done(self.DialogCode.Accepted)
        self.deleteLater()
        return late


class Undoing(QObject):
    """The command behind Ctrl+Z; its questions appear on ``window``."""

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self._context, self._window = context, window
        context.actions.add(Command("edit.undo", "Undo the last step…", self.ask, "Ctrl+Z", "Edit"))

    def ask(self) -> None:
        """Look what was done last, and ask whether to undo it."""
        self._context.read(told, self._show, label="Look what can be undone")

    def _show(self, found: Told | None) -> None:
        if found is None:
            self._context.shell.say("There is nothing to undo")
            return
        dialog: Dialog
        if found.step.instead is not None:
            dialog = InsteadDialog(found, self._window)
            dialog.accepted.connect(partial(self._instead, found.step))
        else:
            heading = f"Undo: {called(found)}?"
            booked = found.step.verb not in _NOT_BOOKED
            dialog = ConfirmDialog(
                heading, _BOTH_STAY if booked else _AS_BEFORE, "Undo", parent=self._window
            )
            dialog.accepted.connect(partial(self._undo, found.step, called(found)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _undo(self, step: Undoable, name: str) -> None:
        shown = UndoBar(name, self._window)
        brake = shown.bar.start(STOPPED)

        def done(_done: Undoable) -> None:
            self._context.shell.say(" ".join(filter(None, (shown.end(), f"Undone: {name}"))))

        def failed(error: Exception) -> bool:
            shown.end()
            if isinstance(error, Canceled):
                self._context.shell.say(error.message)
            return False

        self._context.write(
            "Undo the last step",
            lambda uow, steps: undo(uow, step.step, watch=brake.over(steps.step)),
            done=done,
            failed=failed,
            progress=shown.bar.telling("Undoing"),
        )

    def _instead(self, step: Undoable) -> None:
        self._context.write(
            "Correct the last step",
            lambda uow: do_instead(uow, step.step),
            done=lambda done: self._context.shell.say(
                f"Done: {wording.readable(done.offer or '')}"
            ),
        )
