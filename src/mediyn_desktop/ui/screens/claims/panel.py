# SPDX-License-Identifier: MIT
"""The chosen claim: where it stands, what happened to it, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from mediyn_desktop.claims.states import LEFT, ClaimState
from mediyn_desktop.claims.story import ClaimStory, StoryEvent
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.models.record_model import Column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.screens.claims.page import VerbButtons
from mediyn_desktop.ui.screens.claims.words import days, standing
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import Button, SecondaryButton
from mediyn_desktop.ui.widgets.card import Card
from mediyn_desktop.ui.widgets.labels import ElidedLabel, PlainLabel
from mediyn_desktop.ui.widgets.table import RecordTable

_MOST_PROBLEMS = 3
_REFUSED = (ClaimState.DENIED, ClaimState.PARTLY_PAID)
_TIMELINE = (
    Column("When", lambda event: wording.moment(event.at), width=180, muted=True),
    Column("What happened", lambda event: event.text, least=80),
)


class ClaimPanel(Card):
    """Shows one claim. Enter on an event shows what its file says."""

    file_asked = Signal(int, str)
    """The event whose file is asked for, and the file's name."""

    proof_asked = Signal(str)
    """The number of the claim whose proof of filing is asked for."""

    letter_asked = Signal(str)
    """The number of the claim that is to be appealed by letter."""

    client_asked = Signal(str)
    """The ref of the claim's client."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setAccessibleName("The chosen claim")
        self.setMinimumWidth(scaled(348))
        self.setMaximumWidth(scaled(460))
        self.story: ClaimStory | None = None
        self._who, self._amount = ElidedLabel("", "heading"), PlainLabel("", "figure")
        self._facts = ElidedLabel("", "muted")
        self._standing = PlainLabel("", "strong", wrap=True)
        self._more = PlainLabel("", wrap=True)
        self._wrong = PlainLabel("", "problem", wrap=True)
        self.model = RowsModel(_TIMELINE, lambda event: event.id)
        self.timeline = RecordTable("What happened to the claim", self.model)
        self._event = PlainLabel("", wrap=True)
        self.file_button: Button = SecondaryButton("What the file says…", self.ask_file)
        self.client_button: Button = SecondaryButton("Open client", self._ask_client)
        self.proof_button: Button = SecondaryButton("Proof of filing…", self.ask_proof)
        self.letter_button: Button = SecondaryButton("Letter of appeal…", self.ask_letter)
        self.verbs = VerbButtons()
        self._lay_out()
        self.timeline.current_changed.connect(self._show_event)
        self.timeline.opened.connect(lambda _event: self.ask_file())
        self.show_story(None)

    def _lay_out(self) -> None:
        self.body.setSpacing(6)
        self.add_top(self._who, self._amount)
        for label in (self._facts, self._standing, self._more, self._wrong):
            self.body.addWidget(label)
        self.timeline.setMinimumHeight(scaled(112))
        self.body.addWidget(self.timeline, 1)
        self.body.addWidget(self._event)
        grid = QGridLayout()
        grid.setSpacing(8)
        papers = (self.file_button, self.client_button, self.proof_button, self.letter_button)
        for place, button in enumerate(papers):
            grid.addWidget(button, *divmod(place, 2))
            grid.setColumnStretch(place % 2, 1)
        self.body.addLayout(grid)
        self.body.addSpacing(2)
        self.body.addWidget(self.verbs)

    def show_story(self, story: ClaimStory | None) -> None:
        """Show ``story``, or nothing."""
        new = story is None or self.story is None or story.row.id != self.story.row.id
        self.story = story
        self.setVisible(story is not None)
        self.verbs.offer(story.actions if story is not None else ())
        if story is None:
            self.model.set_rows(())
            return
        row = story.row
        state = ClaimState(row.state)
        self.proof_button.setVisible(state in LEFT and state is not ClaimState.REJECTED)
        self.letter_button.setVisible("appeal" in story.actions and state in _REFUSED)
        self._who.setText(row.client_name)
        self._amount.setText(format_cents(row.total_cents))
        self._facts.setText(
            f"{wording.long_date(row.date_of_service)} · {row.payer} · {row.control_number}"
        )
        self._say(self._standing, standing(row.state))
        self._say(self._more, "\n".join(_more(story)))
        self._say(self._wrong, "\n".join(_wrong(story)))
        self.model.set_rows(story.events)
        if new:
            self.timeline.scrollToTop()
            self.timeline.selectRow(0)
        self._show_event(self.timeline.current_id())

    def _say(self, label: PlainLabel, words: str) -> None:
        label.setText(words)
        label.setVisible(bool(words))

    def _current(self) -> StoryEvent | None:
        ident = self.timeline.current_id()
        row = self.model.position(ident) if ident is not None else None
        return None if row is None else self.model.row_at(row)

    def _show_event(self, _event: object) -> None:
        event = self._current()
        self._say(self._event, event.text if event is not None else "")
        self.file_button.setVisible(event is not None and event.document is not None)

    def ask_file(self) -> None:
        """Ask for what the file behind the current event says."""
        event = self._current()
        if event is not None and event.document is not None:
            self.file_asked.emit(event.id, event.document)

    def ask_proof(self) -> None:
        """Ask for the proof that the claim was filed."""
        if self.story is not None and self.proof_button.isVisibleTo(self):
            self.proof_asked.emit(self.story.row.control_number)

    def ask_letter(self) -> None:
        """Ask for a letter of appeal."""
        if self.story is not None and self.letter_button.isVisibleTo(self):
            self.letter_asked.emit(self.story.row.control_number)

    def _ask_client(self) -> None:
        if self.story is not None:
            self.client_asked.emit(self.story.row.client_ref)

    def words(self) -> list[str]:
        """Return the facts as shown, from top to bottom."""
        shown = (self._who, self._amount, self._facts, self._standing, self._more, self._wrong)
        return [label.text() for label in shown if label.isVisibleTo(self)]


def _more(story: ClaimStory) -> list[str]:
    said = []
    if story.row.days_left is not None and story.last_day is not None:
        said.append(f"Must be filed by {wording.day(story.last_day)}: {days(story.row.days_left)}.")
    if story.insurer_owes_cents:
        said.append(f"The insurer still owes {format_cents(story.insurer_owes_cents)}.")
    if story.reason:
        said.append(f"Reason: {story.reason}")
    if story.delay:
        said.append(f"Comes late because: {story.delay}.")
    if story.payer_number:
        said.append(f"The insurer's number: {story.payer_number}")
    if story.follows:
        said.append(f"Follows claim {story.follows}")
    if story.followed_by:
        said.append(f"Followed by claim {story.followed_by}")
    return said


def _wrong(story: ClaimStory) -> list[str]:
    found = [*story.problems, *(f"Look again: {one}" for one in story.warnings)]
    more = len(found) - _MOST_PROBLEMS
    return [*found[:_MOST_PROBLEMS], *([f"And {more} more."] if more > 0 else [])]
