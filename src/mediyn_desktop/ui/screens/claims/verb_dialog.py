# SPDX-License-Identifier: MIT
"""Asks before something is done about a claim, and shows what it would change in the books."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QLineEdit, QWidget

from mediyn_desktop.claims.rehearsing import Moved, foresee
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.store.uow import Store
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.correcting import Foreseen, LookingDialog, choice
from mediyn_desktop.ui.screens.claims.verbs import DELAYS, WRITE_OFFS, Answers, Subject, Verb
from mediyn_desktop.ui.widgets.combo_box import ComboBox
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.wording import signed

_ANY_REASON = "Rehearsal"  # the books do not depend on it, and it is not kept
_LONGEST_NOTE = 80
_LONGEST_NUMBER = 50
_CHOICES = {
    "kind": ("As", WRITE_OFFS),
    "delay": ("Why it comes late", DELAYS),
}
_AS_NAMED = ("As the insurer named it", "")


def difference(moved: list[Moved]) -> str:
    """Return how the books change, an account a line."""
    return "\n".join(f"{one.words}: {signed(one.cents)}" for one in moved)


class VerbDialog(LookingDialog):
    """One verb about one claim: rehearsed while it is filled in, done when it is saved."""

    undoable = False

    def __init__(
        self, context: Context, verb: Verb, subject: Subject, parent: QWidget | None = None
    ) -> None:
        title = verb.title.removesuffix("…")
        super().__init__(context, title, title, parent)
        self._verb, self._subject = verb, subject
        self.save.set_caption(title)
        self.body.addWidget(PlainLabel(subject.about, "strong", wrap=True))
        self.body.addWidget(PlainLabel(verb.explains, "muted", wrap=True))
        self.editors: dict[str, QLineEdit | ComboBox] = {}
        for name in verb.fields:
            self._add(name)
        self.why = self.add_reason(verb.hint, needed=True) if verb.reason else None
        if self._why is not None:
            self._why[1].set_label(verb.reason)
        self.finish()
        first = next(iter(self.editors.values()), self.why) or self.save
        first.setFocus()

    def _add(self, name: str) -> None:
        match name:
            case "payer_number":
                known = self._subject.payer_number
                hint = f"{known}, from its answer" if known else "It stands on the remittance"
                self._add_line(name, "The insurer's claim number", hint, _LONGEST_NUMBER)
            case "note":
                label = "A line for the insurer (optional, nothing clinical)"
                self._add_line(name, label, "Corrected place of service", _LONGEST_NOTE)
            case "claim":
                self._add_choice(name, "This is about", (_AS_NAMED, *self._subject.claims))
            case _:
                label, entries = _CHOICES[name]
                self._add_choice(name, label, entries)

    def _add_line(self, name: str, label: str, hint: str, longest: int) -> None:
        made = self.add_text(label, hint, longest=longest)
        assert isinstance(made.editor, QLineEdit)
        self.editors[name] = made.editor
        self.add_row(made)

    def _add_choice(self, name: str, label: str, entries: tuple[tuple[str, Any], ...]) -> None:
        box = choice(list(entries))
        self.editors[name] = box
        self.add_row(FormField(label, box))

    def answers(self) -> Answers:
        """Return what is filled in, by the name of the field."""
        return {
            name: edit.text().strip() if isinstance(edit, QLineEdit) else edit.currentData()
            for name, edit in self.editors.items()
        }

    def look(self) -> Callable[[Any], Foreseen] | Foreseen:
        verb, subject, answers = self._verb, self._subject, self.answers()

        def rehearse(store: Store) -> Foreseen:
            moved = foresee(
                store, "Rehearse", lambda uow: verb.work(uow, subject, _ANY_REASON, answers)
            )
            books = difference(moved) or "No money moves."
            return Foreseen(
                books, lambda uow, why: verb.work(uow, subject, why, answers), verb.said
            )

        return rehearse

    def ask(
        self,
        question: Callable[[Any], Foreseen],
        done: Callable[[Foreseen], object],
        failed: Callable[[Exception], bool],
    ) -> None:
        store = self._context.store
        self._context.ops.run(
            "Look what would change", lambda: question(store), done=done, failed=failed
        )

    def _refused(self, error: Exception) -> bool:
        shown = super()._refused(error)
        if isinstance(error, UserFacingError):
            self.foreseen.hide()  # what was foreseen did not happen
        return shown
