# SPDX-License-Identifier: MIT
"""What waits for a person: the dearest and most urgent first, each with what to do about it."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mediyn_desktop.claims.tasks import Task
from mediyn_desktop.claims.worklist import WorkItem, worklist
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.screens.claims.outcomes_dialog import OutcomesDialog
from mediyn_desktop.ui.screens.claims.page import Page, VerbButtons
from mediyn_desktop.ui.screens.claims.verbs import Subject
from mediyn_desktop.ui.screens.claims.words import WAITS, days, may_bill, short_days
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import Button, SecondaryButton
from mediyn_desktop.ui.widgets.card import Card
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.labels import ElidedLabel, PlainLabel
from mediyn_desktop.ui.widgets.table import RecordTable

_NONE = ("claims", "Nothing waits for you", "Denials, refusals and held answers appear here.")
_COLUMNS = (
    status_column("What", lambda item: wording.state(WAITS, item.kind), width=156),
    Column("Client", lambda item: item.client_name or wording.NOTHING, least=110),
    Column("Insurer", lambda item: item.payer, width=156, spare=3),
    Column("Since", lambda item: wording.day(item.since), width=112, spare=4),
    Column("Amount", lambda item: wording.amount(item.amount_cents), "right", width=92, spare=1),
    Column("Days left", lambda item: short_days(item.days_left), "right", width=84, spare=2),
)


class TaskPanel(Card):
    """One thing that waits: what happened, may the client be billed, and what to do."""

    claim_asked = Signal(str)
    """The number of the claim it is about."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setAccessibleName("The chosen line")
        self.setMinimumWidth(scaled(348))
        self.setMaximumWidth(scaled(460))
        self.item: WorkItem | None = None
        self._who, self._amount = ElidedLabel("", "heading"), PlainLabel("", "figure")
        self._facts = PlainLabel("", "muted", wrap=True)
        self._happened = PlainLabel("", wrap=True)
        self._bill = PlainLabel("", "strong", wrap=True)
        self._next = PlainLabel("", wrap=True)
        self.verbs = VerbButtons()
        self.claim_button: Button = SecondaryButton("Show the claim", self._ask_claim)
        self.body.setSpacing(8)
        self.add_top(self._who, self._amount)
        for label in (self._facts, self._happened, self._bill, self._next):
            self.body.addWidget(label)
        self.body.addSpacing(4)
        self.body.addWidget(self.verbs)
        self.body.addWidget(self.claim_button)
        self.body.addStretch(1)
        self.show_item(None)

    def show_item(self, item: WorkItem | None) -> None:
        """Show ``item``, or nothing."""
        self.item = item
        self.setVisible(item is not None)
        self.verbs.offer(verbs_of(item) if item is not None else ())
        if item is None:
            return
        self._who.setText(item.client_name or item.payer)
        self._amount.setText(format_cents(item.amount_cents))
        for label, words in (
            (self._facts, _facts(item)),
            (self._happened, "\n".join(_happened(item))),
            (self._bill, may_bill(item.may_bill)),
            (self._next, f"What to do: {item.next_step}" if item.next_step else ""),
        ):
            label.setText(words)
            label.setVisible(bool(words))
        self.claim_button.setVisible(item.claim is not None)

    def _ask_claim(self) -> None:
        if self.item is not None and self.item.claim is not None:
            self.claim_asked.emit(self.item.claim)

    def words(self) -> list[str]:
        """Return the sentences as shown, from top to bottom."""
        shown = (self._facts, self._happened, self._bill, self._next)
        return [label.text() for label in shown if label.isVisibleTo(self)]


class AttentionPage(Page):
    """Enter does the usual thing about the current line."""

    counts = True

    claim_asked = Signal(str)
    """The number of a claim to show."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.model = RowsModel(_COLUMNS, lambda item: item.task)
        self.table = RecordTable("What waits for you", self.model)
        self.panel = TaskPanel()
        self._empty = EmptyState(*_NONE)
        self.outcomes_button: Button = SecondaryButton("How refusals ended…", self.show_outcomes)
        above = QHBoxLayout()
        words = "The dearest and most urgent come first. Enter does the usual thing."
        above.addWidget(ElidedLabel(words, "muted"), 1)
        above.addWidget(self.outcomes_button)
        self.column.addLayout(above)
        self.add_beside(self.table, self.panel)
        self.table.current_changed.connect(self._choose)
        self.table.opened.connect(lambda _task: self._usual())
        self.panel.verbs.asked.connect(self.verb_asked)
        self.panel.claim_asked.connect(self.claim_asked)

    def reload(self) -> None:
        self.context.read(worklist, self._show, label="Look what waits")

    def take_focus(self) -> None:
        self.table.setFocus()

    def subject(self) -> Subject | None:
        item = self.panel.item
        if item is None:
            return None
        whom = f"{item.client_name}, " if item.client_name else ""
        of = f"{wording.day(item.date_of_service)}: " if item.date_of_service else ""
        about = f"{whom}{of}{item.payer}, {format_cents(item.amount_cents)}"
        return Subject(about, item.claim or "", item.task)

    def offered(self) -> tuple[str, ...]:
        return verbs_of(self.panel.item) if self.panel.item is not None else ()

    def _show(self, found: list[WorkItem]) -> None:
        self.model.set_rows(found)
        if self._empty.parent() is None:  # not before the first answer: nothing is known till then
            self.table.set_empty(self._empty)
        if self.table.current_id() is None and found:
            self.table.selectRow(0)
        self._choose(self.table.current_id())
        self.waiting.emit(len(found))
        cents = sum(item.amount_cents for item in found)
        things = wording.counted(len(found), "thing")
        self.counted.emit(f"{things} waiting · {format_cents(cents)}" if found else "")

    def _choose(self, task: object) -> None:
        row = self.model.position(task) if isinstance(task, int) else None
        self.panel.show_item(None if row is None else self.model.row_at(row))

    def show_outcomes(self) -> None:
        """Show how refusals ended, by insurer and reason."""
        self.context.read(lambda read: read.today, self._open_outcomes, label="Look at the day")

    def _open_outcomes(self, today: date) -> None:
        OutcomesDialog(self.context, today, self).open_once()

    def _usual(self) -> None:
        if self.offered():
            self.verb_asked.emit(self.offered()[0])


def verbs_of(item: WorkItem) -> tuple[str, ...]:
    """Return the verbs that fit; a claim nobody answers is sent again only once somebody asked."""
    if item.kind == Task.SILENT:
        return tuple("lost" if one == "resend" else one for one in item.actions)
    return item.actions


def _facts(item: WorkItem) -> str:
    left = days(item.days_left) if item.days_left is not None else ""
    of = f"Session of {wording.day(item.date_of_service)}" if item.date_of_service else ""
    since = f"waiting since {wording.day(item.since)}"
    return " · ".join(filter(None, (of, item.payer, since, left)))


def _happened(item: WorkItem) -> list[str]:
    said = [item.text.removesuffix(item.next_step).strip()]  # which has a line of its own
    if item.label and item.label not in item.text:
        said.append(f"The insurer's reason: {item.label}.")
    return said + [f"It adds: {remark}." for remark in item.remarks]
