# SPDX-License-Identifier: MIT
"""Issues one client's superbill for a period, after showing what it would say."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.delivery import superbills
from mediyn_desktop.delivery.queries import ClientSheet
from mediyn_desktop.delivery.superbills import Prospect, Superbill
from mediyn_desktop.practice import sessions
from mediyn_desktop.store.uow import Reading, UnitOfWork
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.check_box import CheckBox
from mediyn_desktop.ui.widgets.date_edit import DateEdit
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.search_field import PAUSE_MS
from mediyn_desktop.undo.doing import note_superbills

_NEW_MONTH_DAYS = 10  # so early in a month people mean the month before


class IssueDialog(Dialog):
    """Asks for the period; the sentence under it follows what is typed."""

    issued = Signal(object)
    """The issued superbills, one for each clinician seen."""

    def __init__(self, context: Context, sheet: ClientSheet, parent: QWidget | None = None) -> None:
        super().__init__(f"Issue a superbill for {sheet.full_name}", parent)
        self._context, self._ref = context, sheet.ref
        self._asked = 0
        self.since = DateEdit(lambda: sheet.today, required=True)
        self.until = DateEdit(lambda: sheet.today, required=True)
        self.all_lines = CheckBox("Include sessions that are not paid yet")
        self._forecast = PlainLabel("", wrap=True)
        self._forecast.setMinimumHeight(56)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._look)
        self._lay_out()
        since, until = usual_period(sheet.today)
        self.since.set_value(since)
        self.until.set_value(until)
        for edit in (self.since, self.until):
            edit.value_changed.connect(lambda _value: self._soon())
        self.all_lines.toggled.connect(lambda _on: self._soon())
        self.since.setFocus()
        self._look()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(FormField("Sessions from", self.since), 1)
        row.addWidget(FormField("to", self.until), 1)
        self.body.addLayout(row)
        self.body.addWidget(self.all_lines)
        self.body.addSpacing(4)
        self.body.addWidget(self._forecast)
        cancel = SecondaryButton("Cancel", self.reject)
        self.save: Button = PrimaryButton("Issue superbill", self._issue)
        self.save.setEnabled(False)
        self.set_buttons(cancel, self.save, default=self.save)

    @property
    def forecast(self) -> str:
        """What is said about the period."""
        return self._forecast.text()

    def _soon(self) -> None:
        self.save.setEnabled(False)
        self._pause.start()

    def _period(self) -> tuple[date, date] | None:
        since, until = self.since.date(), self.until.date()
        return (since, until) if since and until and since <= until else None

    def _look(self) -> None:
        self._asked += 1
        asked, period, whole = self._asked, self._period(), self.all_lines.isChecked()
        self.save.setEnabled(False)
        if period is None:
            self._tell("Give the first and the last day, in this order.")
            return
        ref = self._ref

        def look(read: Reading) -> Prospect:
            client = sessions.get_client(read, ref)
            return superbills.prospect(read, client, *period, all_lines=whole)

        def show(found: Prospect) -> None:
            if asked == self._asked:
                self._tell(forecast_words(found))
                self.save.setEnabled(found.sessions > 0 and not found.held)

        self._context.read(look, show, label="Prepare superbill")

    def _tell(self, sentence: str) -> None:
        self._forecast.setText(sentence)
        self.save.setAccessibleDescription(sentence)

    def _issue(self) -> None:
        period, whole, ref = self._period(), self.all_lines.isChecked(), self._ref
        if period is None:
            return

        def issue(uow: UnitOfWork) -> list[Superbill]:
            client = sessions.get_client(uow, ref)
            made = superbills.issue(uow, client, *period, all_lines=whole)
            note_superbills(uow, made)
            return made

        self.save.setEnabled(False)
        self._context.write("Issue superbill", issue, done=self._done, failed=self._refused)

    def _done(self, bills: Sequence[Superbill]) -> None:
        self.issued.emit(bills)
        self.accept()

    def _refused(self, error: Exception) -> bool:
        if not isinstance(error, UserFacingError):
            return False
        self._tell(error.message)
        return True

    def done(self, result: int) -> None:
        """Close; a question still on its way is no longer of interest."""
        self._asked += 1
        self._pause.stop()
        super().done(result)


def usual_period(today: date) -> tuple[date, date]:
    """Return the month people mean: the last one in the first days of a month, else this one."""
    start = today.replace(day=1)
    if today.day <= _NEW_MONTH_DAYS:
        start = (start - timedelta(days=1)).replace(day=1)
    return start, start.replace(day=monthrange(start.year, start.month)[1])


def forecast_words(found: Prospect) -> str:
    """Return what issuing would come to, in a sentence or two."""
    if found.sessions == 0:
        return "No paid, private session in this period can be listed."
    if found.held:
        return " ".join(found.held)
    listed = wording.counted(found.sessions, "session")
    sums = f"{format_cents(found.charged_cents)} charged, {format_cents(found.paid_cents)} paid"
    if found.issued:
        again = ", ".join(found.issued)
        return f"{listed}: {sums}. Superbill {again} says exactly this and is kept as it is."
    return f"{listed}: {sums}."
