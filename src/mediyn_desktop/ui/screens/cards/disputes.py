# SPDX-License-Identifier: MIT
"""Disputes: the most urgent first, what they did to the books, and the hold on the cards."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from mediyn_desktop.cards.clearing.dispute_story import (
    DisputeEntry,
    DisputeStory,
    dispute_stories,
)
from mediyn_desktop.cards.clearing.disputes import charge_again
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.correcting import CorrectingDialog, Foreseen
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.pages import Page, VerbButtons
from mediyn_desktop.ui.screens.cards.clearing_words import (
    DISPUTES,
    days_left,
    dispute_next,
    dispute_reason,
    hold_words,
)
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.card import Card
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.labels import ElidedLabel, PlainLabel
from mediyn_desktop.ui.widgets.status_cell import StatusCell
from mediyn_desktop.ui.widgets.table import RecordTable

LIFT, CLIENT, ENTRY = "lift", "dispute-client", "dispute-entry"
TITLES = {
    LIFT: "Let this client’s cards be charged again…",
    CLIENT: "Open the disputing client",
    ENTRY: "Show the dispute in the ledger",
}
_CAPTIONS = {LIFT: "Lift the hold…", ENTRY: "Show in the ledger", CLIENT: "Open client"}
_NONE = (
    "check",
    "No dispute",
    "When a client's bank asks a payment back, it is shown here with the day to answer.",
)
_COLUMNS = (
    Column("Client", lambda one: one.client_name or wording.NOTHING, least=120),
    Column("Opened", lambda one: wording.day(one.view.opened_on), width=112, spare=3),
    Column("Answer by", lambda one: wording.day(one.view.due_on), width=112, spare=1),
    Column("Days left", days_left, "right", width=84),
    Column("Amount", lambda one: format_cents(one.view.amount_cents), "right", width=104, spare=2),
    status_column("State", lambda one: wording.state(DISPUTES, one.view.status), width=156),
)
_POSTINGS = (
    Column("What", lambda line: line[2], least=130),
    Column("On", lambda line: line[1], width=118, muted=True, spare=1),
    Column("Amount", lambda line: line[3], "right", width=92),
)


class DisputePanel(Card):
    """One dispute: why, what to do by when, the hold, and the books."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setAccessibleName("The chosen dispute")
        self.setMinimumWidth(scaled(340))
        self.setMaximumWidth(scaled(480))
        self.story: DisputeStory | None = None
        self._who, self._amount = ElidedLabel("", "heading"), PlainLabel("", "figure")
        self.state = StatusCell(Status(""))
        self._reason, self._next = PlainLabel("", wrap=True), PlainLabel("", "strong", wrap=True)
        self._hold = PlainLabel("", wrap=True)
        self._books = PlainLabel("In the books", "muted")
        self.model = RowsModel(_POSTINGS, lambda line: line[0])
        self.table = RecordTable("What the dispute did to the books", self.model)
        self.table.setMinimumHeight(scaled(76))
        self.verbs = VerbButtons(_CAPTIONS)
        self.body.setSpacing(8)
        self.add_top(self._who, self._amount)
        for part in (self.state, self._reason, self._next, self._hold, self._books):
            self.body.addWidget(part)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.verbs)
        self.show_story(None)

    def show_story(self, story: DisputeStory | None) -> None:
        """Show ``story``, or nothing."""
        self.story = story
        self.setVisible(story is not None)
        self.verbs.offer(offered(story))
        if story is None:
            return
        self._who.setText(story.client_name or "Nobody of this practice")
        self._amount.setText(format_cents(story.view.amount_cents))
        self.state.set_status(wording.state(DISPUTES, story.view.status))
        self._reason.setText(dispute_reason(story.view.reason))
        self._next.setText(dispute_next(story))
        self._hold.setText(hold_words(story))
        lines = [line for entry in story.entries for line in _lines(entry)]
        self.model.set_rows(lines)
        for part in (self._books, self.table):
            part.setVisible(bool(lines))

    def words(self) -> list[str]:
        """Return the sentences as shown, from top to bottom."""
        return [one.text() for one in (self._who, self._reason, self._next, self._hold)]


