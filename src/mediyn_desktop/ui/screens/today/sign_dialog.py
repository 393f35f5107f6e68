# SPDX-License-Identifier: MIT
"""Signing a note: what is signed and what it will cost stand before the name is put under it."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QWidget

from mediyn_desktop.dayclose.review import Row
from mediyn_desktop.dayclose.wording import ROADS
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.screens.today import words
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.labels import PlainLabel


class SignDialog(Dialog):
    """Enter signs. Connect ``accepted`` and call ``open``."""

    def __init__(self, row: Row, parent: QWidget | None = None) -> None:
        super().__init__("Sign this note?", parent)
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        facts = (
            ("Client", row.client_name),
            ("Session", f"{words.long_day(row.starts_at.date())}, {wording.clock(row.starts_at)}"),
            ("Minutes", str(row.minutes)),
            ("Code", words.code(row) or "None"),
            ("Fee", words.fee(row) or "None"),
            ("Road", ROADS[row.route]),
        )
        for line, (label, value) in enumerate(facts):
            grid.addWidget(PlainLabel(label, "muted"), line, 0)
            grid.addWidget(PlainLabel(value, wrap=True), line, 1)
        self.body.addLayout(grid)
        self.body.addSpacing(4)
        self.consequence = _consequence(row)
        self.body.addWidget(PlainLabel(self.consequence, wrap=True))
        self.cancel_button: Button = SecondaryButton("Not yet", self.reject)
        self.sign_button: Button = PrimaryButton("Sign note", self.accept)
        self.set_buttons(self.cancel_button, self.sign_button, default=self.sign_button)
        self.sign_button.setFocus()


def _consequence(row: Row) -> str:
    final = "A signed note is final."
    why_not = [one.message for one in row.exceptions if one.code != "unsigned-note"]
    if row.lines:
        return (
            f"{final} The session is billed at once; no card is charged before you close the day."
        )
    return " ".join([final, "The session cannot be billed yet.", *why_not])
