# SPDX-License-Identifier: MIT
"""Third step: two groups of the code, typed back from the copy that was put away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from mediyn_desktop.ui.unlock.frame import CardPage
from mediyn_desktop.ui.unlock.recovery_code import groups, pick_two, same_group
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton
from mediyn_desktop.ui.widgets.form_field import FormField


class TypeBackPage(CardPage):
    """Emits ``confirmed`` when both groups are right; ``pick`` chooses which two are asked."""

    confirmed = Signal()
    back = Signal()

    def __init__(self, pick: Callable[[int], tuple[int, int]] = pick_two) -> None:
        super().__init__(
            "check", "Check your copy", "Type two groups from the copy you printed or saved."
        )
        self._pick = pick
        self._wanted: list[str] = []
        self.edits = [QLineEdit(), QLineEdit()]
        self._fields: list[FormField] = []
        self.button: Button = PrimaryButton("Finish", self.submit)
        self._again = Button("Show the code again", self.back.emit, kind="link")

    def ask(self, code: str) -> None:
        """Ask for two groups of ``code``; always the same two for one code."""
        if self._fields:
            return
        parts = groups(code)
        positions = self._pick(len(parts))
        self._wanted = [parts[position] for position in positions]
        for edit, position in zip(self.edits, positions, strict=True):
            edit.setProperty("field", "true")
            field = FormField(f"Group {position + 1}", edit)
            edit.returnPressed.connect(self.submit)
            self._fields.append(field)
            self.body.addWidget(field)
        self.body.addWidget(self.button)
        self.body.addWidget(self._again)
        self.edits[0].setFocus()

    def submit(self) -> None:
        """Compare what was typed; a group that differs says so."""
        right = True
        for field, edit, group in zip(self._fields, self.edits, self._wanted, strict=True):
            same = same_group(edit.text(), group)
            missing = "Type this group, too."
            wrong = "This differs from the code. Look at your copy."
            field.set_problem("" if same else wrong if edit.text().strip() else missing)
            right = right and same
        if not right:
            first = next(e for e, f in zip(self.edits, self._fields, strict=True) if f.problem)
            first.setFocus()
            first.selectAll()
        else:
            self._wanted = ["", ""]
            self.confirmed.emit()
