# SPDX-License-Identifier: MIT
"""What there is to say about the session chosen in the table, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mediyn_desktop.dayclose.outlook import approved, choosable
from mediyn_desktop.dayclose.review import Row
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.screens.today import words
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.theme.tokens import Tone
from mediyn_desktop.ui.widgets.buttons import Button, SecondaryButton
from mediyn_desktop.ui.widgets.card import Card
from mediyn_desktop.ui.widgets.labels import ElidedLabel, PlainLabel
from mediyn_desktop.ui.widgets.status_cell import StatusCell

_HEIGHT = 132  # of two sentences; the same for every row, so that the table stays where it is
_BAD = frozenset({"card-declined", "card-needs-client", "card-review"})

_REFUSED = "The insurer refused the claim. What to do stands under Claims, Needs attention."


class RowPanel(Card):
    """The row's sentences, one below the other, each with its shape; its actions at the right."""

    def __init__(
        self,
        *,
        sign: Callable[[], object],
        amount: Callable[[], object],
        client: Callable[[], object],
    ) -> None:
        super().__init__()
        self.setAccessibleName("About this session")
        self.setFixedHeight(scaled(_HEIGHT))
        self._name = ElidedLabel("", "strong")
        self._facts = ElidedLabel("", "muted")
        self.sign_button: Button = SecondaryButton("Sign note…", sign)
        self.amount_button: Button = SecondaryButton("Change amount…", amount)
        self.client_button: Button = SecondaryButton("Open client", client)
        top = QHBoxLayout()
        top.setSpacing(12)
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self._name)
        names.addWidget(self._facts)
        top.addLayout(names, 1)
        for button in (self.sign_button, self.amount_button, self.client_button):
            top.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._lines = QWidget()
        self._lines.setProperty("role", "plain")
        self._column = QVBoxLayout(self._lines)
        self._column.setContentsMargins(0, 6, 0, 0)
        self._column.setSpacing(6)
        self._area = QScrollArea()
        self._area.setWidget(self._lines)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body.addLayout(top)
        self.body.addWidget(self._area, 1)
        self.sentences: list[str] = []
        self.show_row(None)

    def show_row(self, row: Row | None) -> None:
        """Show ``row``, or nothing."""
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.sentences = []
        self.setVisible(row is not None)
        if row is None:
            return
        self._name.setText(row.client_name)
        self._facts.setText(_facts(row))
        # What is never possible for this session is not shown; nobody asks why it is grey.
        self.sign_button.setVisible(not row.signed)
        self.amount_button.setVisible(choosable(row) or approved(row))
        for one in row.exceptions:
            self._say(wording.readable(one.message), Tone.BAD if one.code in _BAD else Tone.WARN)
        if row.reason:
            self._say(row.reason, Tone.NEUTRAL)
        if words.claim_refused(row):
            self._say(_REFUSED, Tone.WARN)
        elif not row.exceptions:
            self._say("Nothing needs you here.", Tone.OK)
        self._column.addStretch(1)

    def _say(self, sentence: str, tone: Tone) -> None:
        self.sentences.append(sentence)
        line = QWidget()
        across = QHBoxLayout(line)
        across.setContentsMargins(0, 0, 8, 0)
        across.setSpacing(2)
        mark = StatusCell(Status("", tone))
        mark.setFixedSize(18, 20)
        across.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        across.addWidget(PlainLabel(sentence, wrap=True), 1)
        self._column.addWidget(line)


def _facts(row: Row) -> str:
    parts = [
        wording.clock(row.starts_at),
        f"{row.minutes} minutes",
        words.code(row),
        words.fee(row),
        words.road(row),
    ]
    return " · ".join(part for part in parts if part)
