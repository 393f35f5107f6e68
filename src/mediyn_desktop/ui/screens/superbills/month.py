# SPDX-License-Identifier: MIT
"""Issues a month's superbills for everybody who gets one, after showing who is held and why."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.delivery import superbills
from mediyn_desktop.delivery.queries import MonthlyDue, monthly_due
from mediyn_desktop.delivery.superbills import NothingToList, Superbill, SuperbillHeld
from mediyn_desktop.practice import sessions
from mediyn_desktop.store.uow import UnitOfWork
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.theme.tokens import Tone
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.combo_box import ComboBox
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.table import RecordTable
from mediyn_desktop.undo.doing import note_superbills

_MONTHS_BACK = 18


def _state(due: MonthlyDue) -> Status:
    found = due.prospect
    if found.sessions == 0:
        return Status("Nothing paid", Tone.NEUTRAL)
    if found.held:
        return Status("Held", Tone.WARN)
    if due.cadence != "month":
        return Status("Per session", Tone.NEUTRAL)
    if found.issued:
        return Status("Issued", Tone.OK)
    return Status("Ready", Tone.INFO)


def is_ready(due: MonthlyDue) -> bool:
    """Whether the month's superbill can be issued and says something new."""
    found = due.prospect
    return due.cadence == "month" and found.sessions > 0 and not found.held and not found.issued


def explain(due: MonthlyDue) -> str:
    """Return what the state of a line means for this client."""
    found = due.prospect
    if found.sessions == 0:
        return "No session of this month is paid yet, so there is nothing an insurer would refund."
    if found.held:
        return " ".join(found.held)
    if due.cadence != "month":
        return "This client gets a superbill for each session; issue another from their own page."
    if found.issued:
        return f"Superbill {', '.join(found.issued)} says exactly this and is kept as it is."
    return "Everything an insurer asks for is there."


COLUMNS = (
    Column("Client", lambda due: due.client_name),
    Column("Sessions", lambda due: str(due.prospect.sessions), "right", width=90),
    Column("Charged", lambda due: format_cents(due.prospect.charged_cents), "right", width=110),
    Column("Paid", lambda due: format_cents(due.prospect.paid_cents), "right", width=110),
    status_column("State", _state, width=140),
)


class MonthDialog(Dialog):
    """Choose the month, read down the list, issue what is ready. The rest is left as it is."""

    issued = Signal(object)
    """The superbills issued, in the order listed."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__("Issue superbills for a month", parent, width=720)
        self._context = context
        self._asked = 0
        self._due: tuple[MonthlyDue, ...] = ()
        self.month = ComboBox()
        self.model = RowsModel(COLUMNS, lambda due: due.client_ref)
        self.table = RecordTable("Clients who get superbills", self.model)
        self._empty = EmptyState("superbills", "")
        self._reason = PlainLabel("", "muted", wrap=True)
        self._reason.setMinimumHeight(40)
        self.save: Button = PrimaryButton("Issue superbills", self._issue)
        self.save.setEnabled(False)
        self._lay_out()
        self.table.current_changed.connect(self._tell)
        context.read(lambda read: read.today, self._offer_months, label="Prepare superbills")

    def _lay_out(self) -> None:
        self.body.addWidget(FormField("Month", self.month))
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self._reason)
        self.set_buttons(SecondaryButton("Cancel", self.reject), self.save, default=self.save)
        self.resize(760, 600)

    @property
    def reason(self) -> str:
        """What is said about the current line."""
        return self._reason.text()

    def _offer_months(self, today: date) -> None:
        start = today.replace(day=1)
        for _ in range(_MONTHS_BACK):
            self.month.addItem(wording.month(start), start)
            start = (start - timedelta(days=1)).replace(day=1)
        # Payments of a month's last days land in the next: people issue for the month before.
        self.month.setCurrentIndex(0 if today.day > 20 else 1)
        self.month.currentIndexChanged.connect(lambda _index: self._look())
        self.month.setFocus()
        self._look()

    def _period(self) -> tuple[date, date]:
        since: date = self.month.currentData()
        return since, since.replace(day=monthrange(since.year, since.month)[1])

    def _look(self) -> None:
        self._asked += 1
        asked, period = self._asked, self._period()
        self.save.setEnabled(False)

        def show(found: list[MonthlyDue]) -> None:
            if asked == self._asked:
                self._show(found)

        self._context.read(
            lambda read: monthly_due(read, *period), show, label="Prepare superbills"
        )

    def _show(self, found: Sequence[MonthlyDue]) -> None:
        self._due = tuple(found)
        self.model.set_rows(found)
        if not found:
            self._empty.set_text(
                "Nobody is due", "No client who gets superbills had a session in this month."
            )
            if self._empty.parent() is None:
                self.table.set_empty(self._empty)
        elif self.table.current_id() is None:
            self.table.selectRow(0)
        ready = sum(is_ready(due) for due in found)
        held = sum(bool(due.prospect.held) for due in found)
        self.save.set_caption(
            f"Issue {wording.counted(ready, 'superbill')}" if ready else "Issue superbills"
        )
        self.save.setEnabled(ready > 0)
        self.save.setAccessibleDescription(f"{held} held" if held else "")
        self._tell(self.table.current_id())

    def _tell(self, ident: object) -> None:
        mine = [due for due in self._due if due.client_ref == ident]
        self._reason.setText(explain(mine[0]) if mine else "")

    def _issue(self) -> None:
        refs = [due.client_ref for due in self._due if is_ready(due)]
        period = self._period()

        def issue(uow: UnitOfWork) -> list[Superbill]:
            made: list[Superbill] = []
            for ref in refs:
                try:
                    made += superbills.issue(uow, sessions.get_client(uow, ref), *period)
                except (NothingToList, SuperbillHeld):
                    continue  # it changed since the list was read; the list will say how
            note_superbills(uow, made)
            return made

        self.save.setEnabled(False)
        self._context.write("Issue superbills", issue, done=self._done, failed=self._failed)

    def _done(self, made: list[Superbill]) -> None:
        self.issued.emit(made)
        self.accept()

    def _failed(self, _error: Exception) -> bool:
        self._look()
        return False

    def done(self, result: int) -> None:
        """Close; a question still on its way is no longer of interest."""
        self._asked += 1
        super().done(result)
