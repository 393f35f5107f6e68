# SPDX-License-Identifier: MIT
"""What to look for in the journal: words, a kind, and a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mediyn_desktop.practice.journal import KINDS, Asked
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.combo_box import ComboBox
from mediyn_desktop.ui.widgets.date_edit import DateEdit
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.search_field import PAUSE_MS, SearchField


class JournalFilters(QWidget):
    """Emits ``changed`` a moment after the last key, and at once when a kind is chosen."""

    changed = Signal()

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = SearchField(
            "Find an entry", "Find by client, amount, reference or #number   (Ctrl+F)"
        )
        self.kind = ComboBox()
        self.kind.setAccessibleName("Kind of entry")
        self.kind.addItem("All kinds", None)
        for kind, called in KINDS.items():
            self.kind.addItem(called, kind)
        self.since = DateEdit(today, "From")
        self.until = DateEdit(today, "Until")
        self.problem = PlainLabel("", "problem", wrap=True)
        self.problem.hide()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._emit)
        self._last = Asked()
        self._lay_out()
        self.search.searched.connect(lambda _text: self._emit())
        self.kind.currentIndexChanged.connect(lambda _index: self._emit())
        for field in (self.since, self.until):
            field.value_changed.connect(lambda _value: self._pause.start())
            field.problem_changed.connect(lambda _words: self._say())

    def _lay_out(self) -> None:
        across = QHBoxLayout()
        across.setSpacing(8)
        across.addWidget(self.search, 1)
        across.addWidget(self.kind)
        for field, words in ((self.since, "From 3/10"), (self.until, "Until 3/31")):
            field.setPlaceholderText(words)
            field.setFixedWidth(scaled(112))
            across.addWidget(field)
        for widget in (self.kind, self.since, self.until):
            widget.setFixedHeight(self.search.minimumHeight())
        self.kind.setFixedWidth(scaled(176))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(across)
        column.addWidget(self.problem)

    def asked(self) -> Asked:
        """Return what is looked for now."""
        return Asked(
            self.search.text().strip(),
            self.kind.currentData(),
            self.since.date(),
            self.until.date(),
        )

    def clear(self) -> None:
        """Ask for everything, and say so once."""
        self.search.clear()
        self.kind.setCurrentIndex(0)
        self.since.set_value(None)
        self.until.set_value(None)
        self._emit()

    def _emit(self) -> None:
        self._pause.stop()
        asked = self.asked()
        if asked != self._last:
            self._last = asked
            self.changed.emit()

    def _say(self) -> None:
        words = " ".join(filter(None, (self.since.problem, self.until.problem)))
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
