# SPDX-License-Identifier: MIT
"""Payouts: what each is made of, whether it is tied to the bank, and the year for the 1099-K."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from mediyn_desktop.cards.clearing.payout_story import (
    PayoutStory,
    find_payouts,
    payout_rows,
    payout_story,
    years,
)
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.models.paged import PagedTableModel
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.ops import Task
from mediyn_desktop.ui.pages import Page, VerbButtons
from mediyn_desktop.ui.screens.cards.clearing_words import (
    payout_standing,
    payout_sums,
    payout_words,
)
from mediyn_desktop.ui.screens.cards.year_dialog import YearDialog
from mediyn_desktop.ui.theme.fonts import Size, font, scaled
from mediyn_desktop.ui.widgets.buttons import Button, SecondaryButton
from mediyn_desktop.ui.widgets.card import Card
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.status_cell import StatusCell
from mediyn_desktop.ui.widgets.table import RecordTable

YEAR, ENTRY, CLIENT = "year", "payout-entry", "payout-client"
TITLES = {
    YEAR: "Show the year for the 1099-K…",
    ENTRY: "Show the payout in the ledger",
    CLIENT: "Open the client of the chosen payment",
}
_CAPTIONS = {ENTRY: "Show in the ledger", CLIENT: "Open client"}
_NONE = (
    "cards",
    "Nothing was paid out yet",
    "When Stripe sends money to your bank, it is listed here with every payment in it.",
)
_LINES = {"charge": "Payment", "refund": "Refund", "stripe_fee": "Fee"}
_MOST_SUMS = 6


def _standing(row: Any) -> Status:
    return payout_standing(row.status, taken_apart=row.taken_apart, posted=row.posted)


_COLUMNS = (
    Column("In the bank", lambda row: wording.day(row.arrives_on), width=112),
    Column("Number at Stripe", lambda row: row.processor_id, width=260, muted=True, spare=1),
    Column("Amount", lambda row: format_cents(row.amount_cents), "right", width=112),
    status_column("State", _standing),
)


class PayoutPanel(Card):
    """One payout: its sums, whether it is tied to the bank, and every movement in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setAccessibleName("The chosen payout")
        self.setMinimumWidth(scaled(360))
        self.setMaximumWidth(scaled(520))
        self.story: PayoutStory | None = None
        self._day, self._amount = PlainLabel("", "heading"), PlainLabel("", "figure")
        self.state = StatusCell(Status(""))
        self._said = PlainLabel("", wrap=True)
        self._sums = [(PlainLabel("", "muted"), PlainLabel("")) for _ in range(_MOST_SUMS)]
        for _, cents in self._sums:
            cents.setFont(font(Size.BODY, tabular=True))
        self.model = RowsModel(
            (
                Column("What", lambda one: wording.named(_LINES, one.kind), width=92),
                Column("Client", self._client, least=96),
                Column("Amount", lambda one: format_cents(one.amount_cents), "right", width=88),
                Column(
                    "Fee", lambda one: wording.amount(one.fee_cents), "right", width=72, spare=1
                ),
                Column("Net", lambda one: format_cents(one.net_cents), "right", width=88),
            ),
            lambda one: one.transaction_id,
        )
        self.table = RecordTable("What is in the payout", self.model)
        self.table.setMinimumHeight(scaled(112))
        self.verbs = VerbButtons(_CAPTIONS)
        self._lay_out()
        self.show_story(None)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setVerticalSpacing(2)
        grid.setHorizontalSpacing(16)
        grid.setColumnStretch(2, 1)
        for line, (words, cents) in enumerate(self._sums):
            grid.addWidget(words, line, 0)
            grid.addWidget(cents, line, 1, Qt.AlignmentFlag.AlignRight)
        self.body.setSpacing(8)
        self.add_top(self._day, self._amount)
        self.body.addWidget(self.state)
        self.body.addWidget(self._said)
        self.body.addLayout(grid)
        self.body.addWidget(self.table, 10)
        self.body.addStretch(1)
        self.body.addWidget(self.verbs)

    def _client(self, line: Any) -> str:
        known = self.story.names if self.story is not None else {}
        return known.get(line.client or "", line.client or wording.NOTHING)

    def show_story(self, story: PayoutStory | None) -> None:
        """Show ``story``, or nothing."""
        self.story = story
        self.setVisible(story is not None)
        self.verbs.offer(self.offered())
        if story is None:
            return
        self._day.setText(f"Payout of {wording.day(story.row.arrives_on)}")
        self._amount.setText(format_cents(story.row.amount_cents))
        self.state.set_status(_standing(story.row))
        self._said.setText(" ".join(payout_words(story)))
        sums = [*payout_sums(story), ("Paid out", story.row.amount_cents)]
        for line, (words, cents) in enumerate(self._sums):
            shown = line < len(sums)
            words.setVisible(shown)
            cents.setVisible(shown)
            if shown:
                words.setText(sums[line][0])
                cents.setText(format_cents(sums[line][1]))
        self.model.set_rows(story.view.lines)
        self.table.setVisible(bool(story.view.lines))
        if story.view.lines:
            self.table.selectRow(0)

    def client(self) -> str | None:
        """Return whose payment is chosen."""
        row = self.model.position(self.table.current_id())
        line: Any = None if row is None else self.model.row_at(row)
        return None if line is None else line.client

    def offered(self) -> tuple[str, ...]:
        """Return the verbs that fit."""
        if self.story is None:
            return ()
        lines = any(one.client for one in self.story.view.lines)
        fits = {ENTRY: self.story.entry is not None, CLIENT: lines}
        return tuple(name for name, fit in fits.items() if fit)

    def words(self) -> str:
        """Return what is said of the payout."""
        return self._said.text()

    def sums(self) -> dict[str, str]:
        """Return what it is made of, as shown."""
        shown = [pair for pair in self._sums if pair[0].isVisibleTo(self)]
        return {words.text(): cents.text() for words, cents in shown}


