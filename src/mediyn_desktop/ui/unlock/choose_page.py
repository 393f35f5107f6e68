# SPDX-License-Identifier: MIT
"""First step: where the practice lies and what unlocks it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit

from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.unlock.frame import CardPage
from mediyn_desktop.ui.unlock.passphrase_field import PassphraseField
from mediyn_desktop.ui.unlock.strength import judge
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.status_cell import StatusCell


class ChoosePage(CardPage):
    """Emits ``chosen`` with the folder and the passphrase once both are good."""

    chosen = Signal(str, str)
    back = Signal()
    training = Signal()

    def __init__(self, location: str) -> None:
        super().__init__(
            "key",
            "Create your practice",
            "Everything stays on this computer, encrypted with a passphrase only you know.",
        )
        self.location = QLineEdit(location)
        self.location.setProperty("field", "true")
        self._browse_button: Button = SecondaryButton("Choose…", self._browse)
        self._place = FormField(
            "Folder for the practice", self.location, beside=self._browse_button
        )
        self.first = PassphraseField("Passphrase")
        self.second = PassphraseField("Passphrase again")
        self.hint = StatusCell(Status(""))
        self.button: Button = PrimaryButton("Create practice", self.submit)
        later = Button("Not now", self.back.emit, kind="link")
        self.training_link = Button(
            "Try it with made-up people first", self.training.emit, kind="link"
        )
        for widget in (self._place, self.first, self.hint, self.second, self.button):
            self.body.addWidget(widget)
        links = QHBoxLayout()
        links.addStretch(1)
        links.addWidget(self.training_link)
        links.addWidget(later)
        links.addStretch(1)
        self.body.addLayout(links)
        self.first.edited.connect(self._judge)
        self.first.submitted.connect(self.second.edit.setFocus)
        self.second.submitted.connect(self.submit)
        self._judge("")

    def _judge(self, text: str) -> None:
        strength = judge(text)
        self.hint.set_status(Status(strength.sentence, strength.tone))
        self.hint.show()

    def submit(self) -> None:
        """Check both fields and go on; the first thing wrong gets the keyboard."""
        strength = judge(self.first.text())
        place = self.location.text().strip()
        self._place.set_problem("" if place else "Say where the practice shall be kept.")
        if not place:
            self.location.setFocus()
        elif not strength.accepted:
            self.first.set_problem(strength.sentence)
            self.hint.hide()  # it says the same
            self.first.edit.setFocus()
        elif self.first.text() != self.second.text():
            self.second.set_problem("The two passphrases differ. Type it once more.")
            self.second.edit.setFocus()
            self.second.edit.selectAll()
        else:
            self.chosen.emit(place, self.first.text())

    def refuse(self, sentence: str) -> None:
        """Show why the practice could not be made there."""
        self._place.set_problem(sentence)
        self.location.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._place.problem:  # the folder offered is right for nearly everybody
            self.first.edit.setFocus()

    def clear(self) -> None:
        """Forget the passphrases."""
        self.first.clear()
        self.second.clear()

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Folder for the practice")
        if folder:
            self.location.setText(folder)
