# SPDX-License-Identifier: MIT
"""A date, typed: ``t``, ``-1``, ``3/10``; the up and down keys move by a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from mediyn_desktop.ui.theme.fonts import Size, font
from mediyn_desktop.ui.widgets.date_words import parse_date
from mediyn_desktop.ui.widgets.parsed_edit import ParsedEdit

_STEP = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}


class DateEdit(ParsedEdit):
    """A field for a local date; ``today`` is asked each time, so midnight may pass."""

    def __init__(
        self,
        today: Callable[[], date],
        name: str = "",
        *,
        required: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, required=required, parent=parent)
        self._today = today
        self.setFont(font(Size.BODY, tabular=True))
        self.setPlaceholderText("t, -1 or 3/10")

    def parse(self, text: str) -> date:
        return parse_date(text, self._today())

    def show_value(self, value: date) -> str:
        return f"{value:%m/%d/%Y}"

    def date(self) -> date | None:
        """Return the date, or None when the field is blank or cannot be read."""
        value = self.value()
        return value if isinstance(value, date) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEP.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        current = self.value()
        self.set_value(self._today() if current is None else current + timedelta(days=step))
