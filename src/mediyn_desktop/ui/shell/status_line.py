# SPDX-License-Identifier: MIT
"""The quiet line at the bottom: the connection, the backup, and work that takes longer."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from mediyn_desktop.ui.theme.icons import icon
from mediyn_desktop.ui.widgets.buttons import Button
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.progress_strip import ProgressStrip


class StatusLine(QFrame):
    """Texts are set from outside: ``Offline · 3 charges waiting``, ``Backed up today 18:04``."""

    activity_requested = Signal()
    """The connection text was clicked: show every waiting job."""

    cards_requested = Signal()
    """The text about cards was clicked: show what is not certain."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "status")
        self.setAccessibleName("Status")
        self.setFixedHeight(32)
        self._connection = Button("", self.activity_requested.emit, kind="quiet")
        self._connection.setFont(self.font())
        self._connection.hide()
        self._cards = Button("", self.cards_requested.emit, kind="quiet", icon_name="warning")
        self._cards.setFont(self.font())
        self._cards.hide()
        self._backup = PlainLabel("", "muted")
        self.progress = ProgressStrip("Progress")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 16, 0)
        row.setSpacing(16)
        row.addWidget(self._cards)
        row.addWidget(self._connection)
        row.addWidget(self._backup)
        row.addStretch(1)
        row.addWidget(self.progress)

    def set_connection(self, text: str) -> None:
        """Show whether the network is there and what waits for it; empty hides it."""
        self._connection.set_caption(text)
        self._connection.setVisible(bool(text))

    def set_cards(self, text: str, *, calm: bool = False) -> None:
        """Show what is not certain about cards, or ``calm`` what goes on; empty hides it."""
        self._cards.setIcon(icon("cards" if calm else "warning"))
        self._cards.set_caption(text)
        self._cards.setVisible(bool(text))

    @property
    def cards(self) -> str:
        """What is said about cards now."""
        return self._cards.accessibleName()

    def set_backup(self, text: str) -> None:
        """Show when the practice was last backed up."""
        self._backup.setText(text)

    def set_busy(self, label: str) -> None:
        """Show that ``label`` is under way; empty hides it. Fits ``Ops.busy``."""
        if label:
            self.progress.begin(f"{label}…")
        else:
            self.progress.finish()

    @property
    def texts(self) -> tuple[str, str]:
        """The connection text and the backup text shown now."""
        return self._connection.accessibleName(), self._backup.text()
