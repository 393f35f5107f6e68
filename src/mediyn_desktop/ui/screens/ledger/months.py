# SPDX-License-Identifier: MIT
"""Closes the books of a month: what is left to do in it first, then the figures that stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.dayclose.months import MonthBooks, MonthState, close_month, month_state
from mediyn_desktop.store.uow import UnitOfWork
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.models.record_model import Column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.ops import Task
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.combo_box import ComboBox
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.table import RecordTable

_DONE = ("calendar", "Nothing is left to do", "Every session of this month is signed and billed.")
_WHY = "Write a few words why it is closed with work left in it."
LATER = "What comes in for a closed month is posted on its own day and names the day it concerns."


@dataclass(frozen=True, slots=True)
class _Line:
    key: str
    date: date
    client: str
    message: str


class MonthDialog(Dialog):
    """Asks which month; a month with work left in it needs a reason. Enter opens the client."""

    closed = Signal(str)
    """A sentence about the month that was closed."""

    client_asked = Signal(str)
    """The client of the chosen line."""

    def __init__(
        self, context: Context, books: Sequence[MonthBooks], parent: QWidget | None = None
    ) -> None:
        super().__init__("Close the books of a month", parent, width=720)
        self._context = context
        self._reading: Task | None = None
        self._state: MonthState | None = None
        self.month = ComboBox()
        for one in books:
            closed = ", closed" if one.closed else ""
            self.month.addItem(f"{wording.month(one.first)}{closed}", one)
        first_open = next((i for i, one in enumerate(books) if not one.closed), 0)
        self.month.setCurrentIndex(first_open)
        self.said = PlainLabel("", wrap=True)
        self.model = RowsModel(_COLUMNS, lambda line: line.key)
        self.table = RecordTable("Left to do in this month", self.model)
        self.why = QLineEdit()
        self.why.setProperty("field", "true")
        self.why.setMaxLength(200)
        self.why.setPlaceholderText("The client is on holiday and signs later")
        self._why_field = FormField("Why it is closed anyway", self.why)
        self._problem = PlainLabel("", "problem", wrap=True)
        self._problem.hide()
        self.open_client: Button = SecondaryButton("Open client", self._open_current)
        self._cancel: Button = SecondaryButton("Not yet", self.reject)
        self.save: Button = PrimaryButton("Close month", self._save)
        self._lay_out()
        self.month.currentIndexChanged.connect(lambda _index: self._look())
        self.table.opened.connect(lambda _key: self._open_current())
        self.why.textEdited.connect(lambda _text: self._why_field.set_problem(""))
        self.month.setFocus()
        self._look()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(FormField("Month", self.month))
        row.addStretch(1)
        self.month.setMinimumWidth(scaled(240))
        self.body.addWidget(PlainLabel(LATER, "muted", wrap=True))
        self.body.addSpacing(4)
        self.body.addLayout(row)
        self.body.addWidget(self.said)
        self.table.setMinimumHeight(scaled(220))
        self.table.set_empty(EmptyState(*_DONE))
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self._why_field)
        self.body.addWidget(self._problem)
        self.save.setEnabled(False)
        self.set_buttons(self._cancel, self.save, default=self.save, left=self.open_client)

    def _look(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
        books: MonthBooks = self.month.currentData()
        self.save.setEnabled(False)
        self._reading = self._context.read(
            lambda read: month_state(read, books.first, books.last),
            partial(self._show, books),
            label="Look at the month",
        )

    def _show(self, books: MonthBooks, state: MonthState) -> None:
        self._state = state
        name = wording.month(books.first)
        left = [] if state.closed else state.left
        self.model.set_rows(
            [
                _Line(f"{i}", one.date_of_service, state.names[one.client_ref], one.message)
                for i, one in enumerate(left)
            ]
        )
        if state.closed:
            self.said.setText(f"{name} is closed. Nothing can be dated into it any more.")
        elif left:
            things = wording.counted(len(left), "thing")
            self.said.setText(f"{things} left to do in {name}. Finish them, or say why not.")
        else:
            self.said.setText(f"{name} is ready: close it, and its figures stay as they are.")
        self._why_field.setVisible(bool(left))
        self._why_field.set_problem("")
        self.table.setVisible(not state.closed)
        self.open_client.setVisible(bool(left))
        self.save.setVisible(not state.closed)
        self._cancel.set_caption("Close" if state.closed else "Not yet")
        self.save.set_caption("Close it anyway" if left else "Close month")
        self.save.setEnabled(not state.closed)
        self._problem.hide()
        if left:
            self.table.selectRow(0)

    def _open_current(self) -> None:
        row = self.table.currentIndex().row()
        if self._state is not None and 0 <= row < len(self._state.left):
            self.client_asked.emit(self._state.left[row].client_ref)
            self.accept()

    def _save(self) -> None:
        books: MonthBooks = self.month.currentData()
        why = self.why.text().strip()
        if self._why_field.isVisibleTo(self) and not why:
            self._why_field.set_problem(_WHY)
            self.why.setFocus()
            return
        self.save.setEnabled(False)

        def close(uow: UnitOfWork) -> object:
            return close_month(uow, books.first, books.last, anyway=why or None)

        name = wording.month(books.first)
        self._context.write(
            "Close the books of a month",
            close,
            done=lambda _left: self._closed(f"{name} is closed"),
            failed=self._refused,
        )

    def _closed(self, sentence: str) -> None:
        self.closed.emit(sentence)
        self.accept()

    def _refused(self, error: Exception) -> bool:
        self.save.setEnabled(True)
        if not isinstance(error, UserFacingError):
            return False
        self._problem.setText(error.message)
        self._problem.show()
        return True


_COLUMNS = (
    Column("Date", lambda line: wording.day(line.date), width=112),
    Column("Client", lambda line: line.client, width=170),
    Column("To do", lambda line: line.message),
)
