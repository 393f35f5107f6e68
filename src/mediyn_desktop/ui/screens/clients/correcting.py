# SPDX-License-Identifier: MIT
"""What the forms that correct an account share: they say what will happen before it happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.delivery.account import METHODS
from mediyn_desktop.delivery.money import Owed, Paid
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.combo_box import ComboBox
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.parsed_edit import ParsedEdit

if TYPE_CHECKING:
    from mediyn_desktop.store.uow import UnitOfWork

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What saving will do, in a sentence; ``work`` is None while it cannot be done so."""

    sentence: str
    work: Callable[[UnitOfWork], object] | None = None
    said: str = ""


class CorrectingDialog(Dialog):
    """Shows what saving would do while it is filled in; nothing that is refused can be saved."""

    saved = Signal(str)
    """A sentence about what was saved."""

    def __init__(
        self, context: Context, heading: str, button: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(heading, parent, width=540)
        self._context = context
        self._label = button
        self._edits: list[ParsedEdit] = []
        self._needed: list[tuple[QLineEdit, FormField]] = []
        self.foreseen = PlainLabel("", "muted", wrap=True)
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
                field.editor.currentIndexChanged.connect(lambda _index: self.refresh())
        self.body.addLayout(row)

    def add_reason(self, hint: str, *, needed: bool) -> QLineEdit:
        """Add the line for the reason; ``needed`` where saving without one is refused."""
        edit = QLineEdit()
        edit.setProperty("field", "true")
        edit.setMaxLength(LONGEST_REASON)
        edit.setPlaceholderText(hint)
        field = FormField("Reason" if needed else "Reason (optional)", edit)
        self.body.addWidget(field)
        if needed:
            self._needed.append((edit, field))
            edit.textEdited.connect(lambda _text: field.set_problem(""))
        return edit

    def finish(self) -> None:
        """Add the sentence and the buttons, below everything else."""
        self.body.addWidget(self.foreseen)
        self.body.addWidget(self._problem)
        self.set_buttons(self._cancel, self.save, default=self.save)
        self.refresh()

    def refresh(self) -> None:
        """Say anew what saving would do."""
        found = self.foresee()
        possible = found.work is not None
        self.foreseen.setText(found.sentence if possible else "")
        self.foreseen.setVisible(possible)
        self._tell("" if possible else found.sentence)
        self.save.setEnabled(possible)

    def _tell(self, sentence: str) -> None:
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def _save(self) -> None:
        sound = [edit.check() for edit in self._edits]  # each shows its own problem
        if not all(sound):
            return
        for edit, field in self._needed:
            if not edit.text().strip():
                field.set_problem("Write a few words why. They stay in the journal.")
                edit.setFocus()
                return
        found = self.foresee()
        if found.work is None:
            self._tell(found.sentence)
            return
        self.save.setEnabled(False)
        self._context.write(
            self._label,
            found.work,
            done=lambda _result: self._done(found.said),
            failed=self._refused,
        )

    def _done(self, said: str) -> None:
        self.saved.emit(said)
        self.accept()

    def _refused(self, error: Exception) -> bool:
        self.save.setEnabled(True)
        if not isinstance(error, UserFacingError):
            return False
        self._tell(error.message)
        return True


def choice(entries: list[tuple[str, Any]], chosen: Any = None) -> ComboBox:
    """Return a choice of ``entries`` (words, value); shown first is ``chosen``, if it is given."""
    box = ComboBox()
    for words, value in entries:
        box.addItem(words, value)
        if chosen is not None and value == chosen:
            box.setCurrentIndex(box.count() - 1)
    return box


def charge_words(owed: Owed) -> str:
    """Return what a charge is called in a choice."""
    whose = ", insurer" if owed.debtor is not None else ""
    day = wording.day(owed.date_of_service)
    return f"Session of {day}{whose}: {format_cents(owed.open_cents)} open"


def payment_name(paid: Paid) -> str:
    """Return what a payment is called in a sentence or a choice."""
    words = METHODS.get(paid.method, "Payment")
    reference = f" ({paid.reference})" if paid.reference and paid.method != "card" else ""
    return f"{words} of {wording.day(paid.received_on)}{reference}"
