# SPDX-License-Identifier: MIT
"""The chosen entry: what happened, why, what it undid, and the postings that say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.practice.journal import JournalEntry, NamedPosting
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.models.record_model import Column, Index
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import Button, SecondaryButton
from mediyn_desktop.ui.widgets.card import Card
from mediyn_desktop.ui.widgets.labels import ElidedLabel, PlainLabel, plain_tooltip
from mediyn_desktop.ui.widgets.table import RecordTable

_FACTS = ("Client", "Reference", "About", "Reason", "Recorded")


class PostingsModel(RowsModel):
    """The lines of one entry; the tool tip is the account's name in the chart of accounts."""

    def __init__(self) -> None:
        super().__init__(
            (
                Column("Account", lambda line: line.words, least=100),
                Column("Debit", lambda line: _side(line, 1), "right", width=96),
                Column("Credit", lambda line: _side(line, -1), "right", width=96),
            ),
            key=lambda line: (line.account, line.amount_cents),
        )

    def spoken(self, record: Any) -> str:
        side = "debit" if record.amount_cents > 0 else "credit"
        return f"{record.words}, {side} {format_cents(abs(record.amount_cents))}"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.ToolTipRole and index.isValid():
            line: NamedPosting | None = self.row_at(index.row())
            return plain_tooltip(f"{line.words} ({line.account})") if line is not None else None
        return super().data(index, role)


def _side(line: NamedPosting, sign: int) -> str:
    return format_cents(abs(line.amount_cents)) if line.amount_cents * sign > 0 else ""


class EntryPanel(Card):
    """Shows one entry; the buttons lead to its correction, its client and its deposit slip."""

    def __init__(
        self,
        *,
        go: Callable[[], object],
        client: Callable[[], object],
        slip: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent)
        self.setAccessibleName("The chosen entry")
        self.setMinimumWidth(scaled(340))
        self.setMaximumWidth(scaled(440))
        self.entry: JournalEntry | None = None
        self._what, self._amount = ElidedLabel("", "heading"), PlainLabel("", "figure")
        self._facts = ElidedLabel("", "muted")
        self._values = {name: PlainLabel("", wrap=True) for name in _FACTS}
        self._names = {name: PlainLabel(name, "muted") for name in _FACTS}
        self._correction = PlainLabel("", "strong", wrap=True)
        self.go_button: Button = SecondaryButton("", go)
        self.model = PostingsModel()
        self.postings = RecordTable("Postings", self.model)
        self.client_button: Button = SecondaryButton("Open client", client)
        self.slip_button: Button = SecondaryButton("Deposit slip…", slip)
        self._lay_out()
        self.show_entry(None)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self._what, 1)
        top.addWidget(self._amount)
        grid = QGridLayout()
        grid.setContentsMargins(0, 8, 0, 4)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, name in enumerate(_FACTS):
            top_left = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
            grid.addWidget(self._names[name], row, 0, top_left)
            grid.addWidget(self._values[name], row, 1)
        corrected = QHBoxLayout()
        corrected.setContentsMargins(0, 0, 0, 4)
        corrected.setSpacing(12)
        corrected.addWidget(self._correction, 1)
        corrected.addWidget(self.go_button)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 8, 0, 4)
        buttons.setSpacing(12)
        buttons.addWidget(self.client_button)
        buttons.addWidget(self.slip_button)
        buttons.addStretch(1)
        self.postings.setMinimumHeight(scaled(112))
        self.body.addLayout(top)
        self.body.addWidget(self._facts)
        self.body.addLayout(grid)
        self.body.addLayout(corrected)
        self.body.addWidget(self.postings, 1)
        self.body.addLayout(buttons)

    def show_entry(self, entry: JournalEntry | None) -> None:
        """Show ``entry``, or nothing."""
        self.entry = entry
        self.setVisible(entry is not None)
        if entry is None:
            self.model.set_rows(())
            return
        line = entry.row.line
        self._what.setText(entry.row.kind)
        self._amount.setText(format_cents(line.amount_cents))
        self._facts.setText(f"{wording.long_date(line.date)} · entry {line.id:,}")
        for name, words in zip(_FACTS, _facts(entry), strict=True):
            self._values[name].setText(words)
            self._values[name].setVisible(bool(words))
            self._names[name].setVisible(bool(words))
        self._correction.setText(_correction(entry))
        self._correction.setVisible(self.counterpart is not None)
        self.go_button.setVisible(self.counterpart is not None)
        self.go_button.set_caption(f"Show entry {self.counterpart or 0:,}")
        self.client_button.setVisible(line.client is not None)
        self.slip_button.setVisible(self.deposit is not None)
        self.model.set_rows(entry.postings)

    @property
    def counterpart(self) -> int | None:
        """The number of the entry this one reverses, or was reversed by."""
        if self.entry is None:
            return None
        line = self.entry.row.line
        return line.reverses if line.reverses is not None else line.reversed_by

    @property
    def deposit(self) -> str | None:
        """The ref of the bank deposit this entry is."""
        if self.entry is None or self.entry.row.line.kind != "deposit":
            return None
        return self.entry.row.line.source.removeprefix("deposit:")

    def words(self) -> list[str]:
        """Return the facts as shown, from top to bottom."""
        shown = [self._what, self._amount, self._facts, *self._values.values(), self._correction]
        return [label.text() for label in shown if label.isVisibleTo(self)]


_SHORT = 20  # longer references are a machine's and say nothing to people
_ABOUT = {
    "attempt": "A card charge",
    "item": "A charge",
    "share": "The client’s share of session",
    "recovery": "Money for a debt written off",
    "payout": "A payout of the card processor",
}


def _facts(entry: JournalEntry) -> tuple[str, ...]:
    line = entry.row.line
    about, _, ref = line.source.partition(":")
    return (
        entry.row.client_name,
        line.reference or "",
        f"{_ABOUT.get(about, about.capitalize())} {ref if len(ref) <= _SHORT else ''}".strip(),
        entry.reason or "",
        wording.moment(entry.recorded_at),
    )


def _correction(entry: JournalEntry) -> str:
    line = entry.row.line
    if line.reverses is not None:
        return f"Reverses entry {line.reverses:,}"
    if line.reversed_by is not None:
        return f"Reversed by entry {line.reversed_by:,}"
    return ""
