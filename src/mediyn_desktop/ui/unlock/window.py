# SPDX-License-Identifier: MIT
"""Asks for the passphrase or the recovery code; the first thing the program paints."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from mediyn_desktop.ui.unlock.frame import CardPage
from mediyn_desktop.ui.unlock.passphrase_field import PassphraseField
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton

if TYPE_CHECKING:
    from mediyn_desktop.core.errors import UserFacingError
    from mediyn_desktop.ui.ops import Bug, Ops


class Credentials(NamedTuple):
    """What the user typed, and which of the two secrets it is. Never printed."""

    kind: Literal["passphrase", "recovery"]
    text: str

    def __repr__(self) -> str:
        return f"Credentials({self.kind})"


class UnlockWindow(QWidget):
    """Calls ``unlock`` on a thread and hands on what it returns.

    ``unlock`` raises a ``UserFacingError`` (wrong passphrase, open elsewhere, damaged file); its
    sentence is shown beside the field. ``location`` says which practice is meant.
    """

    unlocked = Signal(object)
    """What ``unlock`` returned; the window is still open and busy, for the main one to replace."""

    create_requested = Signal()
    training_requested = Signal()

    def __init__(
        self,
        unlock: Callable[[Credentials], object],
        *,
        location: str = "",
        may_create: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Mediyn")
        self.setProperty("role", "page")
        self.resize(560, 560)
        self._unlock = unlock
        self._recovery = False
        self._ops: Ops | None = None
        page = CardPage("lock", "Unlock your practice", readable_place(location))
        self.field = PassphraseField("Passphrase")
        self.field.submitted.connect(self.submit)
        self.button: Button = PrimaryButton("Unlock", self.submit)
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._busy.setAccessibleName("Opening the practice")
        policy = self._busy.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._busy.setSizePolicy(policy)
        self._busy.hide()
        self.switch_link = Button("Use recovery code", self._switch, kind="link")
        self.training_link = Button(
            "Try it with made-up people", self.training_requested.emit, kind="link"
        )
        self.create_link = Button("Create a new practice", self.create_requested.emit, kind="link")
        links = QHBoxLayout()
        links.addStretch(1)
        links.addWidget(self.switch_link)
        links.addWidget(self.create_link)
        links.addStretch(1)
        for widget in (self.field, self._busy, self.button):
            page.body.addWidget(widget)
        page.body.addLayout(links)
        page.body.addWidget(self.training_link, 0, Qt.AlignmentFlag.AlignHCenter)
        self.create_link.setVisible(may_create)  # not before it has a parent: it would be a window
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(page)

    @property
    def busy(self) -> bool:
        """Whether an attempt is under way."""
        return not self._busy.isHidden()

    def submit(self) -> None:
        """Try what was typed; Enter and the button do this."""
        text = self.field.text()
        if self.busy:
            return
        if not text.strip():
            what = "recovery code" if self._recovery else "passphrase"
            self.field.set_problem(f"Type your {what} first.")
            self.field.edit.setFocus()
            return
        given = Credentials("recovery" if self._recovery else "passphrase", text)
        self._set_busy(True)
        self._runner().run("Unlock", lambda: self._unlock(given), done=self._done)

    def _runner(self) -> Ops:
        if self._ops is None:
            from mediyn_desktop.ui.ops import Ops  # noqa: PLC0415 - not before first paint

            self._ops = Ops(on_error=self._show_error, on_bug=self._show_bug, parent=self)
        return self._ops

    def _done(self, opened: object) -> None:
        self.field.clear()
        self.unlocked.emit(opened)

    def _show_error(self, _label: str, error: UserFacingError) -> None:
        self._refuse(error.message)

    def _show_bug(self, bug: Bug) -> None:
        self._refuse(bug.message)

    def _refuse(self, sentence: str) -> None:
        self._set_busy(False)
        self.field.set_problem(sentence)
        self.field.edit.setFocus()
        self.field.edit.selectAll()

    def _set_busy(self, busy: bool) -> None:
        self._busy.setVisible(busy)
        self.button.set_caption("Opening…" if busy else "Unlock")
        links = (self.switch_link, self.create_link, self.training_link)
        for widget in (self.field, self.button, *links):
            widget.setEnabled(not busy)

    def _switch(self) -> None:
        self._recovery = not self._recovery
        self.field.clear()
        self.field.set_label("Recovery code" if self._recovery else "Passphrase")
        self.field.set_hidden(not self._recovery)
        self.switch_link.set_caption("Use passphrase" if self._recovery else "Use recovery code")
        self.field.edit.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.field.edit.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.field.clear()
        if self._ops is not None:
            self._ops.shutdown()
        super().closeEvent(event)


def readable_place(location: str) -> str:
    """Return a folder as people know it: their own home is ``~``, and it may wrap anywhere."""
    home = os.path.expanduser("~")
    if location == home or location.startswith(home + os.sep):
        location = "~" + location[len(home) :]
    return location.replace(os.sep, os.sep + "\u200b")
