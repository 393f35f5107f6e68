# SPDX-License-Identifier: MIT
"""Forms that say what will happen before it happens; what is refused cannot be saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.check_box import CheckBox
from mediyn_desktop.ui.widgets.combo_box import ComboBox
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.parsed_edit import ParsedEdit
from mediyn_desktop.ui.widgets.search_field import PAUSE_MS

if TYPE_CHECKING:
    from mediyn_desktop.store.uow import Reading, UnitOfWork

LONGEST_REASON = 200
_AS_WIDE_AS_THE_ROW = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
_FEW_LETTERS = 8


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What saving will do, in a sentence; ``work`` is None while it cannot be done so.

    ``work`` is given the reason as it is written when it is saved.
    """

    sentence: str
    work: Callable[[UnitOfWork, str], object] | None = None
    said: str = ""
    unfinished: bool = False
    """Whether something is only not filled in yet; ``sentence`` then says what."""
    details: Sequence[Any] = ()
    """What a form shows in a table beside the sentence."""


def unfinished(sentence: str) -> Foreseen:
    """Return what is foreseen of a form with something missing: no fault of anybody's."""
    return Foreseen(sentence, unfinished=True)


class CorrectingDialog(Dialog):
    """Shows what saving would do while it is filled in; nothing that is refused can be saved."""

    saved = Signal(str)
    """A sentence about what was saved."""

    undoable = True
    """Whether Ctrl+Z takes it back once it is saved."""

    def __init__(
        self, context: Context, heading: str, button: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(heading, parent, width=540)
        self._context = context
        self._label = button
        self._edits: list[ParsedEdit] = []
        self._why: tuple[QLineEdit, FormField, bool] | None = None
        self.foreseen = PlainLabel("", wrap=True)
        self._problem = PlainLabel("", "problem", wrap=True)
        self._cancel: Button = SecondaryButton("Cancel", self.reject)
        self.save: Button = PrimaryButton(button, self._save)

    def foresee(self) -> Foreseen:
        """Return what saving would do as the form is filled in."""
        raise NotImplementedError

    @property
    def problem(self) -> str:
        """Why it cannot be saved, as shown."""
        return self._problem.text() if self._problem.isVisibleTo(self) else ""

    # -- what a form is laid out with

    def add_row(self, *fields: FormField) -> None:
        """Put ``fields`` beside each other."""
        row = QHBoxLayout()
        row.setSpacing(12)
        for field in fields:
            row.addWidget(field, 1)
            if isinstance(field.editor, ParsedEdit):
                self._edits.append(field.editor)
                field.editor.value_changed.connect(lambda _value: self.refresh())
            elif isinstance(field.editor, ComboBox):
                field.editor.setSizeAdjustPolicy(_AS_WIDE_AS_THE_ROW)
                field.editor.setMinimumContentsLength(_FEW_LETTERS)
                field.editor.currentIndexChanged.connect(lambda _index: self.refresh())
        self.body.addLayout(row)

    def add_tick(self, words: str) -> CheckBox:
        """Add a box to tick, on a line of its own."""
        box = CheckBox(words)
        box.toggled.connect(lambda _on: self.refresh())
        self.body.addWidget(box)
        return box

    def add_text(self, name: str, hint: str, *, longest: int = LONGEST_REASON) -> FormField:
        """Return a field for a few words, to be put into a row; it may stay empty."""
        edit = QLineEdit()
        edit.setProperty("field", "true")
        edit.setMaxLength(longest)
        edit.setPlaceholderText(hint)
        edit.textEdited.connect(lambda _text: self.refresh())
        return FormField(name, edit)

    def add_reason(self, hint: str, *, needed: bool) -> QLineEdit:
        """Add the line for the reason; ``needed`` where saving without one is refused."""
        edit = QLineEdit()
        edit.setProperty("field", "true")
        edit.setMaxLength(LONGEST_REASON)
        edit.setPlaceholderText(hint)
        field = FormField("Reason" if needed else "Reason (optional)", edit)
        self.body.addWidget(field)
        self._why = (edit, field, needed)
        edit.textEdited.connect(lambda _text: field.set_problem(""))
        return edit

    def finish(self) -> None:
        """Add the sentence and the buttons, below everything else."""
        self.body.addSpacing(4)
        self.body.addWidget(self.foreseen)
        self.body.addWidget(self._problem)
        self.body.addStretch(1)  # what room is left stays below the fields
        self.set_buttons(self._cancel, self.save, default=self.save)
        self.refresh()

    def explain(self, sentence: str) -> None:
        """Say why there is nothing to do here, in place of a form and of ``finish``."""
        self.body.addWidget(PlainLabel(sentence, wrap=True))
        good = PrimaryButton("OK", self.reject)
        self.set_buttons(good, default=good)
        good.setFocus()

    def refresh(self) -> None:
        """Say anew what saving would do."""
        self.show_foreseen(self.foresee())

    def show_foreseen(self, found: Foreseen) -> None:
        """Show ``found``; what cannot be done cannot be saved, and says why."""
        possible = found.work is not None
        fine = possible or found.unfinished
        self.foreseen.setText(wording.readable(found.sentence) if fine else "")
        self.foreseen.setProperty("role", "body" if possible else "muted")
        self.foreseen.style().unpolish(self.foreseen)
        self.foreseen.style().polish(self.foreseen)
        self.foreseen.setVisible(fine)
        self._tell("" if fine else found.sentence)
        self.save.setEnabled(fine)  # pressed too early, it says what is missing

    def _tell(self, sentence: str) -> None:
        self._problem.setText(wording.readable(sentence))
        self._problem.setVisible(bool(sentence))

    def _save(self) -> None:
        shown = [edit for edit in self._edits if edit.isVisibleTo(self)]
        unsound = [edit for edit in shown if not edit.check()]  # each shows its own problem
        if unsound:
            unsound[0].setFocus()
            return
        why = self._reason()
        if why is None:
            return
        found = self.foresee()
        work = found.work
        if work is None:
            self._tell(found.sentence)
            return
        self.save.setEnabled(False)
        self.carry_out(work, why, found.said)

    def carry_out(self, work: Callable[[UnitOfWork, str], object], why: str, said: str) -> None:
        """Do what was foreseen, off the GUI thread, and close once it is done."""
        self._context.write(
            self._label,
            lambda uow: work(uow, why),
            done=lambda _result: self._done(said),
            failed=self._refused,
        )

    def _reason(self) -> str | None:
        """What was written as the reason; None, and said beside it, where one is missing."""
        if self._why is None:
            return ""
        edit, field, needed = self._why
        if needed and not edit.text().strip():
            field.set_problem("Write a few words why. They stay in the journal.")
            edit.setFocus()
            return None
        return edit.text()

    def _done(self, said: str) -> None:
        self.saved.emit(said)
        self.accept()

    def _refused(self, error: Exception) -> bool:
        self.save.setEnabled(True)
        if not isinstance(error, UserFacingError):
            return False
        self._tell(error.message)
        return True


class LookingDialog(CorrectingDialog):
    """A form whose effect only the books can tell: they are asked while it is filled in."""

    def __init__(
        self, context: Context, heading: str, button: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(context, heading, button, parent)
        self._asked = 0
        self._found = Foreseen("")
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._look)

    def look(self) -> Callable[[Reading], Foreseen] | Foreseen:
        """Return what asks the books, or at once why there is nothing to ask."""
        raise NotImplementedError

    def foresee(self) -> Foreseen:
        return self._found

    def refresh(self) -> None:
        self._asked += 1
        self._found = Foreseen("")
        self.save.setEnabled(False)
        self._pause.start()

    def _look(self) -> None:
        asked, found = self._asked, self.look()
        if isinstance(found, Foreseen):
            self._answer(asked, found)
        else:
            self.ask(found, partial(self._answer, asked), partial(self._cannot, asked))

    def ask(
        self,
        question: Callable[[Any], Foreseen],
        done: Callable[[Foreseen], object],
        failed: Callable[[Exception], bool],
    ) -> None:
        """Put ``question`` to the books off the GUI thread."""
        self._context.read(question, done, failed=failed, label=self._label)

    def _answer(self, asked: int, found: Foreseen) -> None:
        if asked == self._asked:
            self._found = found
            self.show_foreseen(found)

    def _cannot(self, asked: int, error: Exception) -> bool:
        if not isinstance(error, UserFacingError):
            return False
        self._answer(asked, Foreseen(error.message))
        return True

    def done(self, result: int) -> None:
        """Close; a question still on its way is no longer of interest."""
        self._asked += 1
        self._pause.stop()
        super().done(result)


def choice(entries: list[tuple[str, Any]], chosen: Any = None) -> ComboBox:
    """Return a choice of ``entries`` (words, value); shown first is ``chosen``, if it is given."""
    box = ComboBox()
    for words, value in entries:
        box.addItem(words, value)
        if chosen is not None and value == chosen:
            box.setCurrentIndex(box.count() - 1)
    return box