class LiftDialog(CorrectingDialog):
    """Lets the client's cards be charged again, with the reason that is kept."""

    undoable = False

    def __init__(
        self, context: Context, story: DisputeStory, parent: QWidget | None = None
    ) -> None:
        super().__init__(context, "Lift the hold on the cards", "Lift the hold", parent)
        self._story = story
        about = f"{story.client_name}: {format_cents(story.view.amount_cents)}"
        self.body.addWidget(PlainLabel(about, "strong", wrap=True))
        self.why = self.add_reason("We talked about it and agreed how to go on", needed=True)
        self.finish()
        self.why.setFocus()

    def foresee(self) -> Foreseen:
        ident = self._story.view.id
        return Foreseen(
            "The cards of this client may be charged again, as the client's rule and consent "
            "allow. Charges that wait are sent with the next pass.",
            lambda uow, why: charge_again(uow, ident, why),
            "The cards may be charged again",
        )


class DisputesPage(Page):
    """Arrow keys choose a dispute, Enter opens its client."""

    counts = True

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.model = RowsModel(_COLUMNS, lambda one: one.view.id)
        self.table = RecordTable("Disputes", self.model)
        self.panel = DisputePanel()
        self._empty = EmptyState(*_NONE)
        self.add_beside(self.table, self.panel)
        self.table.current_changed.connect(self._choose)
        self.table.opened.connect(lambda _id: self.ask(CLIENT))
        self.panel.verbs.asked.connect(self.verb_asked)

    def reload(self) -> None:
        self.context.read(dispute_stories, self._show, label="Look at disputes")

    def take_focus(self) -> None:
        self.table.setFocus()

    def offered(self) -> tuple[str, ...]:
        return offered(self.panel.story)

    def ask(self, verb: str) -> None:
        story = self.panel.story
        if story is None or verb not in offered(story):
            return
        if verb == CLIENT:
            self.client_asked.emit(story.view.client_ref or "")
        elif verb == ENTRY:
            self.context.shell.go("ledger", f"#{story.entries[-1].id}")
        else:
            dialog = LiftDialog(self.context, story, self)
            dialog.saved.connect(self.context.shell.say)
            dialog.open_once()

    def _show(self, found: list[DisputeStory]) -> None:
        self.model.set_rows(found)
        if self._empty.parent() is None:  # not before the first answer: nothing is known till then
            self.table.set_empty(self._empty)
        if self.table.current_id() is None and found:
            self.table.selectRow(0)
        self._choose(self.table.current_id())
        waiting = sum(1 for one in found if one.view.days_left is not None)
        self.waiting.emit(waiting)
        count = wording.counted(len(found), "dispute")
        self.counted.emit(f"{count} · {waiting} to answer" if found else "")

    def _choose(self, ident: object) -> None:
        row = self.model.position(ident) if isinstance(ident, str) else None
        self.panel.show_story(None if row is None else self.model.row_at(row))


def _lines(entry: DisputeEntry) -> list[tuple[str, str, str, str]]:
    """Return an entry as lines: what it is, then each account it moved."""
    moved = [
        (f"{entry.id}:{number}", "", f"   {words}", wording.signed(cents))
        for number, (words, cents) in enumerate(entry.postings)
    ]
    return [(f"{entry.id}", wording.day(entry.date), entry.kind, ""), *moved]


def offered(story: DisputeStory | None) -> tuple[str, ...]:
    """Return the verbs that fit a dispute."""
    if story is None:
        return ()
    fits = {
        LIFT: story.may_lift,
        ENTRY: bool(story.entries),
        CLIENT: story.view.client_ref is not None,
    }
    return tuple(name for name, fit in fits.items() if fit)
