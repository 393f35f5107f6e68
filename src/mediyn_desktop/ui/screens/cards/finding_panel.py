# SPDX-License-Identifier: MIT
"""The chosen thing a comparison found: what it is, and what accepting it would do."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from mediyn_desktop.cards.findings import Finding
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.screens.cards.compare_words import KINDS, accepting, amount
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import Button, SecondaryButton
from mediyn_desktop.ui.widgets.card import Card
from mediyn_desktop.ui.widgets.labels import ElidedLabel, PlainLabel
from mediyn_desktop.ui.widgets.status_cell import StatusCell


class FindingPanel(Card):
    """One thing that was found: what it is, and what accepting it would do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setAccessibleName("The chosen finding")
        self.setMinimumWidth(scaled(320))
        self.setMaximumWidth(scaled(440))
        self._who, self._amount = ElidedLabel("", "heading"), PlainLabel("", "figure")
        self.kind = StatusCell(Status(""))
        self._found = PlainLabel("", wrap=True)
        self._accepting = PlainLabel("", wrap=True)
        self._number = ElidedLabel("", "muted")
        self.client_button: Button = SecondaryButton("Open client")
        self.body.setSpacing(8)
        self.add_top(self._who, self._amount)
        for part in (self.kind, self._found, self._accepting, self._number):
            self.body.addWidget(part)
        row = QHBoxLayout()
        row.addWidget(self.client_button)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addStretch(1)
        self.show_finding(None, "")

    def show_finding(self, finding: Finding | None, name: str) -> None:
        """Show ``finding`` of the client called ``name``, or nothing."""
        self.setVisible(finding is not None)
        if finding is None:
            return
        self._who.setText(name or "Nobody of this practice")
        self._amount.setText(amount(finding))
        self.kind.set_status(KINDS[finding.kind])
        self._found.setText(finding.message)
        self._accepting.setText(f"Accepting: {accepting(finding, name)}")
        self._number.setText(f"On Stripe's page: {finding.processor_id}")
        self.client_button.setVisible(finding.client_ref is not None)

    def words(self) -> list[str]:
        """Return the sentences as shown, from top to bottom."""
        return [one.text() for one in (self._who, self._amount, self._found, self._accepting)]
