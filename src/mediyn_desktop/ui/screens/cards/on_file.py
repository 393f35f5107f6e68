# SPDX-License-Identifier: MIT
"""Cards that expire or fail: whom to ask for another one before the next charge needs it."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QWidget

from mediyn_desktop.cards.on_file.standing import CardView, view_cards
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Ask, Context
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.pages import Page
from mediyn_desktop.ui.theme.tokens import Tone
from mediyn_desktop.ui.widgets.buttons import Button, SecondaryButton
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.table import RecordTable

ASK_CARD, CLIENT = "card-ask", "card-client"
TITLES = {
    ASK_CARD: "Ask the card’s client for another card…",
    CLIENT: "Open the card’s client",
}
_CAPTIONS = {ASK_CARD: "Ask for another card…", CLIENT: "Open client"}
_NONE = (
    "check",
    "No card needs anything",
    "Cards that expire this month or next, and those a bank refused for good, are listed here.",
)


class OnFilePage(Page):
    """The cards on file that need attention, by client."""

    counts = True

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.model = RowsModel(_COLUMNS, lambda card: card.id)
        self.table = RecordTable("Cards that expire or fail", self.model)
        self._empty = EmptyState(*_NONE)
        self.said = PlainLabel("", wrap=True)
        self.buttons: dict[str, Button] = {
            name: SecondaryButton(words, partial(self.verb_asked.emit, name))
            for name, words in _CAPTIONS.items()
        }
        below = QHBoxLayout()
        below.setSpacing(8)
        for button in self.buttons.values():
            below.addWidget(button)
        below.addStretch(1)
        self.column.addWidget(self.table, 1)
        self.column.addWidget(self.said)
        self.column.addLayout(below)
        self.setFocusProxy(self.table)
        self.table.current_changed.connect(self._choose)
        self.table.opened.connect(lambda _id: self.ask(CLIENT))
        self._choose(None)

    def reload(self) -> None:
        """Read again what is shown."""
        self.context.read(
            lambda read: view_cards(read, attention=True), self._show, label="Look at cards"
        )

    def take_focus(self) -> None:
        """Give the keyboard to the list."""
        self.table.setFocus()

    def offered(self) -> tuple[str, ...]:
        """Return the verbs that fit the chosen card, the usual one first."""
        return (ASK_CARD, CLIENT) if self.current() is not None else ()

    def ask(self, verb: str) -> None:
        """Do what ``verb`` says about the chosen card, where it is offered."""
        card = self.current()
        if card is None or verb not in self.offered():
            return
        if verb == CLIENT:
            self.client_asked.emit(card.client_ref)
        else:
            self.context.shell.go("clients", card.client_ref, Ask("card-ask"))

    def current(self) -> CardView | None:
        """Return the chosen card, if there is one."""
        return self._at(self.table.current_id())

    def _show(self, cards: list[CardView]) -> None:
        self.model.set_rows(cards)
        if self._empty.parent() is None:  # not before the first answer: nothing is known till then
            self.table.set_empty(self._empty)
        if cards and self.table.current_id() is None:
            self.table.selectRow(0)
        self._choose(self.table.current_id())
        self.waiting.emit(len(cards))
        self.counted.emit(f"{wording.counted(len(cards), 'card')} to ask about" if cards else "")

    def _choose(self, ident: object) -> None:
        card = self._at(ident)
        said = [text for text in (card.failing, card.hint) if text] if card is not None else []
        self.said.setText(" ".join(said))
        self.said.setVisible(bool(said))
        for button in self.buttons.values():
            button.setVisible(card is not None)

    def _at(self, ident: object) -> CardView | None:
        row = self.model.position(ident) if isinstance(ident, Hashable) else None
        found: CardView | None = None if row is None else self.model.row_at(row)
        return found


def _state(card: CardView) -> Status:
    if card.failing:
        return Status("Refused", Tone.BAD)
    if card.expires == "expired":
        return Status("Expired", Tone.BAD)
    return Status(f"Expires {card.expires}", Tone.WARN)


def _use(card: CardView) -> str:
    marks = (("Default", card.is_default), ("Fees", card.for_fees))
    return ", ".join(word for word, on in marks if on)


_COLUMNS = (
    Column("Client", lambda card: card.client_name, least=160),
    Column(
        "Card",
        lambda card: wording.card(card.brand, card.last4),
        width=190,
    ),
    Column("Use", _use, width=120, spare=1),
    Column("Expires", lambda card: wording.expiry(card.exp_month, card.exp_year), width=110),
    status_column("State", _state, width=190),
)
