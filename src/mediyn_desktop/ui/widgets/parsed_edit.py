# SPDX-License-Identifier: MIT
"""A field that turns what was typed into a value, or says in a sentence why it cannot."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLineEdit, QWidget


class ParsedEdit(QLineEdit):
    """Base of fields with a type. A problem is shown on leaving the field, not while typing."""

    value_changed = Signal(object)
    """The new value, or None while there is none."""

    problem_changed = Signal(str)
    """The sentence to show beside the field; empty when all is well."""

    def __init__(self, name: str = "", *, required: bool = False, parent: QWidget | None = None):
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setProperty("field", "true")
        self._required = required
        self._problem = ""
        self.textEdited.connect(self._typed)

    def parse(self, text: str) -> Any:
        """Return the value of ``text`` (not blank).

        Raises:
            ValueError: ``str()`` is the sentence for the user.
        """
        raise NotImplementedError

    def show_value(self, value: Any) -> str:
        """Return how ``value`` is written once the field is left."""
        raise NotImplementedError

    def value(self) -> Any | None:
        """Return the value, or None when the field is blank or cannot be read."""
        try:
            return self.parse(self.text()) if self.text().strip() else None
        except ValueError:
            return None

    def set_value(self, value: Any | None) -> None:
        """Show ``value``; None empties the field."""
        self.setText("" if value is None else self.show_value(value))
        self._set_problem("")
        self.value_changed.emit(value)

    @property
    def problem(self) -> str:
        """The sentence shown now."""
        return self._problem

    def check(self) -> bool:
        """Show what is wrong, if anything; True when the value may be used."""
        text = self.text().strip()
        try:
            if text:
                self.setText(self.show_value(self.parse(text)))
            self._set_problem("This is needed." if self._required and not text else "")
        except ValueError as error:
            self._set_problem(f"{error}.".replace("..", "."))
        return not self._problem

    def _typed(self) -> None:
        if self._problem and self.value() is not None:
            self._set_problem("")
        self.value_changed.emit(self.value())

    def _set_problem(self, problem: str) -> None:
        if problem == self._problem:
            return
        self._problem = problem
        self.setAccessibleDescription(problem)
        self.setProperty("invalid", "true" if problem else "false")
        self.style().unpolish(self)
        self.style().polish(self)
        self.problem_changed.emit(problem)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.check()
