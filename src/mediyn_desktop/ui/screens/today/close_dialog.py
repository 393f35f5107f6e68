# SPDX-License-Identifier: MIT
"""The last look before the day is closed: totals for each road, and where to save the PDFs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QLineEdit, QWidget

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.dayclose.outlook import Outlook
from mediyn_desktop.ui.screens.today.words import counted, long_day
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.check_box import CheckBox
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.labels import PlainLabel

_WIDTH = 540
_BOX = "Save the superbills and the day report as PDF"


class CloseDialog(Dialog):
    """Enter closes the day. ``folder`` is where to save, None for nowhere."""

    def __init__(
        self,
        day: date,
        ahead: Outlook,
        *,
        folder: Path,
        offline: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Close the day?", parent, width=_WIDTH)
        self.lines = close_lines(ahead, offline=offline)
        self.body.addWidget(PlainLabel(long_day(day), "muted"))
        self.body.addSpacing(4)
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for number, (label, text) in enumerate(self.lines):
            grid.addWidget(PlainLabel(label, "muted"), number, 0)
            grid.addWidget(PlainLabel(text, wrap=True), number, 1)
        self.body.addLayout(grid)
        self.body.addSpacing(8)
        self.save_box = CheckBox(_BOX)
        self.save_box.setChecked(True)
        self.place = QLineEdit(str(folder))
        self.place.setProperty("field", "true")
        self.place.setAccessibleName("Folder for the printed documents")
        self.choose_button: Button = SecondaryButton("Choose…", self._choose)
        where = QHBoxLayout()
        where.setSpacing(8)
        where.addWidget(self.place, 1)
        where.addWidget(self.choose_button)
        self.body.addWidget(self.save_box)
        self.body.addLayout(where)
        self.save_box.toggled.connect(self.place.setEnabled)
        self.save_box.toggled.connect(self.choose_button.setEnabled)
        self.cancel_button: Button = SecondaryButton("Not yet", self.reject)
        verb = "Close and queue" if offline else "Close the day"
        self.close_button: Button = PrimaryButton(verb, self.accept)
        self.set_buttons(self.cancel_button, self.close_button, default=self.close_button)
        self.close_button.setFocus()

    @property
    def folder(self) -> Path | None:
        """Where the documents are saved."""
        text = self.place.text().strip()
        return Path(text).expanduser() if self.save_box.isChecked() and text else None

    def _choose(self) -> None:
        found = QFileDialog.getExistingDirectory(self, "Folder for the printed documents")
        if found:
            self.place.setText(found)


def close_lines(ahead: Outlook, *, offline: bool = False) -> list[tuple[str, str]]:
    """Return what closing does, road by road, as label and sentence."""
    lines = [("Sessions", str(ahead.sessions))]
    if ahead.cards:
        charges = f"{counted(ahead.cards, 'charge')}, {format_cents(ahead.cards_cents)}"
        lines.append(("Cards", f"{charges}{', queued until you are online' if offline else ''}"))
    else:
        lines.append(("Cards", "Nothing to charge"))
    if ahead.left:
        lines.append(("Left out", f"{format_cents(ahead.left_cents)} stays due"))
    if ahead.claims:
        lines.append(
            ("Claims", f"{counted(ahead.claims, 'claim')}, {format_cents(ahead.claims_cents)}")
        )
    if ahead.claims_held:
        lines.append(("Held back", counted(ahead.claims_held, "claim")))
    if ahead.superbills:
        lines.append(("Superbills", f"{ahead.superbills}, once paid"))
    if ahead.unsigned:
        lines.append(("Not signed", f"{counted(ahead.unsigned, 'note')} will not be billed"))
    return lines
