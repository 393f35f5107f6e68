# SPDX-License-Identifier: MIT
"""Which day is shown: one back, a date to type, one on, and today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import Button, IconButton, SecondaryButton
from mediyn_desktop.ui.widgets.date_edit import DateEdit


class DayBar(QWidget):
    """Emits ``chosen`` with a date; ``show_day`` says which one is shown."""

    chosen = Signal(object)

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self._day = date.min
        self.back = IconButton("chevron-left", "Previous day", lambda: self.step(-1))
        self.on = IconButton("chevron-right", "Next day", lambda: self.step(1))
        self.edit = DateEdit(today, "Day shown")
        self.edit.setFixedWidth(scaled(112))
        self.edit.editingFinished.connect(self._typed)
        self.today_button: Button = SecondaryButton("Today", self.go_to_today)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in (self.back, self.edit, self.on):
            row.addWidget(widget)
        row.addSpacing(4)
        row.addWidget(self.today_button)

    def show_day(self, day: date) -> None:
        """Show ``day`` without asking for it."""
        self._day = day
        self.edit.set_value(day)
        self.today_button.setEnabled(day != self._today())

    def step(self, days: int) -> None:
        """Go on by ``days``."""
        self._choose(self._day + timedelta(days=days))

    def go_to_today(self) -> None:
        """Go to the practice's today."""
        self._choose(self._today())

    def _typed(self) -> None:
        day = self.edit.date()
        if day is not None and self.edit.check():
            self._choose(day)

    def _choose(self, day: date) -> None:
        if day != self._day:
            self.show_day(day)
            self.chosen.emit(day)