class PayoutsPage(Page):
    """Arrow keys choose a payout, Enter goes to what is in it."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._reading: Task | None = None
        self.model = PagedTableModel(
            _COLUMNS, lambda row: row.id, payout_rows, partial(context.read, label="Load")
        )
        self.table = RecordTable("Payouts", self.model)
        self.panel = PayoutPanel()
        self.year_button: Button = SecondaryButton("Year for the 1099-K…", self.ask_year)
        self._empty = EmptyState(*_NONE)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.year_button)
        self.column.addLayout(row)
        self.add_beside(self.table, self.panel, shares=(3, 2))
        self.table.current_changed.connect(self._choose)
        self.table.opened.connect(lambda _id: self.panel.table.setFocus())
        self.panel.table.opened.connect(lambda _id: self.ask(CLIENT))
        self.panel.verbs.asked.connect(self.verb_asked)

    def reload(self) -> None:
        self.context.read(find_payouts, self._show, label="Look at payouts")

    def take_focus(self) -> None:
        self.table.setFocus()

    def offered(self) -> tuple[str, ...]:
        return (YEAR, *self.panel.offered())

    def ask(self, verb: str) -> None:
        story = self.panel.story
        if verb == YEAR:
            self.ask_year()
        elif verb == ENTRY and story is not None and story.entry is not None:
            self.context.shell.go("ledger", f"#{story.returned or story.entry}")
        elif verb == CLIENT and (client := self.panel.client()) is not None:
            self.client_asked.emit(client)

    def ask_year(self) -> None:
        """Show the tie-out of a year."""
        self.context.read(years, self._open_year, label="Look at the years")

    def _open_year(self, found: list[int]) -> None:
        YearDialog(self.context, found, self).open_once()

    def _show(self, ids: Any) -> None:
        if list(self.model.ids) == list(ids):
            self.model.refresh()
        else:
            self.model.set_ids(ids)
        if self._empty.parent() is None:  # not before the first answer: nothing is known till then
            self.table.set_empty(self._empty)
        if self.table.current_id() is None and len(ids):
            self.table.selectRow(0)
        else:
            self._choose(self.table.current_id())
        self.counted.emit(wording.counted(len(ids), "payout") if len(ids) else "")

    def _choose(self, ident: object) -> None:
        if self._reading is not None:
            self._reading.cancel()
        if not isinstance(ident, int):
            self.panel.show_story(None)
            return
        self._reading = self.context.read(
            lambda read: payout_story(read, ident), self._show_story, label="Show payout"
        )

    def _show_story(self, story: PayoutStory) -> None:
        if story.row.id == self.table.current_id():
            self.panel.show_story(story)
