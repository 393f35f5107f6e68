# SPDX-License-Identifier: MIT
"""What was agreed with a client: packages, a sliding fee, payment plans, estimates."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import partial
from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mediyn_desktop.ui import wording
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.screens.clients.agreement_words import AgreedLine
from mediyn_desktop.ui.screens.clients.bar import VerbBar
from mediyn_desktop.ui.screens.clients.tabs import TellingTab
from mediyn_desktop.ui.widgets.buttons import Button, SecondaryButton

_HEIGHT = 92
NEW = {
    "package": "Sell package…",
    "plan": "Payment plan…",
    "sliding": "Sliding fee…",
    "estimate": "Estimate…",
}
FOR_LINE = {
    "pay-package": "Record its payment…",
    "refund-package": "Refund the rest…",
    "review-fee": "Keep it…",
    "end-fee": "End it…",
    "show-estimate": "Show estimate…",
    "installment": "Record an installment…",
    "pause-plan": "Pause…",
    "resume-plan": "Resume…",
    "plan-card": "Change the card…",
    "end-plan": "End plan…",
    "print-plan": "Agreement to sign…",
}
_NONE = (
    "superbills",
    "Nothing is agreed yet",
    "Packages, payment plans, sliding fees and good faith estimates appear here.",
)


class AgreementsTab(TellingTab):
    """One line for each; what can be done about the current one stands below it."""

    asked = Signal(str)
    """What is asked for: one of ``NEW``, or of ``FOR_LINE`` for the current line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Agreements", _COLUMNS, lambda line: line.key, _NONE, _story, parent)
        self.detail.setFixedHeight(_HEIGHT)
        above = VerbBar("Packages, payment plans, sliding fees, estimates.", NEW)
        self.column.insertWidget(0, above)
        above.asked.connect(self.asked)
        self.for_line: dict[str, Button] = {
            name: SecondaryButton(words, partial(self.asked.emit, name))
            for name, words in FOR_LINE.items()
        }
        self.buttons = above.buttons | self.for_line
        self.column.addLayout(self._below())
        self.table.current_changed.connect(self._offer)
        self.table.opened.connect(lambda _key: self._first_verb())
        stops = (
            *above.buttons.values(),
            self.table,
            self.detail,
            *self.for_line.values(),
        )
        for earlier, later in pairwise(stops):
            QWidget.setTabOrder(earlier, later)

    def _below(self) -> QHBoxLayout:
        """What can be done about the current line, in a row of its own."""
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in self.for_line.values():
            row.addWidget(button)
        row.addStretch(1)  # at the left: what is said of a step appears at the lower right
        return row

    def show_rows(self, rows: Sequence[AgreedLine]) -> None:
        super().show_rows(rows)
        self._offer(self.table.current_id())

    def current(self) -> AgreedLine | None:
        """Return the current line, if there is one."""
        key = self.table.current_id()
        row = self.model.position(key) if isinstance(key, str) else None
        line: AgreedLine | None = None if row is None else self.model.row_at(row)
        return line

    def _offer(self, _key: Hashable) -> None:
        line = self.current()
        verbs = line.verbs if line is not None else ()
        for name, button in self.for_line.items():
            button.setVisible(name in verbs)

    def _first_verb(self) -> None:
        line = self.current()
        if line is not None and line.verbs:
            self.asked.emit(line.verbs[0])


def _story(line: AgreedLine) -> str:
    return "\n".join(line.facts)


_COLUMNS = (
    Column("From", lambda line: wording.day(line.since), width=120),
    Column("What", lambda line: line.what, least=300),
    Column("Until", lambda line: wording.day(line.until), width=120, spare=1),
    Column("Amount", lambda line: wording.amount(line.cents), "right", width=120),
    status_column("State", lambda line: line.status, width=170),
)
