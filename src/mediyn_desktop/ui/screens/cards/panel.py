# SPDX-License-Identifier: MIT
"""The chosen card charge: what is certain, what comes next, what happened, and what can be done."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from mediyn_desktop.cards import story as whole
from mediyn_desktop.cards.story import AttemptStory
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.pages import VerbButtons
from mediyn_desktop.ui.screens.cards.words import card_words, certain, history, next_step, what_for
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.card import Card
from mediyn_desktop.ui.widgets.labels import ElidedLabel, PlainLabel
from mediyn_desktop.ui.widgets.status_cell import StatusCell

CAPTIONS = {
    whole.ANYWAY: "It is another charge…",
    whole.NOW: "Ask Stripe now…",
    whole.LINK: "Payment link…",
    whole.CLOSE_LINK: "Close the link…",
    whole.STOP: "Stop this charge…",
    whole.REFUND: "Pay back…",
    whole.CLIENT: "Open client",
}
TITLES = {
    whole.ANYWAY: "Say that it is another charge…",
    whole.NOW: "Ask Stripe about this charge now…",
    whole.LINK: "Make a payment link for this client…",
    whole.CLOSE_LINK: "Close this client’s payment link…",
    whole.STOP: "Stop this card charge…",
    whole.REFUND: "Pay this card charge back…",
    whole.CLIENT: "Open the charge’s client",
}
_NOTHING_KNOWN = Status("")


class AttemptPanel(Card):
    """Shows one attempt; the newest thing that happened stands first, every sentence whole."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setAccessibleName("The chosen charge")
        self.setMinimumWidth(scaled(340))
        self.setMaximumWidth(scaled(480))
        self.story: AttemptStory | None = None
        self.today = date.min
        self._who, self._amount = ElidedLabel("", "heading"), PlainLabel("", "figure")
        self._facts = ElidedLabel("", "muted")
        self.certain = StatusCell(_NOTHING_KNOWN)
        self._sentence = PlainLabel("", wrap=True)
        self._bank = PlainLabel("", wrap=True)
        self._next = PlainLabel("", wrap=True)
        self.timeline = QPlainTextEdit()
        self.timeline.setReadOnly(True)
        self.timeline.setTabChangesFocus(True)
        self.timeline.setAccessibleName("What happened to the charge, the newest first")
        self.verbs = VerbButtons(CAPTIONS)
        self._lay_out()
        self.show_story(None)

    def _lay_out(self) -> None:
        self.body.setSpacing(6)
        self.add_top(self._who, self._amount)
        self.body.addWidget(self._facts)
        self.body.addSpacing(4)
        for part in (self.certain, self._sentence, self._bank, self._next):
            self.body.addWidget(part)
        self.body.addSpacing(4)
        self.timeline.setMinimumHeight(scaled(76))
        self.body.addWidget(self.timeline, 1)
        self.body.addSpacing(4)
        self.body.addWidget(self.verbs)

    def show_story(self, story: AttemptStory | None) -> None:
        """Show ``story``, or nothing."""
        new = story is None or self.story is None or story.row.id != self.story.row.id
        self.story = story
        self.setVisible(story is not None)
        self.verbs.offer(story.actions if story is not None else ())
        if story is None:
            self.timeline.clear()
            return
        row, known = story.row, certain(story)
        self._who.setText(row.client_name)
        self._amount.setText(format_cents(row.amount_cents))
        self._facts.setText(f"{what_for(row)} · {card_words(row.last4)}")
        self.certain.set_status(known.status)
        self._sentence.setText(known.sentence)
        self._say(self._bank, story.decline)
        ahead = next_step(story, self.today)
        self._say(self._next, f"What comes next: {ahead}" if ahead else "")
        told = "\n\n".join(
            f"{wording.moment(event.at)}\n{said}" for event, said in history(story.events)[::-1]
        )
        if new or told != self.timeline.toPlainText():
            self.timeline.setPlainText(told)

    def _say(self, label: PlainLabel, words: str) -> None:
        label.setText(words)
        label.setVisible(bool(words))

    def words(self) -> list[str]:
        """Return the sentences as shown, from top to bottom."""
        shown = (self._who, self._amount, self._facts, self._sentence, self._bank, self._next)
        return [label.text() for label in shown if label.isVisibleTo(self)]
