# SPDX-License-Identifier: MIT
"""The way into training: a calm page while the sample practice and its outside world are made."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ui.ops import Bug, Canceled, Ops, Steps
from mediyn_desktop.ui.training.words import name_window
from mediyn_desktop.ui.unlock.frame import CardPage
from mediyn_desktop.ui.widgets.buttons import Button, SecondaryButton
from mediyn_desktop.ui.widgets.labels import PlainLabel

_SENTENCE = (
    "A practice with made-up people, a card processor and a clearinghouse that are only played. "
    "Nothing here is real, and your own practice is not touched."
)

Open = Callable[[Callable[[int, int], object]], object]
"""Opens training on a thread, telling how far it is; what it returns is handed on."""


class TrainingDoor(QWidget):
    """Begins at once. ``opened`` carries what ``opening`` returned; ``left`` that there is none."""

    opened = Signal(object)
    left = Signal()

    def __init__(
        self, opening: Open, undo: Callable[[object], object], parent: QWidget | None = None
    ) -> None:
        """Show the page.

        Args:
            undo: closes what ``opening`` returned when the user had asked to stop meanwhile.
        """
        super().__init__(parent)
        name_window(self)
        self.setProperty("role", "page")
        self.resize(560, 560)
        self._opening, self._undo = opening, undo
        self._stop = Event()
        self._busy = False
        self._ops = Ops(on_error=self._refused, on_bug=self._broken, parent=self)
        page = CardPage("today", "Opening training", _SENTENCE)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName("Opening training")
        self._problem = PlainLabel("", "problem", wrap=True)
        self._problem.hide()
        self.back_button: Button = SecondaryButton("Cancel", self.back)
        page.body.addWidget(self.bar)
        page.body.addWidget(self._problem)
        page.body.addWidget(self.back_button, 0, Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(page)
        self.back_button.setFocus()

    def begin(self) -> None:
        """Start to open training."""
        self._busy = True
        self._ops.run(
            "Open training",
            self._work,
            done=self._done,
            failed=self._stopped,
            progress=self._step,
        )

    @property
    def problem(self) -> str:
        """Why training could not be opened, as shown."""
        return self._problem.text()

    def back(self) -> None:
        """Stop at the next step, or leave when nothing is under way."""
        if not self._busy:
            self.left.emit()
            return
        self._stop.set()
        self.back_button.set_caption("Stopping…")
        self.back_button.setEnabled(False)

    def _work(self, steps: Steps) -> object:
        def step(done: int, total: int) -> None:
            if self._stop.is_set():
                raise Canceled("Training was not opened. Your own practice was not touched.")
            steps.step(done, total)

        return self._opening(step)

    def _step(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def _done(self, opened: object) -> None:
        self._busy = False
        if self._stop.is_set():
            self._undo(opened)
            self.left.emit()
        else:
            self.opened.emit(opened)

    def _stopped(self, error: Exception) -> bool:
        self._busy = False
        if isinstance(error, Canceled):
            self.left.emit()
        return False

    def _refused(self, _label: str, error: UserFacingError) -> None:
        self._show_problem(error.message)

    def _broken(self, bug: Bug) -> None:
        self._show_problem(bug.message)

    def _show_problem(self, sentence: str) -> None:
        self.bar.hide()
        self._problem.setText(sentence)
        self._problem.show()
        self.back_button.set_caption("Back")
        self.back_button.setEnabled(True)
        self.back_button.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._busy:  # what is being made is stopped cleanly first
            event.ignore()
            self.back()
            return
        self._ops.shutdown()
        super().closeEvent(event)
